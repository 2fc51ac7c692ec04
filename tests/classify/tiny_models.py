"""Models small enough to be made in a test, whose scores are known: each word has its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

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
) -> Path:
    """A model that sums the weights of a text's words, its tokenizer and its config."""
    folder.mkdir(parents=True, exist_ok=True)
    nodes = [
        helper.make_node("Gather", ["weights", "input_ids"], ["each"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["each", "wide"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "tokens"], ["logits"], keepdims=0),
    ]
    weights = [
        numpy_helper.from_array(WEIGHTS[:, :n_labels], "weights"),
        numpy_helper.from_array(np.array([2], np.int64), "last"),
        numpy_helper.from_array(np.array([1], np.int64), "tokens"),
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


def outputs_of(text: str) -> list[float]:
    """What the ONNX model gives for a text before any activation."""
    rows = [VOCABULARY.get(word, 1) for word in text.split()]
    return [float(value) for value in WEIGHTS[rows].sum(axis=0)]
