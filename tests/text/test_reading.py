"""The reading form: what does not change the words is left out, and what a script needs stays."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.text.normalize import nfc
from curate.text.reading import (
    is_reading,
    reading_form,
    reading_kinds,
    shingle_reading,
)
from curate.text.split import split
from curate.text.words import fold_words


@pytest.mark.parametrize(
    ("text", "form"),
    [
        pytest.param("Auto\u00admobil\u00adclub", "Automobilclub", id="soft hyphens"),
        pytest.param("при\u00adвет \u2066мир\u2069\u200f", "привет мир", id="direction marks"),
        pytest.param("ﺳﻼﻡ ﻋﻠﻴﻜﻢ", "سلام عليكم", id="Arabic presentation forms"),
        pytest.param("سـلام عليـــكم", "سلام عليكم", id="tatweel"),
        pytest.param("كَتَبَ الوَلَدُ الدَّرْسَ", "كتب الولد الدرس", id="Arabic points"),
        pytest.param("שָׁלוֹם עֲלֵיכֶם", "שלום עליכם", id="Hebrew points"),
        pytest.param("בְּרֵאשִׁ֖ית בָּרָ֣א", "בראשית ברא", id="Hebrew accents"),
        pytest.param("ｆｕｌｌ Ｗｉｄｔｈ ２０", "full Width 20", id="full width"),
        pytest.param("ｶﾞｲﾄﾞ ﾊﾟﾝ", "ガイド パン", id="half-width kana"),
        pytest.param("𝓗𝓮𝓵𝓵𝓸 𝕨𝕠𝕣𝕝𝕕 𝟚", "Hello world 2", id="mathematical letters"),
        pytest.param("eﬃcient ﬂoor", "efficient floor", id="Latin ligatures"),
        pytest.param("⼈⼝", "人口", id="radicals for letters"),
        pytest.param("ştiinţă şi ţară", "știință și țară", id="Romanian cedilla"),
        pytest.param("ΆΝΘΡΩΠΟΣ", "ΑΝΘΡΩΠΟΣ", id="accents on Greek capitals"),
        pytest.param("کار‌ها آن\u200cها خانه\u200c ", "کارها آن\u200cها خانه ", id="Persian ZWNJ"),
        pytest.param("con\u200dtin\u200cue", "continue", id="joiners in Latin"),
        pytest.param("నన్\u200d \u0d28\u0d4d\u200d", "నన్\u200d \u0d7b", id="Malayalam chillu"),
        pytest.param("A\ufe0f 葛\U000e0100", "A 葛", id="variation selectors"),
    ],
)
def test_marks_and_forms_are_left_out(text: str, form: str) -> None:
    assert reading_form(nfc(text)) == nfc(form)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain ASCII",
        "Les élèves mangent à côté",
        "की गाँव क़लम हिन्दी",
        "ক্ষুদ্র বাংলা",
        "ภาษาไทย น้ำ กำลัง",
        "ຫໍສະໝຸດ ນໍ້າ ໜ້າ ຳ",
        "ភាសាខ្មែរ ដែល",
        "မြန်မာဘာသာ စကား",
        "한국어 ㅋㅋㅋ ㄱㄴ",
        "村里的图书馆，每天早上开门！",
        "ようこそ、ガイド。",
        "Türkçe şarkı söylemek güzeldir, ığdır",
        "Azərbaycan şəhəri",
        "և Հայաստան",
        "şêr û şev bi kurdî",
        "می\u200cشود",
        "सॉफ़्ट\u200cवेयर क्\u200dष",
        "අක්\u200dෂර",
        "👨\u200d👩\u200d👧",
        "אַלע מענטשן װערן געבױרן פֿרײַ און גלײַך אין כּבֿוד",
        "گِؠ کٲشُر زَبان چھُ",
        "ދިވެހި ބަސް",
        "zero\u200bwidth space",
        "№ 5 ª º x² ℹ",
        "ﷺ",
        "ᠮᠣᠩᠭᠣᠯ\u180eᠠ",
        "Άνθρωπος και άλλα",
        "𞤀𞤣𞤤𞤢𞤥 𐌰𐍄𐍄𐌰",
    ],
)
def test_what_a_script_needs_stays(text: str) -> None:
    text = nfc(text)
    expected = text.replace("Ά", "Α")
    assert reading_form(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ο άνθρωπος και το μαΐου", "Ο ΑΝΘΡΩΠΟΣ ΚΑΙ ΤΟ ΜΑΙΟΥ"),
        ("ἄνθρωπος ᾠδή", "άνθρωπος ωδή"),
        ("ısparta ili", "ISPARTA İLİ"),
        ("știință", "ŞTIINŢĂ"),
    ],
)
def test_capitals_and_small_letters_have_one_form_for_shingles(one: str, other: str) -> None:
    def words(text: str) -> list[str]:
        return fold_words(shingle_reading(nfc(text)).split())

    assert words(one) == words(other)


def test_an_ordinary_text_has_as_many_words_as_before() -> None:
    for text in (
        "שָׁלוֹם עֲלֵיכֶם, חֲבֵרִים",
        "كَتَبَ الوَلَدُ",
        "co\u00adop ok",
        "آن\u200cها کار‌ها",
        "ｆｕｌｌ ok",
    ):
        assert len(split(reading_form(nfc(text))).words()) == len(split(nfc(text)).words())


MARKED = st.text(
    st.sampled_from(
        "aşţăğ \u00ad\u0640\u200c\u200dکارماٱא\u05b7\u05b8\u05b0\u064e\u0653"
        "ﺳﻼｶﾞΆάΐکशक्\u0d28\u0d4d👨s\u0327\u034f"
    ),
    max_size=30,
)


@settings(deadline=None)
@given(MARKED | st.text(max_size=60))
def test_forms_are_settled_and_in_nfc(text: str) -> None:
    text = nfc(text)
    for form in (reading_form, shingle_reading):
        found = form(text)
        assert form(found) == found
        assert unicodedata.is_normalized("NFC", found)


@settings(deadline=None)
@given(st.lists(MARKED | st.text(max_size=20), max_size=5))
def test_a_look_at_many_texts_says_which_are_their_own_form(texts: list[str]) -> None:
    texts = [nfc(text) for text in texts]
    for for_shingles, form in ((False, reading_form), (True, shingle_reading)):
        same = is_reading(texts, for_shingles=for_shingles)
        for text, is_same in zip(texts, same.tolist(), strict=True):
            assert not is_same or form(text) == text


def test_letters_that_nothing_changes_are_none_of_the_kinds() -> None:
    kinds = reading_kinds()
    for text in (
        "abcéß",
        "Привет",
        "हिन्दी",
        "ไทยำ",
        "ខ្មែរ",
        "한국어",
        "村ガ",
        "سلام",
        "שלום",
        "🙂，。",
    ):
        assert not np.any(kinds[[ord(char) for char in nfc(text)]])
