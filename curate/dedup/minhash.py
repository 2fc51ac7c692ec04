"""Shingles -> signature: the 112 minimum hashes of a document.

The arithmetic is datatrove's 64-bit form, wrap-around included, so that given the same shingles
the signatures are equal bit by bit: ``((x * a + b) mod 2**64) mod (2**61 - 1)`` with ``a`` and
``b`` drawn from ``numpy.random.RandomState(seed)`` (huggingface/datatrove, pipeline/dedup/minhash).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from curate.errors import ConfigError
from curate.jit import bare_kernel
from curate.text.hashing import I64, U64
from curate.text.reading import READING_VERSION

_MERSENNE = np.uint64((1 << 61) - 1)
_61 = np.uint64(61)

UNSIGNED = np.uint64(2**64 - 1)
"""Fills the signature of a document without shingles. No minimum hash reaches 2**61 - 1."""

_REVISION = 1
"""Raise it when any value a document gets here or in bands.py changes for the same parameters."""


@dataclass(frozen=True)
class MinHashParams:
    """How documents are signed. The defaults are FineWeb2's (arXiv 2506.20920, A.4).

    Args:
        n_grams: words per shingle.
        n_bands: bands of a signature; datatrove calls them buckets.
        rows_per_band: minimum hashes per band.
        seed: seeds the random permutations.
        digits: ``fold`` makes every run of digits one 0, ``keep`` tells numbers apart.
        reading: words are those of the text's reading form (:mod:`curate.text.reading`), so that
            soft hyphens, optional points and the like make no other text.

    Raises:
        ConfigError: a number is out of range.
    """

    n_grams: int = 5
    n_bands: int = 14
    rows_per_band: int = 8
    seed: int = 1
    digits: Literal["fold", "keep"] = "fold"
    reading: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be signed with."""
        limits = (
            ("n_grams", 1, 64),
            ("n_bands", 1, 256),
            ("rows_per_band", 1, 64),
            ("seed", 0, 2**32 - 1),
        )
        for name, low, high in limits:
            value = getattr(self, name)
            if not low <= value <= high:
                raise ConfigError(
                    f"minhash.{name}",
                    wanted=f"a whole number from {low} to {high}",
                    found=repr(value),
                    todo=f"set minhash.{name} to a number in that range",
                )

    @property
    def n_hashes(self) -> int:
        """Length of a signature."""
        return self.n_bands * self.rows_per_band

    @property
    def version(self) -> str:
        """Names every choice that changes a signature, a band key or a compact signature."""
        shape = f"{self.n_bands}x{self.rows_per_band}"
        name = f"minhash-{_REVISION}-{self.n_grams}grams-{shape}-seed{self.seed}-xxh64-mersenne61"
        reading = f"-reading{READING_VERSION}" if self.reading else ""
        return name + ("-digits" if self.digits == "keep" else "") + reading


DEFAULT_PARAMS = MinHashParams()


@lru_cache(maxsize=8)
def _permutations(n_hashes: int, seed: int) -> tuple[U64, U64]:
    """``a`` and ``b`` of the hash family, each uint64[n_hashes], drawn in datatrove's order."""
    random = np.random.RandomState(seed)
    a = random.randint(1, int(_MERSENNE), dtype=np.uint64, size=n_hashes)
    b = random.randint(0, int(_MERSENNE), dtype=np.uint64, size=n_hashes)
    return a, b


@bare_kernel
def _minimum_hashes(shingles: U64, offsets: I64, a: U64, b: U64, minima: U64) -> None:
    """Lower each row of ``minima`` to its document's; they come filled with :data:`UNSIGNED`."""
    n_hashes = a.size
    for i in range(offsets.size - 1):
        row = minima[i]
        for at in range(offsets[i], offsets[i + 1]):
            x = shingles[at]
            for k in range(n_hashes):
                h = x * a[k] + b[k]
                # h mod 2**61 - 1: 2**61 is 1 there, and the sum is below twice the modulus
                h = (h & _MERSENNE) + (h >> _61)
                h = h - _MERSENNE if h >= _MERSENNE else h
                row[k] = min(row[k], h)


def signatures(shingles: U64, offsets: I64, params: MinHashParams = DEFAULT_PARAMS) -> U64:
    """Sign a batch of documents.

    Args:
        shingles: uint64[n_shingles]; document i owns ``shingles[offsets[i]:offsets[i + 1]]``.
        offsets: int64[n_documents + 1], from 0 to n_shingles, not falling.
        params: the hash family.

    Returns:
        uint64[n_documents, n_hashes]; a document without shingles has :data:`UNSIGNED` throughout
        (:func:`is_signed`).

    Raises:
        ValueError: ``offsets`` do not divide ``shingles``.
    """
    if offsets.size == 0 or offsets[0] != 0 or offsets[-1] != shingles.size:
        raise ValueError(f"offsets must run from 0 to {shingles.size}")
    if bool(np.any(offsets[1:] < offsets[:-1])):
        raise ValueError("offsets fall")
    a, b = _permutations(params.n_hashes, params.seed)
    minima = np.full((offsets.size - 1, params.n_hashes), UNSIGNED, np.uint64)
    _minimum_hashes(
        np.ascontiguousarray(shingles, np.uint64),
        np.ascontiguousarray(offsets, np.int64),
        a,
        b,
        minima,
    )
    return minima


def signature(shingles: U64, params: MinHashParams = DEFAULT_PARAMS) -> U64:
    """Sign one document: uint64[n_shingles] -> uint64[n_hashes]; see :func:`signatures`."""
    one: U64 = signatures(shingles, np.array([0, shingles.size], np.int64), params)[0]
    return one


def is_signed(signatures: U64) -> npt.NDArray[np.bool_]:
    """True where a document had a shingle: uint64[n_documents, n_hashes] -> bool[n_documents].

    Documents that have none must not reach clustering: they would all be equal.
    """
    return np.asarray(signatures[:, 0] != UNSIGNED)
