"""Thresholds and stop words from a work folder's own statistics and from references."""
