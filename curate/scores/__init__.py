"""Scores of documents that HPLT 3.0 publishes (WDS), and the labels of lines they rest on."""
