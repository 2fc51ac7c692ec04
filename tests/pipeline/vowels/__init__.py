"""A stage that is not curate's own: how much of a text is vowels."""
