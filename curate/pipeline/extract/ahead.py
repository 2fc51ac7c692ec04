"""Records in the order of their file, their pages handed to a sandbox before it is their turn.

While a child extracts one page, the next ones are read, inflated and handed over; the child never
waits for us, and we are not woken for every page.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from curate.engine.sandbox import AHEAD_BYTES, AHEAD_CALLS
from curate.io.warc import Damage, Record, Skipped
from curate.pipeline.extract.repeated import PageRequest

Item = Record | Damage | Skipped

_AHEAD_RECORDS = 1024  # damaged and skipped records hold no page, but are not to pile up either


def in_turn(
    items: Iterable[Item], hand_over: Callable[[Item], PageRequest | None]
) -> Iterator[tuple[Item, PageRequest | None]]:
    """Each record with what was asked about it.

    Args:
        items: what a file holds, in order.
        hand_over: hands a page to the sandbox; None for a record that is not to be extracted.

    Yields:
        The records in the same order. Of those read ahead, at most :data:`AHEAD_CALLS` were handed
        over, and but for the last one their pages take less than :data:`AHEAD_BYTES`.
    """
    ahead: deque[tuple[Item, PageRequest | None]] = deque()
    n_pages = n_bytes = 0
    for item in items:
        page = hand_over(item)
        ahead.append((item, page))
        n_pages += page is not None
        n_bytes += _n_bytes(item)
        while n_pages > AHEAD_CALLS or n_bytes > AHEAD_BYTES or len(ahead) > _AHEAD_RECORDS:
            first = ahead.popleft()
            n_pages -= first[1] is not None
            n_bytes -= _n_bytes(first[0])
            yield first
    yield from ahead


def _n_bytes(item: Item) -> int:
    return len(item.payload) if isinstance(item, Record) else 0
