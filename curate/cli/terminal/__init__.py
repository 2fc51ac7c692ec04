"""Parts that commands share: options, progress, streams, and how text is shown."""
