"""Which ids stand more than once, told from hashes of eight bytes each."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

COLUMN: Final = "id_hash"
"""The one column of a file of hashes, ascending."""

Hashes = npt.NDArray[np.uint64]


class IdHashes:
    """Hashes of ids as they come, eight bytes each."""

    def __init__(self) -> None:
        self._hashes = array("Q")

    def add(self, identity: str) -> None:
        """Take one."""
        self._hashes.append(hash_of(identity))

    def __len__(self) -> int:
        return len(self._hashes)

    def table(self) -> pa.Table:
        """All of them in ascending order."""
        hashes: Hashes = np.sort(np.frombuffer(self._hashes, np.uint64))
        return pa.table({COLUMN: pa.array(hashes, pa.uint64())})


def hash_of(identity: str) -> int:
    """64 bits of an id; of a thousand million ids two different ones agree in 3 of 100 cases."""
    digest: int = xxhash.xxh3_64_intdigest(identity.encode("utf-8", "replace"))
    return digest


class Repeated(NamedTuple):
    """Ids that stand more than once, in how many documents, and one of them or its hash."""

    n_ids: int
    n_documents: int
    example: int | str | None


def count_repeated(
    n_hashes: int, parts: Callable[[int, int], Iterable[Hashes]], *, most: int
) -> Repeated:
    """Count the hashes that stand more than once, exactly, in bounded memory.

    Args:
        n_hashes: of all files.
        parts: gives of every file its hashes from a first one up to, not including, a last one.
        most: how many hashes may be held at once; with more, ranges are counted one by one.
    """
    n_ids = n_documents = 0
    example: int | None = None
    for low, high in ranges(n_hashes, most):
        held = [part for part in parts(low, high) if len(part)]
        if not held:
            continue
        distinct, counts = np.unique(np.concatenate(held), return_counts=True)
        again = counts > 1
        n_ids += int(again.sum())
        n_documents += int(counts[again].sum())
        if example is None and again.any():
            example = int(distinct[int(np.argmax(again))])
    return Repeated(n_ids, n_documents, example)


def ranges(n_hashes: int, most: int) -> Iterator[tuple[int, int]]:
    """Ranges of all 64-bit numbers of which each holds ``most`` hashes, as these are even."""
    n = max(1, -(-n_hashes // most))
    edges: Sequence[int] = [(1 << 64) * i // n for i in range(n + 1)]
    yield from pairwise(edges)
