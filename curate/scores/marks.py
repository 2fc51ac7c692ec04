"""Arithmetic that the versions of WDS share: lines between points, sums by document, rounding."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curate.scores.profiles import Profile
from curate.scores.segments import I32, Segments, owner

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def column(profiles: list[Profile], name: str) -> F64:
    """float64[n]: one number of each document's profile."""
    return np.array([getattr(profile, name) for profile in profiles], np.float64)


def bounds_of(profiles: list[Profile], name: str) -> F64:
    """float64[n_bounds, n]: the bounds of a kind, in the order of the profile."""
    return np.array([getattr(profile, name) for profile in profiles], np.float64).T


def rounded(values: F64, digits: int) -> F64:
    """float64[n]: as ``round`` does; NumPy's own rounds 0.35 up, which is less than 0.35."""
    return np.array([round(value, digits) for value in values.tolist()], np.float64)


def line(x: F64, at: F64 | float, y: float, to: F64 | float, y_to: float) -> F64:
    """float64[n]: the straight line through (at, y) and (to, y_to); its end if it has no length."""
    length = np.asarray(to, np.float64) - at
    share = np.where(length == 0, 1.0, (x - at) / np.where(length == 0, 1.0, length))
    y_of_x: F64 = y + share * (y_to - y)
    return y_of_x


def falling(x: F64, at: tuple[F64, ...], y: tuple[float, ...]) -> F64:
    """float64[n]: the first mark up to the first bound, lines between, the last behind the last."""
    marks_of = np.full(len(x), y[-1])
    for k in range(len(at) - 1, 0, -1):
        marks_of = np.where(x <= at[k], line(x, at[k - 1], y[k - 1], at[k], y[k]), marks_of)
    return np.where(x <= at[0], y[0], marks_of)


def per_hundred(counts: F64, words: F64) -> F64:
    """float64[n]: characters for 100 word characters, one decimal; 0 without word characters."""
    ratio = np.divide(100.0 * counts, words, out=np.zeros(len(words)), where=words > 0)
    return rounded(ratio, 1)


def by_document(segments: Segments, values: npt.NDArray[np.generic]) -> F64:
    """float64[n_texts]: sums over the segments of each text; every text has one at least."""
    sums = np.add.reduceat(values.astype(np.int64), segments.offsets[:-1])
    totals: F64 = sums.astype(np.float64)
    return totals


def mean_by_document(segments: Segments, values: F64, chosen: Bools) -> F64:
    """float64[n_texts]: mean of the chosen segments; NaN where there is none."""
    n_texts = len(segments.offsets) - 1
    place = owner(segments)[chosen]
    n = np.bincount(place, minlength=n_texts)
    total = np.bincount(place, weights=values[chosen], minlength=n_texts)
    means: F64 = np.divide(total, n, out=np.full(n_texts, np.nan), where=n > 0)
    return means


def worst(counts: I32, words: I32) -> F64:
    """float64[n_segments]: how far a class outnumbers word characters; 0 where it is no crowd."""
    crowd = (counts >= 10) & (counts > 0.1 * words)
    excess: F64 = np.where(crowd, counts - words, 0).astype(np.float64)
    return excess
