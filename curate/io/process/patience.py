"""Waiting for a store or a server that does not answer, and telling of it.

Pauses double from one failure to the next and end with the first that makes their sum as long as
:attr:`curate.io.process.limits.Limits.retry_seconds`. The time that the requests take comes on top.
"""

from __future__ import annotations

import random
import time

from curate.io.process import limits
from curate.redact import redact

FIRST_SECONDS = 0.5
"""The pause after a first failure, in a run; tests make it shorter."""

_FIRST, _LONGEST = 0.5, 16.0
_TOLD_FROM = 2.0


def pauses(retry_seconds: float) -> list[float]:
    """Seconds to wait after each failure in a row; the failure behind the last one is final.

    >>> pauses(30.0)
    [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]
    """
    seconds: list[float] = []
    while sum(seconds) < retry_seconds:
        seconds.append(min(_FIRST * 2 ** len(seconds), _LONGEST))
    return seconds


class Pauses:
    """The failures in a row of one thing that is asked.

    Args:
        where: its address.
    """

    def __init__(self, where: str) -> None:
        self._where = redact(where)
        self.n_failures = 0

    def worked(self) -> None:
        """It answered."""
        self.n_failures = 0

    def wait(self, said: str) -> bool:
        """It failed, and may do better later: wait, and return True if it is to be asked again.

        Args:
            said: what went wrong.
        """
        seconds = limits.limits().retry_seconds
        left = pauses(seconds)[self.n_failures :]
        self.n_failures += 1
        if not left:
            return False
        if left[0] >= _TOLD_FROM:
            limits.tell(
                f"waiting for {self._where}, asked {self.n_failures} times: {said[:200]}; given up "
                f"after {seconds:g} s"
            )
        # so that workers do not return as one; never shorter, for the sum is promised
        time.sleep(left[0] / _FIRST * FIRST_SECONDS * random.uniform(1.0, 1.25))
        return True
