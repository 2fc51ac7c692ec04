"""The embedded identifier's voices: lists of n-grams, a table of them, and how answers are one."""
