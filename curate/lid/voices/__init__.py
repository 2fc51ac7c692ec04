"""What the embedded identifier asks: lists of n-grams, a table of them, and how answers are one."""
