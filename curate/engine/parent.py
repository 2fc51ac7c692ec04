"""The end of a parent process is the end of its children, however sudden it was."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int) -> None:
    """Ask Linux to kill this process when its parent dies, even while it hangs in C code.

    Elsewhere the closed socket has to do, which is seen once the C code returns. Linux means the
    thread that started this process: it has to live as long as the process is wanted.

    Args:
        parent: process id of the parent; if it is gone already, this process ends here.
    """
    if sys.platform != "linux":
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
