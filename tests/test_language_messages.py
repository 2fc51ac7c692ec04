"""Messages of programs as texts, and stop words of several kinds of text, for the shipped configs.

The modules of ``jobs`` are scripts that import each other by their bare names.
"""

from __future__ import annotations

import json
import struct
import sys
from importlib import import_module
from pathlib import Path

import pytest

from curate.metrics.stopwords import Uses
from curate.tune.word_counts import WordCounts

sys.path.insert(0, str(Path(__file__).parents[1] / "jobs"))
messages = import_module("language_messages")
texts = import_module("language_texts")
chosen = import_module("language_stopwords").chosen
Raw, n_words = texts.Raw, texts.n_words


def _catalogue(messages: dict[str, str]) -> bytes:
    """A compiled catalogue of gettext: header, two tables of lengths and offsets, strings."""
    pairs = [("", "Content-Type: text/plain; charset=UTF-8\n"), *sorted(messages.items())]
    raw = [[text.encode() for text in column] for column in zip(*pairs, strict=True)]
    n, at = len(pairs), 28 + 16 * len(pairs)
    tables, strings = b"", b""
    for column in raw:
        for text in column:
            tables += struct.pack("<II", len(text), at + len(strings))
            strings += text + b"\0"
    return struct.pack("<IIIIIII", 0x950412DE, 0, n, 28, 28 + 8 * n, 0, 0) + tables + strings


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("Ukurasa huu una {{PLURAL:$1|mabadiliko|badiliko}} $1", "Ukurasa huu una mabadiliko"),
        ("Ona [[Special:Log|kumbukumbu]] na <b>historia</b>", "Ona kumbukumbu na historia"),
        ("Fungua faili %s kwa %(name)s", "Fungua faili kwa"),
        ("_Hifadhi faili hii (_H)", "Hifadhi faili hii"),
        ("{{int:lang}} | a", ""),
        ("https://a.example/b", ""),
    ],
)
def test_messages_lose_markup_and_places_for_values(message: str, text: str) -> None:
    assert messages.plain(message) == text


def test_messages_of_one_language_become_texts_of_some_length() -> None:
    many = {str(n): f"huu ni ujumbe wa namba {n}" for n in range(40)}
    raws = [
        Raw("a", "sw", b'{"@metadata": {"x": 1}, "k": "neno moja tu", "t": ["x"]}'),
        Raw("b", "sw", json.dumps(many).encode()),
        Raw("c", "sw", b'{"left": "this was never translated at all"}'),
    ]
    english = messages.english_of([Raw("c", "en", b'{"left": "this was never translated at all"}')])
    found = list(messages.texts_of(messages.from_json(raws, english), "sw"))
    assert [n_words(text.text) for text in found] == [84, 84, 72]
    assert "ujumbe wa namba 3\n" in found[0].text
    assert all("never" not in text.text and "moja tu" not in text.text for text in found)


def test_catalogues_of_gettext() -> None:
    body = _catalogue({"Open the file": "Fungua faili hili sasa", "OK": "OK", "ctx\x04Go": "Go"})
    found = dict(
        messages.from_gettext([Raw("p", "sw", body), Raw("bad", "sw", b"no catalogue")], {})
    )
    assert found == {"p#Open the file": "Fungua faili hili sasa"}


def _kind(words: dict[str, Uses], n_documents: int = 100) -> WordCounts:
    counts = WordCounts()
    n_words = sum(use.n for use in words.values())
    counts.add(words, n_words=n_words, n_documents=n_documents)
    return counts


def test_stop_words_are_frequent_in_most_kinds_of_text_and_no_names() -> None:
    even = {w: Uses(200, 90, 100, 0) for w in ("और", "के", "में", "है", "से", "को", "का", "की")}
    programs = _kind({**even, "फ़ाइल": Uses(300, 95, 100, 0), "the": Uses(300, 95, 100, 0)})
    news = _kind({**even, "दिल्ली": Uses(300, 95, 100, 0)})
    declared = _kind({**even, "अधिकार": Uses(300, 95, 100, 0)})
    assert set(chosen([programs, news, declared], "hin_Deva")) == set(even)
    small = {w: Uses(200, 90, 100, 0) for w in ("de", "la", "en", "el", "y", "a", "los", "se")}
    names = {"madrid": Uses(300, 95, 100, 99), "burst": Uses(300, 10, 100, 0)}
    spanish = [_kind({**small, **names}), _kind({**small, **names})]
    assert set(chosen(spanish, "spa_Latn")) == set(small)
