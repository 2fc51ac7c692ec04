"""Sidecars of documents that were never written: bands and signatures with planted clusters.

A document has 112 random values. A member of a planted cluster takes each value from the
cluster's with a probability of its own and else has its own, so two members agree as documents of
that Jaccard similarity do; a share of the members are copies. A band key is a hash of eight
values, a signature 8 bits of each, as ``sign`` makes them. Sizes of clusters are Zipf's, as in a
crawl; labels are as unequal as languages are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.step import ShardPlan, ensure_plan, seal
from curate.text.hashing import I64, U8, U64

N_BANDS, ROWS = 14, 8
F64 = npt.NDArray[np.float64]

_A, _B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_GOLD = np.uint64(0x9E3779B97F4A7C15)
_11, _27, _30, _31, _56 = (np.uint64(n) for n in (11, 27, 30, 31, 56))


@njit(cache=True, nogil=True)
def _mixed(x: np.uint64) -> np.uint64:
    """The finaliser of splitmix64."""
    x = (x ^ (x >> _30)) * _A
    x = (x ^ (x >> _27)) * _B
    return x ^ (x >> _31)


@njit(cache=True, nogil=True)
def _sign(
    numbers: I64, planted: I64, likeness: F64, seed: np.uint64, keys: U64, signed: U8
) -> None:
    """Fill keys and signatures of documents by their number, cluster and likeness to it."""
    n_bands = keys.shape[1]
    n_hashes = np.uint64(signed.shape[1])
    rows = signed.shape[1] // n_bands
    for i in range(numbers.size):
        own = _mixed(np.uint64(numbers[i]) * _GOLD ^ seed)
        base = _mixed(np.uint64(planted[i]) * _A ^ seed)
        for band in range(n_bands):
            key = np.uint64(band + 1)
            for row in range(rows):
                at = np.uint64(band * rows + row) + np.uint64(1)
                chance = np.float64(_mixed(own + at * n_hashes) >> _11) * 2.0**-53
                source = base if chance < likeness[i] else own
                value = _mixed(source ^ (at * _GOLD))
                key = _mixed((key ^ value) * _GOLD)
                signed[i, band * rows + row] = value >> _56
            keys[i, band] = key


@dataclass(frozen=True)
class Planted:
    """A crawl of documents in clusters.

    Attributes:
        n: documents.
        labels: label -> share of the documents.
        in_clusters: share of the documents that are in planted clusters.
        copies: share of the members that equal their cluster's first in all values.
        least: least likeness of a member to what the cluster is made from.
        seed: of all that is random.
    """

    n: int
    labels: Mapping[str, float] = field(default_factory=lambda: {"eng_Latn": 1.0})
    in_clusters: float = 0.45
    copies: float = 0.3
    least: float = 0.75
    seed: int = 1

    def clusters(self) -> I64:
        """int64[n]: number of each document's planted cluster; its own where it is alone."""
        random = np.random.default_rng(self.seed)
        goal = int(self.n * self.in_clusters)
        most = max(2, self.n // 500)
        sizes = np.minimum(random.zipf(1.9, max(goal, 1)) + 1, most)
        sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), goal))]
        planted = np.repeat(np.arange(len(sizes)), sizes)
        lonely = np.arange(self.n - len(planted)) + len(sizes)
        return random.permutation(np.concatenate([planted, lonely])).astype(np.int64)


def label_shares(n_labels: int) -> dict[str, float]:
    """Zipf's shares for labels with made names: ``aaa_Latn`` is the largest."""
    shares = 1.0 / np.arange(1, n_labels + 1) ** 1.2
    shares /= shares.sum()
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [
        f"{letters[i // 676 % 26]}{letters[i // 26 % 26]}{letters[i % 26]}_Latn"
        for i in range(n_labels)
    ]
    return dict(zip(names, shares.tolist(), strict=True))


def write_sidecars(store: Store, crawl: Planted, n_shards: int) -> list[ShardPlan]:
    """Commit the steps that ``cluster`` reads, in ``n_shards`` shards; the document shards."""
    planted = crawl.clusters()
    random = np.random.default_rng(crawl.seed + 1)
    names = np.array(list(crawl.labels))
    edges = np.cumsum(list(crawl.labels.values()))
    # a cluster's label is drawn from its number: near-duplicates are of one language
    drawn = (_unit(planted, crawl.seed) * edges[-1]).astype(np.float64)
    codes = np.searchsorted(edges, drawn, side="right").clip(0, len(names) - 1)
    likeness = np.where(
        random.random(crawl.n) < crawl.copies,
        1.0,
        crawl.least + (1 - crawl.least) * random.random(crawl.n),
    )
    n_chars = np.rint(np.exp(random.normal(7, 1, crawl.n))).astype(np.int64)
    shards = [ShardPlan(f"made-{i:05d}") for i in range(n_shards)]
    plans = {
        step: ensure_plan(store, step, {}, lambda: shards)
        for step in ("extract", "identify", "annotate", "sign")
    }
    documents = []
    for number, rows in enumerate(np.array_split(np.arange(crawl.n), n_shards)):
        keys = np.empty((len(rows), N_BANDS), np.uint64)
        signed = np.empty((len(rows), N_BANDS * ROWS), np.uint8)
        _sign(rows, planted[rows], likeness[rows], np.uint64(crawl.seed), keys, signed)
        label = names[codes[rows]]
        tables = {
            "extract": {
                "id": pa.array([f"made:{i:012d}" for i in rows]),
                "url": pa.array(
                    [
                        f"https://site-{c % 97}.example/{i}"
                        for i, c in zip(rows, planted[rows], strict=True)
                    ]
                ),
            },
            "identify": {
                "label": pa.array(label.tolist()),
                "lid_confidence": pa.array(np.ones(len(rows)), pa.float32()),
            },
            "annotate": {"n_chars": pa.array(n_chars[rows], pa.int64())},
            "sign": {
                "band_keys": pa.FixedSizeListArray.from_arrays(pa.array(keys.reshape(-1)), N_BANDS),
                "signature": pa.FixedSizeBinaryArray.from_buffers(
                    pa.binary(signed.shape[1]), len(rows), [None, pa.py_buffer(signed)]
                ),
            },
        }
        counted = {
            str(k): int(n) for k, n in zip(*np.unique(label, return_counts=True), strict=True)
        }
        for step, columns in tables.items():
            with Attempt(
                store, step=step, shard=shards[number].id, fingerprint=plans[step].fingerprint
            ) as attempt:
                attempt.write(pa.table(columns))
                counts = {"labels": counted} if step == "identify" else {}
                attempt.commit(rows_in=len(rows), rows_out=len(rows), counts=counts)
        size = 240 * len(rows)
        documents.append(ShardPlan(shards[number].id, size, {"number": number, "rows": len(rows)}))
    for plan in plans.values():
        seal(store, plan)
    return documents


def _unit(numbers: I64, seed: int) -> F64:
    """float64[n] in 0 to 1, from the number of the cluster."""
    x = numbers.astype(np.uint64) * _GOLD + np.uint64(seed)
    x = (x ^ (x >> _30)) * _A
    x = (x ^ (x >> _27)) * _B
    unit: F64 = (x ^ (x >> _31)) / 2.0**64
    return unit
