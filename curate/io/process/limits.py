"""How much is held at once, and how long a store is waited for: of this process, as its job says.

None of it changes a result. A driver sets it from its job, and each task from what the driver told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that a job sets.

    Attributes:
        batch_bytes: a batch of rows ends where its columns take so many bytes.
        retry_seconds: a store that does not answer is asked again for so long.
    """

    batch_bytes: int = 64 << 20
    retry_seconds: float = 30.0


_now = Limits()


def limits() -> Limits:
    """The limits of this process."""
    return _now


def use(new: Limits, say: Callable[[str], None] | None = None) -> None:
    """Let these count from now on.

    Args:
        new: the limits.
        say: is told, in words, whenever a store is waited for; None leaves that as it is.
    """
    global _now, _say
    _now = new
    if say is not None:
        _say = say


def tell(text: str) -> None:
    """Tell whoever watches this process."""
    _say(text)


def _on_stderr(text: str) -> None:
    import contextlib
    import sys

    with contextlib.suppress(Exception):  # nobody may be there to read it
        print(f"curate: {text}", file=sys.stderr, flush=True)  # noqa: T201 - of a worker


_say: Callable[[str], None] = _on_stderr
