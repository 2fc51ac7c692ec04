"""Words folded by the reading form's table are the words of the reading form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.text.normalize import nfc
from curate.text.reading import reading_kinds, shingle_reading
from curate.text.reading_words import ANEW, BY_CHARACTER, PLAIN, reading_fold, ways
from curate.text.split import split_texts

CHANGED = st.sampled_from([chr(p) for p in range(len(reading_kinds())) if reading_kinds()[p]])
PIECES = st.one_of(
    st.text("aZßſé. 12-'", max_size=4),
    st.text("αάΆΐϊΣς ίόώ", max_size=6),
    st.text("سلام\u064b\u064e\u0651\u0670\u0640 ىآ", max_size=6),
    st.text("शब्द की ที่นี่ 字かな", max_size=5),
    st.text("\u00ad\u200f\ufe0f\u2060İıiI１２ａﺳﻼﻡ𝐀", max_size=5),
    st.text("می\u200cروکار ب\u064e\u0640\u0654'ـ5", max_size=7),
    st.text("র্য\u200dক\u200cൻന്\u200d😀\u2764\ufe0f", max_size=7),
    st.text("a3'. -\u00ad\u200f\ufeff\u0301\u064e\u0640ب()ก\u1100\u1161각", max_size=7),
    st.text("ŞşŢţĂăȚğüıö\u034f", max_size=6),
    CHANGED,
    st.characters(exclude_categories=["Cs"]),
)


def folded(text: str) -> list[str]:
    return split_texts([text]).words_folded(keeps_digits=False, fold=reading_fold()).strings()


@settings(max_examples=1000, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_folded_words_are_those_of_the_reading_form(raw: str) -> None:
    text = nfc(raw)
    tokens = split_texts([text])
    (way,) = ways(tokens.texts).tolist()
    wanted = split_texts([shingle_reading(text)]).words().strings()
    if way == PLAIN:
        assert tokens.words().strings() == wanted
    if way != ANEW:
        assert folded(text) == wanted


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("plain text 12", PLAIN),
        ("Η άνοιξη", BY_CHARACTER),
        ("شُكْرًا", BY_CHARACTER),
        ("soft\u00adhyphen", BY_CHARACTER),
        ("soft\u00ad\u00adhyphen", ANEW),
        ("\u200fسلام\u200f.\u200f\u200f", BY_CHARACTER),
        ("a\u200f'b", ANEW),
        ("e\u200f\u0301", ANEW),
        ("3\u200f4", ANEW),
        ("\u1100\u200f\u1161", ANEW),
        ("１２ ａ", BY_CHARACTER),
        ("كٔتابُ ۄ", ANEW),
        ("שָׁלוֹם", ANEW),
        ("Ţara", ANEW),
        ("Ţara noastră", ANEW),
        ("Türkiye'de güneş doğuyor", PLAIN),
        ("Kışın güneş", BY_CHARACTER),
        ("می\u200cشود", PLAIN),
        ("کار\u200cها", ANEW),
        ("می\u064e\u200cشود", ANEW),
        ("شـــكرا", BY_CHARACTER),
        ("شـَـكرا", BY_CHARACTER),
        ("شـ\u0653كرا", ANEW),
        ("ـشكرا", ANEW),
        ("5ـ6", ANEW),
        ("র\u200d্য", PLAIN),
        ("ন\u0d4d\u200d", ANEW),
        ("👩\u200d🚀", PLAIN),
        ("👩\u200da", PLAIN),
        ("a\u200db", ANEW),
        ("\u200c", ANEW),
        ("字\u064b字", ANEW),
        ("ที\ufe0fนี", ANEW),
        ("\u0386\u0301", ANEW),
        ("\u0130\u0307", ANEW),
    ],
)
def test_what_depends_on_more_than_a_character_is_read_anew(text: str, way: int) -> None:
    assert ways(split_texts([nfc(text)]).texts).tolist() == [way]
