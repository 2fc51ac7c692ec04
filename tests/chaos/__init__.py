"""Runs that are killed at random, compared with one that was not."""
