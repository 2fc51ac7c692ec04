"""A process that waits at a failpoint until it is released."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

from curate.failpoints import HOLD


class Held:
    """One FIFO that a process waits at."""

    def __init__(self, folder: Path) -> None:
        self._fifo = folder / "fifo"
        os.mkfifo(self._fifo)

    def wish(self, point: str, key: str) -> str:
        """For ``CURATE_FAILPOINT``."""
        return f"{HOLD}{point}:{key}:{self._fifo}"

    def wait(self, process: subprocess.Popen[Any]) -> None:
        """Until the process, or a child of it, is there."""
        until = time.monotonic() + 240
        while not Path(f"{self._fifo}.held").exists():
            assert process.poll() is None, "it ended before it came there"
            assert time.monotonic() < until
            os.sched_yield()

    def who(self) -> tuple[int, int]:
        """Process ids of the one that waits and of its parent."""
        until = time.monotonic() + 20
        while not (said := Path(f"{self._fifo}.held").read_text(encoding="ascii")).endswith("\n"):
            assert time.monotonic() < until
            os.sched_yield()
        own, parent = said.split()
        return int(own), int(parent)

    def release(self) -> None:
        """Let it go on."""
        self._fifo.write_bytes(b"")
