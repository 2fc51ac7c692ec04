"""Shingles: XXH64 of words joined by a space, in every script."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.dedup.shingles import shingle_hashes, shingle_words
from curate.text.normalize import nfc, shingle_form
from curate.text.split import split, split_texts

ALPHABET = "abA ßİĳ 12१٣ \n.-'कि के ทีน้ำ 世界人 Ωά \u0301\u030c\u0323\u0345J𞤀𞤢 \ud800"

WORDS = st.lists(st.text(st.characters(), max_size=6), max_size=12)


def plainly(words: list[str], n: int) -> list[int]:
    if not words:
        return []
    n = min(n, len(words))
    joined = (" ".join(words[i : i + n]) for i in range(len(words) - n + 1))
    return [xxhash.xxh64_intdigest(s.encode("utf-8", "surrogatepass")) for s in joined]


@settings(deadline=None)  # the first call compiles
@given(WORDS, st.integers(1, 7))
def test_each_shingle_is_the_hash_of_n_joined_words(words: list[str], n: int) -> None:
    assert shingle_hashes(words, n).tolist() == plainly(words, n)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["สวัสดี", "ครับ", "ผม", "ชื่อ", "ที่", "ที", "นี้"], id="Thai"),
        pytest.param(["क्या", "हाल", "है", "के", "कु", "पुराने", "स्टेशन"], id="Hindi"),
        pytest.param(["السلام", "عليكم", "و", "رحمة", "الله", "و", "بركاته"], id="Arabic"),
        pytest.param(["我们", "在", "这里", "等", "你", "回来", "吧"], id="Chinese"),
        pytest.param(["𞤀𞤣𞤤𞤢𞤥", "𞤨𞤵𞤤𞤢𞤪", "𞤫", "𞤲𞤣𞤫𞤪", "𞤸𞤢𞤤𞤭", "𞤥𞤫𞤲"], id="Adlam"),
        pytest.param(["with a space", "b", "", " ", "c", "d"], id="words that hold spaces"),
        pytest.param(["\ud800", "b", "c", "d", "e", "\udfff"], id="lone surrogates"),
        pytest.param([""], id="one empty word"),
    ],
)
def test_scripts_and_oddities(words: list[str]) -> None:
    assert shingle_hashes(words).tolist() == plainly(words, 5)


def test_marks_tell_words_apart() -> None:
    assert shingle_hashes(["के"]).tolist() != shingle_hashes(["कु"]).tolist()


def test_short_documents_have_one_shingle_and_empty_ones_none() -> None:
    assert shingle_hashes(["a", "b"]).tolist() == [xxhash.xxh64_intdigest(b"a b")]
    assert shingle_hashes([]).dtype == np.uint64
    assert shingle_hashes([]).size == 0


def test_no_words_per_shingle_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        shingle_hashes(["a"], 0)


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.text(ALPHABET, max_size=60), max_size=6), st.integers(1, 6))
def test_a_batch_is_its_documents_end_to_end(texts: list[str], n: int) -> None:
    shingles, offsets = shingle_words(split_texts([nfc(text) for text in texts]).words(), n)
    parts = [shingles[a:b].tolist() for a, b in pairwise(offsets.tolist())]
    words = [list(map(shingle_form, split(nfc(text)).words())) for text in texts]
    assert parts == [plainly(of_text, n) for of_text in words]
    assert offsets[-1] == shingles.size


def test_a_batch_needs_a_word_per_shingle_too() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        shingle_words(split_texts(["a"]).words(), 0)
