"""The language of lines, and the share of a document that is in its own language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.labels import is_label
from curate.lid import Identification, Identifier, load_identifier
from curate.lid.by_line.line_languages import identify_lines, own_fraction
from curate.lid.identifier import NOTHING, ranked

LINES = {
    "Les enfants jouent dans le jardin pendant que leurs parents lisent.": "fra_Latn",
    "गाँव का पुस्तकालय हर सुबह खुलता है और बच्चे वहाँ पढ़ने जाते हैं।": "hin_Deva",
    "ห้องสมุดของหมู่บ้านเปิดทุกเช้าและเด็ก ๆ ไปอ่านหนังสือที่นั่น": "tha_Thai",
    "يفتح المقهى الصغير أبوابه في الصباح الباكر ويغلقها في وقت متأخر.": "arb_Arab",
    "村里的图书馆每天早上开门，孩子们去那里看书。": "cmn_Hani",
    "𐌰𐍄𐍄𐌰 𐌿𐌽𐍃𐌰𐍂 𐌸𐌿 𐌹𐌽 𐌷𐌹𐌼𐌹𐌽𐌰𐌼": "got_Goth",
    "": "zxx_Zxxx",
    "  12:30 — 🙂 ": "zxx_Zxxx",
    "https://example.org/the/house": "zxx_Zxxx",
    "ab": "und_Latn",
}


@lru_cache(maxsize=1)
def embedded() -> Identifier:
    return load_identifier()


def test_each_line_has_its_own_label() -> None:
    (labels,) = identify_lines(embedded(), ["\n".join(LINES)])
    assert dict(zip(LINES, labels, strict=True)) == LINES


def test_only_the_line_feed_ends_a_line() -> None:
    text = "Les enfants jouent\u2028dans le jardin\x85pendant\x0bque\rleurs parents lisent.\r\n"
    assert identify_lines(embedded(), [text, "", "\n\n"]) == [
        ["fra_Latn", "zxx_Zxxx"],
        ["zxx_Zxxx"],
        ["zxx_Zxxx"] * 3,
    ]


class Counted:
    """Says French with the confidence that a line names, and notes what it was asked."""

    name, fingerprint = "counted", "00"
    languages = frozenset({"fra"})

    def __init__(self) -> None:
        self.asked: list[str] = []

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        self.asked += texts
        return [ranked("fra_Latn", {"fra_Latn": float(t)}) if t else NOTHING for t in texts]


def test_a_line_below_the_confidence_has_only_its_script() -> None:
    assert identify_lines(Counted(), ["0.5\n0.49"]) == [["fra_Latn", "und_Latn"]]
    assert identify_lines(Counted(), ["0.5\n0.49"], min_confidence=0.0) == [["fra_Latn"] * 2]


def test_a_line_that_comes_again_is_identified_once() -> None:
    identifier = Counted()
    assert identify_lines(identifier, ["0.9\n 0.9\n", "0.9\t"]) == [
        ["fra_Latn", "fra_Latn", "zxx_Zxxx"],
        ["fra_Latn"],
    ]
    assert identifier.asked == ["0.9", ""]


@pytest.mark.parametrize(
    ("text", "labels", "fraction"),
    [
        pytest.param("abcd\nab", ["fra_Latn", "eng_Latn"], 4 / 6, id="by characters"),
        pytest.param(" abcd \nab", ["fra_Latn", "eng_Latn"], 4 / 6, id="without outer spaces"),
        pytest.param("अआइ\n𐌰", ["fra_Latn", "got_Goth"], 3 / 4, id="code points, not bytes"),
        pytest.param("abcd\nab", ["fra_Latn", "und_Latn"], 1.0, id="unsure lines do not count"),
        pytest.param("abcd\n12", ["eng_Latn", "zxx_Zxxx"], 0.0, id="nor lines without a letter"),
        pytest.param("", ["zxx_Zxxx"], None, id="nothing to go by"),
    ],
)
def test_own_fraction(text: str, labels: list[str], fraction: float | None) -> None:
    assert own_fraction(text, labels, "fra_Latn") == pytest.approx(fraction)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters() | st.just("\n"), max_size=60), max_size=5))
def test_there_is_a_label_for_every_line_of_any_text(texts: list[str]) -> None:
    found = identify_lines(embedded(), texts)
    assert [len(labels) for labels in found] == [text.count("\n") + 1 for text in texts]
    assert all(is_label(label) for labels in found for label in labels)
    for text, labels in zip(texts, found, strict=True):
        fraction = own_fraction(text, labels, "eng_Latn")
        assert fraction is None or 0 <= fraction <= 1
