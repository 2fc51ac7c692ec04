"""MillID models by folder, with one that knows two languages by their bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from curate.errors import ModelError
from curate.lid import Identifier, load_identifier

ENGLISH = "The weather in the mountains changes quickly, so carry warm clothes. "
RUSSIAN = "Погода в горах быстро меняется, поэтому всегда нужна тёплая одежда. "


def write_model(folder: Path, labels: list[str]) -> Path:
    """A model for which text with a byte above ASCII is of the second label, other of the first."""
    inputs = [
        helper.make_tensor_value_info(name, kind, ["n", "width", *more])
        for name, kind, more in (
            ("ids", TensorProto.INT64, []),
            ("script", TensorProto.INT64, []),
            ("charpos", TensorProto.INT64, []),
            ("ngrams", TensorProto.INT64, [3]),
            ("mask", TensorProto.BOOL, []),
        )
    ]
    numbers: dict[str, npt.NDArray[Any]] = {
        "axis": np.array([1], np.int64),
        "middle": np.array([[150.0]], np.float32),
        "signs": np.array([[-0.1, 0.1]], np.float32),
    }
    nodes = [
        helper.make_node("Cast", ["ids"], ["bytes"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMax", ["bytes", "axis"], ["highest"], keepdims=1),
        helper.make_node("Sub", ["highest", "middle"], ["above"]),
        helper.make_node("Mul", ["above", "signs"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        inputs,
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 2])],
        [numpy_helper.from_array(value, name) for name, value in numbers.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 9
    (folder / "onnx").mkdir(parents=True)
    onnx.save(model, str(folder / "onnx" / "model.onnx"))
    config = {"model": {"max_len": 64, "ngram_buckets": 128}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "labels.json").write_text(json.dumps({"labels": labels}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Identifier:
    pytest.importorskip("millid", reason="pip install 'curate-corpus[millid]'")
    folder = write_model(tmp_path_factory.mktemp("m") / "tiny", ["eng_Latn", "rus_Cyrl"])
    return load_identifier(str(folder))


def test_a_folder_is_a_millid_model(tiny: Identifier) -> None:
    assert tiny.name == "tiny"
    assert tiny.languages == {"eng", "rus"}
    answers = tiny.identify([ENGLISH * 20, RUSSIAN * 20, "12 ...", ENGLISH + "\ud800"])
    assert [answer.label for answer in answers] == ["eng_Latn", "rus_Cyrl", "zxx_Zxxx", "eng_Latn"]
    assert answers[0].confidence is not None
    assert answers[0].confidence > 0.9
    assert answers[2].confidence is None


def test_windows_count_by_their_length(tiny: Identifier) -> None:
    first, second = tiny.identify([ENGLISH * 4 + RUSSIAN, RUSSIAN * 4 + ENGLISH])
    assert (first.label, second.label) == ("eng_Latn", "rus_Cyrl")
    for answer in (first, second):
        assert answer.confidence is not None
        assert 0.6 < answer.confidence < 0.95
        assert {label for label, _ in answer.top_labels} == {"eng_Latn", "rus_Cyrl"}


def test_an_answer_depends_on_its_text_alone(tiny: Identifier) -> None:
    texts = [ENGLISH, RUSSIAN, "İ" + ENGLISH, ""]
    assert tiny.identify(texts) == [tiny.identify([text])[0] for text in texts]


def test_the_fingerprint_is_that_of_the_model(tiny: Identifier, tmp_path: Path) -> None:
    same = write_model(tmp_path / "tiny", ["eng_Latn", "rus_Cyrl"])
    other = write_model(tmp_path / "other", ["deu_Latn", "rus_Cyrl"])
    assert load_identifier(str(same)).fingerprint == tiny.fingerprint
    assert load_identifier(str(other)).fingerprint != tiny.fingerprint


@pytest.mark.parametrize("missing", ["config.json", "labels.json", "onnx/model.onnx"])
def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, missing: str) -> None:
    folder = write_model(tmp_path / "tiny", ["eng_Latn", "rus_Cyrl"])
    (folder / missing).unlink()
    with pytest.raises(ModelError) as caught:
        load_identifier(str(folder))
    assert missing in caught.value.found


def test_a_model_that_cannot_be_loaded_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("millid", reason="pip install 'curate-corpus[millid]'")
    folder = write_model(tmp_path / "tiny", ["eng_Latn", "rus_Cyrl"])
    (folder / "onnx" / "model.onnx").write_bytes(b"none")
    with pytest.raises(ModelError, match="fetch the model again"):
        load_identifier(str(folder))
