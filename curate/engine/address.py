"""Which Ray cluster to use, found without importing Ray."""

from __future__ import annotations

import os


def ray_address(given: str | None) -> str | None:
    """The given address, else ``RAY_ADDRESS``, else None."""
    return given or os.environ.get("RAY_ADDRESS") or None
