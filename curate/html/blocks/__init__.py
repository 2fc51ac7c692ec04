"""One extractor: a page becomes a flat tree of blocks, and a small model says which are content."""
