"""Named points at which a test can kill this process, to prove that a kill there is harmless.

``CURATE_FAILPOINT=point:key:token`` kills the process with SIGKILL the first time it reaches
``point`` for a shard whose id contains ``key`` (empty: any). ``token`` is a file created with
O_EXCL, so that of all processes of a run exactly one dies, once. Several wishes are separated by
``;``. A point that begins with ``parent/`` kills the parent process first, which for a Ray task is
its node. Unset, the cost is one look-up.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

VARIABLE = "CURATE_FAILPOINT"
PARENT = "parent/"


def reach(point: str, key: str = "") -> None:
    """Die here if the environment says so."""
    for wish in filter(None, os.environ.get(VARIABLE, "").split(";")):
        wanted_point, wanted_key, token = wish.split(":", 2)
        if point != wanted_point.removeprefix(PARENT) or wanted_key not in key:
            continue
        try:
            Path(token).touch(exist_ok=False)
        except FileExistsError:
            continue
        if wanted_point.startswith(PARENT):
            os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
