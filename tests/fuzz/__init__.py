"""Parsers of what strangers wrote, fed with bytes that nobody would write."""
