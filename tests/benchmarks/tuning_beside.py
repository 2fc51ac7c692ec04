"""Our tuned bounds beside those FineWeb2 published (arXiv 2506.20920, huggingface/fineweb-2)."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from curate.cli import main as curate
from curate.config.language import LanguageConfigs
from curate.labels import script_of
from curate.tune.methods import ENGLISH

# Labels that FineWeb2 calls otherwise.
SAME = {"pes_Arab": "fas_Arab"}
_DICTIONARY_SCRIPTS = frozenset({"Thai", "Khmr", "Laoo", "Mymr", "Hani", "Jpan"})


class Beside(NamedTuple):
    """One bound of one label: ours, theirs, and why they differ; None for no rule."""

    label: str
    metric: str
    side: str
    ours: float | None
    theirs: float | None
    reason: str


def published(archive: Path) -> LanguageConfigs:
    """FineWeb2's configs as ``curate config import-fineweb2`` reads them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        source = next(path for path in folder.rglob("*.yml")).parent
        _run("config", "import-fineweb2", str(source), "--out", str(folder / "ours"))
        return LanguageConfigs.load(folder / "ours")


def _run(*arguments: str) -> None:
    try:
        curate(list(arguments))
    except SystemExit as end:
        if end.code:
            raise


def beside(ours: LanguageConfigs, theirs: LanguageConfigs) -> Iterator[Beside]:
    """Every bound of every label that both have a file for."""
    for label in ours.labels:
        other = SAME.get(label, label)
        if other not in theirs.labels:
            continue
        for rule in ENGLISH:
            mine = ours.for_label(label).threshold(rule.metric)
            yours = theirs.for_label(other).threshold(rule.metric)
            a = None if mine is None else getattr(mine, rule.side)
            b = None if yours is None else getattr(yours, rule.side)
            named = {t.metric for t in ours.files[label].thresholds}
            reason = _reason(label, rule.metric, a, b, is_own=rule.metric in named)
            yield Beside(label, rule.metric, rule.side, a, b, reason)


def _reason(
    label: str, metric: str, ours: float | None, theirs: float | None, *, is_own: bool
) -> str:
    """The likeliest reason for a large difference, by what is known of both sides."""
    if theirs is None:
        return "theirs is off or can never fire"
    if not is_own:
        return "ours is inherited"
    if ours is None:
        return "ours is off"
    if metric in ("mean_word_chars", "alpha_word_fraction"):
        if script_of(label) in _DICTIONARY_SCRIPTS:
            return "another splitter (ICU's dictionary)"
        if script_of(label) == "Hang":
            return "another splitter (theirs cuts Korean into morphemes)"
        return "text: manuals beside an encyclopedia"
    if metric in ("newlines_per_word", "terminal_punct_line_fraction"):
        return "text and method: lines of manuals, quantile in place of 10tail"
    return "text: manuals beside the crawl"


class Agreement(NamedTuple):
    """One bound over all labels.

    Attributes:
        metric: the metric.
        side: ``min`` or ``max``.
        n: labels with a bound on both sides.
        ours: median.
        theirs: median.
        within: share of the labels where ours lies within 25 % of theirs.
        correlation: of the ranks, over labels; NaN below five labels.
        only_ours: labels where FineWeb2 has no rule.
        only_theirs: labels where we have none.
    """

    metric: str
    side: str
    n: int
    ours: float
    theirs: float
    within: float
    correlation: float
    only_ours: int
    only_theirs: int


def agreement(rows: Sequence[Beside]) -> Iterator[Agreement]:
    """How far the two agree, bound by bound."""
    for rule in ENGLISH:
        mine = [r for r in rows if (r.metric, r.side) == (rule.metric, rule.side)]
        both = [(r.ours, r.theirs) for r in mine if r.ours is not None and r.theirs is not None]
        if not both:
            continue
        a, b = np.array(both).T
        yield Agreement(
            rule.metric,
            rule.side,
            len(both),
            float(np.median(a)),
            float(np.median(b)),
            float(np.mean(np.abs(a - b) <= 0.25 * b)),
            _rank_correlation(a, b),
            sum(r.ours is not None and r.theirs is None for r in mine),
            sum(r.ours is None and r.theirs is not None for r in mine),
        )


def _rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    if len(a) < 5 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    ranks = [np.argsort(np.argsort(x, kind="stable"), kind="stable") for x in (a, b)]
    return float(np.corrcoef(*ranks)[0, 1])


def largest(rows: Sequence[Beside], n: int) -> list[Beside]:
    """The bounds that are farthest apart in proportion, where both have one."""
    both = [r for r in rows if r.ours and r.theirs]
    return sorted(both, key=lambda r: -abs(np.log(r.ours / r.theirs)))[:n]
