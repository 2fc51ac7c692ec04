"""How many near-duplicates share a band, and how well signatures tell how like two texts are.

Each pair is signed with a hash family of its own (its number is the seed), so that whether it
collides does not depend on other pairs, whatever text they share: the count of collisions is a sum
of independent trials, and its variance is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt
from random import Random
from statistics import NormalDist, fmean
from typing import Any, NamedTuple, Protocol
from zlib import crc32

import numpy as np
import numpy.typing as npt

from curate.dedup.bands import estimate_similarity, expected_recall
from curate.dedup.components import cluster
from curate.dedup.minhash import DEFAULT_PARAMS, MinHashParams
from curate.text.hashing import U8, U64
from tests.benchmarks.datatrove_minhash import Signer
from tests.benchmarks.minhash_pairs import (
    Pair,
    Pool,
    make_pairs,
    shingle_hashes_of,
    sign,
    unlike_pairs,
)

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

BINS = (
    (0.3, 0.4),
    (0.4, 0.5),
    (0.5, 0.6),
    (0.6, 0.7),
    (0.7, 0.8),
    (0.8, 0.85),
    (0.85, 0.9),
    (0.9, 1.0),
)
UNLIKE = (0.0, 0.3)

SIMILARITIES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)

_CHANCE = 2.0**-8
_Z95 = 1.959964


class Outcome(NamedTuple):
    """What became of n pairs.

    Attributes:
        similarity: float64[n], of their shingles.
        collides: bool[n], share a band of a hash family of the pair's own.
        collides_by_default: bool[n], share a band of the default family.
        estimate: float64[n], similarity estimated from the compact signatures.
        is_merged: bool[n], one cluster, with verification.
    """

    similarity: F64
    collides: Bools
    collides_by_default: Bools
    estimate: F64
    is_merged: Bools


def outcome(pairs: Sequence[Pair], first_seed: int) -> Outcome:
    """Sign, compare and cluster each pair by itself."""
    hashes = shingle_hashes_of([text for pair in pairs for text in (pair.a, pair.b)])
    rows = []
    for i, pair in enumerate(pairs):
        two = hashes[2 * i : 2 * i + 2]
        keys, compact = sign(two, MinHashParams(seed=first_seed + i))
        default, _ = sign(two)
        estimate = float(estimate_similarity(compact[0], compact[1]))
        merged = cluster(keys, compact, np.arange(2, dtype=np.uint64)).size[0] == 2
        rows.append((pair.similarity, meets(keys), meets(default), estimate, bool(merged)))
    columns = np.array(rows, np.float64).T
    return Outcome(columns[0], columns[1] > 0, columns[2] > 0, columns[3], columns[4] > 0)


def meets(keys: U64) -> bool:
    """Whether the two documents share a band."""
    return bool((keys[0] == keys[1]).any())


class Theirs(NamedTuple):
    """What datatrove makes of the same pairs: similarity of its shingles, and collisions."""

    similarity: F64
    collides: Bools


class _Step(Protocol):
    config: Any
    _parameters: Any


def their_outcome(signer: Signer, pairs: Sequence[Pair], first_seed: int) -> Theirs:
    """Its simplified text, its words, its signature; the same seeds."""
    step: _Step = signer._step
    similarity, collides = np.zeros(len(pairs)), np.zeros(len(pairs), bool)
    for i, pair in enumerate(pairs):
        a, b = signer.shingles(pair.a), signer.shingles(pair.b)
        if not (a.size and b.size):
            continue
        step.config.seed, step._parameters = first_seed + i, None
        signed = [signer.signature(own).reshape(DEFAULT_PARAMS.n_bands, -1) for own in (a, b)]
        collides[i] = (signed[0] == signed[1]).all(axis=1).any()
        mine, other = set(a.tolist()), set(b.tolist())
        similarity[i] = len(mine & other) / len(mine | other)
    return Theirs(similarity, collides)


class Cell(NamedTuple):
    """The pairs of one language and one range of similarity."""

    label: str
    low: float
    high: float
    ours: Outcome
    theirs: Theirs | None


def cells(label: str, pool: Pool, n: int, signer: Signer | None, seed: int = 1) -> Iterator[Cell]:
    """One cell for each range; the hash families of cells overlap only by an unlikely chance."""
    for at, (low, high) in enumerate((UNLIKE, *BINS)):
        random = Random(f"{seed} {label} {low}")
        if (low, high) == UNLIKE:
            pairs = unlike_pairs(random, pool, high, n)
        else:
            pairs = make_pairs(random, pool, low, high, n)
        first_seed = (crc32(label.encode()) + at * 100_000) % 2**31
        theirs = their_outcome(signer, pairs, first_seed) if signer else None
        yield Cell(label, low, high, outcome(pairs, first_seed), theirs)


class Recall(NamedTuple):
    """Collisions beside what the curve says.

    Attributes:
        n: pairs.
        mean_similarity: of their shingles.
        expected: mean of ``1 - (1 - s**8)**14`` over the pairs.
        measured: share of pairs that collide.
        low: of the 95 % interval of that share (Wilson, JASA 1927).
        high: likewise.
        z: of the number of collisions, see :func:`z_of`.
    """

    n: int
    mean_similarity: float
    expected: float
    measured: float
    low: float
    high: float
    z: float


def recall(similarity: F64, collides: Bools) -> Recall:
    """Compare collisions with the curve at each pair's own similarity."""
    chance = np.array([expected_recall(s) for s in similarity.tolist()])
    n, k = similarity.size, int(collides.sum())
    return Recall(n, fmean(similarity), fmean(chance), k / n, *wilson(k, n), z_of(k, chance))


def z_of(k: int, chance: F64) -> float:
    """How odd it is that ``k`` independent trials of these chances succeed, as a normal deviate.

    From the exact distribution of the sum (Poisson's binomial), half of P(K = k) counted on either
    side: where one success in a hundred is expected, (k - mean) / deviation is not normal at all.
    """
    weights = np.ones(1)
    for p in chance.tolist():
        weights = np.convolve(weights, (1 - p, p))
    below = float(weights[:k].sum() + weights[k] / 2)
    above = float(weights[k + 1 :].sum() + weights[k] / 2)
    tail = max(min(below, above), 1e-300)
    return NormalDist().inv_cdf(tail) if below < above else -NormalDist().inv_cdf(tail)


def wilson(k: int, n: int) -> tuple[float, float]:
    """95 % interval of a share of which ``k`` of ``n`` were seen (Wilson, JASA 1927)."""
    centre = (k + _Z95**2 / 2) / (n + _Z95**2)
    half = _Z95 / (n + _Z95**2) * sqrt(k * (n - k) / n + _Z95**2 / 4)
    return max(centre - half, 0.0), min(centre + half, 1.0)


class Spread(NamedTuple):
    """Errors of the estimate at about one similarity.

    Attributes:
        similarity: about which.
        n: pairs.
        bias: mean error.
        std: standard deviation of the error.
        theory: what it should be, for those similarities.
        low: 5 % of the errors lie below.
        high: 5 % lie above.
    """

    similarity: float
    n: int
    bias: float
    std: float
    theory: float
    low: float
    high: float


def spread(about: float, similarity: F64, estimate: F64) -> Spread:
    """Errors of estimates of pairs of known similarity."""
    error = estimate - similarity
    low, high = np.quantile(error, (0.05, 0.95)).tolist()
    theory = sqrt(float(np.mean(theoretical_std(similarity) ** 2)))
    std = float(np.std(error))
    return Spread(about, error.size, float(error.mean()), std, theory, low, high)


def theoretical_std(similarity: F64, n_hashes: int = DEFAULT_PARAMS.n_hashes) -> F64:
    """Of an unbiased b-bit estimate, b = 8 (Li and Konig, WWW 2010, equation 10)."""
    agree = similarity + (1 - similarity) * _CHANCE
    return np.asarray(np.sqrt(agree * (1 - agree) / n_hashes) / (1 - _CHANCE))


def random_sets(similarity: float, n: int, seed: int = 1, union: int = 400) -> tuple[F64, F64]:
    """Similarities and estimates of ``n`` pairs of random sets, each with its own hash family."""
    numbers = np.random.default_rng([seed, round(similarity * 1000)])
    n_shared = round(similarity * union)
    n_own = (union - n_shared) // 2
    true = n_shared / (n_shared + 2 * n_own)
    estimates = np.empty(n)
    for i in range(n):
        shared = numbers.integers(0, 2**64, n_shared, dtype=np.uint64)
        own = numbers.integers(0, 2**64, (2, n_own), dtype=np.uint64)
        two = [np.concatenate((shared, mine)) for mine in own]
        compact: U8 = sign(two, MinHashParams(seed=1 + i))[1]
        estimates[i] = estimate_similarity(compact[0], compact[1])
    return np.full(n, true), estimates
