"""Named points at which a test can kill this process, to prove that a kill there is harmless.

``CURATE_FAILPOINT=point:key:token`` kills the process with SIGKILL the first time it reaches
``point`` for a shard whose id contains ``key`` (empty: any). ``token`` is a file created with
O_EXCL, so that of all processes of a run exactly one dies, once. Several wishes are separated by
``;``. A point that begins with ``parent/`` kills the parent process first, which for a Ray task is
its node. One that begins with ``hold/`` kills nobody: the process makes ``token.held`` and waits
until somebody opens the FIFO ``token`` for writing. Unset, the cost is one look-up.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

VARIABLE = "CURATE_FAILPOINT"
PARENT = "parent/"
HOLD = "hold/"


def reach(point: str, key: str = "") -> None:
    """Die or wait here if the environment says so."""
    for wish in filter(None, os.environ.get(VARIABLE, "").split(";")):
        place, part_of_key, token = wish.split(":", 2)
        held = place.startswith(HOLD)
        if point != place.removeprefix(PARENT).removeprefix(HOLD) or part_of_key not in key:
            continue
        try:
            with Path(f"{token}.held" if held else token).open("x", encoding="ascii") as file:
                file.write(f"{os.getpid()} {os.getppid()}\n")
        except FileExistsError:
            continue
        if held:
            Path(token).read_bytes()
            continue
        if place.startswith(PARENT):
            os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
