"""What undeclared bytes are, also where the detector alone would be wrong."""

from __future__ import annotations

import pytest

from curate.encodings.encoding_names import LABELS
from curate.html.charset import decode
from curate.html.detect import detect

HUNGARIAN = (
    "Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek ésszel és "
    "lelkiismerettel bírván, egymással szemben testvéri szellemben kell hogy viseltessenek. "
    "Mindenki, bármely fajra, színre, nemre, nyelvre, vallásra, gyűlöletre való tekintet nélkül. "
)
RUSSIAN = "Все люди рождаются свободными и равными в своём достоинстве и правах. Я знаю это. "
FRENCH = "Tous les êtres humains naissent libres et égaux en dignité, où que ce soit, à ça près. "
JAPANESE = "すべての人間は、生まれながらにして自由であり、尊厳と権利とについて平等である。\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("windows-1250", HUNGARIAN),
        ("iso-8859-2", HUNGARIAN),
        ("macintosh", FRENCH),
        ("x-mac-cyrillic", RUSSIAN),
        ("koi8-u", "Всі люди народжуються вільними і рівними у своїй гідності та правах. "),
        ("windows-1252", FRENCH),
        ("windows-1251", RUSSIAN),
        ("iso-8859-5", RUSSIAN),
        ("ibm866", RUSSIAN),
    ],
)
@pytest.mark.parametrize("n", [1, 40])
def test_old_encodings_are_told_apart(name: str, text: str, n: int) -> None:
    html = "<html><p>" + text * n
    raw = html.encode(LABELS[name].codec)
    for header in (None, "text/html; charset=utf-8", "text/html; charset=iso-8859-1"):
        decoded = decode(raw, header)
        assert decoded.text == html
        is_latin = (name, header) == ("windows-1252", "text/html; charset=iso-8859-1")
        assert decoded.source == ("http" if is_latin else "detected")


@pytest.mark.parametrize("name", ["shift_jis", "euc-jp"])
def test_a_few_bytes_that_do_not_fit_do_not_hide_an_encoding(name: str) -> None:
    raw = (JAPANESE * 40).encode(LABELS[name].codec)
    broken = b"<html>" + raw + b"\xff\xff \xa0\xff\n" + raw
    decoded = decode(broken, None)
    assert decoded.encoding == name
    assert decoded.text.count(JAPANESE) == 80


def test_text_behind_long_scripts_is_looked_at() -> None:
    html = "<script>" + "a = 1;\n" * 20_000 + "</script><p>" + RUSSIAN * 3
    assert detect(html.encode("koi8-r"))[0].name == "koi8-u"
    assert decode(html.encode("koi8-r"), None).text == html


def test_where_nothing_tells_it_is_windows_1252() -> None:
    decoded = decode(b"<p>\xa9 2024 A. \x85 \x96 B.", None)
    assert (decoded.text, decoded.encoding) == ("<p>© 2024 A. … – B.", "windows-1252")
    assert decoded.source in ("detected", "fallback")
