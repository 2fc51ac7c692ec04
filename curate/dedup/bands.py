"""Signature -> band keys, and the 8-bit signature by which candidates are verified.

Two documents that agree in all rows of one band share that band's key and become a candidate pair.
Whether they are duplicates is then estimated from the signatures in b-bit form, b = 8 (Li and
Konig, "b-Bit Minwise Hashing", WWW 2010): 112 bytes a document instead of 896.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curate.dedup.minhash import DEFAULT_PARAMS, MinHashParams
from curate.text.hashing import U8, U64, hash_spans

F64 = npt.NDArray[np.float64]

_CHANCE = 2.0**-8
"""Two different minimum hashes have the same 8 bits this often."""


def band_keys(signatures: U64, params: MinHashParams = DEFAULT_PARAMS) -> U64:
    """One key per band: XXH64 of the little-endian bytes of its rows, the band's number as seed.

    The seed keeps equal rows in two different bands from sharing a key, so keys of all bands may
    be grouped together.

    Args:
        signatures: uint64[n_documents, n_hashes].
        params: bands and rows per band.

    Returns:
        uint64[n_documents, n_bands].

    Raises:
        ValueError: the signatures were not made with these ``params``.
    """
    n_documents = _require_width(signatures, params)
    buffer = np.ascontiguousarray(signatures, "<u8").view(np.uint8).reshape(-1)
    band_bytes = params.rows_per_band * 8
    rows = np.arange(n_documents, dtype=np.int64) * (params.n_bands * band_bytes)
    keys = np.empty((n_documents, params.n_bands), np.uint64)
    for band in range(params.n_bands):
        starts = rows + band * band_bytes
        keys[:, band] = hash_spans(buffer, starts, starts + band_bytes, seed=band)
    return keys


def _require_width(signatures: U64, params: MinHashParams) -> int:
    """Number of documents, if there are ``params.n_hashes`` columns."""
    if signatures.ndim != 2 or signatures.shape[1] != params.n_hashes:
        raise ValueError(f"wanted uint64[n, {params.n_hashes}], found shape {signatures.shape}")
    return int(signatures.shape[0])


def compact_signature(signatures: U64) -> U8:
    """Eight bits of each minimum hash: uint64[..., n_hashes] -> uint8[..., n_hashes].

    Neither end of a minimum hash is safe to take as it stands: the highest bits are zero, because
    it is a minimum, and the lowest of ``x * a + b`` depend on little more than the lowest of ``x``
    and lose some of it where ``a`` is even. So the value is mixed (finaliser of splitmix64; Steele,
    Lea and Flood, OOPSLA 2014) and its top byte taken, which depends on all bits.
    """
    x = np.array(signatures, np.uint64)
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return (x >> np.uint64(56)).astype(np.uint8)


def similarity_of_matches(n_matches: npt.ArrayLike, n_hashes: int) -> F64:
    """Estimated Jaccard similarity when ``n_matches`` of ``n_hashes`` 8-bit values agree.

    ``max(0, (m / n - 2**-8) / (1 - 2**-8))``: what agrees by chance is taken off (Li and Konig,
    equation 4, for sets that are small beside the space they are drawn from).
    """
    agreed = np.asarray(n_matches, np.float64) / n_hashes
    return np.asarray(np.maximum((agreed - _CHANCE) / (1.0 - _CHANCE), 0.0))


def estimate_similarity(a: U8, b: U8) -> F64:
    """Estimated Jaccard similarity of the shingles of two documents.

    The standard error is about ``sqrt(s * (1 - s) / n_hashes)``: 0.043 at s = 0.7 and 112 hashes.

    Args:
        a: uint8[..., n_hashes], compact signatures.
        b: the same, of a shape that broadcasts with ``a``.

    Returns:
        float64[...], 0 to 1; of no dimension, so good for ``float``, for two vectors.
    """
    n_matches = np.count_nonzero(a == b, axis=-1)
    return similarity_of_matches(n_matches, a.shape[-1])


def expected_recall(
    similarity: float,
    n_bands: int = DEFAULT_PARAMS.n_bands,
    rows: int = DEFAULT_PARAMS.rows_per_band,
) -> float:
    """Chance that two documents of this Jaccard similarity share a band: ``1 - (1 - s**r)**b``."""
    return float(1.0 - (1.0 - similarity**rows) ** n_bands)
