"""Numbers about each block of a page, from which the model tells whether it is content.

About the block itself, the containers around it, the things that repeat on the page, the places
where most running text and the heading are, and the blocks before and after. No word of any
language: text counts as width, links and punctuation by Unicode class.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.html.blocks.around import (
    AROUND_NAMES,
    BESIDE,
    COPIED_NAMES,
    WINDOWS,
    fill_around,
)
from curate.html.blocks.character_counts import (
    N_COUNTS,
    T_LINK,
    T_PROSE,
    T_TERMINAL,
    T_WIDTH,
    count_text,
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
from curate.html.blocks.groups import count_places, number_keys
from curate.html.blocks.name_tokens import TOKEN_NAMES
from curate.html.blocks.own import N_FLAGS, OWN_NAMES, RANKS, fill_own
from curate.html.blocks.page_features import COUNTED, FAR, N_COUNTED, PAGE_NAMES, fill_summary
from curate.html.blocks.page_kinds import KINDS
from curate.html.blocks.says import SAYS_NAMES
from curate.html.markup.decorators import inner, kernel, whole
from curate.html.markup.page import Page
from curate.html.markup.tags import NAMES as TAG_NAMES

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

BLOCK_NAMES: Final = (*OWN_NAMES, *CONTAINER_NAMES, *AROUND_NAMES)
"""Names of the columns, in order."""

N_COLUMNS: Final = len(BLOCK_NAMES) + len(TOKEN_NAMES) + len(KINDS) + len(SAYS_NAMES)
"""Columns of a row: those of the block, and what the model reads beside them."""

_COPIES: Final = 4  # of the rows to work in, the one that has to last
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
        rows: float32[B, N_COLUMNS]; the columns :data:`BLOCK_NAMES` come first, the others are
            for :mod:`curate.html.blocks.rows` to fill.
        page: float32[len(PAGE_NAMES)].
        counts: int32[B, N_COUNTS]; see :mod:`curate.html.blocks.character_counts`.
        levels: int32[B], 1 to 6 for a block that is a heading, else 0.
        title: the block that is the heading of the page, -1 if none is.
    """

    rows: F32
    page: F32
    counts: I32
    levels: I32
    title: int

    @property
    def blocks(self) -> F32:
        """float32[B, len(BLOCK_NAMES)]."""
        return self.rows[:, : len(BLOCK_NAMES)]


class _Elements(NamedTuple):
    """Of a :class:`Page`, as the next."""

    parent: I32
    tag: I32
    flags: I32
    depth: I32
    end: I32
    first_block: I32
    end_block: I32
    token_start: I32
    token_end: I32
    path: U64
    tokens: U32


class _Blocks(NamedTuple):
    element: I32
    inline: I32
    start: I32
    stop: I32
    n_breaks: I32
    link_start: I32
    link_stop: I32
    text: U8
    title: U8


class _Tables(NamedTuple):
    """Tables that serve every page."""

    classes: U8
    ranks: U8
    level_of: I32
    is_image: I32
    own: I32
    beside: I32
    windows: I32
    levels: I32
    far: I32
    counted: I32


class _Room(NamedTuple):
    """To work in: of B blocks and E elements, m is the greater number and one more.

    Attributes:
        ints: int32[9, m].
        keys: uint64[2, m].
        slots: int32[4 * m + 16].
        sums: float64[B + 1, 4]: width, in links, running text, terminals of all blocks before.
        picked: float64[B, 4]: the same of each block.
        held: float64[B + 1, 4].
    """

    ints: I32
    keys: U64
    slots: I32
    sums: F64
    picked: F64
    held: F64


class _Filled(NamedTuple):
    rows: F32
    page: F32
    counts: I32
    levels: I32


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    return _Tables(classes(), RANKS, _LEVEL_OF, _IMAGE, _OWN, BESIDE, WINDOWS, LEVELS, FAR, COUNTED)


def block_features(page: Page) -> Features:
    """The features of every block of a page, in time linear in it."""
    n, m = page.n_blocks, max(page.n_blocks, page.n_elements) + 1
    filled = _Filled(
        np.empty((n, N_COLUMNS), np.float32),
        np.zeros(len(PAGE_NAMES), np.float32),
        np.zeros((n, N_COUNTS), np.int32),
        np.empty(n, np.int32),
    )
    room = _Room(
        np.empty((9, m), np.int32), np.empty((2, m), np.uint64), np.empty(4 * m + 16, np.int32),
        np.zeros((n + 1, 4)), np.empty((n, 4)), np.zeros((n + 1, 4)),
    )  # fmt: skip
    title = np.frombuffer(bytearray(page.title[:_MAX_TITLE].encode("utf-8", "replace")), np.uint8)
    elements = _Elements(
        page.parent, page.tag, page.flags, page.depth, page.end, page.first_block, page.end_block,
        page.token_start, page.token_end, page.path, page.tokens,
    )  # fmt: skip
    blocks = _Blocks(
        page.element, page.inline, page.start, page.stop, page.n_breaks, page.link_start,
        page.link_stop, page.text, title,
    )  # fmt: skip
    heading = _fill(elements, blocks, _tables(), room, filled)
    return Features(*filled, int(heading))


@kernel
def _fill(e: _Elements, b: _Blocks, tables: _Tables, room: _Room, filled: _Filled) -> int:
    """Fill everything; the block that is the heading of the page, -1 if none is."""
    _fill_text(e, b, tables, room, filled)
    main = _fill_containers(e, b, tables, room, filled)
    rows, sums = filled.rows, room.sums
    for i in range(len(b.element)):
        filled.levels[i] = tables.level_of[e.tag[b.element[i]]]
    title = fill_around(
        tables.own, tables.beside, tables.windows, filled.levels, sums, b.element, e.parent,
        e.first_block, e.end_block, b.start, b.stop, b.text, b.title, whole(_AROUND),
        whole(_RISES), rows,
    )  # fmt: skip
    fill_articles(
        whole(_ARTICLE), title, b.element, e.tag, e.parent, e.first_block, e.end_block, sums,
        room.ints, whole(_PATHS + 10), rows,
    )  # fmt: skip
    fill_summary(
        filled.counts, room.ints[_COPIES], b.inline, e.flags, e.tag, e.depth, e.first_block,
        e.end_block, sums, rows, tables.far, tables.counted, whole(N_FLAGS), whole(N_COUNTED),
        main, title, filled.page,
    )  # fmt: skip
    return title


@inner
def _fill_text(e: _Elements, b: _Blocks, tables: _Tables, room: _Room, filled: _Filled) -> None:
    """Counts, sums, copies, and the columns of the block itself."""
    n = len(b.element)
    hashes = room.keys[0]
    count_text(
        b.text, b.start, b.stop, b.link_start, b.link_stop, tables.classes, filled.counts, hashes
    )
    for i in range(n):
        counts, picked = filled.counts[i], room.picked[i]
        picked[0], picked[1] = counts[T_WIDTH], counts[T_LINK]
        picked[2], picked[3] = counts[T_PROSE], counts[T_TERMINAL]
        for j in range(4):
            room.sums[i + 1, j] = room.sums[i, j] + picked[j]
    numbers, first, earlier = room.ints[0], room.ints[1], room.ints[2]
    held, copies = room.ints[3], room.ints[_COPIES]
    number_keys(hashes[:n], room.slots, first, numbers)
    count_places(numbers[:n], earlier, held)
    for i in range(n):
        copies[i] = held[numbers[i]]
    fill_own(
        filled.counts, room.sums, copies, earlier, b.n_breaks, b.element, b.inline, e.parent,
        e.tag, e.flags, e.depth, e.first_block, e.end_block, tables.ranks, filled.rows,
    )  # fmt: skip


@inner
def _fill_containers(
    e: _Elements, b: _Blocks, tables: _Tables, room: _Room, filled: _Filled
) -> int:
    """The columns of what is around; the deepest element that holds most of the running text."""
    n, n_elements, rows = len(b.element), len(e.parent), filled.rows
    keys, names = room.keys[0], room.keys[1]
    units, first, places, held = room.ints[0], room.ints[1], room.ints[2], room.ints[3]
    number_units(
        e.parent, e.tag, e.token_start, e.token_end, e.tokens, e.first_block, e.end_block, keys
    )
    number_keys(keys[:n_elements], room.slots, first, units)
    count_places(units[:n_elements], places, held)
    images = room.ints[5]
    images[0] = 0
    for i in range(n_elements):
        images[i + 1] = images[i] + tables.is_image[e.tag[i]]
    fill_containers(
        b.element, b.inline, e.parent, e.end, e.first_block, e.end_block, room.sums, images,
        units, held, places, tables.levels, whole(_CONTAINERS), rows,
    )  # fmt: skip
    main = fill_fullest_two(
        b.element, e.parent, e.depth, e.first_block, e.end_block, room.sums, whole(_FULLEST), rows
    )
    for i in range(n):
        around = b.element[i]
        path = e.path[around] * np.uint64(31) + np.uint64(e.tag[b.inline[i]])
        keys[i], name = path, np.uint64(0)
        if e.token_end[around] > e.token_start[around]:
            name = np.uint64(e.tokens[e.token_start[around]])
        names[i] = path * np.uint64(0x9E3779B97F4A7C15) ^ name
    number_keys(keys[:n], room.slots, first, units)
    fill_group(units[:n], room.held, room.picked, whole(_PATHS), rows)
    number_keys(names[:n], room.slots, first, units)
    fill_group(units[:n], room.held, room.picked, whole(_PATHS + 5), rows)
    return main
