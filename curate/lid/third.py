"""Whether the third voice is heard: the table of n-grams (:mod:`curate.lid.table`) or the others.

CLD2 and FunLangID have an answer, the table another. A logistic rule says how probable it is that
the table's is the right one of the two, from how far each is ahead by its own measure. Its
constants are fitted (``python -m tests.benchmarks.lid --rule FILE``) and packed as
``curate/data/lid/third.json``; the table's answer is taken from even odds on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Final, TypeAlias

import numpy as np

from curate.labels import language_of
from curate.lid.codes import letters_of
from curate.lid.confidence import Kind
from curate.lid.fusion import BaseAnswer, Evidence, Resemblance
from curate.lid.table import SCALE, NgramTable, Scored
from curate.text.scripts import merge_cjk

Rules: TypeAlias = Mapping[str, Sequence[float]]

_SCRIPT_FRACTION: Final = 1 / 3  # of the letters of the dominant script
_MIN_NGRAMS: Final = 20
_N_LISTED: Final = 4

# Of FunLangID's best score; close relatives, such as Persian and Dari, lie within it.
_ALIKE: Final = 0.9

FEATURES: Final = (
    "constant",
    "table: lead over the other answer",
    "table: other answer is not in it",
    "table: lead over the runner-up",
    "table: typical",
    "table: logarithm of the code points trained on",
    "FunLangID: the table's answer, of the best",
    "FunLangID: does not know the table's answer",
    "FunLangID: the other answer, of the best",
    "FunLangID: does not know the other answer",
    "FunLangID: score",
    "CLD2: knows the table's answer",
    "CLD2: names the table's answer",
    "CLD2: is sure of the other answer",
    "CLD2: typical",
    "other answer is FunLangID's",
    "other answer is a guess or a script's",
    "there is no other answer",
    "confidence of the other answer",
    "logarithm of n-grams",
)
"""What the rule looks at; :func:`features` says how it is measured."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the table says of a text.

    Attributes:
        best: the label of the highest score, in a script that the text is written in.
        scores: labels with the highest scores, best first -> score of an n-gram in nats.
        of_other: the other answer's score, or None if the table does not have its label.
        n_ngrams: of the text.
        n_chars: that the best label was trained on.
    """

    best: str
    scores: Mapping[str, float]
    of_other: float | None
    n_ngrams: int
    n_chars: int


def are_agreed(first: Evidence, own: Resemblance) -> bool:
    """Whether the text resembles the answer that CLD2 is sure of: then the table is not heard.

    It was trained on messages of programs, where languages that few speak stand beside much
    English; a manual in Persian resembles Laki there.
    """
    highest = next(iter(own.scores.values()), 0.0)
    is_like = own.of_language(first.label) >= _ALIKE * highest > 0.0
    return first.kind is Kind.BASE and is_like


def hear(table: NgramTable, said: Scored, counts: Mapping[str, int], other: str) -> Heard | None:
    """The table's answer; None if the text is short or in a script that the table does not have.

    Args:
        table: the model.
        said: its scores for the text.
        counts: letters per script of the text.
        other: the answer without the table.
    """
    if said.n_ngrams < _MIN_NGRAMS:
        return None
    enough = _SCRIPT_FRACTION * max(merge_cjk(counts).values(), default=0)
    columns = [
        own
        for script, own in table.columns_of_scripts.items()
        if letters_of(script, counts) >= enough
    ]
    if not columns:
        return None
    places = np.concatenate(columns)
    scores = said.scores[places] / (SCALE * said.n_ngrams)
    first = np.argsort(-scores, kind="stable")[:_N_LISTED]
    listed = {table.labels[int(places[i])]: float(scores[i]) for i in first.tolist()}
    best = next(iter(listed))
    place = table.places.get(other)
    of_other = None if place is None else float(said.scores[place]) / (SCALE * said.n_ngrams)
    n_chars = int(table.n_chars[table.places[best]])
    return Heard(best, listed, of_other, said.n_ngrams, n_chars)


def features(
    heard: Heard,
    other: Evidence | None,
    confidence: float,
    base: BaseAnswer,
    own: Resemblance,
    languages: tuple[Collection[str], Collection[str]],
) -> list[float]:
    """The numbers that :data:`FEATURES` names, in their order.

    Leads are in nats times the root of the n-grams: how many, not how much text, decides.

    Args:
        heard: the table's answer.
        other: the answer without it.
        confidence: of that.
        base: CLD2's answer.
        own: FunLangID's.
        languages: what CLD2 knows, and what FunLangID does.
    """
    root = math.sqrt(heard.n_ngrams)
    leads = list(heard.scores.values())
    best = leads[0]
    runner_up = leads[1] if len(leads) > 1 else 0.0
    highest = next(iter(own.scores.values()), 0.0) or 1.0
    known_base, known_own = languages
    language = language_of(heard.best)
    other_label = "" if other is None else other.label
    is_known = heard.of_other is not None
    kind = None if other is None else other.kind
    return [
        1.0,
        min((best - (heard.of_other or 0.0)) * root, 12.0) if is_known else 0.0,
        float(not is_known),
        min((best - runner_up) * root, 12.0),
        best,
        math.log(heard.n_chars / 3_000),
        own.of_language(heard.best) / highest,
        float(language not in known_own),
        own.of_language(other_label) / highest if other_label else 0.0,
        float(bool(other_label) and language_of(other_label) not in known_own),
        highest,
        float(language in known_base),
        sum(share for label, share in base.shares.items() if label == heard.best),
        float(kind is Kind.BASE),
        math.log(max(base.typicality, 50.0) / 800.0),
        float(kind is Kind.OWN),
        float(kind in (Kind.GUESS, Kind.SCRIPT)),
        float(kind is None),
        confidence,
        math.log(heard.n_ngrams / 300.0),
    ]


def log_odds(rule: Sequence[float], measured: Sequence[float]) -> float:
    """The sum of what was measured, weighed."""
    return sum(weight * x for weight, x in zip(rule, measured, strict=True))


@lru_cache(maxsize=1)
def _packaged() -> bytes:
    return (files("curate") / "data" / "lid" / "third.json").read_bytes()


@lru_cache(maxsize=1)
def packaged_rules() -> Rules:
    """The weight of each of :data:`FEATURES`: for the choice, and for how sure each outcome is."""
    found: Mapping[str, Mapping[str, float]] = json.loads(_packaged())["rules"]
    return {name: tuple(weights[x] for x in FEATURES) for name, weights in found.items()}


def rule_sha256() -> str:
    """Of the file of the rule."""
    return sha256(_packaged()).hexdigest()


def decided(
    other: Evidence | None, heard: Heard, measured: Sequence[float], rules: Rules
) -> Evidence:
    """The answer of all three, and what speaks for it.

    Args:
        other: the answer without the table.
        heard: the table's.
        measured: :func:`features`.
        rules: log odds that the table's answer is the better one (``choice``), and for each outcome
            that the answer is right, which is its strength.
    """
    odds = log_odds(rules["choice"], measured)
    if other is not None and language_of(heard.best) == language_of(other.label):
        kind, label, weights = Kind.AGREED, other.label, dict(other.weights)
    elif other is not None and odds <= 0:
        kind, label, weights = Kind.DOUBTED, other.label, {**other.weights, heard.best: 0.1}
    else:
        kind, label, weights = Kind.TABLE, heard.best, _weights(heard)
        if other is not None:
            weights.setdefault(other.label, math.exp(-min(odds, 20.0)))
    return Evidence(label, kind, log_odds(rules[kind.value], measured), weights)


def _weights(heard: Heard) -> dict[str, float]:
    root = math.sqrt(heard.n_ngrams)
    best = heard.scores[heard.best]
    return {label: math.exp(max((s - best) * root, -20.0)) for label, s in heard.scores.items()}
