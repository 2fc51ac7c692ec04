"""What is known of the candidates of a text, which of them is first, and how sure that is."""

from __future__ import annotations

import math
import random
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.lid.embedded import SURE, EmbeddedIdentifier
from curate.lid.identified_text import samples_of
from curate.lid.voices.candidate_rows import FEATURES, MAX_CANDIDATES
from curate.lid.voices.candidates import Candidates
from curate.lid.voices.confidence import Kind, packaged_curves
from curate.lid.voices.ranking import (
    Ranking,
    packaged_ranking,
    parse_ranking,
    ranked_evidence,
    to_bytes,
    with_lead,
)
from curate.models.trees import Forest

SILESIAN = "Wszyske ludzie rodzą sie swobodne i rōwne we swojij godności i prawach."
FRISIAN = "De bern boartsje yn 'e tún, wylst har âlden in boek lêze oer it wetter."
CHUVASH = "Ялти вулавӑш кашни кун ирхине уҫӑлать, ачасем унта кӗнеке вулама ҫӳреҫҫӗ."
TEXTS = (SILESIAN, FRISIAN, CHUVASH)
AT = {name: place for place, name in enumerate(FEATURES)}


@lru_cache(maxsize=1)
def identifier() -> EmbeddedIdentifier:
    return EmbeddedIdentifier()


def candidates(text: str, masked: str = "") -> Candidates:
    (steps,) = identifier().evidence([text], [masked] if masked else ())
    assert steps is not None
    assert steps.candidates is not None
    return steps.candidates


def leaf(value: float) -> Forest:
    return Forest(
        np.array([0], np.int32),
        np.array([-1], np.int32),
        np.array([value], np.float32),
        np.array([0], np.int32),
    )


def by_column(column: int, threshold: float) -> Forest:
    """1 above the threshold, 0 else."""
    return Forest(
        np.array([0], np.int32),
        np.array([column, -1, -1], np.int32),
        np.array([threshold, 0.0, 1.0], np.float32),
        np.array([1, 0, 0], np.int32),
    )


@pytest.mark.parametrize("text", TEXTS)
def test_candidates_are_different_and_in_a_script_of_the_text(text: str) -> None:
    found = candidates(text)
    assert 1 < len(found.names) == len(set(found.names)) <= MAX_CANDIDATES
    assert found.rows.shape == (len(found.names), len(FEATURES))
    assert {name[4:] for name in found.names} == {"Cyrl" if text == CHUVASH else "Latn"}


@pytest.mark.parametrize(("text", "label"), [(FRISIAN, "fry_Latn"), (CHUVASH, "chv_Cyrl")])
def test_what_is_measured_of_a_label_that_all_know(text: str, label: str) -> None:
    found = candidates(text)
    row = found.rows[found.names.index(label)]
    assert row[AT["lists: hits, of the most"]] == 1.0
    assert row[AT["table: score behind the highest, in nats a root of the n-grams"]] == 0.0
    assert row[AT["table: has the label"]] == row[AT["lists: the label has one"]] == 1.0
    for other in found.rows:
        assert np.array_equal(other[11:], row[11:])  # those of the text


def test_a_label_that_is_masked_is_none_of_the_tables() -> None:
    plain, masked = candidates(FRISIAN), candidates(FRISIAN, "fry_Latn")
    row = masked.rows[masked.names.index("fry_Latn")]
    assert row[AT["table: has the label"]] == 0.0
    assert row[AT["table: logarithm of the code points trained on"]] == 0.0
    highest = AT["text: highest score of the table, in nats an n-gram"]
    assert row[highest] < plain.rows[0][highest]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([*TEXTS, "und", "", "12", "ไทย"]), max_size=5))
def test_candidates_depend_on_their_text_alone(texts: list[str]) -> None:
    together = identifier().evidence(texts)
    for text, steps in zip(texts, together, strict=True):
        (alone,) = identifier().evidence([text])
        assert (steps is None) == (alone is None)
        if steps is None or alone is None or steps.candidates is None:
            continue
        assert alone.candidates is not None
        assert steps.candidates.names == alone.candidates.names
        assert np.array_equal(steps.candidates.rows, alone.candidates.rows)


def test_the_first_is_the_answer_and_its_odds_are_its_strength() -> None:
    found = candidates(FRISIAN)
    known = AT["CLD2: knows the language"]
    one = by_column(known, 0.5)
    ranking = Ranking(one, by_column(len(FEATURES), 0.5), "")
    (evidence,) = ranked_evidence(ranking, [found])
    assert evidence is not None
    first = next(n for n, row in zip(found.names, found.rows, strict=True) if row[known] > 0.5)
    assert (evidence.label, evidence.kind) == (first, Kind.RANKED)
    n_known = int((found.rows[:, known] > 0.5).sum())
    assert evidence.strength == (1.0 if n_known == 1 else 0.0)
    assert evidence.weights[first] == 1.0
    assert all(w in (1.0, pytest.approx(math.exp(-1))) for w in evidence.weights.values())


def test_a_text_without_candidates_has_no_answer() -> None:
    nothing = Candidates([], np.zeros((0, len(FEATURES)), np.float32))
    some = candidates(FRISIAN)
    ranking = packaged_ranking()
    assert ranked_evidence(ranking, []) == []
    none, first, again = ranked_evidence(ranking, [nothing, some, nothing])
    assert none is None
    assert again is None
    assert first is not None
    assert first.label == "fry_Latn"


def test_the_lead_is_that_over_the_second() -> None:
    found = candidates(FRISIAN)
    scores = np.arange(len(found.names), dtype=np.float64)
    row = with_lead(found, scores)
    assert np.array_equal(row[:-2], found.rows[-1])
    assert row[-2:].tolist() == [1.0, len(found.names) - 1.0]
    alone = Candidates(found.names[:1], found.rows[:1])
    assert with_lead(alone, np.zeros(1))[-2] == 20.0


def test_trees_are_read_as_they_were_written() -> None:
    data = to_bytes(by_column(3, 0.25), leaf(2.0))
    assert to_bytes(by_column(3, 0.25), leaf(2.0)) == data
    found = parse_ranking(data)
    rows = np.zeros((2, 5), np.float32)
    rows[1, 3] = 0.5
    assert found.rank.predict(rows).tolist() == [0.0, 1.0]
    assert found.sure.predict(rows).tolist() == [2.0, 2.0]
    assert found.sha256 != parse_ranking(to_bytes(leaf(1.0), leaf(2.0))).sha256


def test_the_packaged_trees_ask_for_what_there_is() -> None:
    ranking = packaged_ranking()
    assert ranking.rank.tests.used.max() < len(FEATURES)
    assert ranking.sure.tests.used.max() < len(FEATURES) + 2


def test_a_text_that_cld2_is_sure_of_is_not_ranked() -> None:
    text = "The weather in the mountains changes quickly, so carry warm clothes. " * 9
    (steps,) = identifier().steps(samples_of([text]))
    assert steps is not None
    assert steps.confidence >= SURE
    assert steps.candidates is None
    assert steps.final is steps.first


NAMES = "Le Thi Vang Xiong Yang Thao Lor Her Kue Vue Cha Lee Chang Hang Pao Mai Kao Pang Bao Cheng"
LINKS = "contact phone email home about news login register search next page view all terms reply"


def names_and_links(n_words: int, seed: int) -> str:
    """As on pages of comments or members: a third of it is what an English site says itself."""
    draw = random.Random(seed)
    return " ".join(draw.choice(draw.choice((NAMES, NAMES, LINKS)).split()) for _ in range(n_words))


@pytest.mark.parametrize(("n_words", "is_page"), [(400, True), (40, False)])
def test_cld2_stands_only_on_a_page_and_only_where_it_is_the_surer(
    n_words: int, *, is_page: bool
) -> None:
    texts = [names_and_links(n_words, seed) for seed in range(20)]
    answers = identifier().identify(texts)
    n_standing = 0
    for steps, answer in zip(identifier().evidence(texts), answers, strict=True):
        assert steps is not None
        assert steps.first is not None
        assert steps.final is not None
        if steps.confidence >= SURE:
            continue
        is_base = steps.first.kind is Kind.BASE
        ranked = steps.final.identification(packaged_curves()[Kind.RANKED])
        assert ranked.confidence is not None
        stands = is_page and is_base and steps.confidence > ranked.confidence
        assert answer.label == (steps.first.label if stands else ranked.label)
        n_standing += is_base and steps.confidence > ranked.confidence
    assert n_standing
