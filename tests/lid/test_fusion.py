"""The rule that makes one answer of CLD2's and FunLangID's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.labels import is_label
from curate.lid.identifier import Identification
from curate.lid.voices.confidence import Curve, Kind
from curate.lid.voices.fusion import BaseAnswer, Evidence, Resemblance, fuse, undetermined

BASE_LANGUAGES = frozenset({"eng", "fra", "spa", "swh"})
LATIN = {"Latn": 1000}

# Simple ones, so that what a test expects can be worked out by hand.
LINE = Curve((0.0, 1.0), (0.0, 1.0))
CURVES = {
    Kind.BASE: LINE,
    Kind.UNRELIABLE: Curve((0.0, 1.0), (0.0, 0.5)),
    Kind.OWN: Curve((0.0, 4.0), (0.2, 0.96)),
    Kind.SCRIPT: Curve((1.0,), (0.9,)),
    Kind.RANKED: LINE,
    Kind.GUESS: Curve((0.0,), (0.1,)),
}


def fused(
    shares: dict[str, float],
    scores: dict[str, float],
    *,
    is_reliable: bool = True,
    is_guess: bool = False,
    n_ngrams: int = 1000,
    counts: dict[str, int] = LATIN,
    typicality: float = 800.0,
) -> Identification:
    base = BaseAnswer({} if is_guess else shares, is_reliable=is_reliable, typicality=typicality)
    best_first = dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))
    own = Resemblance(best_first, n_ngrams)
    guess = shares if is_guess else {}
    evidence = fuse(base, own, counts, BASE_LANGUAGES, guess=lambda: guess)
    return (
        undetermined(counts) if evidence is None else evidence.identification(CURVES[evidence.kind])
    )


@pytest.mark.parametrize(
    ("scores", "n_ngrams", "label"),
    [
        pytest.param({"bem_Latn": 0.3, "swh_Latn": 0.1}, 1000, "bem_Latn", id="clearly outside"),
        pytest.param({"bem_Latn": 0.3}, 1000, "bem_Latn", id="base's label scores nothing"),
        pytest.param({"bem_Latn": 0.3, "swh_Latn": 0.28}, 1500, "swh_Latn", id="hardly ahead"),
        pytest.param({"bem_Latn": 0.3, "swh_Latn": 0.2}, 40, "swh_Latn", id="lead by chance"),
        pytest.param({"bem_Latn": 0.3, "swh_Latn": 0.2}, 4000, "bem_Latn", id="same lead, long"),
        pytest.param({"bem_Latn": 0.08}, 9000, "swh_Latn", id="resembles nothing"),
        pytest.param({"fra_Latn": 0.3, "swh_Latn": 0.1}, 1000, "swh_Latn", id="inside base's set"),
        pytest.param({"und_Zyyy": 0.4, "bem_Latn": 0.3}, 1000, "swh_Latn", id="noise"),
        pytest.param({"khk_Cyrl": 0.4, "swh_Latn": 0.1}, 1000, "swh_Latn", id="script not there"),
        pytest.param({}, 0, "swh_Latn", id="no n-gram known"),
    ],
)
def test_a_reliable_base_is_replaced_only_by_a_clear_outsider(
    scores: dict[str, float], n_ngrams: int, label: str
) -> None:
    assert fused({"swh_Latn": 0.99}, scores, n_ngrams=n_ngrams).label == label


@pytest.mark.parametrize(
    ("typicality", "label"),
    [(0.0, "bem_Latn"), (600.0, "bem_Latn"), (900.0, "swh_Latn"), (1500.0, "swh_Latn")],
)
def test_a_typical_text_of_the_base_needs_a_greater_lead(typicality: float, label: str) -> None:
    # The lead is (60 - 43) / sqrt(60) = 2.2 deviations; needed are 1.7 at 600 and 2.5 at 900.
    scores = {"bem_Latn": 0.3, "swh_Latn": 0.215}
    found = fused({"swh_Latn": 0.99}, scores, n_ngrams=200, typicality=typicality)
    assert found.label == label


@pytest.mark.parametrize(
    ("scores", "label"),
    [
        pytest.param({"fra_Latn": 0.2, "swh_Latn": 0.1}, "fra_Latn", id="better, inside the set"),
        pytest.param({"bem_Latn": 0.2, "swh_Latn": 0.18}, "bem_Latn", id="better, outside"),
        pytest.param({"bem_Latn": 0.2, "swh_Latn": 0.19}, "swh_Latn", id="hardly better"),
        pytest.param({"swh_Latn": 0.2, "fra_Latn": 0.19}, "swh_Latn", id="base's own is best"),
        pytest.param({"fra_Latn": 0.08}, "swh_Latn", id="resembles nothing"),
    ],
)
def test_an_unreliable_base_is_replaced_by_any_better(scores: dict[str, float], label: str) -> None:
    assert fused({"swh_Latn": 0.9}, scores, is_reliable=False).label == label


@pytest.mark.parametrize(
    ("shares", "scores", "counts", "label"),
    [
        pytest.param({}, {"bem_Latn": 0.2}, LATIN, "bem_Latn", id="FunLangID answers"),
        pytest.param({"fra_Latn": 0.9}, {"bem_Latn": 0.2}, LATIN, "bem_Latn", id="before a guess"),
        pytest.param({"fra_Latn": 0.9}, {}, LATIN, "fra_Latn", id="a guess is better than nothing"),
        pytest.param({}, {}, {"Vaii": 9, "Latn": 3}, "vai_Vaii", id="a script of one language"),
        pytest.param({}, {}, LATIN, "und_Latn", id="nobody knows"),
        pytest.param({}, {}, {"Zyyy": 3}, "und_Zyyy", id="nor the script"),
    ],
)
def test_without_an_answer_of_the_base(
    shares: dict[str, float], scores: dict[str, float], counts: dict[str, int], label: str
) -> None:
    assert fused(shares, scores, counts=counts, is_guess=bool(shares)).label == label


def test_too_few_hits_name_no_language() -> None:
    assert fused({}, {"bem_Latn": 0.5}, n_ngrams=10).label == "und_Latn"
    assert fused({}, {"bem_Latn": 0.5}, n_ngrams=12).label == "bem_Latn"


def test_english_must_outweigh_the_rest_of_a_page() -> None:
    assert fused({"eng_Latn": 0.5, "fra_Latn": 0.4}, {}).label == "fra_Latn"
    assert fused({"eng_Latn": 0.6, "fra_Latn": 0.4}, {}).label == "eng_Latn"
    assert fused({"spa_Latn": 0.5, "fra_Latn": 0.4}, {}).label == "spa_Latn"


def test_english_alone_keeps_its_confidence() -> None:
    alone = fused({"eng_Latn": 0.99}, {"eng_Latn": 0.3})
    assert alone.confidence == pytest.approx(0.99 * 0.98)


def test_confidence_falls_with_support_and_with_share() -> None:
    full = fused({"fra_Latn": 0.99}, {"fra_Latn": 0.3})
    doubted = fused({"fra_Latn": 0.99}, {"spa_Latn": 0.3, "fra_Latn": 0.2})
    unreliable = fused({"fra_Latn": 0.99}, {"fra_Latn": 0.3}, is_reliable=False)
    mixed = fused({"fra_Latn": 0.6, "spa_Latn": 0.4}, {"fra_Latn": 0.3})
    values = [full.confidence, doubted.confidence, unreliable.confidence, mixed.confidence]
    assert all(value is not None for value in values)
    assert max(v for v in values[1:] if v is not None) < 0.62 < 0.95 < (full.confidence or 0)


def test_confidence_grows_with_the_lead_over_the_runner_up() -> None:
    close = fused({}, {"bem_Latn": 0.30, "nya_Latn": 0.29})
    clear = fused({}, {"bem_Latn": 0.30, "nya_Latn": 0.20})
    assert (close.confidence or 0) < 0.4 < 0.95 < (clear.confidence or 0)


def test_every_language_found_is_listed() -> None:
    listed = fused({"fra_Latn": 0.6, "spa_Latn": 0.3, "swh_Latn": 0.005}, {"fra_Latn": 0.3})
    assert [label for label, _ in listed.top_labels] == ["fra_Latn", "spa_Latn"]
    replaced = fused({"swh_Latn": 0.99}, {"bem_Latn": 0.3, "nya_Latn": 0.2, "swh_Latn": 0.1})
    assert [label for label, _ in replaced.top_labels] == ["bem_Latn", "nya_Latn"]


LABELS = st.sampled_from(
    ["eng_Latn", "fra_Latn", "bem_Latn", "nya_Latn", "cmn_Hani", "rus_Cyrl", "und_Zyyy"]
)


@given(
    shares=st.dictionaries(LABELS.filter(lambda name: name != "und_Zyyy"), st.floats(0.01, 0.16)),
    scores=st.dictionaries(LABELS, st.floats(1e-6, 1.2)),
    n_ngrams=st.integers(1, 6000),
    is_reliable=st.booleans(),
    is_guess=st.booleans(),
    counts=st.dictionaries(
        st.sampled_from(["Latn", "Hani", "Hira", "Cyrl", "Zyyy"]), st.integers(1, 6000), min_size=1
    ),
)
def test_any_two_answers_make_one(
    *,
    shares: dict[str, float],
    scores: dict[str, float],
    n_ngrams: int,
    is_reliable: bool,
    is_guess: bool,
    counts: dict[str, int],
) -> None:
    answer = fused(
        shares,
        scores,
        is_reliable=is_reliable,
        is_guess=is_guess,
        n_ngrams=n_ngrams,
        counts=counts,
    )
    assert is_label(answer.label)
    assert answer.confidence is not None
    assert 0 <= answer.confidence <= 1
    assert sum(p for _, p in answer.top_labels) <= 1 + 1e-9
    assert answer.confidence <= 0.01 or answer.top_labels[0] == (answer.label, answer.confidence)


@pytest.mark.parametrize("kind", list(Kind))
def test_an_answer_with_no_share_of_the_text_is_an_answer(kind: Kind) -> None:
    evidence = Evidence("rus_Cyrl", kind, 0.0, {"rus_Cyrl": 0.0, "ukr_Cyrl": 0.0})
    found = evidence.identification(CURVES[kind])
    assert found.label == "rus_Cyrl"
    assert found.confidence == pytest.approx(CURVES[kind](0.0))
