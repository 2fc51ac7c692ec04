"""Classifiers: models made on the spot, whose answers are known."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.classify import (
    Classifier,
    ModelSpec,
    fingerprint_of,
    labels_told,
    load_classifier,
    scored,
)
from curate.classify.classifier import activate
from curate.classify.halving import longest_first
from curate.errors import ModelError
from tests.classify.tiny_models import (
    FOOD,
    SPORT,
    VOCABULARY,
    outputs_of,
    train_fasttext,
    write_onnx,
)

TEXTS = ["good good bad", "अच्छा 坏", "جيد", "𞤥𞤮𞤶𞥆𞤵 unknown words", "bad " * 50]
NAMED = {"id2label": {"1": "dull", "0": "fine"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("classifiers")


@pytest.fixture(scope="module")
def fasttext_model(folder: Path) -> Path:
    return train_fasttext(folder / "topics.bin")


@pytest.fixture(scope="module")
def tiny(folder: Path) -> Classifier:
    return load_classifier(
        ModelSpec("onnx", str(write_onnx(folder / "named", NAMED)), activation="none", batch=2)
    )


@pytest.fixture(scope="module")
def topics(fasttext_model: Path) -> Classifier:
    return load_classifier(ModelSpec("fasttext", str(fasttext_model)))


# ---- fastText ------------------------------------------------------------------------------------


def test_fasttext_scores_every_script_by_its_labels(topics: Classifier) -> None:
    assert topics.labels == ("food", "sport")
    scores = topics.scores([*SPORT, *FOOD])
    assert (scores["sport"][: len(SPORT)] > 0.8).all()
    assert (scores["food"][len(SPORT) :] > 0.8).all()
    assert np.allclose(scores["sport"] + scores["food"], 1, atol=1e-3)
    assert scores["sport"].dtype == np.float32


def test_fasttext_reads_all_lines_of_a_text(topics: Classifier) -> None:
    one_line, lines = topics.scores(["ball soup soup rice", "ball\nsoup\nsoup\nrice"])["food"]
    assert one_line == lines > 0.5


def test_fasttext_labels_of_the_job_are_the_columns(fasttext_model: Path) -> None:
    only = load_classifier(ModelSpec("fasttext", str(fasttext_model), labels=("sport",)))
    assert only.labels == ("sport",)
    assert list(only.scores(["ball"])) == ["sport"]
    with pytest.raises(ModelError, match="'music'"):
        load_classifier(ModelSpec("fasttext", str(fasttext_model), labels=("sport", "music")))


def test_a_cut_fasttext_file_is_an_error_and_no_crash(fasttext_model: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.bin"
    cut.write_bytes(fasttext_model.read_bytes()[:-100])
    with pytest.raises(ModelError, match="cut short"):
        load_classifier(ModelSpec("fasttext", str(cut)))


# ---- ONNX ----------------------------------------------------------------------------------------


def test_onnx_outputs_are_those_of_the_words_whatever_the_padding(tiny: Classifier) -> None:
    assert tiny.labels == ("fine", "dull")
    scores = tiny.scores(TEXTS)
    found = list(zip(scores["fine"].tolist(), scores["dull"].tolist(), strict=True))
    assert found == [tuple(outputs_of(text)) for text in TEXTS]


def test_onnx_cuts_a_text_at_max_tokens(folder: Path) -> None:
    model = str(write_onnx(folder / "cut", NAMED))
    short = load_classifier(ModelSpec("onnx", model, activation="none", max_tokens=2))
    assert short.scores(["good good good bad"])["fine"].tolist() == [4.0]


@pytest.mark.parametrize(
    ("config", "activation", "expected"),
    [
        ({"problem_type": "multi_label_classification"}, None, 1 / (1 + math.exp(-2))),
        ({"problem_type": "single_label_classification"}, None, 1 / (1 + math.exp(-3))),
        ({}, None, 1 / (1 + math.exp(-3))),
        ({"problem_type": "regression"}, None, 2.0),
        ({"problem_type": "regression"}, "sigmoid", 1 / (1 + math.exp(-2))),
    ],
    ids=["sigmoid", "softmax", "softmax unsaid", "none", "the job wins"],
)
def test_the_activation_is_what_config_or_job_say(
    tmp_path: Path, config: dict[str, object], activation: str | None, expected: float
) -> None:
    model = str(write_onnx(tmp_path, {**NAMED, **config}))
    found = load_classifier(ModelSpec("onnx", model, activation=activation))  # type: ignore[arg-type]
    assert found.scores(["good"])["fine"][0] == pytest.approx(expected, rel=1e-6)


def test_a_regressor_has_one_column_called_score(tmp_path: Path) -> None:
    regressor = load_classifier(ModelSpec("onnx", str(write_onnx(tmp_path, n_labels=1))))
    assert regressor.labels == ("score",)
    assert regressor.scores(["good good"])["score"].tolist() == [4.0]


def test_wrong_models_are_errors_that_say_what_is_wrong(tmp_path: Path) -> None:
    unnamed = str(write_onnx(tmp_path / "unnamed"))
    cases = {
        "2 different labels": ModelSpec("onnx", unnamed),
        "no such file": ModelSpec("onnx", str(tmp_path / "absent.onnx")),
        "tokenizer.json": ModelSpec("onnx", unnamed, tokenizer=str(tmp_path / "absent.json")),
        "inputs input_ids": ModelSpec(
            "onnx",
            str(write_onnx(tmp_path / "odd", inputs=("input_ids", "attention_mask", "pixels"))),
        ),
    }
    for words, spec in cases.items():
        with pytest.raises(ModelError, match=words):
            load_classifier(spec)
    (tmp_path / "unnamed" / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match="onnxruntime can load"):
        load_classifier(ModelSpec("onnx", unnamed, labels=("a", "b")))


def test_the_fingerprint_is_of_every_file_and_of_no_path(tmp_path: Path) -> None:
    def fingerprint(folder: str) -> str:
        return fingerprint_of(ModelSpec("onnx", str(tmp_path / folder / "model.onnx")))

    for name in ("a", "b", "weights", "config", "tokenizer"):
        write_onnx(tmp_path / name, NAMED)
    (tmp_path / "weights" / "model.onnx_data").write_bytes(b"more")
    (tmp_path / "config" / "config.json").write_text('{"id2label": {"0": "x", "1": "y"}}')
    changed = tmp_path / "tokenizer" / "tokenizer.json"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert fingerprint("a") == fingerprint("b")
    assert len({fingerprint(name) for name in ("a", "weights", "config", "tokenizer")}) == 4


def test_labels_are_told_without_the_model_where_they_stand_in_a_file(
    folder: Path, fasttext_model: Path, tiny: Classifier
) -> None:
    onnx = str(folder / "named" / "model.onnx")
    assert labels_told(ModelSpec("onnx", onnx)) == tiny.labels
    assert labels_told(ModelSpec("onnx", onnx, labels=("a", "b"))) == ("a", "b")
    assert labels_told(ModelSpec("fasttext", str(fasttext_model))) == ("food", "sport")


# ---- all -----------------------------------------------------------------------------------------


def test_only_texts_of_the_languages_are_scored_and_no_empty_ones(tiny: Classifier) -> None:
    texts = ["good", "good", "", " \n", None]
    languages = ["eng_Latn", "fra_Latn", "eng_Latn", "eng_Latn", "eng_Latn"]
    some = scored(tiny, texts, languages, ("eng_Latn", "hin_Deva"))["fine"].tolist()
    assert some[0] == 2.0
    assert all(math.isnan(value) for value in some[1:])
    assert scored(tiny, texts, languages)["fine"].tolist()[:2] == [2.0, 2.0]
    assert scored(tiny, [], [])["fine"].tolist() == []


@settings(max_examples=30, deadline=None)
@given(
    texts=st.lists(
        st.lists(st.sampled_from([*VOCABULARY][1:]), max_size=9).map(" ".join), max_size=9
    ),
    data=st.data(),
)
def test_the_score_of_a_text_does_not_depend_on_its_neighbours(
    tiny: Classifier, texts: list[str], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(texts))))
    alone = tiny.scores(texts)
    shuffled = tiny.scores([texts[i] for i in order])
    for name in tiny.labels:
        assert shuffled[name].tolist() == [alone[name].tolist()[i] for i in order]


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 7))
def test_batches_hold_every_text_once_longest_first(lengths: list[int], batch: int) -> None:
    batches = longest_first(lengths, batch)
    order = [i for found in batches for i in found]
    assert sorted(order) == list(range(len(lengths)))
    assert [lengths[i] for i in order] == sorted(lengths, reverse=True)
    assert all(len(found) <= batch for found in batches)


def test_scores_of_huge_outputs_are_numbers() -> None:
    huge = np.array([[1e4, -1e4]], np.float32)
    assert activate(huge, "sigmoid").tolist() == [[1.0, 0.0]]
    assert activate(huge, "softmax").tolist() == [[1.0, 0.0]]


def test_an_absent_package_names_the_extra_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(ModelError, match=r"pip install 'curate-corpus\[onnx\]'"):
        load_classifier(ModelSpec("onnx", str(write_onnx(tmp_path, NAMED))))
