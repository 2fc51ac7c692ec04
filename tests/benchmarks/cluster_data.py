"""Sidecars of documents that were never written: bands and signatures with planted clusters.

A document has 112 random values. A member of a planted cluster takes each value from the
cluster's with a probability of its own and else has its own, so two members agree as documents of
that Jaccard similarity do; a share of the members are copies. A band key is a hash of eight
values, a signature 8 bits of each, as ``sign`` makes them. Sizes of clusters are Zipf's, as in a
crawl; labels are as unequal as languages are.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from curate.io.commit import COMPRESSION, Attempt
from curate.io.store import Store
from curate.text.hashing import I64, U8, U64
from curate.work.plan import Plan, ShardPlan, ensure_plan
from curate.work.seal import seal

N_BANDS, ROWS = 14, 8
F64 = npt.NDArray[np.float64]

_A, _B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_GOLD = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)
_3, _11, _27, _30, _31, _56 = (np.uint64(n) for n in (3, 11, 27, 30, 31, 56))


@njit(cache=True, nogil=True)
def _mixed(x: np.uint64) -> np.uint64:
    """The finaliser of splitmix64."""
    x = (x ^ (x >> _30)) * _A
    x = (x ^ (x >> _27)) * _B
    return x ^ (x >> _31)


@njit(cache=True, nogil=True)
def _value(number: int, planted: int, likeness: float, seed: np.uint64, at: np.uint64) -> np.uint64:
    """One of the values of a document: its cluster's with probability ``likeness``, or its own."""
    own = _mixed(np.uint64(number) * _GOLD ^ seed)
    base = _mixed(np.uint64(planted) * _A ^ seed)
    chance = np.float64(_mixed(own + (at + _ONE) * _A) >> _11) * 2.0**-53
    source = base if chance < likeness else own
    return _mixed(source ^ ((at + _ONE) * _GOLD))


@njit(cache=True, nogil=True)
def _sign(
    numbers: I64, planted: I64, likeness: F64, seed: np.uint64, keys: U64, signed: U8
) -> None:
    """Fill keys and signatures of documents by their number, cluster and likeness to it."""
    n_bands = keys.shape[1]
    rows = signed.shape[1] // n_bands
    for i in range(numbers.size):
        for band in range(n_bands):
            key = np.uint64(band + 1)
            for at in range(band * rows, (band + 1) * rows):
                value = _value(numbers[i], planted[i], likeness[i], seed, np.uint64(at))
                key = _mixed((key ^ value) * _GOLD)
                signed[i, at] = value >> _56
            keys[i, band] = key


@njit(cache=True, nogil=True)
def _band(
    numbers: I64, planted: I64, likeness: F64, seed: np.uint64, band: int, values: U64
) -> None:
    """Fill the values of one band, of 61 bits as the minimum of a hash modulo 2**61 - 1 has."""
    for i in range(numbers.size):
        for row in range(values.shape[1]):
            at = np.uint64(band * values.shape[1] + row)
            values[i, row] = _value(numbers[i], planted[i], likeness[i], seed, at) >> _3


@dataclass(frozen=True)
class Planted:
    """A crawl of documents in clusters.

    Attributes:
        n: documents.
        labels: label -> share of the documents.
        in_clusters: share of the documents that are in planted clusters.
        copies: share of the members that equal their cluster's first in all values.
        least: least likeness of a member to what the cluster is made from.
        largest: members of a planted cluster at most; None: a five-hundredth of all.
        seed: of all that is random.
    """

    n: int
    labels: Mapping[str, float] = field(default_factory=lambda: {"eng_Latn": 1.0})
    in_clusters: float = 0.45
    copies: float = 0.3
    least: float = 0.75
    largest: int | None = None
    seed: int = 1

    def clusters(self) -> I64:
        """int64[n]: number of each document's planted cluster; its own where it is alone."""
        random = np.random.default_rng(self.seed)
        goal = int(self.n * self.in_clusters)
        most = self.largest or max(2, self.n // 500)
        sizes = np.minimum(random.zipf(1.9, max(goal, 1)) + 1, most)
        sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), goal))]
        planted = np.repeat(np.arange(len(sizes)), sizes)
        lonely = np.arange(self.n - len(planted)) + len(sizes)
        return random.permutation(np.concatenate([planted, lonely])).astype(np.int64)

    def likeness(self) -> F64:
        """float64[n]: share of its values that a document has from its cluster."""
        random = np.random.default_rng(self.seed + 1)
        is_copy = random.random(self.n) < self.copies
        drawn = self.least + (1 - self.least) * random.random(self.n)
        found: F64 = np.where(is_copy, 1.0, drawn)
        return found

    def label_codes(self, planted: I64) -> I64:
        """int64[n]: place of each document's label, which is that of its cluster."""
        borders = np.cumsum(list(self.labels.values()))
        drawn = _unit(planted, self.seed) * borders[-1]
        codes: I64 = np.searchsorted(borders, drawn, side="right").clip(0, len(borders) - 1)
        return codes


def label_shares(n_labels: int, names: Sequence[str] = ()) -> dict[str, float]:
    """Zipf's shares for labels, the largest first: ``names``, then made ones, ``aaa_Latn`` ..."""
    shares = 1.0 / np.arange(1, n_labels + 1) ** 1.2
    shares /= shares.sum()
    letters = "abcdefghijklmnopqrstuvwxyz"
    made = (
        f"{letters[i // 676 % 26]}{letters[i // 26 % 26]}{letters[i % 26]}_Latn"
        for i in itertools.count()
    )
    others = (name for name in made if name not in names)
    chosen = itertools.islice(itertools.chain(names, others), n_labels)
    return dict(zip(chosen, shares.tolist(), strict=True))


@dataclass(frozen=True)
class MadeShard:
    """Documents of one shard, without their text.

    Attributes:
        rows: int64[n], their numbers in the crawl.
        planted: int64[n], their clusters.
        labels: text[n].
        n_chars: int64[n].
        keys: uint64[n, N_BANDS].
        signed: uint8[n, N_BANDS * ROWS].
    """

    rows: I64
    planted: I64
    labels: npt.NDArray[np.str_]
    n_chars: I64
    keys: U64
    signed: U8

    def ids(self) -> pa.Array:
        """Ids of the documents."""
        return pa.array([f"made:{i:012d}" for i in self.rows], pa.string())

    def urls(self) -> pa.Array:
        """Their addresses, on 97 sites."""
        sites = zip(self.rows, self.planted, strict=True)
        return pa.array([f"https://site-{c % 97}.example/{i}" for i, c in sites], pa.string())

    def bands(self) -> pa.Table:
        """The sidecar of ``sign``."""
        packed = pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(self.signed.shape[1]), len(self.rows), [None, pa.py_buffer(self.signed)]
        )
        lists = pa.FixedSizeListArray.from_arrays(pa.array(self.keys.reshape(-1)), N_BANDS)
        return pa.table({"band_keys": lists, "signature": packed})


def iter_shards(crawl: Planted, n_shards: int, *, signs: bool = True) -> Iterator[MadeShard]:
    """The documents of a crawl, shard by shard; without ``signs`` keys and signatures are blank."""
    planted, likeness = crawl.clusters(), crawl.likeness()
    n_chars = np.rint(np.exp(np.random.default_rng(crawl.seed + 2).normal(7, 1, crawl.n)))
    names = np.array(list(crawl.labels))
    codes = crawl.label_codes(planted)
    for rows in np.array_split(np.arange(crawl.n), n_shards):
        keys = np.zeros((len(rows), N_BANDS), np.uint64)
        signed = np.zeros((len(rows), N_BANDS * ROWS), np.uint8)
        if signs:
            _sign(rows, planted[rows], likeness[rows], np.uint64(crawl.seed), keys, signed)
        chars = n_chars[rows].astype(np.int64)
        yield MadeShard(rows, planted[rows], names[codes[rows]], chars, keys, signed)


def write_sidecars(store: Store, crawl: Planted, n_shards: int) -> list[ShardPlan]:
    """Commit the steps that ``cluster`` reads, in ``n_shards`` shards; the document shards."""
    shards = [ShardPlan(f"made-{i:05d}") for i in range(n_shards)]
    plans = [
        ensure_plan(store, step, {}, lambda: shards)
        for step in ("extract", "identify", "annotate", "sign")
    ]
    documents = []
    for number, made in enumerate(iter_shards(crawl, n_shards)):
        for plan, table in zip(plans, _tables(made), strict=True):
            commit_table(store, plan, shards[number].id, table)
        payload = {"number": number, "rows": len(made.rows)}
        documents.append(ShardPlan(shards[number].id, 240 * len(made.rows), payload))
    for plan in plans:
        seal(store, plan)
    return documents


def signatures_of(crawl: Planted) -> tuple[U64, U8]:
    """Keys and signatures of all documents: uint64[n, n_bands], uint8[n, n_hashes]."""
    keys = np.empty((crawl.n, N_BANDS), np.uint64)
    signed = np.empty((crawl.n, N_BANDS * ROWS), np.uint8)
    numbers = np.arange(crawl.n)
    _sign(numbers, crawl.clusters(), crawl.likeness(), np.uint64(crawl.seed), keys, signed)
    return keys, signed


def _tables(made: MadeShard) -> Iterator[pa.Table]:
    """Documents without text, then their three sidecars."""
    yield pa.table({"id": made.ids(), "url": made.urls()})
    confidence = pa.array(np.ones(len(made.rows)), pa.float32())
    yield pa.table({"label": made.labels.tolist(), "lid_confidence": confidence})
    yield pa.table({"n_chars": pa.array(made.n_chars)})
    yield made.bands()


def commit_table(
    store: Store, plan: Plan, shard: str, table: pa.Table, compression: str = COMPRESSION
) -> None:
    """Commit one shard of a step: a table, in row groups as the stages write them."""
    counts = {}
    if plan.step == "identify":
        pairs = table["label"].value_counts().to_pylist()
        counts = {"labels": {p["values"]: p["counts"] for p in pairs}}
    with Attempt(store, step=plan.step, shard=shard, fingerprint=plan.fingerprint) as attempt:
        attempt.writer(table.schema, compression=compression, gather=True).write(table)
        attempt.commit(rows_in=table.num_rows, rows_out=table.num_rows, counts=counts)


def write_sorted_bands(folder: Path, crawl: Planted) -> None:
    """The same signatures as datatrove keeps them: a sorted file for each band."""
    planted, likeness = crawl.clusters(), crawl.likeness()
    numbers = np.arange(crawl.n)
    for band in range(N_BANDS):
        values = np.empty((crawl.n, ROWS), np.uint64)
        _band(numbers, planted, likeness, np.uint64(crawl.seed), band, values)
        write_band(folder, band, values)


def write_band(folder: Path, band: int, values: U64) -> None:
    """The records of one band, sorted: eight values and the number of the document."""
    kind = np.dtype([*((f"f{i}", "<u8") for i in range(values.shape[1])), ("document", "<u4")])
    order = np.lexsort(values.T[::-1])
    records = np.empty(len(values), kind)
    for row in range(values.shape[1]):
        records[f"f{row}"] = values[order, row]
    records["document"] = order
    (folder / f"bucket_{band:03d}").mkdir(parents=True)
    records.tofile(folder / f"bucket_{band:03d}" / "00000.minhash.sig")


def _unit(numbers: I64, seed: int) -> F64:
    """float64[n] in 0 to 1, from the number of the cluster."""
    x = numbers.astype(np.uint64) * _GOLD + np.uint64(seed)
    x = (x ^ (x >> _30)) * _A
    x = (x ^ (x >> _27)) * _B
    unit: F64 = (x ^ (x >> _31)) / 2.0**64
    return unit
