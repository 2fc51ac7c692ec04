"""Version 1.2: the one in HPLT 3.0. Marks from 0 to 10, one decimal."""

from __future__ import annotations

from collections.abc import Mapping

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
)
from curate.scores.segments import owner

FULL = 10.0


def marks(documents: Measured) -> Mapping[str, F64]:
    """Every mark of version 1.2, float64[n_texts] each; NaN where it cannot be told."""
    segments, profiles = documents.segments, documents.profiles
    words = by_document(segments, segments.words)
    menu = column(profiles, "menu")
    language, n_long, great = _of_language(documents, menu)
    own = {
        "wds_language": language,
        "wds_url": _url(documents.n_addresses, words, menu),
        "wds_punctuation": _punctuation(documents, words),
        "wds_singular_chars": _few(documents, words, "singular"),
        "wds_numbers": _few(documents, words, "numbers"),
        "wds_repeated": FULL * documents.distinct_share(documents.lines_from(menu)),
        "wds_n_long_segments": n_long,
        "wds_great_segment": great,
        "wds_informativeness": informativeness(documents.saved - documents.expected),
    }
    one = {name: rounded(values, 1) for name, values in own.items()}
    return {"wds": combined(one), **one}


def combined(one: Mapping[str, F64]) -> F64:
    """float64[n]: the mark for all: the language, times penalties; the worst two weigh most.

    The marks are those of one decimal: with more, a document of the publisher comes out at 8.3
    where he has 8.2.
    """
    names = ("url", "punctuation", "singular_chars", "numbers", "repeated", "informativeness")
    rows = np.sort([one[f"wds_{name}"] / FULL for name in names], axis=0)
    penalty = rows[0] * rows[1] * rows[2:].sum(axis=0) / 4
    base = 0.8 * one["wds_language"]
    base = base + one["wds_n_long_segments"] / FULL + one["wds_great_segment"] / FULL
    return rounded(np.minimum(base * penalty, FULL), 1)


def _of_language(documents: Measured, menu: F64) -> tuple[F64, F64, F64]:
    """Marks for the language, for the number of long segments, and for the greatest of them."""
    segments, profiles = documents.segments, documents.profiles
    of = owner(segments)
    words, is_own = segments.words, documents.is_own
    counts = words > menu[of]
    right = by_document(segments, words * (counts & is_own))
    n_known = by_document(segments, words * counts)
    language = np.divide(FULL * right, n_known, out=np.zeros(len(n_known)), where=right > 0)
    least, most = (column(profiles, name) for name in ("long_min", "long_max"))
    long = is_own & (words > least[of])
    n_long = np.minimum(by_document(segments, long), FULL)
    length = line(np.minimum(words, most[of]), least[of], 0.0, most[of], FULL)
    great = mean_by_document(segments, length, long & (length > FULL / 2))
    great = np.minimum(np.nan_to_num(great + 0.1, nan=0.0), FULL)
    if not documents.repairs:
        language[~documents.is_matched] = FULL
        return language, n_long, great
    for mark in (language, n_long, great):
        mark[~documents.is_matched] = np.nan
    return language, n_long, great


def _url(n: F64, words: F64, menu: F64) -> F64:
    """The second line goes through (7, 5) and (10, 0) but begins at 5: a step, as published."""
    reference = words / (100 * menu)
    share = n / np.where(reference == 0, 0.1, reference)
    return np.select(
        [share <= 3, share <= 5, share < 10],
        [np.full(len(n), FULL), line(share, 3, FULL, 7, 5), line(share, 7, 5, 10, 0)],
        0.0,
    ).clip(0, FULL)


def _punctuation(documents: Measured, words: F64) -> F64:
    ratio = per_hundred(by_document(documents.segments, documents.segments.punctuation), words)
    top, bad, semibad, most, least, semibad_low = bounds_of(documents.profiles, "punctuation")
    return np.select(
        [
            (ratio >= least) & (ratio <= most),
            ratio > top,
            ratio > bad,
            ratio > semibad,
            ratio > most,
            ratio >= semibad_low,
        ],
        [
            np.full(len(ratio), FULL),
            np.zeros(len(ratio)),
            line(ratio, bad, 5, top, 0),
            line(ratio, semibad, 7, bad, 5),
            line(ratio, most, FULL, semibad, 7),
            line(ratio, least, FULL, semibad_low, 5),
        ],
        line(ratio, semibad_low, 5, 0, 0),
    )


def _few(documents: Measured, words: F64, kind: str) -> F64:
    """Marks for singular characters or numbers: full up to what is usual."""
    ratio = per_hundred(by_document(documents.segments, getattr(documents.segments, kind)), words)
    top, bad, semibad, usual = bounds_of(documents.profiles, kind)
    return falling(ratio, (usual, semibad, bad, top), (FULL, 7.0, 5.0, 0.0))


def informativeness(off: F64) -> F64:
    """float64[n]: marks for a compression so many percent off what is usual; 0 for no text."""
    x = np.abs(np.where(np.isnan(off), 100.0, off))
    bounds = tuple(np.full(len(x), bound) for bound in (10.0, 15.0, 20.0))
    return falling(x, bounds, (FULL, 7.0, 0.0))
