"""The table of n-grams: how it is made, what it says, and when it is heard."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import InputError
from curate.lid.confidence import Kind
from curate.lid.fusion import Evidence
from curate.lid.table import MAX_CHARS, NgramTable, load_table, parse_table, piece_of, rows_of
from curate.lid.third import FEATURES, Heard, decided, hear, log_odds, packaged_rules

ROOT = Path(__file__).resolve().parents[2]
FRENCH = "les enfants jouent dans le jardin pendant que leurs parents lisent un livre"
GERMAN = "die kinder spielen im garten während ihre eltern ein buch lesen"
RUSSIAN = "дети играют в саду пока их родители читают книгу"
LICENCE = "GPL-2.0-or-later / translatewiki CC-BY-3.0"


def job() -> ModuleType:
    spec = importlib.util.spec_from_file_location("table_job", ROOT / "jobs/language_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> NgramTable:
    folder = tmp_path_factory.mktemp("table")
    texts = {"fra_Latn": FRENCH, "deu_Latn": GERMAN, "rus_Cyrl": RUSSIAN, "nah_Latn": "x" * 90}
    rows = [
        {"label": label, "text": text, "source": "s", "licence": LICENCE}
        for label, text in texts.items()
        for _ in range(80)
    ]
    rows.append({"label": "ita_Latn", "text": "poco", "source": "s", "licence": "CC0"})
    out = folder / "table.npz"
    assert job().main([str(write(folder / "texts.jsonl", rows)), str(out)]) == 0
    return parse_table(out.read_bytes())


def test_labels_with_little_text_or_none_of_their_own_are_left_out(tiny: NgramTable) -> None:
    assert tiny.labels == ("deu_Latn", "fra_Latn", "rus_Cyrl")
    assert tiny.weights.shape == (1 << 16, 3)
    assert tiny.languages == {"deu", "fra", "rus"}


def test_a_text_scores_highest_in_its_language(tiny: NgramTable) -> None:
    texts = ["Leurs ENFANTS lisent dans le livre", "ihre Kinder im Garten", "дети в саду"]
    said = tiny.score(texts)
    best = [tiny.labels[int(one.scores.argmax())] for one in said]
    assert best == ["fra_Latn", "deu_Latn", "rus_Cyrl"]
    heard = hear(tiny, said[0], {"Latn": 29}, "deu_Latn")
    assert heard is not None
    assert heard.best == "fra_Latn"
    assert "rus_Cyrl" not in heard.scores
    assert heard.of_other is not None
    assert heard.of_other < heard.scores["fra_Latn"]
    assert hear(tiny, said[0], {"Thai": 29}, "tha_Thai") is None
    assert hear(tiny, tiny.score(["le"])[0], {"Latn": 2}, "") is None


def test_a_licence_that_does_not_allow_it_is_refused(tmp_path: Path) -> None:
    row = {"label": "fra_Latn", "text": "x", "source": "s", "licence": "CC BY-NC 4.0"}
    with pytest.raises(InputError) as caught:
        list(job().read_texts(write(tmp_path / "t.jsonl", [row])))
    assert "t.jsonl:1" in caught.value.where
    with pytest.raises(InputError):
        list(job().read_texts(write(tmp_path / "u.jsonl", [{"label": "fra_Latn"}])))


def test_ngrams_stay_within_words() -> None:
    words = [rows_of(word).tolist() for word in ("le", "jardin")]
    assert rows_of("le, 12 jardin!").tolist() == words[0] + words[1]
    assert rows_of("… 12 !").tolist() == []
    # The edges count: of "le" these are l, <l, e, le, <le, e>, le>, <le>.
    assert len(words[0]) == 8


def test_a_long_text_is_read_from_end_to_end() -> None:
    piece = piece_of("".join(f"w{i:05} " for i in range(9_000)))
    assert "w00000" in piece
    assert "w08999" in piece
    assert MAX_CHARS <= len(piece) <= MAX_CHARS + 5


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_a_score_depends_on_its_text_alone(texts: list[str]) -> None:
    table = load_table()
    for one, alone in zip(table.score(texts), (table.score([t])[0] for t in texts), strict=True):
        assert one.n_ngrams == alone.n_ngrams
        assert np.array_equal(one.scores, alone.scores)


def test_the_packaged_table_has_no_label_that_draws_what_no_label_fits() -> None:
    table = load_table()
    assert len(table.labels) > 450
    assert table.n_chars.min() >= 3_000
    assert not {label[:3] for label in table.labels} & {"nah", "tok", "isv", "avk", "und", "zxx"}
    assert {len(rule) for rule in packaged_rules().values()} == {len(FEATURES)}


HEARD = Heard("szl_Latn", {"szl_Latn": 0.5, "pol_Latn": 0.3}, 0.3, 400, 90_000)
POLISH = Evidence("pol_Latn", Kind.BASE, 0.8, {"pol_Latn": 0.9})


def heard_with(other: Evidence | None, odds: float) -> Evidence:
    nothing = [0.0] * (len(FEATURES) - 1)
    rules = {name: [1.0, *nothing] for name in packaged_rules()}
    return decided(other, HEARD, [odds, *nothing], rules)


def test_the_table_is_heard_from_even_odds_on() -> None:
    assert heard_with(POLISH, 0.1).label == "szl_Latn"
    assert heard_with(POLISH, 0.1).kind is Kind.TABLE
    assert heard_with(POLISH, -0.1).label == "pol_Latn"
    assert heard_with(POLISH, -0.1).kind is Kind.DOUBTED
    assert heard_with(None, 2.0).label == "szl_Latn"
    silesian = Evidence("szl_Latn", Kind.OWN, 2.0, {"szl_Latn": 0.3})
    assert heard_with(silesian, -3.0).kind is Kind.AGREED
    assert set(heard_with(POLISH, 1.0).weights) == {"szl_Latn", "pol_Latn"}


def test_how_sure_it_is_depends_on_how_it_came_about() -> None:
    measured = [1.0] * len(FEATURES)
    nothing = [0.0] * len(FEATURES)
    rules = {name: nothing for name in packaged_rules()}
    assert set(rules) == {"choice", Kind.AGREED, Kind.DOUBTED, Kind.TABLE}
    rules |= {"choice": [9.0, *nothing[1:]], "table": [2.0, *nothing[1:]]}
    assert decided(POLISH, HEARD, measured, rules).strength == 2.0
    rules["choice"] = [-9.0, *nothing[1:]]
    assert decided(POLISH, HEARD, measured, rules).strength == 0.0


def test_odds_are_a_sum() -> None:
    assert log_odds([1.0, -2.0], [3.0, 0.5]) == 2.0
