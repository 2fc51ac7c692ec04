"""Papers of a corpus: its schemas for others, Croissant, citation, the public summary."""
