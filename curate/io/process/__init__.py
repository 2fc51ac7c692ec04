"""What this process may hold, how long it waits, and what it leaves behind."""
