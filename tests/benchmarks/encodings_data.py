"""Pages in old encodings: 43 pairs of language and encoding, 3 lengths, 3 declarations each."""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from curate.encodings.encoding_names import LABELS

PAIRS: Final = """
rus_Cyrl windows-1251 koi8-r iso-8859-5 ibm866 x-mac-cyrillic
ukr_Cyrl windows-1251 koi8-u
bul_Cyrl windows-1251 iso-8859-5
bel_Cyrl windows-1251
pol_Latn iso-8859-2 windows-1250
ces_Latn iso-8859-2 windows-1250
slk_Latn windows-1250
hun_Latn iso-8859-2 windows-1250
ron_Latn iso-8859-2 windows-1250 iso-8859-16
lit_Latn windows-1257 iso-8859-13
ekk_Latn windows-1257
ell_Grek iso-8859-7 windows-1253
tur_Latn iso-8859-9 windows-1254
heb_Hebr windows-1255 iso-8859-8-i
arb_Arab windows-1256 iso-8859-6
pes_Arab windows-1256
tha_Thai windows-874
vie_Latn windows-1258
fra_Latn windows-1252 macintosh
deu_Latn iso-8859-15
jpn_Jpan shift_jis euc-jp iso-2022-jp
cmn_Hans gbk
cmn_Hant big5
kor_Hang euc-kr
"""

LENGTHS: Final = (120, 400, 2000)
"""Characters; the shortest is a page that is next to nothing but its menu."""

NONE, LATIN1, UTF8 = "none", "header ISO-8859-1, true meta", "header UTF-8, true meta"
DECLARATIONS: Final = (NONE, LATIN1, UTF8)

# Articles 1 to 7 of the Universal Declaration of Human Rights, which the file of texts lacks.
_MORE: Final = {
    "ukr_Cyrl": (
        "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені "
        "розумом і совістю і повинні діяти у відношенні один до одного в дусі братерства.",
        "Кожна людина повинна мати всі права і всі свободи, проголошені цією Декларацією, "
        "незалежно від раси, кольору шкіри, статі, мови, релігії, політичних або інших "
        "переконань, національного чи соціального походження, майнового, станового або іншого "
        "становища.",
        "Кожна людина має право на життя, на свободу і на особисту недоторканність. Ніхто не "
        "повинен бути в рабстві або у підневільному стані; рабство і работоргівля забороняються "
        "в усіх їх видах.",
        "Кожна людина, де б вона не перебувала, має право на визнання її правосуб'єктності. Всі "
        "люди рівні перед законом і мають право, без будь-якої різниці, на рівний їх захист "
        "законом.",
    ),
    "cmn_Hant": (
        "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神互相對待。",
        "人人有資格享受本宣言所載的一切權利和自由，不分種族、膚色、性別、語言、宗教、政治或其他見解、"
        "國籍或社會出身、財產、出生或其他身分等任何區別。",
        "人人有權享有生命、自由和人身安全。任何人不得使為奴隸或奴役；一切形式的奴隸制度和奴隸買賣，"
        "均應予以禁止。任何人不得加以酷刑，或施以殘忍的、不人道的或侮辱性的待遇或刑罰。",
        "人人在任何地方有權被承認在法律前的人格。法律之前人人平等，並有權享受法律的平等保護，不受任何歧視。",
    ),
}

_PLAIN: Final = str.maketrans(
    {"’": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "\xa0": " "}
)  # fmt: skip
_CEDILLAS: Final = str.maketrans("șțȘȚ", "şţŞŢ")
_COMMAS: Final = str.maketrans("şţŞŢ", "șțȘȚ")
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a server sends it, and the text that it holds."""

    language: str
    encoding: str
    length: int
    declaration: str
    content_type: str
    body: bytes
    truth: str


def texts(path: Path) -> dict[str, tuple[str, ...]]:
    """Language -> paragraphs; the first few of a file are headings."""
    found = json.loads(gzip.decompress(path.read_bytes()))
    return {language: tuple(rows[5:]) for language, rows in found.items()} | _MORE


def pages(paragraphs: dict[str, tuple[str, ...]]) -> Iterator[Page]:
    """All 387."""
    for row in PAIRS.strip().splitlines():
        language, *encodings = row.split()
        for encoding in encodings:
            for length in LENGTHS:
                raw = encoded(_text(paragraphs[language], length), encoding)
                yield from _declared(language, encoding, length, raw)


def _text(paragraphs: tuple[str, ...], length: int) -> str:
    text = ""
    while len(text) < length:
        text += " ".join(paragraphs) + " "
    return text[:length].strip()


def encoded(text: str, encoding: str) -> bytes:
    """The bytes that an author of that time would have saved, without what has no byte."""
    text = text.translate(_PLAIN)
    if encoding in ("iso-8859-2", "windows-1250"):
        text = text.translate(_CEDILLAS)
    if encoding == "iso-8859-16":
        text = text.translate(_COMMAS)
    if encoding == "windows-1258":
        text = "".join(map(_tones_apart, text))
    return text.encode(LABELS[encoding].codec, "ignore")


def _tones_apart(character: str) -> str:
    """windows-1258 has vowels with their quality, and the tones as combining marks."""
    apart = unicodedata.normalize("NFD", character)
    tones = "".join(mark for mark in apart if mark in _TONES)
    return unicodedata.normalize("NFC", apart.translate(dict.fromkeys(map(ord, _TONES)))) + tones


def _declared(language: str, encoding: str, length: int, raw: bytes) -> Iterator[Page]:
    truth = raw.decode(LABELS[encoding].codec)
    for declaration in DECLARATIONS:
        content_type, meta = "text/html", ""
        if declaration != NONE:
            label = "ISO-8859-1" if declaration == LATIN1 else "UTF-8"
            content_type = f"text/html; charset={label}"
            meta = f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}">'
        head = f"<html><head>{meta}<title>Page</title></head><body><article><p>"
        body = head.encode() + raw + b"</p></article></body></html>\n"
        yield Page(language, encoding, length, declaration, content_type, body, truth)
