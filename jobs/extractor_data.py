"""Pages with their true text as the trainer reads them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from curate.html.blocks.block_features import Features, block_features
from curate.html.markup.page import Page
from curate.html.markup.read_page import read_page
from jobs.extractor_labels import F32, Labels, align, align_labelled

N_FOLDS: Final = 5

NOT_FOR_TRAINING: Final = frozenset({"fundus", "scrapinghub"})
"""Sources whose pages belong to their publishers: for measuring and for development."""

MADE: Final = "made"
"""Source of the pages that :mod:`jobs.extractor_pages` makes."""

LABELLED: Final = "labelled"
"""Source of the pages of :mod:`jobs.extractor_labelled`."""

CRAWLED: Final = frozenset({"crawl", LABELLED})
"""Sources of ordinary pages, labelled block by block."""

_WEIGHTS: Final = {MADE: 0.25, LABELLED: 0.25}

_LABELS: Final = {1: 1.0, 0: 0.0}


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A page, and what is known of it.

    Attributes:
        id: of the page.
        source: name of the collection.
        language: as the collection has it.
        site: pages of one site are never on both sides of a split.
        kind: of page; empty if unknown.
        has_text: whether there is a main text.
        page: its blocks.
        features: see :func:`curate.html.blocks.block_features.block_features`.
        content: float32[B], 1 for content.
        weight: float32[B], 0 where nothing is known.
        gold: true text.
        neutral: text that counts neither way.
    """

    id: str
    source: str
    language: str
    site: str
    kind: str
    has_text: bool
    page: Page
    features: Features
    content: F32
    weight: F32
    gold: str
    neutral: str

    @property
    def fold(self) -> int:
        """0 to ``N_FOLDS - 1``; the same for all pages of a site."""
        return zlib.crc32(self.site.encode()) % N_FOLDS

    @property
    def is_made(self) -> bool:
        """Made of known text by the trainer itself."""
        return self.source == MADE

    @property
    def page_weight(self) -> float:
        """What it weighs beside an ordinary page."""
        return _WEIGHTS.get(self.source, 1.0)

    @property
    def is_for_training(self) -> bool:
        """Whether the licence lets a shipped model learn from it."""
        return self.source not in NOT_FOR_TRAINING


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file of zstd JSON Lines; texts may hold U+2028."""
    for line in pa.input_stream(str(path), compression="zstd").read().decode().split("\n"):
        if line:
            yield json.loads(line)


def read_examples(paths: Sequence[Path]) -> list[Example]:
    """Every page of some files that has any block."""
    examples = (example_of(row) for path in paths for row in read_lines(path))
    return [example for example in examples if example is not None]


def example_of(row: dict[str, Any]) -> Example | None:
    """A line of a file as an example; None if the page has no block."""
    page = read_page(row["html"])
    if not page.n_blocks:
        return None
    texts = [page.block_text(block) for block in range(page.n_blocks)]
    labels, gold, neutral = _labels(row, texts)
    return Example(
        id=row["id"],
        source=row["source"],
        language=row["language"],
        site=row.get("site") or row["url"],
        kind=row.get("page_type") or "",
        has_text=bool(row.get("has_content", True)),
        page=page,
        features=block_features(page),
        content=labels.content,
        weight=labels.weight,
        gold=gold,
        neutral=neutral,
    )


def _labels(row: dict[str, Any], texts: Sequence[str]) -> tuple[Labels, str, str]:
    if "blocks" not in row:
        return align(texts, row["gold"]), row["gold"], ""
    pieces = [(piece["text"], _LABELS.get(piece["y"], np.nan)) for piece in row["blocks"]]
    gold, neutral = (
        "\n".join(piece["text"] for piece in row["blocks"] if (piece["y"] == 1) is wanted)
        for wanted in (True, False)
    )
    neutral = "\n".join(piece["text"] for piece in row["blocks"] if piece["y"] in ("?", "c"))
    return align_labelled(texts, pieces), gold, neutral
