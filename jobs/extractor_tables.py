"""What a trained model is worth: by set, kind and script, without a language or a source, and what
a second opinion about doubtful pages costs and gains."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from curate.html.blocks.decision import decide
from curate.html.blocks.model import Model
from jobs.extractor_data import CRAWLED, Example
from jobs.extractor_fit import Folds, fit_once
from jobs.extractor_pages import AS_TAGGED
from jobs.extractor_score import Scorer, bags, f1, overlap

Tell = Callable[[str], None]
Pair = tuple[float, float]

_FEW_PAGES: Final = 5  # a language with fewer pages gets no line
_LEVELS: Final = (0.3, 0.4, 0.5, 0.6, 0.7)
"""Confidences below which a page is doubtful."""


def show_folds(examples: Sequence[Example], folds: Folds, tell: Tell) -> None:
    """F1 of pages by models that have not seen their sites."""
    groups: dict[str, list[Pair]] = {}
    empty: dict[tuple[str, bool], list[bool]] = {}
    for example in examples:
        decision = decide(example.page, model=folds.models[example.fold])
        found = Scorer(example.page, example.gold, example.neutral)(decision.keep)
        if not example.is_made:
            for which in ("all", *([example.source] if example.source in CRAWLED else [])):
                empty.setdefault((which, example.has_text), []).append(decision.is_empty)
        if example.has_text:
            for name in _names(example):
                groups.setdefault(name, []).append(found)
    for name in sorted(groups):
        value, precision, recall = f1(groups[name])
        tell(f"{name:28}{len(groups[name]):>5}  {value:.4f} ({precision:.3f}/{recall:.3f})")
    for (which, has_text), told in sorted(empty.items()):
        text = "with" if has_text else "without"
        tell(f"nothing from {np.mean(told):.1%} of {len(told)} pages {text} a main text ({which})")


def _names(example: Example) -> Iterator[str]:
    yield example.source
    yield f"{example.source}/{example.kind}"
    if example.is_made:
        yield f"{example.source}/{example.language}"


def show_left_out(
    examples: Sequence[Example], folds: Folds, wanted: Sequence[str], tell: Tell
) -> None:
    """What it costs the pages of a source or a language that the model never saw any of them.

    Args:
        examples: all pages.
        folds: models that have seen them.
        wanted: sources and languages; all if none is named.
        tell: gets a line for each.
    """
    real = [e for e in examples if e.has_text and not e.is_made]
    taught = [e for e in examples if e.is_for_training]
    sources = sorted({e.source for e in taught if not e.is_made})
    names = sorted({AS_TAGGED.get(e.language, e.language) for e in taught})
    told = "F1 of pages that trees have not seen the site of; without: nor the whole source"
    tell(f"{told} or language\n{'left out':24}{'pages':>6}  {'with':>7}{'without':>9}{'cost':>8}")
    for name in wanted or (*sources, *names):
        seen = [e for e in real if name in _marks(e)]
        if len(seen) < (1 if name in sources else _FEW_PAGES):
            continue
        model = fit_once([e for e in examples if name not in _marks(e)], folds.final)
        before, after = (
            f1([_found(e, folds.models[e.fold] if own else model) for e in seen])[0]
            for own in (True, False)
        )
        tell(f"{name:24}{len(seen):>6}  {before:>7.4f}{after:>9.4f}{before - after:>8.4f}")


def _marks(example: Example) -> tuple[str, str]:
    """Source and language, the latter as all sets tag it."""
    return example.source, AS_TAGGED.get(example.language, example.language)


def _found(example: Example, model: Model) -> Pair:
    keep = decide(example.page, model=model).keep
    return Scorer(example.page, example.gold, example.neutral)(keep)


def show_doubt(
    pages: Sequence[tuple[Example, str]], folds: Folds, other: Callable[[str], str], tell: Tell
) -> None:
    """What asking another extractor about the doubtful pages costs and gains.

    Args:
        pages: with a text, and their HTML.
        folds: models.
        other: gives the text of a page.
        tell: gets lines.
    """
    rows = []
    for example, html in pages:
        decision = decide(example.page, model=folds.models[example.fold])
        ours = Scorer(example.page, example.gold, example.neutral)(decision.keep)
        theirs, seconds = ours, 0.0
        if decision.confidence < _LEVELS[-1]:
            start = time.process_time()
            text = other(html)
            seconds = time.process_time() - start
            if text:
                theirs = overlap(bags(text, example.gold, example.neutral))
        rows.append((example.source, decision.confidence, ours, theirs, seconds))
    tell(f"{'source':14}{'pages':>6}{'below':>7}{'doubtful':>10}{'F1':>9}{'with it':>9}{'s':>8}")
    for source in sorted({row[0] for row in rows}):
        part = [row for row in rows if row[0] == source]
        for level in _LEVELS:
            doubtful = [row for row in part if row[1] < level]
            mixed = f1([row[3] if row[1] < level else row[2] for row in part])[0]
            tell(
                f"{source:14}{len(part):>6}{level:>7.1f}{len(doubtful):>10}"
                f"{f1([row[2] for row in part])[0]:>9.4f}{mixed:>9.4f}"
                f"{sum(row[4] for row in doubtful):>8.1f}"
            )
