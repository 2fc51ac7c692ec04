"""A module whose import ends the process by SIGKILL, as often as a file holds a letter."""

from __future__ import annotations

import os
import signal
from pathlib import Path

_MARK = Path(os.environ["TZ"])
if _KILLS := _MARK.read_text():
    _MARK.write_text(_KILLS[1:])
    os.kill(os.getpid(), signal.SIGKILL)


def act() -> str:
    """Answer, once the import has come to its end."""
    return "alive"
