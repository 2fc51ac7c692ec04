"""Named points at which a test can kill this process, to prove that a kill there is harmless.

``CURATE_FAILPOINT=point:key:token`` kills the process with SIGKILL the first time it reaches
``point`` for a shard whose id contains ``key`` (empty: any). ``token`` is a file created with
O_EXCL, so that of all processes of a run exactly one dies, once. Unset, the cost is one look-up.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

VARIABLE = "CURATE_FAILPOINT"


def reach(point: str, key: str = "") -> None:
    """Die here if the environment says so."""
    wish = os.environ.get(VARIABLE)
    if not wish:
        return
    wanted_point, wanted_key, token = wish.split(":", 2)
    if point != wanted_point or wanted_key not in key:
        return
    try:
        Path(token).touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
