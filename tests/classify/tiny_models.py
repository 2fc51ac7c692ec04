"""Models small enough to be made in a test, whose scores are known: each word has its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import fasttext
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

SPORT = ["ball", "team", "goal", "खेल", "टीम", "ลูกบอล", "足球", "球队", "كرة", "فريق", "𞤬𞤵𞤳𞤵"]
FOOD = ["soup", "bread", "rice", "रोटी", "चावल", "ข้าว", "米饭", "面包", "خبز", "أرز", "𞤻𞤢𞤥𞤣𞤵"]

VOCABULARY = {"[PAD]": 0, "[UNK]": 1, "good": 2, "bad": 3, "अच्छा": 4, "坏": 5, "جيد": 6, "𞤥𞤮𞤶𞥆𞤵": 7}
WEIGHTS = np.array(
    [[99, 99], [0, 0], [2, -1], [-3, 1], [2, -1], [-3, 1], [2, -1], [2, -1]], np.float32
)
"""float32[n_words, 2]: what each word adds to the two outputs; that of padding would show."""


def train_fasttext(path: Path) -> Path:
    """A model that tells words of sport from words of food, in any of six scripts."""
    lines = [
        f"__label__{label} {' '.join(words[i:] + words[:i])}"
        for label, words in (("sport", SPORT), ("food", FOOD))
        for i in range(len(words))
    ]
    corpus = path.with_suffix(".txt")
    corpus.write_text("\n".join(lines * 10), encoding="utf-8")
    model = fasttext.train_supervised(
        str(corpus), dim=8, epoch=20, lr=0.5, bucket=1000, thread=1, verbose=0
    )
    model.save_model(str(path))
    return path


def write_onnx(
    folder: Path,
    config: Mapping[str, object] | None = None,
    *,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    n_labels: int = 2,
    words: np.ndarray[Any, np.dtype[np.float32]] = WEIGHTS,
    n_positions: int | None = None,
    most_texts: int | None = None,
) -> Path:
    """A model that sums the weights of a text's words, its tokenizer and its config.

    Args:
        folder: where to write.
        config: content of ``config.json``; None for no such file.
        inputs: of the graph.
        n_labels: its outputs.
        words: float32[n_words, 2].
        n_positions: it has so many, and fails on a longer text.
        most_texts: of a larger batch it asks for terabytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    nodes = [
        helper.make_node("Gather", ["weights", "input_ids"], ["each"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["each", "wide"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "tokens"], ["logits"], keepdims=0),
    ]
    weights = [
        numpy_helper.from_array(words[:, :n_labels], "weights"),
        numpy_helper.from_array(np.array([2], np.int64), "last"),
        numpy_helper.from_array(np.array([1], np.int64), "tokens"),
    ]
    if n_positions is not None:
        nodes[0].output[0] = "words"
        nodes[1:1] = _positions()
        rows = np.zeros((n_positions, n_labels), np.float32)
        weights.append(numpy_helper.from_array(rows, "positions"))
    if most_texts is not None:
        nodes[-1].output[0] = "sums"
        nodes += _greed()
        weights.append(numpy_helper.from_array(np.array([most_texts], np.int64), "most"))
        weights.append(numpy_helper.from_array(np.array([1 << 44], np.int64), "terabytes"))
    if n_positions is not None or most_texts is not None:
        weights += [
            numpy_helper.from_array(np.array(0, np.int64), "zero"),
            numpy_helper.from_array(np.array(1, np.int64), "one"),
        ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", n_labels])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(folder / "model.onnx"))
    tokenizer = Tokenizer(models.WordLevel(VOCABULARY, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(folder / "tokenizer.json"))
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder / "model.onnx"


def _positions() -> list[onnx.NodeProto]:
    """Adds the vector of each token's position, of which there are so many and no more."""
    return [
        helper.make_node("Shape", ["input_ids"], ["shape"]),
        helper.make_node("Gather", ["shape", "one"], ["n_tokens"]),
        helper.make_node("Range", ["zero", "n_tokens", "one"], ["place"]),
        helper.make_node("Gather", ["positions", "place"], ["vectors"]),
        helper.make_node("Add", ["words", "vectors"], ["each"]),
    ]


def _greed() -> list[onnx.NodeProto]:
    """Adds the sum of terabytes of zeros for each text above the most, and else of none."""
    return [
        helper.make_node("Shape", ["input_ids"], ["size"]),
        helper.make_node("Gather", ["size", "zero"], ["n_texts"]),
        helper.make_node("Sub", ["n_texts", "most"], ["above"]),
        helper.make_node("Max", ["above", "zero"], ["excess"]),
        helper.make_node("Mul", ["excess", "terabytes"], ["n_zeros"]),
        helper.make_node("ConstantOfShape", ["n_zeros"], ["zeros"]),
        helper.make_node("ReduceSum", ["zeros"], ["nothing"], keepdims=0),
        helper.make_node("Add", ["sums", "nothing"], ["logits"]),
    ]


def outputs_of(text: str) -> list[float]:
    """What the ONNX model gives for a text before any activation."""
    rows = [VOCABULARY.get(word, 1) for word in text.split()]
    return [float(value) for value in WEIGHTS[rows].sum(axis=0)]
