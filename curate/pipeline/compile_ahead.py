"""Kernels that a run needs later are compiled beside its beginning, on cores that wait."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from typing import Final

from curate.engine.parent import die_with
from curate.stages.kernels import PAGES, compile_groups, missing_groups

_CODE: Final = "import sys; from curate.pipeline.compile_ahead import beside; beside(*sys.argv[1:])"

_children: list[subprocess.Popen[bytes]] = []


def compile_ahead() -> None:
    """Start processes that compile what is missing, as many as there are cores but for our own.

    Not the kernels of pages, which a run needs at once and compiles itself. The processes end with
    this one, and what they have not done when it is needed, whoever needs it does.
    """
    missing = [name for name in missing_groups() if name != PAGES]
    n = min((os.cpu_count() or 1) - 1, len(missing))
    for child in range(n):
        command = [sys.executable, "-c", _CODE, str(os.getpid()), *missing[child::n]]
        quiet = subprocess.DEVNULL
        _children.append(subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet))


def beside(parent: str, *names: str) -> None:
    """Compile groups for the process of that id, and end with it."""
    die_with(int(parent))
    compile_groups(names)


@atexit.register
def _end() -> None:
    for child in _children:
        child.terminate()
        child.wait()
