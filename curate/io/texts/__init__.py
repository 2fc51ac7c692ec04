"""Files of texts: JSON Lines, Parquet, evaluation sets and reference corpora."""
