"""Faults: what is tried, by which tests, and the page that says how each ended."""
