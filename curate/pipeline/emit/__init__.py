"""The views of a corpus: planned, written, published, verified."""
