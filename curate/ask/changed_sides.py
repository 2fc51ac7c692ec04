"""A seeded sample of the documents that change sides, whatever the order they are met in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, order=True)
class Mover:
    """One document that changes sides.

    Attributes:
        key: its lot; the smallest are shown.
        shard: number of its shard.
        row: its row there.
        was: number of its outcome before.
        now: number of its outcome after.
    """

    key: int
    shard: int
    row: int
    was: int
    now: int


class Movers:
    """Counts documents that come in or go out, and keeps some of each."""

    def __init__(self, n: int, seed: int) -> None:
        self._n = n
        self._seed = seed
        self.n_lost = 0
        self.n_gained = 0
        self._lost: list[Mover] = []
        self._gained: list[Mover] = []

    def add(self, shard: int, rows: I64, was: I64, now: I64) -> None:
        """Take documents of a shard; an outcome of 0 is *published*."""
        is_lost, is_gained = (was == 0) & (now != 0), (was != 0) & (now == 0)
        self.n_lost += int(is_lost.sum())
        self.n_gained += int(is_gained.sum())
        for into, mask in ((self._lost, is_lost), (self._gained, is_gained)):
            at = np.flatnonzero(mask)
            keys = lots(self._seed, shard, rows[at])
            first = np.argsort(keys, kind="stable")[: self._n]
            chosen = at[first]
            columns = (keys[first], rows[chosen], was[chosen], now[chosen])
            for key, row, before, after in zip(*(c.tolist() for c in columns), strict=True):
                into.append(Mover(key, shard, row, before, after))
            into.sort()
            del into[self._n :]

    def merge(self, other: Movers) -> None:
        """Take what another has met."""
        self.n_lost += other.n_lost
        self.n_gained += other.n_gained
        for into, more in ((self._lost, other._lost), (self._gained, other._gained)):
            into.extend(more)
            into.sort()
            del into[self._n :]

    def sample(self) -> tuple[list[Mover], list[Mover]]:
        """Documents that go out and that come in, as many of each as can be, ``n`` together."""
        n_lost = max(self._n - self._n // 2, self._n - len(self._gained))
        lost = self._lost[:n_lost]
        return lost, self._gained[: self._n - len(lost)]


def lots(seed: int, shard: int, rows: I64) -> npt.NDArray[np.uint64]:
    """uint64[n]: a number for each row that looks like chance (splitmix64, Steele et al. 2014)."""
    start = ((seed << 48) ^ (shard << 28)) % 2**64
    with np.errstate(over="ignore"):
        z = (rows.astype(np.uint64) + np.uint64(start)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: npt.NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return mixed
