"""Signs of pages and sites on training."""
