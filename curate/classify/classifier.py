"""The protocol of classifiers, and the form of their answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

import numpy as np
import numpy.typing as npt

from curate.errors import ModelError

F32 = npt.NDArray[np.float32]
Kind = Literal["fasttext", "onnx", "transformers"]
Activation = Literal["sigmoid", "softmax", "none"]

CLASSIFY_VERSION: Final = "2"
"""Raised by hand when the same model gives other scores for the same text."""

SCORE: Final = "score"
"""The label of a model that has one output and no name for it: a regressor."""

MAX_CHARS_PER_TOKEN: Final = 40
"""A text is cut at so many code points a token before it is tokenised. Tokens are shorter on
average in every script, and a page of a million characters would be tokenised for nothing."""


_BLANK: Final = (
    "".join(c for c in map(chr, range(0x3001)) if c.isspace()) + "\u00ad\u180e\u200b\u2060\ufeff"
)
_RUNS: Final = re.compile(r"\s{2,}")


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model file and how to read its answers.

    Attributes:
        kind: what reads it.
        model: path of the file, or of the folder for ``transformers``.
        tokenizer: path of ``tokenizer.json``, for ``onnx``; None for the one beside the model.
        labels: names of the model's outputs; empty for those that the model names.
        activation: what makes scores of the model's outputs; None for what the model says.
        max_tokens: tokens of a text that are looked at.
        batch: texts given to the model at once.
        gpu: use a GPU if there is one.

    ``batch`` and ``gpu`` decide where and how fast scores are made. On a CPU they are the same to
    the bit whatever the batch, so both are left out of fingerprints.
    """

    kind: Kind
    model: str
    tokenizer: str | None = None
    labels: tuple[str, ...] = ()
    activation: Activation | None = None
    max_tokens: int = 512
    batch: int = 32
    gpu: bool = False


class Classifier(Protocol):
    """Scores texts; the answer for a text depends on no other text but for rounding.

    Attributes:
        labels: names of the scores.
        lacks_gpu: a GPU was asked for, and the model runs on the CPU all the same.
    """

    labels: tuple[str, ...]
    lacks_gpu: bool

    def scores(self, texts: Sequence[str]) -> dict[str, F32]:
        """Label -> float32[n_texts], in the order of the texts; NaN where the model gives none."""


def scored(
    classifier: Classifier,
    texts: Sequence[str | None],
    languages: Sequence[str | None],
    only: Collection[str] = (),
) -> dict[str, F32]:
    """Scores of the texts that are to be scored, NaN for the others.

    Not scored are texts without anything but white space, and those of other languages than the
    model is for.

    Args:
        classifier: the model.
        texts: of documents.
        languages: their labels, such as ``fra_Latn``.
        only: labels that the model is for; empty for all.
    """
    rows = to_score(texts, languages, only)
    by_label = {name: np.full(len(texts), np.nan, np.float32) for name in classifier.labels}
    if rows:
        answers = classifier.scores([texts[i] or "" for i in rows])
        for name, values in answers.items():
            by_label[name][rows] = values
    return by_label


def to_score(
    texts: Sequence[str | None], languages: Sequence[str | None], only: Collection[str] = ()
) -> list[int]:
    """Places of the texts that :func:`scored` asks the model about: those not blank."""
    return [
        i
        for i, (text, label) in enumerate(zip(texts, languages, strict=True))
        if text and text.lstrip(_BLANK) and (not only or label in only)
    ]


def readable(text: str, max_tokens: int) -> str:
    """The part of a text that its first ``max_tokens`` tokens can lie in, for a tokeniser to cut.

    White space at the beginning is left out, and so are marks that nobody sees there; within the
    text, white space in a row counts as one code point. Neither takes a text's share.

    >>> readable("  \\n a b", 8)
    'a b'
    """
    text = text.lstrip(_BLANK)
    end = max_tokens * MAX_CHARS_PER_TOKEN
    if len(text) <= end:
        return text
    for run in _RUNS.finditer(text):
        if run.start() >= end:
            break
        end += run.end() - run.start() - 1
    return text[:end]


def scores_of(outputs: F32, activation: Activation) -> F32:
    """:func:`activate`, with NaN for a text of whose outputs one is no finite number."""
    is_broken = np.flatnonzero(np.logical_not(np.isfinite(outputs)).any(axis=1))
    values = activate(np.nan_to_num(outputs, nan=0.0, posinf=0.0, neginf=0.0), activation)
    values[is_broken] = np.nan
    return values


def activate(outputs: F32, activation: Activation) -> F32:
    """Scores of raw outputs, float32[n_texts, n_labels] both.

    >>> activate(np.zeros((1, 2), np.float32), "softmax").tolist()
    [[0.5, 0.5]]
    """
    wide = outputs.astype(np.float64)
    if activation == "sigmoid":
        wide = np.exp(-np.logaddexp(0.0, -wide))
    elif activation == "softmax":
        wide = np.exp(wide - wide.max(axis=1, keepdims=True))
        wide /= wide.sum(axis=1, keepdims=True)
    return wide.astype(np.float32)


def activation_of(config: Mapping[str, Any], n_labels: int) -> Activation:
    """The activation of the outputs that a Hugging Face ``config.json`` declares.

    Without a word, one output is a regressor's and several exclude each other.
    """
    problem = config.get("problem_type")
    if problem == "multi_label_classification":
        return "sigmoid"
    return "none" if problem == "regression" or n_labels == 1 else "softmax"


def labels_of(spec: ModelSpec, config: Mapping[str, Any], n_labels: int) -> tuple[str, ...]:
    """Names of the outputs: those of the job, else those of ``config.json``, else one ``score``.

    Raises:
        ModelError: there are none, or not as many as outputs.
    """
    names = spec.labels or named_labels(config)
    if not spec.labels and n_labels == 1:
        return (SCORE,)
    if len(names) != n_labels or len(set(names)) != n_labels:
        raise ModelError(
            spec.model,
            wanted=f"{n_labels} different labels, one for each output of the model",
            found=f"{len(names)}: {', '.join(names[:30])}" if names else "none",
            todo="name them in the job's `labels`, in the order of the outputs",
        )
    return names


def named_labels(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The outputs that a ``config.json`` names, in their order; a lone one is called ``score``."""
    by_number = {int(key): str(name) for key, name in config.get("id2label", {}).items()}
    names = tuple(by_number[key] for key in sorted(by_number))
    return (SCORE,) if len(names) == 1 else names
