"""Stages: pure functions of a batch, in the order of the pipeline."""
