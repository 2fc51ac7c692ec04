"""Near-duplicates of real text share a band as often as the curve says, in every script."""

from __future__ import annotations

import unicodedata
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.dedup.bands import expected_recall
from curate.dedup.components import ClusterParams, cluster
from curate.dedup.minhash import DEFAULT_PARAMS, MinHashParams
from curate.stages.sign import add_bands
from curate.text.hashing import U8, U64
from tests.benchmarks.minhash_pairs import (
    Pair,
    jaccard,
    make_pairs,
    shingle_hashes_of,
    shingle_set,
    sign,
    unlike_pairs,
)
from tests.benchmarks.minhash_recall import F64, Bools, meets, outcome, recall, wilson, z_of
from tests.dedup.real_texts import LANGUAGES, pool

UNVERIFIED = ClusterParams(verify=False)
TWO = np.arange(2, dtype=np.uint64)


def bands_of(*texts: str) -> tuple[U64, U8]:
    """Keys and signatures as the sign stage writes them; every text has words."""
    rows = add_bands(pa.table({"text": list(texts)}), params=DEFAULT_PARAMS)
    keys = np.array(rows["band_keys"].to_pylist(), np.uint64)
    packed = b"".join(rows["signature"].to_pylist())
    return keys, np.frombuffer(packed, np.uint8).reshape(len(texts), -1)


def are_merged(a: str, b: str) -> bool:
    return bool(cluster(*bands_of(a, b), TWO).size[0] == 2)


def under_many_families(pairs: list[Pair], n: int, first_seed: int) -> tuple[F64, Bools]:
    """Each pair ``n`` times, each time under another family of hash functions.

    Returns:
        float64[n * n_pairs], the true similarities; bool[n * n_pairs], which collide.
    """
    collides = []
    for at, pair in enumerate(pairs):
        hashes = shingle_hashes_of([pair.a, pair.b])
        seeds = range(first_seed + at * n, first_seed + (at + 1) * n)
        collides += [meets(sign(hashes, MinHashParams(seed=seed))[0]) for seed in seeds]
    return np.repeat([pair.similarity for pair in pairs], n), np.array(collides)


# ---- recall ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("low", "high"), [(0.55, 0.7), (0.7, 0.85)])
def test_recall_of_edited_text_is_the_curve(language: str, low: float, high: float) -> None:
    random = Random(f"recall {language} {low}")
    pairs = make_pairs(random, pool(language), low, high, 5)
    found = recall(*under_many_families(pairs, 60, first_seed=random.randrange(2**30)))
    assert abs(found.z) < 3.5  # one in 2,000 by chance


def test_recall_of_all_languages_together_is_the_curve() -> None:
    similarity, collides = [], []
    for at, language in enumerate(LANGUAGES):
        pairs = make_pairs(Random(f"all {language}"), pool(language), 0.55, 0.85, 5)
        found = under_many_families(pairs, 80, first_seed=1 + at * 1000)
        similarity.append(found[0])
        collides.append(found[1])
    together = recall(np.concatenate(similarity), np.concatenate(collides))
    assert together.n == 4800
    assert abs(together.z) < 3
    assert together.high - together.low < 0.03  # so the interval is narrow enough to mean it


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_nearest_duplicates_are_merged_by_the_defaults(language: str) -> None:
    for pair in make_pairs(Random(f"near {language}"), pool(language), 0.9, 0.99, 6):
        assert are_merged(pair.a, pair.b)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_with_little_in_common_is_never_merged_though_it_collides(language: str) -> None:
    random = Random(f"far {language}")
    pairs = unlike_pairs(random, pool(language), 0.3, 10)
    pairs += make_pairs(random, pool(language), 0.3, 0.4, 10)
    for pair in pairs:
        keys, compact = sign(shingle_hashes_of([pair.a, pair.b]))
        keys[1, 7] = keys[0, 7]  # as if by the worst of luck
        assert cluster(keys, compact, TWO, UNVERIFIED).size.tolist() == [2, 2]
        assert cluster(keys, compact, TWO).size.tolist() == [1, 1]


# ---- texts that are short, or differ in form ---------------------------------------------------

SHORT = [
    pytest.param("All human beings", "All human things", id="English"),
    pytest.param("सभी मनुष्यों को", "सभी मनुष्यों का", id="Hindi"),
    pytest.param("สิทธิมนุษยชน", "สิทธิมนุษย์", id="Thai"),
    pytest.param("모든 인간은 자유롭다", "모든 인간은 자유롭고", id="Korean"),
    pytest.param("សេចក្តីប្រកាស", "សេចក្តី", id="Khmer"),
    pytest.param("人人生而自由", "人人生而平等", id="Chinese"),
    pytest.param("يولد جميع الناس", "يولد جميع الأحرار", id="Arabic"),
    pytest.param("𞤋𞤲𞥆𞤢𞤥𞤢 𞤢𞥄𞤣𞤫𞥅𞤶𞤭", "𞤋𞤲𞥆𞤢𞤥𞤢 𞤢𞥄𞤣𞤫𞥅", id="Adlam"),
]


@pytest.mark.parametrize(("text", "other"), SHORT)
def test_identical_short_texts_meet_and_different_ones_do_not(text: str, other: str) -> None:
    assert 0 < len(shingle_set(text)) == 1
    assert are_merged(text, text)
    assert are_merged(text, f"«{text}!»\n")
    assert not are_merged(text, other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        pytest.param("राम के घर में वह", "राम कु घर में वह", id="Hindi vowel signs"),
        pytest.param("คน ที่ มา จาก เมือง", "คน ที มา จาก เมือง", id="Thai tone"),
        pytest.param("ខ្មែរ ក្រុង ភាសា ទីក្រុង ថ្មី", "ខមែរ ក្រុង ភាសា ទីក្រុង ថ្មី", id="Khmer coeng"),
        pytest.param("한국 사람 모두 여기 있다", "하구 사람 모두 여기 있다", id="Hangul finals"),
        pytest.param("𞤋𞤲𞥆𞤢𞤥𞤢 a b c d", "𞤋𞤲𞤢𞤥𞤢 a b c d", id="Adlam gemination"),
    ],
)
def test_combining_marks_tell_texts_apart(text: str, other: str) -> None:
    assert jaccard(shingle_set(text), shingle_set(other)) == 0
    keys, _ = bands_of(text, other)
    assert not (keys[0] == keys[1]).any()


@pytest.mark.parametrize(
    ("text", "other"),
    [
        pytest.param("שָׁלוֹם לכם כל בני אדם", "שלום לכם כל בני אדם", id="Hebrew points"),
        pytest.param("سَلَامٌ عليكم يا كل الناس", "سلام عليكم يا كل الناس", id="Arabic points"),
    ],
)
def test_marks_that_are_left_out_in_writing_do_not(text: str, other: str) -> None:
    keys, _ = bands_of(text, other)
    assert (keys[0] == keys[1]).all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_normalisation_does_not_keep_duplicates_apart(language: str) -> None:
    text = pool(language).document(Random(f"form {language}"))
    keys, compact = bands_of(text, unicodedata.normalize("NFD", text))
    assert keys[0].tolist() == keys[1].tolist()
    assert compact[0].tolist() == compact[1].tolist()


# ---- the instruments themselves ----------------------------------------------------------------


def test_the_similarity_of_two_sentences_counted_by_hand() -> None:
    a = shingle_set("one two three four five six seven")
    assert a == {
        ("one", "two", "three", "four", "five"),
        ("two", "three", "four", "five", "six"),
        ("three", "four", "five", "six", "seven"),
    }
    b = shingle_set("One two three, four five six eight!")
    assert jaccard(a, b) == 2 / 4
    assert jaccard(a, a) == 1.0
    assert jaccard(a, frozenset()) == 0.0
    assert shingle_set("... !!") == frozenset()


@settings(deadline=None)  # the first call compiles
@given(st.sampled_from(LANGUAGES), st.integers(0, 2**32 - 1))
def test_shingles_as_words_and_as_hashes_are_equally_many(language: str, seed: int) -> None:
    text = pool(language).document(Random(seed))
    hashes = shingle_hashes_of([text])[0]
    assert len(set(hashes.tolist())) == len(shingle_set(text))


def test_pairs_have_the_similarity_they_say() -> None:
    for language in LANGUAGES:
        for pair in make_pairs(Random(f"say {language}"), pool(language), 0.6, 0.7, 2):
            found = jaccard(shingle_set(pair.a), shingle_set(pair.b))
            assert 0.6 <= pair.similarity == found <= 0.7


def test_oddity_and_interval_against_known_values() -> None:
    half = np.full(100, 0.5)
    assert z_of(50, half) == pytest.approx(0.0, abs=1e-9)
    assert z_of(60, half) == pytest.approx(2.0, abs=0.02)
    assert z_of(40, half) == pytest.approx(-2.0, abs=0.02)
    # 8 of 10: the textbook interval of Wilson's
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert recall(np.full(50, 0.7), np.ones(50, bool)).expected == expected_recall(0.7)


def test_an_outcome_is_what_the_parts_say() -> None:
    pairs = make_pairs(Random("parts"), pool("Thai"), 0.6, 0.95, 12)
    found = outcome(pairs, first_seed=5)
    similarity, collides = under_many_families(pairs, 1, first_seed=5)
    assert found.similarity.tolist() == similarity.tolist()
    assert found.collides.tolist() == collides.tolist()
    assert found.is_merged.tolist() == (collides & (found.estimate >= 0.7)).tolist()
    assert found.collides_by_default.tolist() == [meets(bands_of(p.a, p.b)[0]) for p in pairs]


def test_another_seed_is_another_family() -> None:
    hashes = shingle_hashes_of([pool("English").document(Random(1))])
    keys = [sign(hashes, MinHashParams(seed=seed))[0] for seed in (1, 2)]
    assert not (keys[0] == keys[1]).any()
