"""Files of lines: JSON Lines, and lines in frames."""
