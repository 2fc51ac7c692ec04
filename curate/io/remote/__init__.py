"""Inputs by address: found, asked for, read by ranges."""
