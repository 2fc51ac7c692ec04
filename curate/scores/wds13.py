"""Version 1.3, of HPLT's fourth release in the making. Marks from 0 to 1, two decimals.

It differs from version 1.2 in its constants, looks at single segments for punctuation and for runs
of numbers or signs, has a mark for segments of equal length, and weighs the lowest marks far more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from curate.scores.document_counts import Measured
from curate.scores.marks import (
    F64,
    bounds_of,
    by_document,
    column,
    falling,
    line,
    mean_by_document,
    per_hundred,
    rounded,
    worst,
)
from curate.scores.registry import SHORT_SEGMENTS
from curate.scores.segments import owner

_URL_CHARS: Final = 80
"""Word characters of an address's due share of the text, in menus."""
_LEAST_SEGMENTS: Final = 5
_LEAST_PENALTY: Final = 0.1
_STEEPNESS: Final = -2.9
_UNPUNCTUATED: Final = "Thai"
"""Script of which little punctuation is no flaw: Thai ends sentences with a space."""


def marks(documents: Measured) -> Mapping[str, F64]:
    """Every mark of version 1.3, float64[n_texts] each; NaN where it cannot be told."""
    segments = documents.segments
    words = by_document(segments, segments.words)
    menu = column(documents.profiles, "menu")
    language, n_long, great = _of_language(documents, menu)
    longer = documents.lines_from(np.full(len(menu), 5.0))
    own = {
        "wds_language": language,
        "wds_url": _url(documents, words, menu),
        "wds_punctuation": _punctuation(documents, words, menu),
        "wds_singular_chars": _singular(documents, words),
        "wds_numbers": _numbers(documents, words),
        "wds_repeated": documents.single_share(longer),
        "wds_n_long_segments": n_long,
        "wds_great_segment": great,
        "wds_informativeness": informativeness(documents.saved - documents.expected),
        SHORT_SEGMENTS: _short(documents),
    }
    one = {name: rounded(values, 2) for name, values in own.items()}
    return {"wds": rounded(combined(own), 2), **one}


def combined(own: Mapping[str, F64]) -> F64:
    """float64[n]: the mark for all. One penalty below 0.1 makes it 0."""
    names = ("url", "punctuation", "singular_chars", "numbers", "repeated", "informativeness")
    rows = np.array([own[f"wds_{name}"] for name in names] + [own[SHORT_SEGMENTS]])
    weights = np.maximum(rows, _LEAST_PENALTY) ** _STEEPNESS
    exponents = 3 * weights / weights.sum(axis=0)
    penalty = np.prod(np.maximum(rows, 0) ** exponents, axis=0)
    penalty[(rows < _LEAST_PENALTY).any(axis=0)] = 0
    base = 0.8 * own["wds_language"]
    base = base + 0.1 * own["wds_n_long_segments"] + 0.1 * own["wds_great_segment"]
    marks_of_all: F64 = base * penalty
    return marks_of_all


def _of_language(documents: Measured, menu: F64) -> tuple[F64, F64, F64]:
    segments, profiles = documents.segments, documents.profiles
    of = owner(segments)
    words, is_own = segments.words, documents.is_own
    counts = words > menu[of]
    right = by_document(segments, words * (counts & is_own))
    n_known = by_document(segments, words * counts)
    all_own = by_document(segments, ~is_own) == 0
    none = np.where(all_own, 1.0, 0.0)
    language = np.where(right > 0, right / np.maximum(n_known, 1), none)
    least, most = (column(profiles, name) for name in ("long_min", "long_max"))
    long = is_own & (words > least[of])
    n_long = np.minimum(by_document(segments, long), 10) / 10
    length = line(np.minimum(words, most[of]), least[of], 0.0, most[of], 1.0)
    great = mean_by_document(segments, length, long & (length > 0.5))
    great = np.minimum(np.nan_to_num(great + 0.01, nan=0.0), 1.0)
    if not documents.repairs:
        language[~documents.is_matched] = 0
        return language, n_long, great
    for mark in (language, n_long, great):
        mark[~documents.is_matched] = np.nan
    return language, n_long, great


def _url(documents: Measured, words: F64, menu: F64) -> F64:
    reference = words / (_URL_CHARS * menu)
    share = documents.n_addresses / np.where(reference == 0, 0.1, reference)
    is_long = documents.segments.words > menu[owner(documents.segments)]
    has_long = by_document(documents.segments, is_long) > 0
    bounds = (np.full(len(words), 3.0), np.full(len(words), 10.0))
    return np.where(has_long, falling(share, bounds, (1.0, 0.0)), 1.0)


def _punctuation(documents: Measured, words: F64, menu: F64) -> F64:
    """Marks for the whole text, and no more than those for its segments without punctuation."""
    segments = documents.segments
    is_rule = (segments.punctuation > 5) & (segments.words == 0) & (segments.numbers == 0)
    ratio = per_hundred(by_document(segments, segments.punctuation * ~is_rule), words)
    top, most, least, semibad, bad = bounds_of(documents.profiles, "punctuation")
    whole = np.select(
        [
            (ratio >= top) | (ratio <= bad),
            ratio < semibad,
            ratio < least,
            ratio <= most,
        ],
        [
            np.zeros(len(ratio)),
            line(ratio, bad, 0.0, semibad, 0.5),
            line(ratio, semibad, 0.5, least, 1.0),
            np.ones(len(ratio)),
        ],
        line(ratio, most, 1.0, top, 0.0),
    )
    of = owner(segments)
    own = per_hundred(segments.punctuation.astype(float), segments.words.astype(float))
    bare = (segments.words > 3 * menu[of]) & (own < semibad[of]) & ~is_rule
    share = by_document(segments, segments.words * bare) / np.maximum(words, 1)
    bounds = tuple(np.full(len(share), x) for x in (0.05, 0.2, 0.4))
    capped = np.where(
        whole >= 0.3, np.minimum(whole, falling(share, bounds, (1.0, 0.6, 0.0))), whole
    )
    unpunctuated = np.array([script == _UNPUNCTUATED for script in documents.scripts])
    return np.where(unpunctuated, np.where(ratio <= least, 1.0, whole), capped)


def _singular(documents: Measured, words: F64) -> F64:
    segments = documents.segments
    ratio = per_hundred(by_document(segments, segments.singular), words)
    top, bad, semibad, usual = bounds_of(documents.profiles, "singular")
    share = falling(ratio, (usual, semibad, bad, top), (1.0, 0.7, 0.5, 0.0))
    return share * _accumulated(documents, segments.singular, 30.0, 250.0)


def _numbers(documents: Measured, words: F64) -> F64:
    segments = documents.segments
    ratio = per_hundred(by_document(segments, segments.numbers), words)
    top, usual = bounds_of(documents.profiles, "numbers")
    return falling(ratio, (usual, top), (1.0, 0.0)) * _accumulated(
        documents, segments.numbers, 50.0, 1000.0
    )


def _accumulated(documents: Measured, counts: np.ndarray, least: float, most: float) -> F64:
    """Full up to ``least`` more characters of the class than word characters in one segment."""
    segments = documents.segments
    crowd = np.maximum.reduceat(worst(counts, segments.words), segments.offsets[:-1])
    bounds = (np.full(len(crowd), least), np.full(len(crowd), most))
    return falling(crowd, bounds, (1.0, 0.0))


def informativeness(off: F64) -> F64:
    """float64[n]: marks for a compression so many percent off what is usual; 0 for no text."""
    x = np.abs(np.where(np.isnan(off), 100.0, off))
    bounds = tuple(np.full(len(x), bound) for bound in (10.0, 15.0, 20.0))
    return falling(x, bounds, (1.0, 0.7, 0.0))


def _short(documents: Measured) -> F64:
    """Full where lengths hardly vary; short segments among long ones, as of menus, cost a half."""
    segments = documents.segments
    most = column(documents.profiles, "long_min")
    length = np.minimum(segments.words, most[owner(segments)])
    n = np.diff(segments.offsets)
    mean = np.add.reduceat(length, segments.offsets[:-1]) / n
    square = np.add.reduceat(length**2, segments.offsets[:-1]) / n
    deviation = np.sqrt(np.maximum(square - mean**2, 0))
    evenness = 1 / (1 + np.divide(deviation, mean, out=np.zeros(len(n)), where=mean > 0))
    is_prose = (n < _LEAST_SEGMENTS) | (evenness > 0.6)
    return np.where(is_prose, 1.0, 0.5 + 0.5 * evenness / 0.6)
