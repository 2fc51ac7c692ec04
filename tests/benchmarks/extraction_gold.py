"""Extractors on pages whose true text is known: by source, kind of page and language.

A line of a file of gold is one page: ``id, source, language, page_type, html`` and ``gold`` (text)
or ``blocks`` ([{text, y}], y one of 1, 0, "?", "c"; the last two count neither way). Bags of
4-grams of words, or of code points where a third of the text is in a script without spaces.
Precision and recall are means over pages, F1 is of these; intervals are of 1,000 draws of pages.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tests.benchmarks.extraction_scores import Bag, character_shingles, word_shingles

DRAWS = 1000
LEAST_PAGES = 10
"""Groups of fewer pages get no line."""

_DENSE = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    "\U00020000-\U0003ffff]"
)

Scores = npt.NDArray[np.float64]
"""float64[pages, 2]: precision and recall."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A page and its true text.

    Attributes:
        html: the page.
        truth: empty if the page has no main text.
        neutral: text that counts neither way.
        groups: names of the tables' lines that the page counts in.
    """

    html: str
    truth: str
    neutral: str
    groups: tuple[str, ...]


@dataclass(slots=True)
class Found:
    """What one extractor gave."""

    scores: list[tuple[float, float]] = field(default_factory=list)
    is_empty: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def read_gold(paths: Sequence[Path], every: int = 1) -> list[Gold]:
    """The pages of some files of zstd JSON Lines."""
    return [_gold(row) for path in paths for row in _lines(path)][::every]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in pa.input_stream(str(path), compression="zstd").read().decode().split("\n"):
        if line:
            yield json.loads(line)


def _gold(row: dict[str, Any]) -> Gold:
    truth, neutral = row.get("gold", ""), ""
    source = row["source"]
    if "blocks" in row:
        source = "crawl"
        truth = "\n".join(b["text"] for b in row["blocks"] if b["y"] == 1)
        neutral = "\n".join(b["text"] for b in row["blocks"] if b["y"] in ("?", "c"))
    groups = (source, f"{source}/{row['page_type']}", f"{source}: {row['language']}")
    return Gold(row["html"], truth, neutral, ("all", *groups))


def score_page(found: str, page: Gold) -> tuple[float, float]:
    """Precision and recall of a text."""
    whole = page.truth or found
    is_dense = len(_DENSE.findall(whole)) > 0.3 * max(1, len("".join(whole.split())))
    shingles: Callable[[str], Bag] = character_shingles if is_dense else word_shingles

    def bag(text: str) -> Bag:
        return shingles(text) if text.split() else Counter()

    wanted, got = bag(page.truth), bag(found)
    spare = bag(page.neutral) - wanted
    got = got - (got & spare)
    if not wanted:
        return (0.0 if got else 1.0), 1.0
    both = (wanted & got).total()
    return both / max(1, got.total()), both / wanted.total()


def measure(
    pages: Sequence[Gold],
    extractors: dict[str, Callable[[str], tuple[str, float]]],
    in_turn: int = 1,
) -> dict[str, Found]:
    """Give so many pages to every extractor in turn, one after the other, then the next ones."""
    runs = {name: Found() for name in extractors}
    for low in range(0, len(pages), in_turn):
        for name, extractor in extractors.items():
            for page in pages[low : low + in_turn]:
                text, seconds = extractor(page.html)
                runs[name].scores.append(score_page(text, page))
                runs[name].is_empty.append(not text.strip())
                runs[name].seconds.append(seconds)
    return runs


def f1_of(scores: Scores) -> float:
    """Of the means over pages."""
    precision, recall = scores.mean(0)
    total = precision + recall
    return float(2 * precision * recall / total) if total else 0.0


def interval(scores: Scores, less: Scores | None = None) -> tuple[float, float]:
    """95 % of the F1 of pages drawn again, or of its difference to another's on the same pages."""
    rng = np.random.default_rng(0)
    values = []
    for _ in range(DRAWS):
        drawn = rng.integers(0, len(scores), len(scores))
        base = f1_of(less[drawn]) if less is not None else 0.0
        values.append(f1_of(scores[drawn]) - base)
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def tables(pages: Sequence[Gold], runs: dict[str, Found]) -> Iterator[str]:
    """The lines of all tables. The first extractor is the one that others are compared with."""
    places: dict[str, list[int]] = defaultdict(list)
    empty = [i for i, page in enumerate(pages) if not page.truth]
    for i, page in enumerate(pages):
        for group in page.groups if page.truth else ():
            places[group].append(i)
    names = list(runs)
    scores = {name: np.array(run.scores) for name, run in runs.items()}
    yield f"{'F1 (precision/recall)':30}{'n':>5}" + "".join(f"{name:>24}" for name in names)
    shown = [
        g for g in sorted(places, key=lambda g: (g != "all", g)) if len(places[g]) >= LEAST_PAGES
    ]
    for group in shown:
        line = f"{group:30}{len(places[group]):>5}"
        for name in names:
            part = scores[name][places[group]]
            precision, recall = part.mean(0)
            line += f"{f1_of(part):>10.4f} ({precision:.3f}/{recall:.3f})"
        yield line
    yield ""
    yield f"{'95 % of ' + names[0]:30}{'':5}{'itself':>18}" + "".join(
        f"{'less ' + name:>24}" for name in names[1:]
    )
    for group in shown:
        mine = scores[names[0]][places[group]]
        low, high = interval(mine)
        line = f"{group:30}{'':5}{f'{low:.3f} to {high:.3f}':>18}"
        for name in names[1:]:
            low, high = interval(mine, scores[name][places[group]])
            line += f"{f'{low:+.3f} to {high:+.3f}':>24}"
        yield line
    yield ""
    for title, chosen in (
        ("nothing, of pages without text", empty),
        ("nothing, of the others", places["all"]),
    ):
        shares = (np.mean([runs[name].is_empty[i] for i in chosen] or [0.0]) for name in names)
        yield f"{title:30}{len(chosen):>5}" + "".join(f"{share:>24.1%}" for share in shares)
    yield from _rates(pages, runs)


def _rates(pages: Sequence[Gold], runs: dict[str, Found]) -> Iterator[str]:
    """Pages per CPU second by source, and how often those of the last extractor the others give."""
    *_, last = runs
    by_source: dict[str, list[int]] = defaultdict(list)
    for i, page in enumerate(pages):
        by_source["all"].append(i)
        by_source[page.groups[1]].append(i)
    yield ""
    yield f"pages per CPU second, and how many times {last}'s"
    for source, chosen in sorted(by_source.items(), key=lambda item: (item[0] != "all", item[0])):
        taken = {n: max(1e-9, sum(run.seconds[i] for i in chosen)) for n, run in runs.items()}
        cells = (f"{len(chosen) / t:.1f} ({taken[last] / t:.1f} x)" for t in taken.values())
        yield f"{source:30}{len(chosen):>5}" + "".join(f"{cell:>24}" for cell in cells)
