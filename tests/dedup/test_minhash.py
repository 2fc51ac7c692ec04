"""Signatures: datatrove's, bit by bit, given the same shingles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.dedup.minhash import UNSIGNED, MinHashParams, is_signed, signature, signatures
from curate.dedup.shingles import shingle_hashes
from curate.errors import ConfigError

WORDS = [
    "ka",
    "la",
    "ma",
    "na",
    "pa",
    "ra",
    "sa",
    "ta",
    "wa",
    "ya",
    "ñandú",
    "สวัสดี",
    "हिन्दी",
    "漢字",
    "سلام",
    "𞤀𞤣𞤤𞤢𞤥",
]

# MinhashDedupSignature.get_signature of datatrove 0.10.1 on the 12 shingles of WORDS
# fmt: off
DATATROVE = [
    117848971898074516, 370189745094143684, 189082462557991316, 119865663911263555,
    68365802678806413, 22601323622087161, 448680130208050, 264665297036173500,
    190320292469652146, 16629383791590046, 13521613361865686, 2438893975682581,
    153613244841142955, 126618859637092323, 101665434968549137, 399674075031859791,
    8211477200660226, 106914196058540385, 163971873655088183, 19663186480183036,
    203478730132263240, 16878751294817364, 161170741672250228, 97832177124798664,
    157383303572575968, 354599707464681095, 9947660452586196, 113349631292315992,
    194783122586143595, 12390713955561699, 232352654854894497, 146668812616029106,
    581172173521571941, 228296599033530905, 20876662582854966, 266087348584981499,
    589412753201017846, 49567030635320363, 17741857799517763, 23896988658069999,
    72878390879320857, 3019183305705314, 205979272413918111, 79996034878524550,
    205437750390025510, 34889491949569258, 135138007664304891, 299788522122363069,
    76086099842984023, 46789554615423556, 14204298003776729, 111712643136785517,
    245462575306347674, 74152426683743648, 62372172678203441, 372548893867945691,
    61347850513309198, 65089379735982637, 2093711391940392, 166158539374878205,
    482056039159028518, 192412259416081941, 379506531556964, 45186625491138166,
    81427626028377909, 26674185172148656, 13168375020113968, 615264454052031166,
    151653412683678122, 27780666434746420, 96043566226062696, 94672293850535251,
    494801855267876022, 21242200421531233, 120426999396657757, 392266623938901495,
    18579428166580234, 132749079704465674, 19968573186750860, 52901857319628747,
    437894202764434367, 41458321032111961, 292281489710790830, 60838505962347870,
    616985392937684602, 123793021408070912, 540680164147018798, 141811611405841119,
    25095402365183252, 142885301334665682, 96302341734521355, 64529847431726757,
    353060199431817654, 70995003565020382, 71843014467177566, 116239523039354784,
    249858909089598815, 262590854598579359, 231095254547594962, 185247804200217706,
    102054421583497158, 423708849940584928, 117263391658084276, 183148037458691763,
    559095598055210826, 879944979123645778, 415104656378707736, 496192794156589182,
    121829197834940406, 23527583485709242, 147269780897904854, 379221409321393658,
]
# fmt: on

MERSENNE = 2**61 - 1
SHINGLES = st.lists(st.integers(0, 2**64 - 1), max_size=20)


def array(shingles: list[int]) -> np.ndarray:
    return np.array(shingles, np.uint64)


def plainly(shingles: list[int], params: MinHashParams) -> list[int]:
    """The formula in Python's unbounded integers."""
    random = np.random.RandomState(params.seed)
    a = random.randint(1, MERSENNE, dtype=np.uint64, size=params.n_hashes).tolist()
    b = random.randint(0, MERSENNE, dtype=np.uint64, size=params.n_hashes).tolist()
    return [
        min((x * m + c) % 2**64 % MERSENNE for x in shingles) for m, c in zip(a, b, strict=True)
    ]


def test_the_signature_is_datatroves() -> None:
    shingles = shingle_hashes(WORDS)
    assert shingles[0] == 12268450886968019319
    assert signature(shingles).tolist() == DATATROVE


@settings(deadline=None)  # the first call compiles
@given(SHINGLES.filter(len), st.integers(0, 3))
def test_the_signature_is_the_formula(shingles: list[int], seed: int) -> None:
    params = MinHashParams(seed=seed)
    assert signature(array(shingles), params).tolist() == plainly(shingles, params)


@pytest.mark.parametrize("shingle", [0, MERSENNE, MERSENNE - 1, 2**64 - 1])
def test_the_ends_of_the_range(shingle: int) -> None:
    found = signature(array([shingle])).tolist()
    assert found == plainly([shingle], MinHashParams())
    assert max(found) < MERSENNE


@pytest.mark.parametrize("target", [MERSENNE, 2 * MERSENNE, 7 * MERSENNE])
def test_a_multiple_of_the_modulus_is_zero(target: int) -> None:
    random = np.random.RandomState(1)
    a = random.randint(1, MERSENNE, dtype=np.uint64, size=112).tolist()
    b = random.randint(0, MERSENNE, dtype=np.uint64, size=112).tolist()
    k = next(i for i in range(112) if a[i] % 2)  # odd numbers have an inverse modulo 2**64
    shingle = (target - b[k]) * pow(a[k], -1, 2**64) % 2**64
    assert signature(array([shingle]))[k] == 0


@settings(deadline=None)  # the first call compiles
@given(st.lists(SHINGLES, max_size=5))
def test_a_batch_signs_as_one_by_one(documents: list[list[int]]) -> None:
    offsets = np.cumsum([0, *map(len, documents)]).astype(np.int64)
    found = signatures(array([x for d in documents for x in d]), offsets)
    assert found.shape == (len(documents), 112)
    assert is_signed(found).tolist() == [bool(d) for d in documents]
    for row, shingles in zip(found, documents, strict=True):
        wanted = signature(array(shingles)) if shingles else np.full(112, UNSIGNED)
        assert row.tolist() == wanted.tolist()


@settings(deadline=None)  # the first call compiles
@given(SHINGLES.filter(len), st.randoms(use_true_random=False))
def test_order_and_repeats_of_shingles_do_not_matter(
    shingles: list[int], random: np.random.RandomState
) -> None:
    again = shingles * 2
    random.shuffle(again)
    assert signature(array(again)).tolist() == signature(array(shingles)).tolist()


def test_equal_minima_estimate_the_jaccard_similarity() -> None:
    random = np.random.default_rng(7)
    shared = random.integers(0, 2**64, 600, dtype=np.uint64)
    own = random.integers(0, 2**64, (2, 200), dtype=np.uint64)
    params = MinHashParams(n_bands=256, rows_per_band=8)
    a, b = (signature(np.concatenate((shared, mine)), params) for mine in own)
    assert np.mean(a == b) == pytest.approx(0.6, abs=0.04)


@pytest.mark.parametrize("offsets", [[], [1, 3], [0, 2], [0, 4], [0, 3, 2, 3]])
def test_offsets_that_do_not_divide_the_shingles_are_refused(offsets: list[int]) -> None:
    with pytest.raises(ValueError, match="offsets"):
        signatures(array([1, 2, 3]), np.array(offsets, np.int64))


@pytest.mark.parametrize("name", ["n_grams", "n_bands", "rows_per_band", "seed"])
def test_a_parameter_out_of_range_is_refused(name: str) -> None:
    numbers: dict[str, Any] = {name: -1}
    with pytest.raises(ConfigError, match=name):
        MinHashParams(**numbers)


def test_the_version_tells_parameters_apart() -> None:
    others = [
        MinHashParams(),
        MinHashParams(n_grams=4),
        MinHashParams(n_bands=8, rows_per_band=14),
        MinHashParams(n_bands=112, rows_per_band=1),
        MinHashParams(seed=2),
    ]
    assert len({p.version for p in others}) == len(others)
