"""A label for each line of a document: by the whole identifier, or fast."""
