"""What commands have in common: options, progress, streams, and how text is shown."""
