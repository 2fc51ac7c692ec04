"""Files of texts: JSON Lines, Parquet, evaluation sets, reference corpora and lists."""
