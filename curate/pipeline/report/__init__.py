"""Counts, the sample and the results for the report."""
