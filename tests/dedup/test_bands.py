"""Band keys, 8-bit signatures and what is estimated from them."""

from __future__ import annotations

import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.dedup.bands import (
    band_keys,
    compact_signature,
    estimate_similarity,
    expected_recall,
    similarity_of_matches,
)
from curate.dedup.minhash import MinHashParams, signatures


def random_signatures(n: int, n_shingles: int, seed: int = 3) -> np.ndarray:
    """Signatures of documents that share nothing."""
    random = np.random.default_rng(seed)
    shingles = random.integers(0, 2**64, n * n_shingles, dtype=np.uint64)
    return signatures(shingles, np.arange(n + 1) * n_shingles)


def test_a_key_is_the_seeded_hash_of_its_rows() -> None:
    signed = random_signatures(3, 10)
    keys = band_keys(signed)
    assert keys.shape == (3, 14)
    for i in range(3):
        for band in range(14):
            rows = signed[i, band * 8 : band * 8 + 8].astype("<u8").tobytes()
            assert keys[i, band] == xxhash.xxh64_intdigest(rows, band)


def test_equal_rows_in_two_bands_have_two_keys() -> None:
    keys = band_keys(np.zeros((1, 112), np.uint64))
    assert len(set(keys[0].tolist())) == 14


@settings(deadline=None)  # the first call compiles
@given(st.integers(0, 111), st.integers(1, 2**64 - 1))
def test_a_changed_row_changes_the_key_of_its_band_alone(row: int, flip: int) -> None:
    signed = random_signatures(1, 10)
    other = signed.copy()
    other[0, row] ^= np.uint64(flip)
    differs = (band_keys(signed) != band_keys(other))[0]
    assert np.flatnonzero(differs).tolist() == [row // 8]


def test_other_shapes() -> None:
    params = MinHashParams(n_bands=3, rows_per_band=5)
    assert band_keys(np.zeros((4, 15), np.uint64), params).shape == (4, 3)
    assert band_keys(np.zeros((0, 15), np.uint64), params).shape == (0, 3)
    with pytest.raises(ValueError, match="15"):
        band_keys(np.zeros((4, 112), np.uint64), params)


def test_compact_values_are_uniform_and_meet_by_chance_once_in_256() -> None:
    compact = compact_signature(random_signatures(2000, 40))
    counts = np.bincount(compact.reshape(-1), minlength=256)
    expected = compact.size / 256
    assert np.sum((counts - expected) ** 2 / expected) < 350  # chi-square, 255 degrees: p < 1e-4
    equal = np.mean(compact[:1000] == compact[1000:])
    assert equal == pytest.approx(1 / 256, abs=0.001)


def test_compact_values_have_a_fixed_form() -> None:
    found = compact_signature(np.array([0, 1, 2**61 - 2, 2**64 - 1], np.uint64))
    assert found.dtype == np.uint8
    assert found.tolist() == [0, 86, 230, 180]


@pytest.mark.parametrize("similarity", [0.0, 0.3, 0.5, 0.7, 0.9, 1.0])
def test_the_estimate_is_unbiased(similarity: float) -> None:
    random = np.random.default_rng(11)
    a = random.integers(0, 256, (4000, 112)).astype(np.uint8)
    other = random.integers(0, 256, a.shape).astype(np.uint8)
    b = np.where(random.random(a.shape) < similarity, a, other)
    mean = np.mean(estimate_similarity(a, b))
    # the floor at 0 lifts the mean of unlike pairs
    assert mean == pytest.approx(similarity, abs=0.004)


def test_the_estimate_takes_off_chance_and_stops_at_zero() -> None:
    assert similarity_of_matches(0, 112) == 0.0
    assert similarity_of_matches(112, 112) == 1.0
    assert similarity_of_matches(57, 112) == pytest.approx((57 / 112 - 1 / 256) / (255 / 256))


def test_estimates_broadcast() -> None:
    a = np.zeros((5, 1, 112), np.uint8)
    b = np.zeros((3, 112), np.uint8)
    assert estimate_similarity(a, b).shape == (5, 3)
    assert float(estimate_similarity(a[0, 0], b[0])) == 1.0


@pytest.mark.parametrize(
    ("similarity", "recall"),
    [(0.5, 0.053), (0.6, 0.211), (0.7, 0.565), (0.75, 0.772), (0.8, 0.924), (0.9, 0.9996)],
)
def test_recall_follows_the_published_curve(similarity: float, recall: float) -> None:
    assert expected_recall(similarity) == pytest.approx(recall, abs=6e-4)


def test_recall_is_what_banding_finds() -> None:
    random = np.random.default_rng(5)
    n, n_shared, n_own = 600, 240, 30  # Jaccard 240 / 300 = 0.8

    def documents(own: np.ndarray, shared: np.ndarray) -> np.ndarray:
        flat = np.concatenate((shared, own), axis=1)
        return signatures(flat.reshape(-1), np.arange(n + 1) * flat.shape[1])

    shared = random.integers(0, 2**64, (n, n_shared), dtype=np.uint64)
    own = random.integers(0, 2**64, (2, n, n_own), dtype=np.uint64)
    a, b = (band_keys(documents(mine, shared)) for mine in own)
    assert np.mean((a == b).any(axis=1)) == pytest.approx(expected_recall(0.8), abs=0.04)
