"""Columns beside the documents, in one pass over the text or a pass of a model."""
