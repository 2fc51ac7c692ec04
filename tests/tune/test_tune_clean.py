from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from curate.labels import NO_LANGUAGE
from curate.lid import Identification, Identifier, load_identifier
from curate.tune.cleaning import MIN_LETTERS, clean_texts, n_letters
from tests.small_crawl import page_text

DECLARATIONS = Path(__file__).parents[3] / "shared" / "data" / "udhr_paragraphs.json.gz"

ENGLISH = (
    "The council met on Thursday to discuss the budget of the town, and the mayor explained that "
    "it would not be enough for the new school that everybody had been promised."
)
DAGBANI_LIKE = (
    "Zaa bɛ dɔɣi la ninsala, ka o mali yiko ni alahichi ni ninsalinima zaa mali shɛm. " * 3
)
ADLAM = "𞤀𞤣𞤤𞤢𞤥 𞤫 𞤆𞤵𞤤𞤢𞤪 𞤲𞤣𞤫𞤪 𞤤𞤫𞤧𞤣𞤭 𞤢𞤬𞤪𞤭𞤳 𞤫 𞤼𞤢𞤱𞤫𞤥𞤢 " * 5


@pytest.fixture(scope="module")
def embedded() -> Identifier:
    return load_identifier()


class Sure:
    """An identifier that answers one label for all that has a word of it, else undetermined."""

    name = "sure"
    fingerprint = "0"

    def __init__(self, label: str, word: str, confidence: float, knows: Sequence[str] = ()) -> None:
        self.label, self.word, self.confidence = label, word, confidence
        self.languages = frozenset(knows)

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        """See :class:`curate.lid.identifier.Identifier`."""
        return [
            Identification(self.label, self.confidence, ())
            if self.word in text
            else Identification(NO_LANGUAGE, None, ())
            for text in texts
        ]


@pytest.mark.parametrize(
    "label",
    ["deu_Latn", "rus_Cyrl", "arb_Arab", "hin_Deva", "tha_Thai", "cmn_Hani"],
)
def test_english_paragraphs_are_left_out_and_the_rest_stays_as_it_was(
    label: str, embedded: Identifier
) -> None:
    own = page_text(label, 1)
    (cleaned,) = clean_texts([f"{own}\n{ENGLISH}\n{own}"], label, embedded)
    assert cleaned.text == f"{own}\n{own}"
    assert cleaned.reason is None
    assert cleaned.removed == {"eng_Latn": len(ENGLISH)}
    assert cleaned.n_removed == 1
    (untouched,) = clean_texts([own], label, embedded)
    assert untouched.text == own
    assert not untouched.removed


def test_an_astral_script_is_a_script(embedded: Identifier) -> None:
    (cleaned,) = clean_texts([ADLAM], "fuf_Adlm", embedded)
    assert cleaned.text == ADLAM
    (wrong,) = clean_texts([ADLAM], "fuf_Latn", embedded)
    assert (wrong.text, wrong.reason) == ("", "other_script")


@pytest.mark.parametrize(
    ("text", "label", "reason"),
    [
        pytest.param(ENGLISH, "tha_Thai", "other_script", id="another-script"),
        pytest.param("1234 — 5678", "fra_Latn", "other_script", id="no-letters"),
        pytest.param("", "fra_Latn", "other_script", id="no-text"),
        pytest.param("Bonjour tout le monde.", "fra_Latn", "too_short", id="short"),
        pytest.param(ENGLISH, "fra_Latn", "other_language", id="nothing-left"),
        pytest.param("日本語の文章はここにあります。" * 5, "cmn_Hani", "other_script", id="kana"),
    ],
)
def test_documents_are_left_out_with_a_reason(
    text: str, label: str, reason: str, embedded: Identifier
) -> None:
    (cleaned,) = clean_texts([text], label, embedded)
    assert (cleaned.text, cleaned.reason) == ("", reason)


def test_confidence_must_exceed_seventy_percent_and_ninety_for_a_language_unknown() -> None:
    text = f"{DAGBANI_LIKE}\n{ENGLISH}"
    for confidence, knows, is_removed in (
        (0.70, ["dag"], False),
        (0.71, ["dag"], True),
        (0.89, [], False),
        (0.91, [], True),
    ):
        identifier = Sure("eng_Latn", "council", confidence, knows)
        (cleaned,) = clean_texts([text], "dag_Latn", identifier)
        assert bool(cleaned.removed) == is_removed, (confidence, knows)


def test_a_relative_is_not_another_language() -> None:
    text = f"{DAGBANI_LIKE}\n{ENGLISH}"
    (kept,) = clean_texts([text], "ast_Latn", Sure("spa_Latn", "council", 0.99))
    assert kept.text == text
    (cut,) = clean_texts([text], "ast_Latn", Sure("eng_Latn", "council", 0.99))
    assert cut.text == DAGBANI_LIKE


def test_short_lines_are_identified_with_those_that_follow() -> None:
    asked: list[str] = []

    class Asked(Sure):
        def identify(self, texts: Sequence[str]) -> list[Identification]:
            asked.extend(texts)
            return super().identify(texts)

    lines = ["Bonjour", "", *["mot a mot"] * 40, "", ENGLISH, "History", ENGLISH, "fin"]
    (cleaned,) = clean_texts(["\n".join(lines)], "fra_Latn", Asked("eng_Latn", "council", 0.99))
    assert min(map(n_letters, asked)) >= MIN_LETTERS
    assert asked[0].startswith("Bonjour\n\nmot a mot\n")
    assert asked[-2:] == [ENGLISH, ENGLISH]
    assert cleaned.text == "\n".join([*lines[:-4], "fin"])  # a heading goes with its paragraphs


def test_a_line_in_another_script_is_looked_at_alone(embedded: Identifier) -> None:
    lines = ["ใครที่เคยเห็น", ENGLISH, "จะไม่มีวันลืมความเงียบสงบ", "File – Open", page_text("tha_Thai", 3)]
    (cleaned,) = clean_texts(["\n".join(lines)], "tha_Thai", embedded)
    assert cleaned.text == "\n".join([lines[0], *lines[2:]])


def test_a_short_line_in_the_labels_script_stays_between_paragraphs_that_go(
    embedded: Identifier,
) -> None:
    own = page_text("tha_Thai", 3)
    lines = [own, ENGLISH, "ใครที่เคยเห็น", ENGLISH, "History", ENGLISH, own]
    (cleaned,) = clean_texts(["\n".join(lines)], "tha_Thai", embedded)
    assert cleaned.text == "\n".join([own, lines[2], own])


def test_dense_letters_count_more(embedded: Identifier) -> None:
    text = page_text("cmn_Hani", 2)
    mixed = text + "\n" + "LibreOffice Writer, " * (len(text) // 20)
    assert clean_texts([mixed], "cmn_Hani", embedded)[0].reason is None
    assert n_letters("中文かな한글") == 18
    assert n_letters("abcกขค12 !") == 6


@pytest.mark.shared
@pytest.mark.skipif(
    not DECLARATIONS.exists(), reason="needs ../shared/data/udhr_paragraphs.json.gz"
)
def test_hardly_any_true_text_is_removed(embedded: Identifier) -> None:
    with gzip.open(DECLARATIONS) as file:
        declarations: dict[str, list[str]] = json.load(file)
    removed: dict[str, float] = {}
    for label, paragraphs in declarations.items():
        text = "\n".join(paragraphs)
        (cleaned,) = clean_texts([text], label, embedded)
        share = 1.0 if cleaned.reason else sum(cleaned.removed.values()) / len(text)
        if share:
            removed[label] = share
    assert sum(removed.values()) / len(declarations) < 0.001, removed
    assert sum(share > 0.02 for share in removed.values()) <= 1, removed
