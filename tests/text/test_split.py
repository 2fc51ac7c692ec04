"""The splitter: golden rows in many scripts, and the laws that every text keeps."""

from __future__ import annotations

import unicodedata

import numpy as np
import numpy.typing as npt
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from curate.text import characters, scan, split
from curate.text.characters import CharClass
from curate.text.split import Kind

W, N, P, S = "WNPS"
"""Kinds in the golden rows, by initial."""

GOLDEN = [
    ("latin", "Don't stop, l'État co-opère !", "Don't stop , l'État co-opère !", "WWPWWP"),
    ("latin with decomposed marks", "Vie\u0302\u0323t Nam", "Vie\u0302\u0323t Nam", "WW"),
    ("catalan middle dot", "col·lecció · fi", "col·lecció · fi", "WPW"),
    ("turkish", "İstanbul'da IŞIK.", "İstanbul'da IŞIK .", "WWP"),
    ("hawaiian", "ʻŌlelo Hawaiʻi", "ʻŌlelo Hawaiʻi", "WW"),
    ("cyrillic", "Привет, как-нибудь!", "Привет , как-нибудь !", "WPWP"),
    ("latin and cyrillic in one word", "Mосква и IT-компания", "Mосква и IT-компания", "WWW"),
    ("greek", "Τι κάνεις; Καλά·", "Τι κάνεις ; Καλά ·", "WWPWP"),
    ("georgian", "გამარჯობა, მსოფლიო!", "გამარჯობა , მსოფლიო !", "WPWP"),
    ("armenian marks inside words", "Ինչպե՞ս եք։", "Ինչպե՞ս եք ։", "WWP"),
    ("hebrew niqqud", "שָׁלוֹם עֲלֵיכֶם", "שָׁלוֹם עֲלֵיכֶם", "WW"),
    ("hebrew quote and maqaf", 'ארה"ב "בית־ספר"', 'ארה"ב " בית־ספר "', "WPWP"),
    ("arabic harakat and tatweel", "كِتَابٌ، جمـــيل؟", "كِتَابٌ ، جمـــيل ؟", "WPWP"),
    ("arabic number sign", "\u0600١٢ \u0600 a", "\u0600١٢ \u0600 a", "NSW"),
    ("persian joiner", "می\u200cخواهم بروم", "می\u200cخواهم بروم", "WW"),
    ("urdu", "یہ کتاب ہے۔", "یہ کتاب ہے ۔", "WWWP"),
    ("syriac", "ܫܠܡܐ ܥܠܡܐ܀", "ܫܠܡܐ ܥܠܡܐ ܀", "WWP"),
    ("n'ko", "ߒߞߏ ߞߊ߲߫، ߢߌ߫", "ߒߞߏ ߞߊ߲߫ ، ߢߌ߫", "WWPW"),
    ("thaana", "ދިވެހި ބަސް", "ދިވެހި ބަސް", "WW"),
    ("adlam", "𞤀𞤣𞤤𞤢𞤥 𞤆𞤵𞤤𞤢𞤪⹁", "𞤀𞤣𞤤𞤢𞤥 𞤆𞤵𞤤𞤢𞤪 ⹁", "WWP"),
    ("devanagari matras", "मैं हिन्दी बोलता हूँ।", "मैं हिन्दी बोलता हूँ ।", "WWWWP"),
    ("devanagari hyphen after a matra", "धीरे-धीरे", "धीरे-धीरे", "W"),
    ("bengali", "আমি বাংলায় গান গাই।", "আমি বাংলায় গান গাই ।", "WWWWP"),
    ("gurmukhi", "ਮੈਂ ਪੰਜਾਬੀ ਹਾਂ॥", "ਮੈਂ ਪੰਜਾਬੀ ਹਾਂ ॥", "WWWP"),
    ("gujarati", "હું ગુજરાતી છું", "હું ગુજરાતી છું", "WWW"),
    ("tamil", "தமிழ் மொழி, வணக்கம்", "தமிழ் மொழி , வணக்கம்", "WWPW"),
    ("telugu", "తెలుగు భాష", "తెలుగు భాష", "WW"),
    ("kannada", "ಕನ್ನಡ ನುಡಿ", "ಕನ್ನಡ ನುಡಿ", "WW"),
    ("malayalam", "മലയാളം ഭാഷ", "മലയാളം ഭാഷ", "WW"),
    ("sinhala joiner", "ශ්\u200dරී ලංකාව", "ශ්\u200dරී ලංකාව", "WW"),
    ("tibetan", "བཀྲ་ཤིས་བདེ་ལེགས།", "བཀྲ ཤིས བདེ ལེགས །", "WWWWP"),
    ("thai", "ฉันเขียนหนังสือ", "ฉัน เขียน หนังสือ", "WWW"),
    ("thai sara am", "น้ำตกและทำ", "น้ำตก และ ทำ", "WWW"),
    ("lao", "ຂ້ອຍຮັກເຈົ້າ", "ຂ້ອຍ ຮັກ ເຈົ້າ", "WWW"),
    ("khmer", "មនុស្សទាំងអស់កើតមក។", "មនុស្ស ទាំងអស់ កើតមក ។", "WWWP"),
    ("khmer zero width space", "ខ្ញុំ\u200bទៅ", "ខ្ញុំ ទៅ", "WW"),
    ("burmese", "လူတိုင်းသည်။", "လူ တိုင်း သည် ။", "WWWP"),
    ("chinese", "人人生而自由，在尊严和权利上一律平等。",
     "人 人生 而 自由 ， 在 尊严 和 权利 上 一律 平等 。", "WWWWPWWWWWWWP"),
    ("chinese beyond the first plane", "𠮷野家很好。x", "𠮷 野家 很好 。 x", "WWWPW"),
    ("japanese", "すべての人は、スーパーで買う。",
     "すべて の 人 は 、 スーパー で 買う 。", "WWWWPWWWP"),
    ("japanese and latin", "Python3で書く", "Python3 で 書く", "WWW"),
    ("latin and japanese", "iPhoneの価格", "iPhone の 価格", "WWW"),
    ("han and digits", "2024年10月", "2024 年 10 月", "NWNW"),
    ("hangul", "모든 사람은 태어날 때부터.", "모든 사람은 태어날 때부터 .", "WWWWP"),
    ("hangul jamo", "\u1112\u1161\u11ab 글", "\u1112\u1161\u11ab 글", "WW"),
    ("hangul and han", "大韓민국", "大 韓 민국", "WWW"),
    ("bopomofo", "ㄅㄆㄇ ㄈ", "ㄅㄆㄇ ㄈ", "WW"),
    ("han cut at a space", "研究生 命", "研究生 命", "WW"),
    ("yi syllables", "ꆈꌠꉙ", "ꆈ ꌠ ꉙ", "WWW"),
    ("javanese syllables", "ꦧꦱꦗꦮ", "ꦧ ꦱ ꦗ ꦮ", "WWWW"),
    ("javanese stacked consonants", "ꦏ\ua9c0ꦏꦱ", "ꦏ\ua9c0ꦏ ꦱ", "WW"),
    ("ethiopic", "ሰላም፡ለዓለም። አዲስ", "ሰላም ለዓለም ። አዲስ", "WWPW"),
    ("cherokee", "ᏣᎳᎩ ꭶꮼꮒꭿꮝꮧ", "ᏣᎳᎩ ꭶꮼꮒꭿꮝꮧ", "WW"),
    ("canadian syllabics", "ᐃᓄᒃᑎᑐᑦ ᐅᖃᐅᓯᖅ", "ᐃᓄᒃᑎᑐᑦ ᐅᖃᐅᓯᖅ", "WW"),
    ("tifinagh", "ⵜⴰⵎⴰⵣⵉⵖⵜ ⵜⵓⵜⵍⴰⵢⵜ", "ⵜⴰⵎⴰⵣⵉⵖⵜ ⵜⵓⵜⵍⴰⵢⵜ", "WW"),
    ("mongolian vowel separator", "ᠮᠣᠩᠭᠣᠯ ᠬᠠᠭ\u180eᠠ᠃", "ᠮᠣᠩᠭᠣᠯ ᠬᠠᠭ\u180eᠠ ᠃", "WWP"),
    ("ol chiki", "ᱥᱟᱱᱛᱟᱲᱤ ᱯᱟᱹᱨᱥᱤ᱾", "ᱥᱟᱱᱛᱟᱲᱤ ᱯᱟᱹᱨᱥᱤ ᱾", "WWP"),
    ("gothic", "𐌲𐌿𐍄𐌹𐍃𐌺 𐍂𐌰𐌶𐌳𐌰", "𐌲𐌿𐍄𐌹𐍃𐌺 𐍂𐌰𐌶𐌳𐌰", "WW"),
    ("numbers", "3.14 1,000.50 ٣٫١٤ १२३ ½ 5kg m²", "3.14 1,000.50 ٣٫١٤ १२३ ½ 5kg m²", "NNNNNWW"),
    ("symbols in runs", "C++ $100 a=b <<x>>", "C ++ $ 100 a = b << x >>", "WSSNWSWSWS"),
    ("quote inside a latin word", 'a"b', 'a " b', "WPW"),
    ("punctuation in runs", "Was?! (\"Ja...\")", 'Was ?! (" Ja ...")', "WPPWP"),
    ("apostrophes and hyphens at the rim", "'a' -b- c--d", "' a ' - b - c -- d", "PWPPWPWPW"),
    ("full stop inside", "example.com v1.2", "example . com v1.2", "WPWW"),
    ("emoji family", "👨\u200d👩\u200d👧👍🏽❤️", "👨\u200d👩\u200d👧 👍🏽 ❤️", "SSS"),
    ("joiner after a letter", "a\u200d👍", "a\u200d 👍", "WS"),
    ("flags", "🇫🇷🇩🇪🇯", "🇫🇷 🇩🇪 🇯", "SSS"),
    ("keycap", "1️⃣ a", "1️⃣ a", "NW"),
    ("soft hyphen", "Wort\u00adende \u00ad x", "Wort\u00adende x", "WW"),
    ("direction marks", "\u200fשלום\u200f, \u2067abc\u2069", "שלום , abc", "WPW"),
    ("byte order mark and NUL", "\ufeffa\x00b", "a b", "WW"),
    ("lone surrogate", "a\ud800b", "a \ud800 b", "WSW"),
    ("private use", "a\ue000\ue001", "a \ue000\ue001", "WS"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "tokens", "kinds"), [row[1:] for row in GOLDEN], ids=[row[0] for row in GOLDEN]
)
def test_splits_into(text: str, tokens: str, kinds: str) -> None:
    found = split.split(text)
    assert found.strings() == tokens.split(" ")
    assert "".join(Kind(kind).name[0] for kind in found.kinds) == kinds


def test_golden_rows_cover_many_scripts() -> None:
    letters = {char for _, text, _, _ in GOLDEN for char in text if char.isalpha()}
    names = {unicodedata.name(char).split()[0] for char in letters}
    assert len(names) >= 35, sorted(names)


def test_words_are_tokens_with_a_letter_or_number() -> None:
    assert split.split("iPhone 15の価格は?! 👍").words() == ["iPhone", "15", "の", "価格", "は"]


def test_a_mark_after_a_space_is_a_token_by_itself() -> None:
    found = split.split("a \u0301b")
    assert found.strings() == ["a", "\u0301", "b"]
    assert found.kinds.tolist() == [Kind.WORD, Kind.SYMBOL, Kind.WORD]


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u0f0b", "\x00"])
def test_text_without_ink_has_no_tokens(text: str) -> None:
    found = split.split(text)
    assert len(found) == 0
    assert found.strings() == []
    assert found.words() == []


def test_arrays_are_flat_and_small() -> None:
    found = split.split("Γειά 世界!")
    assert found.starts.dtype == np.int32
    assert found.ends.dtype == np.int32
    assert found.kinds.dtype == np.uint8
    assert len(found) == 3


# Characters that meet every rule of the splitter, and any other character now and then.
ALPHABET = (
    "ab éß1٣² \n\t.,'’-‐\"·#…!?()。、።।་፡+$©"
    "\u0301\u0327\u200c\u200d\u200b\u00ad\u2060\ufe0f\u0600\u06dd\u180e\x00\ud800\ue000"
    "वक\u094dिीนำกเ\u0e33\u0e48កខ\u17d2\u17c1မက\u1039\u103aລາ世界𠮷人のスー々가\u1100\u1161\u11a8"
    "אבײ\u05b8״ՙա՞𞤀𞥄𐌰ꆈꦧ\ua9c0👍🏽👨🇫❤ߒ"
)
TEXTS = st.text(st.one_of(st.sampled_from(ALPHABET), st.characters(codec=None)), max_size=40)


def is_separator(char: str) -> bool:
    char_class = int(characters.properties()[ord(char)]) & characters.CLASS_MASK
    return char_class in (CharClass.SEPARATOR, CharClass.FORMAT)


@given(TEXTS)
def test_tokens_and_the_gaps_between_them_are_the_text(text: str) -> None:
    found = split.split(text)
    position = 0
    for start, end in zip(found.starts.tolist(), found.ends.tolist(), strict=True):
        assert position <= start < end
        assert all(map(is_separator, text[position:start])), text[position:start]
        assert not any(char.isspace() for char in text[start:end])
        position = end
    assert all(map(is_separator, text[position:]))


@given(TEXTS)
def test_no_token_begins_or_ends_inside_a_grapheme(text: str) -> None:
    found = split.split(text)
    inside = {
        offset
        for cluster in regex.finditer(r"\X", text)
        for offset in range(cluster.start() + 1, cluster.end())
        if not is_separator(text[offset - 1]) and not is_separator(text[offset])
    }
    assert inside.isdisjoint(found.starts.tolist())
    assert inside.isdisjoint(found.ends.tolist())


@given(TEXTS, TEXTS)
def test_lines_are_split_one_by_one(one: str, other: str) -> None:
    assert split.split(f"{one}\n{other}").strings() == [
        *split.split(one).strings(),
        *split.split(other).strings(),
    ]


@given(TEXTS)
def test_kinds_say_what_is_in_the_token(text: str) -> None:
    found = split.split(text)
    for token, kind in zip(found.strings(), found.kinds.tolist(), strict=True):
        assert (kind == Kind.WORD) == characters.has_letter(token)
        assert (kind >= Kind.PUNCT) == characters.is_punctuation_or_symbol(token)


@given(TEXTS)
def test_a_token_splits_into_itself_outside_dictionaries(text: str) -> None:
    # The tokens of a dictionary depend on what stands beside them; no others do.
    table = characters.properties()[characters.code_points(text)] & characters.CLASS_MASK
    if np.isin(table, [CharClass.DICTIONARY, CharClass.EXTEND]).any():
        return
    for token in split.split(text).strings():
        assert split.split(token).strings() == [token]


@pytest.mark.parametrize("unit", ["我", "ก", "𠮷", "ສ", "私は", "ကို ", "a世界 ", "ខ\u200b"])
def test_a_dictionary_reads_every_character_once(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def watched(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        read.append(len(points))
        return icu_starts(points)

    icu_starts = scan._icu_starts
    monkeypatch.setattr(scan, "_icu_starts", watched)
    for n in (10_000, 20_000, 400_000):
        read.clear()
        split.split_texts([unit * n, "", unit])
        # and the line break behind each run
        assert len(unit.strip()) * n <= sum(read) <= (len(unit) + 1) * (n + 1)


@given(st.lists(st.one_of(st.none(), TEXTS), max_size=6))
def test_a_batch_is_its_texts_one_by_one(texts: list[str | None]) -> None:
    batch = split.split_texts(texts)
    for index, text in enumerate(texts):
        alone, found = split.split(text or ""), batch.of(index)
        assert found.text == (text or "")
        assert found.starts.tolist() == alone.starts.tolist()
        assert found.ends.tolist() == alone.ends.tolist()
        assert found.kinds.tolist() == alone.kinds.tolist()
