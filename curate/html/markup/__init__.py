"""A page's markup as flat arrays: scanner, tree of elements, blocks of text."""
