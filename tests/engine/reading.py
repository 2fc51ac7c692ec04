"""A task that reads tables, apart from those that are to have little memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from curate.io.parquet import RowReader


def read_texts(payload: dict[str, Any]) -> list[int]:
    """Read a Parquet file text by text; what a limit of memory counts after each, in bytes."""
    found = []
    with RowReader.of(Path(payload["path"]), ["text"]) as reader:
        while n := reader.at_hand(1, 1):
            reader.take(n)
            said = Path("/proc/self/status").read_text(encoding="ascii")
            found.append(int(said.partition("VmData:")[2].split()[0]) << 10)
    return found
