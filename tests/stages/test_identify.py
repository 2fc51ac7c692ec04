"""What identify adds beside the label: labels of lines, words of the language, addresses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.config.wordlists import Wordlist, WordlistHead, WordlistSource
from curate.lid import Identification, Identifier, load_identifier
from curate.stages.identify import add_language, identify_stage

SOURCE = WordlistSource(
    reference=("made up",), documents=1, words=9, labels=7, min_affinity=0.85, quantile=0.95
)
HINDI = "गाँव का पुस्तकालय हर सुबह खुलता है और बच्चे वहाँ पढ़ने जाते हैं।"
THAI = "ห้องสมุดของหมู่บ้านเปิดทุกเช้าและเด็ก ๆ ไปอ่านหนังสือที่นั่น"
ARABIC = "يفتح المقهى الصغير أبوابه في الصباح الباكر ويغلقها في وقت متأخر."
CHINESE = "村里的图书馆每天早上开门，孩子们去那里看书。"
GOTHIC = "𐌰𐍄𐍄𐌰 𐌿𐌽𐍃𐌰𐍂 𐌸𐌿 𐌹𐌽 𐌷𐌹𐌼𐌹𐌽𐌰𐌼"


@lru_cache(maxsize=1)
def embedded() -> Identifier:
    return load_identifier()


def segmented(*texts: str) -> list[dict[str, object]]:
    batch = pa.table({"text": pa.array(texts, pa.string())})
    rows: list[dict[str, object]]
    rows = identify_stage(embedded(), segments=True)(batch).to_pylist()
    return rows


@pytest.mark.parametrize(
    ("text", "label"),
    [
        pytest.param(HINDI, "hin_Deva", id="Hindi"),
        pytest.param(THAI, "tha_Thai", id="Thai"),
        pytest.param(ARABIC, "arb_Arab", id="Arabic"),
        pytest.param(CHINESE, "cmn_Hani", id="Chinese"),
        pytest.param(GOTHIC, "got_Goth", id="Gothic"),
    ],
)
def test_lines_of_one_language(text: str, label: str) -> None:
    (row,) = segmented(f"{text}\n\n{text}\r\n12")
    assert (row["label"], row["own_label_char_fraction"]) == (label, 1.0)
    assert row["seg_langs"] == [label, "zxx_Zxxx", label, "zxx_Zxxx"]


def test_lines_of_two_languages_count_by_characters() -> None:
    (row,) = segmented("\n".join([HINDI, HINDI, GOTHIC]))
    n, other = 2 * len(HINDI), len(GOTHIC)
    assert row["own_label_char_fraction"] == pytest.approx(n / (n + other))


def test_without_segments_nothing_is_said_of_lines() -> None:
    (row,) = identify_stage(embedded())(pa.table({"text": [HINDI]})).to_pylist()
    assert row["seg_langs"] is row["own_label_char_fraction"] is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8") | st.just("\n"), max_size=60), max_size=5))
def test_any_text_has_a_label_for_each_line(texts: list[str]) -> None:
    rows = segmented(*texts)
    lines = [row["seg_langs"] for row in rows]
    assert [len(x) for x in lines if isinstance(x, list)] == [t.count("\n") + 1 for t in texts]
    for row in rows:
        fraction = row["own_label_char_fraction"]
        assert fraction is None or (isinstance(fraction, float) and 0 <= fraction <= 1)


def test_words_and_addresses_of_labels_with_a_list() -> None:
    head = WordlistHead(label="hin_Deva", names=("हिन्दी",), provenance=SOURCE)
    stage = identify_stage(embedded(), wordlists={"hin_Deva": Wordlist(head, {"बच्चे": None})})
    urls = [
        "https://example.org/हिन्दी",
        "https://example.org/hi",
        None,
        "https://example.org/हिन्दी",
    ]
    rows = stage(pa.table({"text": [HINDI, HINDI, HINDI, THAI], "url": urls})).to_pylist()
    assert [row["url_names_language"] for row in rows] == [True, False, False, None]
    fractions = [row["own_word_fraction"] for row in rows]
    assert fractions == [pytest.approx(1 / 13)] * 3 + [None]


class Always:
    """An identifier with one answer."""

    fingerprint = "0"
    languages: frozenset[str] = frozenset()

    def __init__(self, name: str, label: str, confidence: float | None) -> None:
        self.name = name
        self.answer = Identification(label, confidence, ())

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        return [self.answer] * len(texts)


def test_other_identifiers_are_shown_and_counted() -> None:
    batch = pa.table({"text": ["كتاب", "كتاب آخر"]})
    first = Always("embedded", "arb_Arab", 0.9)
    others = [
        Always("glotlid.bin", "arz_Arab", 0.8),
        Always("openlid.bin", "pes_Arab", 0.4),
        Always("lid.ftz", "zxx_Zxxx", None),
    ]
    row = add_language(batch, identifier=first, others=others).to_pylist()[0]
    assert row["label"] == "arb_Arab"
    assert row["other_labels"] == [
        {"model": "glotlid.bin", "label": "arz_Arab", "confidence": 0.8},
        {"model": "openlid.bin", "label": "pes_Arab", "confidence": 0.4},
        {"model": "lid.ftz", "label": "zxx_Zxxx", "confidence": None},
    ]
    assert row["identifiers_agree_fraction"] == pytest.approx(1 / 3)
    alone = add_language(batch, identifier=first).to_pylist()[0]
    assert alone["other_labels"] is alone["identifiers_agree_fraction"] is None
