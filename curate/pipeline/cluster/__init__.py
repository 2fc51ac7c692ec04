"""Near-duplicates within a label."""
