"""Verdicts: screens, thresholds, representatives, weights."""
