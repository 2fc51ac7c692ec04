"""Numbers about each block of a page, from which the model tells whether it is content.

About the block itself, the containers around it, the things that repeat on the page, the places
where most running text and the heading are, and the blocks before and after. No word of any
language: text counts as width, links and punctuation by Unicode class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.around import (
    AROUND_NAMES,
    BESIDE,
    COPIED_NAMES,
    WINDOWS,
    fill_around,
)
from curate.html.blocks.classes import classes
from curate.html.blocks.containers import (
    CONTAINER_NAMES,
    LEVELS,
    fill_articles,
    fill_containers,
    fill_fullest_two,
    fill_group,
    number_units,
)
from curate.html.blocks.counts import N_COUNTS, T_LINK, T_PROSE, T_TERMINAL, T_WIDTH, count_text
from curate.html.blocks.groups import count_places, number_keys
from curate.html.blocks.own import N_FLAGS, OWN_NAMES, RANKS, fill_own
from curate.html.blocks.summary import COUNTED, FAR, N_COUNTED, PAGE_NAMES, fill_summary
from curate.html.markup.page import Page
from curate.html.markup.tags import NAMES as TAG_NAMES

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
U64 = npt.NDArray[np.uint64]

BLOCK_NAMES: Final = (*OWN_NAMES, *CONTAINER_NAMES, *AROUND_NAMES)
"""Names of the columns, in order."""

_MAX_TITLE: Final = 300  # characters of the title that headings are looked for in

_OWN: Final = np.array([OWN_NAMES.index(name) for name in COPIED_NAMES], np.int32)
_CONTAINERS: Final = len(OWN_NAMES)
_FULLEST: Final = _CONTAINERS + CONTAINER_NAMES.index("inside_half")
_PATHS: Final = _CONTAINERS + CONTAINER_NAMES.index("path_blocks")
_AROUND: Final = _CONTAINERS + len(CONTAINER_NAMES)
_RISES: Final = _AROUND + AROUND_NAMES.index("rise_before")

_LEVEL_OF: Final = np.zeros(len(TAG_NAMES), np.int32)
_LEVEL_OF[[TAG_NAMES.index(f"h{level}") for level in range(1, 7)]] = range(1, 7)
_ARTICLE: Final = TAG_NAMES.index("article")
_IMAGES: Final = ("img", "picture", "video", "svg", "figure")
_IMAGE: Final = np.array([name in _IMAGES for name in TAG_NAMES], np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Of one page.

    Attributes:
        blocks: float32[B, len(BLOCK_NAMES)].
        page: float32[len(PAGE_NAMES)].
        counts: int32[B, N_COUNTS]; see :mod:`curate.html.blocks.counts`.
        levels: int32[B], 1 to 6 for a block that is a heading, else 0.
        title: the block that is the heading of the page, -1 if none is.
        first_h1: the first block in ``h1``, -1 if none is.
        main: the deepest element that holds most of the running text.
        paths: int32[B], equal for blocks in equal tags from the root down.
        names: int32[B], the same with the first token of the element.
    """

    blocks: F32
    page: F32
    counts: I32
    levels: I32
    title: int
    first_h1: int
    main: int
    paths: I32
    names: I32


def block_features(page: Page) -> Features:
    """The features of every block of a page, in time linear in it."""
    n = page.n_blocks
    counts, hashes = np.zeros((n, N_COUNTS), np.int32), np.empty(n, np.uint64)
    count_text(
        page.text, page.start, page.stop, page.link_start, page.link_stop, classes(), counts, hashes
    )
    picked = np.ascontiguousarray(counts[:, [T_WIDTH, T_LINK, T_PROSE, T_TERMINAL]], np.float64)
    sums = np.zeros((n + 1, 4), np.float64)
    np.cumsum(picked, axis=0, out=sums[1:])
    out = np.empty((n, len(BLOCK_NAMES)), np.float32)
    copies, earlier = _copies(hashes)
    fill_own(
        counts, sums, copies, earlier, page.n_breaks, page.element, page.inline, page.parent,
        page.tag, page.flags, page.depth, page.first_block, page.end_block, RANKS, out,
    )  # fmt: skip
    main, paths, names = _fill_containers(page, sums, picked, out)
    levels = _LEVEL_OF[page.tag[page.element]]
    title, first = _fill_around(page, sums, levels, out)
    fill_articles(
        _ARTICLE, title, page.element, page.tag, page.parent, page.first_block, page.end_block,
        sums, np.empty((3, page.n_elements), np.int32), _PATHS + 10, out,
    )  # fmt: skip
    summary = np.zeros(len(PAGE_NAMES), np.float32)
    fill_summary(
        counts, copies, page.inline, page.flags, page.tag, page.depth, page.first_block,
        page.end_block, sums, out, FAR, COUNTED, N_FLAGS, N_COUNTED, main, title, np.zeros(8),
        summary,
    )  # fmt: skip
    return Features(out, summary, counts, levels, title, first, main, paths, names)


def _copies(hashes: U64) -> tuple[I32, I32]:
    """How often each text stands on the page, and how often before."""
    numbers = np.empty(len(hashes), np.int32)
    n_texts = number_keys(hashes, numbers)
    earlier, found = _places(numbers, n_texts)
    return found[numbers], earlier


def _places(numbers: I32, n_groups: int) -> tuple[I32, I32]:
    """How many before each bear its number; and how many bear each number."""
    places, found = np.empty(len(numbers), np.int32), np.zeros(n_groups, np.int32)
    count_places(numbers, places, found)
    return places, found


def _fill_containers(page: Page, sums: F64, picked: F64, out: F32) -> tuple[int, I32, I32]:
    keys, units = np.empty(page.n_elements, np.uint64), np.empty(page.n_elements, np.int32)
    number_units(
        page.parent, page.tag, page.token_start, page.token_end, page.tokens, page.first_block,
        page.end_block, keys,
    )  # fmt: skip
    n_units = number_keys(keys, units)
    places, unit_counts = _places(units, n_units)
    images = np.zeros(page.n_elements + 1, np.int32)
    np.cumsum(_IMAGE[page.tag], out=images[1:])
    fill_containers(
        page.element, page.inline, page.parent, page.end, page.first_block, page.end_block, sums,
        images, units, unit_counts, places, LEVELS, _CONTAINERS, out,
    )  # fmt: skip
    best = fill_fullest_two(
        page.element, page.parent, page.depth, page.first_block, page.end_block, sums, _FULLEST,
        out,
    )  # fmt: skip
    numbers, names = np.empty(page.n_blocks, np.int32), np.empty(page.n_blocks, np.int32)
    paths = page.path[page.element] * np.uint64(31) + page.tag[page.inline].astype(np.uint64)
    n_paths = number_keys(paths, numbers)
    fill_group(numbers, np.zeros((n_paths, 4)), picked, _PATHS, out)
    first = page.token_start[page.element]
    has = page.token_end[page.element] > first
    tokens = np.append(page.tokens, np.uint32(0))
    named = np.where(has, tokens[np.where(has, first, 0)], 0).astype(np.uint64)
    n_paths = number_keys(paths * np.uint64(0x9E3779B97F4A7C15) ^ named, names)
    fill_group(names, np.zeros((n_paths, 4)), picked, _PATHS + 5, out)
    return int(best), numbers, names


def _fill_around(page: Page, sums: F64, levels: I32, out: F32) -> tuple[int, int]:
    title = np.frombuffer(bytearray(page.title[:_MAX_TITLE].encode("utf-8", "replace")), np.uint8)
    heading, first = fill_around(
        _OWN, BESIDE, WINDOWS, levels, sums, page.element, page.parent, page.first_block,
        page.end_block, page.start, page.stop, page.text, title, _AROUND, _RISES, out,
    )  # fmt: skip
    return int(heading), int(first)
