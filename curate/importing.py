"""Loading many modules at once, while Python's garbage collector rests.

Hardly anything that an import makes is ever garbage. The collector walks through it all the same,
again and again while it grows, which takes a fifth of the time; and in every full collection after.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected(*, freeze: bool = False) -> Iterator[None]:
    """Within it nothing is collected.

    Args:
        freeze: what is there at its end is not looked at again; for processes of our own, which
            have nothing by then that will be garbage.
    """
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if freeze:
            gc.freeze()
        if was_collecting:
            gc.enable()
