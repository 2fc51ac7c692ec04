"""Tests beside the real datatrove: equal numbers from equal tokens, and nearly equal verdicts."""
