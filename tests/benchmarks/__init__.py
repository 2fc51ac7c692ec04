"""Benchmarks beside datatrove; a module is a command (``python -m tests.benchmarks.kernels``)."""
