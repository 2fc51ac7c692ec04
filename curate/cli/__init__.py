"""The command line: flags to one library call, print, exit code. No logic."""

from curate.cli.app import main

__all__ = ["main"]
