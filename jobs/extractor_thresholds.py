"""Looks up the threshold of each kind of page, all together: a page mixes them by its kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.choose import choose
from curate.html.blocks.page_kinds import KINDS
from jobs.extractor_data import Example
from jobs.extractor_score import Scorer

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

_GRID: Final = np.round(np.arange(0.12, 0.84, 0.04), 2)
_FEW_PAGES: Final = 1000.0  # of a source: with much fewer, a single page would weigh too much
_SMOOTHING: Final = (0.1, 0.2, 0.4, 0.2, 0.1)  # over thresholds: peaks of single pages are noise
_STARTS: Final = (0.3, 0.5)
_ROUNDS: Final = 6


def look_up(
    examples: Sequence[Example],
    scored: Sequence[tuple[F32, F32]],
    scorers: Sequence[Scorer],
    tell: Callable[[str], None],
) -> F64:
    """The thresholds that give the highest sum of the sources' F1, by one kind after the other.

    Sources with few pages weigh less.

    Args:
        examples: the pages.
        scored: kinds and scores of each, by a model that has not seen its site.
        scorers: of each page.
        tell: gets a line for each kind and source: F1 by the threshold of all kinds.
    """
    used = [n for n, e in enumerate(examples) if e.has_text and not e.is_made]
    if not used:
        return np.full(len(KINDS), 0.5)
    found = np.array([_dial(examples[n], *scored[n], scorers[n]) for n in used])
    kinds = np.array([scored[n][0] for n in used], np.float64)
    sources = np.array([examples[n].source for n in used])
    _tell_dials(found, kinds, sources, tell)
    parts = [(np.flatnonzero(sources == name), name) for name in sorted(set(sources))]

    def value(thresholds: F64) -> float:
        pairs = _at(found, kinds @ thresholds)
        return sum(len(p) / (len(p) + _FEW_PAGES) * _f1(pairs[p]) for p, _ in parts)

    best = max((_climb(start, value) for start in _STARTS), key=value)
    pairs = _at(found, kinds @ best)
    tell("so: " + ", ".join(f"{name} {_f1(pairs[p]):.4f}" for p, name in parts))
    return best


def _dial(example: Example, kinds: F32, scores: F32, scorer: Scorer) -> list[tuple[float, float]]:
    """Precision and recall of a page at each threshold."""
    pairs: list[tuple[float, float]] = []
    last: npt.NDArray[np.bool_] | None = None
    for threshold in _GRID:
        everywhere = np.full(len(KINDS), threshold)
        keep = choose(example.page, example.features, kinds, scores, everywhere)
        pairs.append(pairs[-1] if last is not None and (keep == last).all() else scorer(keep))
        last = keep
    return pairs


def _at(found: F64, thresholds: F64) -> F64:
    """Precision and recall of each page at its own threshold, between those tried."""
    place = (thresholds - _GRID[0]) / (_GRID[1] - _GRID[0])
    place = np.clip(place, 0.0, len(_GRID) - 1.001)
    low = place.astype(np.int64)
    part = (place - low)[:, None]
    pages = np.arange(len(found))
    return np.asarray(found[pages, low] * (1 - part) + found[pages, low + 1] * part)


def _climb(start: float, value: Callable[[F64], float]) -> F64:
    thresholds = np.full(len(KINDS), start)
    for _ in range(_ROUNDS):
        before = thresholds.copy()
        for kind in range(len(KINDS)):
            values = []
            for threshold in _GRID:
                tried = thresholds.copy()
                tried[kind] = threshold
                values.append(value(tried))
            smoothed = np.convolve(np.pad(values, 2, "edge"), _SMOOTHING, "valid")
            thresholds[kind] = _GRID[int(smoothed.argmax())]
        if (thresholds == before).all():
            break
    return thresholds


def _f1(pairs: F64) -> float:
    precision, recall = pairs.mean(0).tolist()
    return float(2 * precision * recall / (precision + recall + 1e-9))


def _tell_dials(
    found: F64, kinds: F64, sources: npt.NDArray[np.str_], tell: Callable[[str], None]
) -> None:
    likeliest = kinds.argmax(1)
    for kind, name in enumerate(KINDS):
        for source in sorted(set(sources)):
            pages = found[(likeliest == kind) & (sources == source)]
            if len(pages):
                dial = " ".join(f"{_f1(pages[:, place]):.3f}" for place in range(2, len(_GRID), 3))
                tell(f"  {name} in {source}, {len(pages)}: {dial}")
