"""FineWeb2's form of language configs: read, written, compared."""
