"""The similarity estimated from 8-bit signatures: no bias, and the spread of the theory."""

from __future__ import annotations

from math import sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.dedup.bands import estimate_similarity
from curate.dedup.components import matches_needed
from curate.dedup.minhash import MinHashParams
from tests.benchmarks.minhash_pairs import make_pairs, shingle_hashes_of, sign
from tests.benchmarks.minhash_recall import random_sets, spread, theoretical_std
from tests.dedup.real_texts import LANGUAGES, pool

SIMILARITIES = (0.3, 0.5, 0.7, 0.9, 0.95)


@pytest.mark.parametrize("similarity", SIMILARITIES)
def test_random_sets(similarity: float) -> None:
    n = 1500
    found = spread(similarity, *random_sets(similarity, n, seed=7, union=200))
    assert abs(found.bias) < 3.5 * found.theory / sqrt(n)
    assert 0.93 < found.std / found.theory < 1.07  # four standard errors of a deviation of 1,500
    assert found.low == pytest.approx(-1.645 * found.theory, abs=0.018)  # values lie 0.009 apart
    assert found.high == pytest.approx(1.645 * found.theory, abs=0.018)


@pytest.mark.parametrize("language", LANGUAGES)
def test_real_text_under_many_hash_families(language: str) -> None:
    random = Random(f"estimate {language}")
    true, estimates = [], []
    for pair in make_pairs(random, pool(language), 0.4, 0.9, 5):
        hashes = shingle_hashes_of([pair.a, pair.b])
        for _ in range(80):
            _, compact = sign(hashes, MinHashParams(seed=random.randrange(2**31)))
            true.append(pair.similarity)
            estimates.append(float(estimate_similarity(compact[0], compact[1])))
    found = spread(0.0, np.array(true), np.array(estimates))
    assert abs(found.bias) < 3.5 * found.theory / sqrt(found.n)
    assert 0.85 < found.std / found.theory < 1.15


def test_unlike_sets_are_estimated_near_zero() -> None:
    _, estimates = random_sets(0.0, 500, seed=3)
    assert estimates.mean() < 0.005
    assert estimates.max() < 0.05  # six of 112 by chance


def test_the_theory_at_hand_computed_points() -> None:
    """At s = 0.7: p = 0.701172, sqrt(p (1 - p) / 112) / (255 / 256) = 0.04342."""
    found = theoretical_std(np.array([0.7, 1.0]))
    assert found.tolist() == pytest.approx([0.04342, 0.0], abs=1e-5)


@settings(deadline=None)  # the first call compiles
@given(st.sampled_from(LANGUAGES), st.integers(0, 2**32 - 1))
def test_an_estimate_is_symmetric_and_one_for_itself(language: str, seed: int) -> None:
    random = Random(seed)
    texts = [pool(language).document(random), pool(language).document(random)]
    _, compact = sign(shingle_hashes_of(texts))
    there = estimate_similarity(compact[0], compact[1])
    assert there == estimate_similarity(compact[1], compact[0])
    assert 0.0 <= float(there) <= 1.0
    assert float(estimate_similarity(compact[0], compact[0])) == 1.0


@pytest.mark.parametrize("least", [0.5, 0.7, 0.8])
def test_the_matches_needed_are_the_fewest_that_reach_the_similarity(least: float) -> None:
    needed = matches_needed(least, 112)
    signature = np.zeros(112, np.uint8)
    other = np.arange(112) >= needed
    assert float(estimate_similarity(signature, other.astype(np.uint8))) >= least
    other[needed - 1] = True
    assert float(estimate_similarity(signature, other.astype(np.uint8))) < least
