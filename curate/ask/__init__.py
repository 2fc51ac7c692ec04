"""Questions to a finished run; nothing is written but answers."""
