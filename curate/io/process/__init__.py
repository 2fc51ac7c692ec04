"""Limits of this process: memory it may hold, time it waits, files it leaves behind."""
