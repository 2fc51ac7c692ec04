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
from curate.lid.voices.funlang import load_table as load_lists
from curate.lid.voices.table import (
    MAX_CHARS,
    NgramTable,
    load_table,
    parse_table,
    piece_of,
    rows_of,
)

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
    assert tiny.weights.shape == (1 << 17, 3)
    assert tiny.languages == {"deu", "fra", "rus"}


def test_a_text_scores_highest_in_its_language(tiny: NgramTable) -> None:
    texts = ["Leurs ENFANTS lisent dans le livre", "ihre Kinder im Garten", "дети в саду"]
    scores, n_ngrams = tiny.score(texts)
    assert [tiny.labels[i] for i in scores.argmax(axis=1)] == ["fra_Latn", "deu_Latn", "rus_Cyrl"]
    assert n_ngrams.min() > 20


def test_the_table_knows_what_the_lists_have_of_each_language(tiny: NgramTable) -> None:
    lists = load_lists().unique_labels
    assert tiny.listed.shape == (len(lists), 2)
    own, others = tiny.listed[lists.index("fra_Latn")]
    assert own > 0.2 > others >= 0.0
    assert tiny.listed[lists.index("pol_Latn"), 0] == -1.0


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
    scores, n_ngrams = table.score(texts)
    for i, text in enumerate(texts):
        own, n_own = table.score([text])
        assert n_own[0] == n_ngrams[i]
        assert np.array_equal(own[0], scores[i])


def test_the_packaged_table_has_no_label_that_draws_what_no_label_fits() -> None:
    table = load_table()
    assert len(table.labels) > 450
    assert table.n_chars.min() >= 3_000
    assert not {label[:3] for label in table.labels} & {"nah", "tok", "isv", "avk", "und", "zxx"}
