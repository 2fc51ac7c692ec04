"""Repair: damage is undone, clean text of any script is left alone, and time is linear."""

from __future__ import annotations

import gzip
import json
import re
import re._parser as sre  # type: ignore[import-not-found] # the only parser of patterns there is
import unicodedata
from pathlib import Path
from typing import Any

import ftfy
import pytest
from ftfy.badness import BADNESS_RE
from hypothesis import assume, given
from hypothesis import strategies as st

from curate.text.normalize import normalize_text
from curate.text.repair import PIECE_CHARS, SIGNS, fix_lines, repair

FINEWEB2 = ftfy.TextFixerConfig(
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    normalization=None,
    explain=False,
)

CLEAN = {
    "French": "L’été dernier, où l’on mangeait des pâtes à Noël : « Ça va ? » Œuvre, 20 °C, 5 €.",
    "German": "„Straße“ – Größe, Übung, Äpfel & Öl; §5 Abs. 2; 10 % Rabatt…",
    "Vietnamese": "Tiếng Việt rất đẹp, những ngày mưa ở Đà Nẵng.",
    "Polish": "Zażółć gęślą jaźń „w cudzysłowie”.",
    "Turkish": "İstanbul'da güneşli bir gün, şeker ve çay.",
    "Russian": "Привет, мир! «Это хороший день» — сказал он.",
    "Greek": "Καλημέρα κόσμε· «τι κάνεις;»",
    "Arabic with joiners": "می‌خواهم کتاب‌ها را ببینم، السَّلَامُ عَلَيْكُمْ؟",
    "Hebrew with niqqud": "שָׁלוֹם עוֹלָם, ״בְּרֵאשִׁית״ בָּרָא",
    "Hindi with joiners": "नमस्ते दुनिया। क्‍षमा, श्री",
    "Sinhala with joiners": "ශ්‍රී ලංකාව",
    "Thai": "สวัสดีชาวโลก ที่นี่มีน้ำและกำลังใจ ๆ ฯลฯ",
    "Lao": "ສະບາຍດີຊາວໂລກ",
    "Khmer": "សួស្តីពិភពលោក នៅថ្ងៃនេះ។",
    "Burmese": "မင်္ဂလာပါ ကမ္ဘာလောက",
    "Tibetan": "བཀྲ་ཤིས་བདེ་ལེགས།",
    "Chinese": "你好，世界！“引号”《书名》，全角ＡＢＣ　１２３。",
    "Japanese": "こんにちは世界。「ｶﾀｶﾅ」とカタカナ、ゔ",
    "Korean": "안녕하세요 세계",
    "Amharic": "ሰላም ለዓለም።",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ᠌",
    "Adlam": "𞤀𞤣𞤤𞤢𞤥 𞤆𞤵𞤤𞤢𞤪⹁ 𞤥𞤭𞤴𞤢𞤥𞤭",
    "Gothic": "𐌲𐌿𐍄𐌰𐍂𐌰𐌶𐌳𐌰 𐌰𐍄𐍄𐌰 𐌿𐌽𐍃𐌰𐍂",
    "emoji": "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁷󠁬󠁳󠁿 👍🏽 ❤️ ¯\\_(ツ)_/¯",
    "a table with content": "| a | b |\n|---|---|\n| c | d |",
    "mathematics": "∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α ∧ ¬β, 3 × 10² ± ½",
    "a source": "if (a < b && b > c) { return &amp; }",
}

GOLDEN = {
    "French read as Windows-1252": (
        "Lâ€™Ã©tÃ© dernier, oÃ¹ lâ€™on mange",
        "L’été dernier, où l’on mange",
    ),
    "French read as Mac Roman": ("L'√©t√© dernier", "L'été dernier"),
    "French read twice as Windows-1252": ("cafÃƒÂ©", "café"),
    "à without its no-break space": ("voilÃ le travail", "voilà le travail"),
    "Russian read as Windows-1252": ("Ð¿Ñ€Ð¸Ð²ÐµÑ‚ Ð¼Ð¸Ñ€", "привет мир"),
    "Russian read as Windows-1251": ("РџСЂРёРІРµС‚, РјРёСЂ", "Привет, мир"),
    "Thai read as Latin-1": ("สวัสดี".encode().decode("latin-1"), "สวัสดี"),
    "Hindi read as Latin-1": ("नमस्ते दुनिया".encode().decode("latin-1"), "नमस्ते दुनिया"),
    "Arabic read as Windows-1252": ("Ø§Ù„Ø³Ù„Ø§Ù…", "السلام"),
    "Chinese read as Latin-1": ("你好，世界".encode().decode("latin-1"), "你好，世界"),
    "Khmer read as Latin-1": ("សួស្តី".encode().decode("latin-1"), "សួស្តី"),
    "Adlam read as Latin-1": ("𞤀𞤣𞤤𞤢𞤥".encode().decode("latin-1"), "𞤀𞤣𞤤𞤢𞤥"),
    "Polish read as Windows-1250": ("ZaĹĽĂłĹ‚Ä‡ gÄ™Ĺ›lÄ…", "Zażółć gęślą"),
    "a quotation mark lost": ("â€œhelloâ€\ufffd", "“hello\ufffd"),
    "entities": ("caf&eacute; &lt;b&gt; &#x2014; P&EACUTE;REZ", "café <b> — PÉREZ"),
    "entities twice escaped": ("fish &amp;amp; chips &amp;amp;amp;lt;", "fish & chips <"),
    "entities escaped fifty times": ("&" + "amp;" * 50 + "lt;", "<"),
    "entities after a tag stay": ("a <b>\nx &amp; y", "a <b>\nx &amp; y"),
    "no entity": ("AT&T; this&not that; Q&A", "AT&T; this&not that; Q&A"),
    "C1 controls": ("\x93quoted\x94 \x80 5\x85", "“quoted” € 5…"),
    "surrogate pairs": ("\ud83d\ude00 ok", "😀 ok"),
    "lone surrogates": ("a\udc00b", "a\ufffdb"),
    "control characters": ("a\x00b\x08c\ufeffd\ufffce\u206af", "abcdef"),
    "colours of a terminal": ("\x1b[36;44mblue\x1b[0m", "blue"),
    "line breaks": ("a\r\nb\u2028c\rd", "a\nb\nc\nd"),
    "not NFC": ("e\u0301te\u0301", "été"),
    "debris of a table": ("a\n| |\n | | |\n|\nb\n||", "a\nb\n"),
    "debris, first and last": ("|\n| x |\n", "| x |\n"),
}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_clean_text_comes_back_as_it_was(text: str) -> None:
    assert repair(unicodedata.normalize("NFC", text)) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(("damaged", "whole"), GOLDEN.values(), ids=GOLDEN.keys())
def test_damage_is_undone(damaged: str, whole: str) -> None:
    assert repair(damaged) == whole


@pytest.mark.parametrize("encoding", ["latin-1", "sloppy-windows-1252", "macroman", "cp437"])
@pytest.mark.parametrize(
    "name", ["French", "Greek", "Thai", "Hindi with joiners", "Chinese", "Adlam"]
)
def test_text_misread_as_a_whole_is_read_again(name: str, encoding: str) -> None:
    whole = normalize_text(CLEAN[name])
    assert repair(whole.encode().decode(encoding)) == whole


def test_a_damaged_line_leaves_its_neighbours_alone() -> None:
    lines = [*CLEAN.values()][:-1]
    damaged = "\n".join(f"{line}\ncafÃ©" for line in lines)
    assert repair(damaged) == normalize_text(damaged).replace("cafÃ©", "café")


# ---- the short cut -------------------------------------------------------------------------

ANY = st.text(st.characters(), max_size=60)
PIECES = (
    *"aZ éÉàÃÂâ€™“”’ƒ«»°²µ±œŒØÙÐÑЂВГвβ√‚Ä÷|<&;\t\n\r\x83\x9d\xa0\xad\x00\ufeff\ufffd\ud83d\ude00",
    *"\u0301\u2028",
    *("&amp;", "&lt;", "&#38;", "amp;", "\x1b[1m", "ที่", "की", "𞤀", "Ã©", "â€™", "Ð¸"),
)
NASTY = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
MISREAD = st.builds(
    lambda text, encodings: _misread(text, encodings),
    st.text(st.sampled_from("aé ’—“ß你йثที𞤀€\n"), max_size=12),
    st.lists(st.sampled_from(["latin-1", "sloppy-windows-1252", "macroman"]), max_size=2),
)


def _misread(text: str, encodings: list[str]) -> str:
    for encoding in encodings:
        text = text.encode().decode(encoding)
    return text


@given(st.one_of(ANY, NASTY, MISREAD))
def test_lines_are_fixed_as_by_ftfy(text: str) -> None:
    assert fix_lines(text) == ftfy.fix_text(text, FINEWEB2)


def test_every_alternative_of_the_bad_sequences_needs_a_sign() -> None:
    """The proof of the short cut: the pattern is taken apart."""
    (only,) = sre.parse(BADNESS_RE.pattern, BADNESS_RE.flags)
    kind, (_, alternatives) = only
    assert str(kind) == "BRANCH"
    assert len(alternatives) > 30
    signs = re.compile(f"[{SIGNS}]")
    for alternative in alternatives:
        assert any(_only_signs(item, signs) for item in alternative), alternative


def _only_signs(item: tuple[Any, Any], signs: re.Pattern[str]) -> bool:
    """Whether every character that an item of a pattern can match is a sign."""
    kind, value = str(item[0]), item[1]
    if kind == "LITERAL":
        return signs.match(chr(value)) is not None
    if kind != "IN":
        return False
    for member, what in value:
        if str(member) == "LITERAL":
            characters = [what]
        elif str(member) == "RANGE":
            characters = list(range(what[0], what[1] + 1))
        else:
            return False
        if not all(signs.match(chr(c)) for c in characters):
            return False
    return True


# ---- laws ----------------------------------------------------------------------------------


@given(st.one_of(ANY, NASTY, MISREAD))
def test_repairing_twice_changes_no_more(text: str) -> None:
    once = repair(text)
    assert repair(once) == once


@given(st.one_of(ANY, NASTY, MISREAD))
def test_what_is_repaired_is_normalised(text: str) -> None:
    once = repair(text)
    assert normalize_text(once) == once
    once.encode("utf-8")


@given(ANY)
def test_text_of_letters_and_marks_is_only_normalised(text: str) -> None:
    letters = "".join(c for c in text if unicodedata.category(c) in ("Lo", "Mn", "Mc", "Zs"))
    assume(not re.search(f"[{SIGNS}]", letters))
    assert repair(letters) == normalize_text(letters)


# ---- time ----------------------------------------------------------------------------------

HOSTILE = {
    "a chain of continuation bytes": lambda n: "Ã" + "ƒ" * n,
    "escaped ampersands in ampersands": lambda n: "&" + "amp;" * (n // 4),
    "the same, with control characters between": lambda n: "&\x01amp;" + "\x01amp;" * (n // 5),
    "surrogates as UTF-8": lambda n: "\xed\xa0\xbd\xed\xb8\x80" * (n // 6),
    "bars": lambda n: "|" * n,
    "lines of bars": lambda n: " | \n" * (n // 4),
    "bars that end in a letter": lambda n: (" |" * 500 + "x\n") * (n // 1000),
    "accents": lambda n: "é“a" * (n // 3),
    "many marks on one letter": lambda n: "a" + "\u0316\u0301" * (n // 2),
    "escapes within escapes": lambda n: "\x1b[" * (n // 4) + "m" * (n // 2),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_linear_time(make: Any) -> None:  # noqa: ANN401 - a function of a number
    text = make(1_000_000)
    once = repair(text)  # quadratic, it would take longer than the five minutes of a test
    assert repair(once) == once


def test_a_long_line_is_repaired_in_pieces() -> None:
    words = "cafÃ© " * PIECE_CHARS
    assert repair(words) == "café " * PIECE_CHARS


# ---- real text -----------------------------------------------------------------------------

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data"


@pytest.mark.shared
def test_real_paragraphs_in_every_language_are_left_alone() -> None:
    path = SHARED / "udhr_paragraphs.json.gz"
    if not path.is_file():
        pytest.skip("the data beside the checkout is absent")
    for label, paragraphs in json.loads(gzip.decompress(path.read_bytes())).items():
        text = normalize_text("\n".join(paragraphs))
        assert repair(text) == text, label
