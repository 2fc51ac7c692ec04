"""A stage over a batch, and over its halves where memory does not suffice for the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import pyarrow as pa

Result = TypeVar("Result")


def in_halves(
    function: Callable[[pa.Table], Result], batch: pa.Table
) -> Iterator[tuple[pa.Table, Result]]:
    """A pure function of a batch, or of parts of it in order, with what it was given.

    Raises:
        MemoryError: one row alone is too much.
    """
    results: list[Result] = []
    try:
        results.append(function(batch))
    except MemoryError:
        if batch.num_rows < 2:
            raise
    if results:  # not within `try`: what the caller does with it is the caller's
        yield batch, results.pop()
        return
    middle = batch.num_rows // 2
    yield from in_halves(function, batch.slice(0, middle))
    yield from in_halves(function, batch.slice(middle))
