"""Confidence: what share of the answers that looked like this one were right.

Each kind of answer has a strength of its own, on a scale of its own. A monotone curve a kind turns
it into a probability. The curves are data, fitted on texts whose language is known:
``curate/data/lid/confidence.json``; docs/language-identification.md says on which, and how far the
result holds on others. Fitting is isotonic regression (Ayer and others, 1955, "An empirical
distribution function for sampling with incomplete information") over few bins.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise

import numpy as np
import numpy.typing as npt

N_BINS = 16
"""Bins that a curve is fitted over, at most; each has equally many answers."""

_MIN_BIN = 25
_MAX_CONFIDENCE = 0.99  # nothing is certain, however few errors a set has


class Kind(StrEnum):
    """How an answer came about, which is what its strength means."""

    BASE = "base"  # CLD2's, which calls it reliable: share of the text times FunLangID's support
    UNRELIABLE = "unreliable"  # CLD2's, which does not: the same
    OWN = "own"  # FunLangID's: its lead over the runner-up, in standard deviations
    SCRIPT = "script"  # the only language of a script: 1
    RANKED = "ranked"  # of all three voices: log odds that it is right
    GUESS = "guess"  # CLD2's best effort, where nothing else answers: share of the text


@dataclass(frozen=True, slots=True)
class Curve:
    """A rising line through few points; level before the first and behind the last.

    Attributes:
        strengths: ascending.
        confidences: never falling, 0 to 1.
    """

    strengths: tuple[float, ...]
    confidences: tuple[float, ...]

    def __call__(self, strength: float) -> float:
        """The confidence of an answer of this strength."""
        after = bisect_right(self.strengths, strength)
        if after == 0:
            return self.confidences[0]
        if after == len(self.strengths):
            return self.confidences[-1]
        x0, x1 = self.strengths[after - 1], self.strengths[after]
        y0, y1 = self.confidences[after - 1], self.confidences[after]
        return y0 + (y1 - y0) * (strength - x0) / (x1 - x0)


def fit_curve(
    strengths: Sequence[float], is_right: Sequence[bool], weights: Sequence[float] | None = None
) -> Curve:
    """The curve that says how often answers of a strength are right.

    Args:
        strengths: one per answer.
        is_right: one per answer.
        weights: how much each answer counts; 1 if not given.
    """
    order = np.argsort(np.array(strengths), kind="stable")
    x = np.array(strengths, float)[order]
    y = np.array(is_right, float)[order]
    w = np.ones(len(x)) if weights is None else np.array(weights, float)[order]
    n_bins = int(np.clip(len(x) // _MIN_BIN, 1, N_BINS))
    points: dict[float, tuple[float, float]] = {}
    for part in np.array_split(np.arange(len(x)), n_bins):
        at = float(np.average(x[part], weights=w[part]))
        right, total = points.get(at, (0.0, 0.0))
        points[at] = (right + float(y[part] @ w[part]), total + float(w[part].sum()))
    return _rising(points)


def _rising(points: Mapping[float, tuple[float, float]]) -> Curve:
    """Pool neighbours until no share falls. One right and one wrong answer are added to each."""
    pools: list[tuple[list[float], float, float]] = []
    for at, (right, total) in sorted(points.items()):
        pools.append(([at], right + 1, total + 2))
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            places, more_right, more = pools.pop()
            before, had_right, had = pools.pop()
            pools.append((before + places, had_right + more_right, had + more))
    knots = [
        (round(at, 4), round(min(right / total, _MAX_CONFIDENCE), 4))
        for places, right, total in pools
        for at in sorted({places[0], places[-1]})
    ]
    distinct = [b for a, b in pairwise([(float("-inf"), 0.0), *knots]) if b[0] > a[0]]
    return Curve(tuple(x for x, _ in distinct), tuple(y for _, y in distinct))


def curves_of(data: bytes) -> Mapping[Kind, Curve]:
    """The curves in the bytes of a file: ``{"kind": [[strength, confidence], ...]}``."""
    read: dict[str, list[tuple[float, float]]] = json.loads(data)["curves"]
    return {
        Kind(kind): Curve(tuple(x for x, _ in points), tuple(y for _, y in points))
        for kind, points in read.items()
    }


def to_json(curves: Mapping[Kind, Curve], source: str) -> str:
    """The JSON that :func:`curves_of` reads; ``source`` says what the curves were fitted on."""
    listed = {
        kind.value: [list(point) for point in zip(c.strengths, c.confidences, strict=True)]
        for kind, c in sorted(curves.items())
    }
    return json.dumps({"source": source, "curves": listed}, indent=1) + "\n"


def _packaged() -> bytes:
    return (files("curate") / "data" / "lid" / "confidence.json").read_bytes()


@lru_cache(maxsize=1)
def packaged_curves() -> Mapping[Kind, Curve]:
    """The curves that come with curate."""
    return curves_of(_packaged())


def curves_sha256() -> str:
    """Of the file of the curves."""
    return sha256(_packaged()).hexdigest()


def expected_calibration_error(
    confidences: npt.NDArray[np.float64], is_right: npt.NDArray[np.bool_], *, n_bins: int = 10
) -> float:
    """Mean distance between confidence and share of right answers, over bins of equal width.

    Guo and others (2017), "On Calibration of Modern Neural Networks", arXiv 1706.04599, eq. 3.

    Args:
        confidences: float64[n_answers], 0 to 1.
        is_right: bool[n_answers].
        n_bins: bins between 0 and 1.
    """
    if not len(confidences):
        return 0.0
    place = np.minimum((confidences * n_bins).astype(np.int64), n_bins - 1)
    gaps = np.bincount(place, weights=confidences - is_right, minlength=n_bins)
    return float(np.abs(gaps).sum() / len(confidences))
