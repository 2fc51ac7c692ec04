"""Features of the elements around a block: those above it, those that repeat, the fullest ones."""

from __future__ import annotations

from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.markup.decorators import inner

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

LEVELS: Final = np.array([0, 1, 2, 3, 5], np.int32)
"""How many elements above the block's own each container is."""
_LEVEL_NAMES: Final = ("width", "link_share", "prose_share", "page_share", "blocks", "images")
_UNIT_NAMES: Final = (
    *("count", "above", "place", "width", "link_share", "prose_share", "page_share", "blocks"),
    *("images", "group_width", "group_link_share", "group_prose_share", "group_page_share"),
    *("group_blocks", "group_images", "number"),
)
_MAX_CLIMB: Final = 24  # elements above a block that are looked at: bounds the work

CONTAINER_NAMES: Final = (
    *(f"up{level}_{name}" for level in LEVELS for name in _LEVEL_NAMES),
    *(f"near_{name}" for name in _UNIT_NAMES),
    *(f"far_{name}" for name in _UNIT_NAMES),
    *(f"{name}_{share}" for share in ("half", "most") for name in ("inside", "above", "side")),
    *("path_blocks", "path_width", "path_link_share", "path_prose_share", "path_page_share"),
    *("class_blocks", "class_width", "class_link_share", "class_prose_share", "class_page_share"),
    *("article_number", "article_page_share", "article_share", "article_has_title"),
)


@inner
def number_units(
    parent: I32,
    tag: I32,
    token_start: I32,
    token_end: I32,
    tokens: U32,
    first_block: I32,
    end_block: I32,
    keys: U64,
) -> None:
    """A key for each element: equal for children of one parent with equal tag and first token."""
    for e in range(len(parent)):
        key = np.uint64(e) << np.uint64(1)
        if end_block[e] > first_block[e]:
            token = np.uint64(0)
            if token_end[e] > token_start[e]:
                token = np.uint64(tokens[token_start[e]])
            key = np.uint64(parent[e] + 1) * np.uint64(0x9E3779B97F4A7C15)
            key = (key ^ (token + np.uint64(tag[e]))) * np.uint64(0xBF58476D1CE4E5B9) | np.uint64(1)
        keys[e] = key


@inner
def _describe(row: F32, at: int, low: int, high: int, sums: F64, images: float) -> None:
    """Six columns about the blocks ``low … high - 1``."""
    n = len(sums) - 1
    width = sums[high, 0] - sums[low, 0] + 1e-3
    prose = sums[high, 2] - sums[low, 2]
    row[at] = log(1.0 + width)
    row[at + 1] = (sums[high, 1] - sums[low, 1]) / width
    row[at + 2] = prose / width
    row[at + 3] = prose / (sums[n, 2] + 1.0)
    row[at + 4] = log(1.0 + high - low)
    row[at + 5] = log(1.0 + images)


@inner
def _describe_unit(
    row: F32,
    at: int,
    unit: int,
    above: int,
    block: int,
    count: float,
    parent: I32,
    end: I32,
    first_block: I32,
    end_block: I32,
    sums: F64,
    images: I32,
    numbers: I32,
) -> None:
    row[at] = log(count)
    row[at + 1] = above
    group = parent[unit] if parent[unit] >= 0 else unit
    low, high = first_block[group], end_block[group]
    row[at + 2] = (block - low) / max(1, high - low)
    n_images = float(images[end[unit]] - images[unit])
    _describe(row, at + 3, first_block[unit], end_block[unit], sums, n_images)
    n_images = float(images[end[group]] - images[group])
    _describe(row, at + 9, low, high, sums, n_images)
    row[at + 15] = numbers[unit]


@inner
def fill_containers(  # noqa: C901 - one climb, and no call that numba must compile
    element: I32,
    inline: I32,
    parent: I32,
    end: I32,
    first_block: I32,
    end_block: I32,
    sums: F64,
    images: I32,
    units: I32,
    unit_counts: I32,
    unit_places: I32,
    levels: I32,
    first: int,
    out: F32,
) -> None:
    """From column ``first`` those of ``CONTAINER_NAMES`` about levels and what repeats."""
    for b in range(len(element)):
        row = out[b]
        e = element[b]
        near = far = -1
        near_above = far_above = 0
        level = k = 0
        climb = 0
        while climb < 24:
            if k < len(levels) and climb == levels[k]:
                n_images = float(images[end[e]] - images[e])
                _describe(row, first + 6 * k, first_block[e], end_block[e], sums, n_images)
                k += 1
            if unit_counts[units[e]] >= 3:
                if near < 0:
                    near, near_above = e, climb
                if end_block[e] - first_block[e] >= 2:
                    far, far_above = e, climb
            if parent[e] < 0:
                break
            e = parent[e]
            climb += 1
        while k < len(levels):
            level = first + 6 * k
            for j in range(6):
                row[level + j] = -1.0
            k += 1
        at = first + 6 * len(levels)
        for j in range(at, at + 32):
            row[j] = -1.0
        if near >= 0:
            count = float(unit_counts[units[near]])
            _describe_unit(
                row, at, near, near_above, b, count, parent, end, first_block, end_block, sums,
                images, unit_places,
            )  # fmt: skip
        if far >= 0:
            count = float(unit_counts[units[far]])
            _describe_unit(
                row, at + 16, far, far_above, b, count, parent, end, first_block, end_block, sums,
                images, unit_places,
            )  # fmt: skip


@inner
def fullest(share: float, first_block: I32, end_block: I32, depth: I32, sums: F64) -> int:
    """The deepest element that holds this share of the page's running text."""
    n = len(sums) - 1
    enough = share * sums[n, 2]
    best = 0
    for e in range(len(depth)):
        held = sums[end_block[e], 2] - sums[first_block[e], 2]
        if held >= enough and depth[e] >= depth[best]:
            best = e
    return best


@inner
def fill_fullest(
    best: int,
    element: I32,
    parent: I32,
    depth: I32,
    first_block: I32,
    end_block: I32,
    at: int,
    out: F32,
) -> None:
    """Three columns from ``at``: inside it, how far above it both meet, and on which side."""
    n = len(element)
    e = best
    low, high = first_block[e], end_block[e]
    for b in range(n):
        row = out[b]
        row[at] = depth[element[b]] - depth[best] if low <= b < high else -1.0
        row[at + 2] = 0.0 if low <= b < high else (b - low if b < low else b - high + 1)
    above = 0
    done_low, done_high = low, low
    while e >= 0:
        for b in range(first_block[e], done_low):
            out[b, at + 1] = above
        for b in range(done_high, end_block[e]):
            out[b, at + 1] = above
        done_low, done_high = min(done_low, first_block[e]), max(done_high, end_block[e])
        e = parent[e]
        above += 1


@inner
def fill_fullest_two(
    element: I32,
    parent: I32,
    depth: I32,
    first_block: I32,
    end_block: I32,
    sums: F64,
    at: int,
    out: F32,
) -> int:
    """Six columns from ``at`` about the elements that hold a half and four fifths; the latter."""
    for place in range(2):
        share = 0.8 if place else 0.5
        best = fullest(share, first_block, end_block, depth, sums)
        fill_fullest(best, element, parent, depth, first_block, end_block, at + 3 * place, out)
    return best


@inner
def fill_group(numbers: I32, held: F64, counts: F64, at: int, out: F32) -> None:
    """Five columns from ``at`` about all blocks of the page that bear the block's number.

    Args:
        numbers: int32[B].
        held: float64[B, 4], to work in.
        counts: float64[B, 3]: width, width in links, running text of each block.
        at: the first column.
        out: float32[B, …].
    """
    total = 1.0
    for b in range(len(numbers)):
        for j in range(4):
            held[b, j] = 0.0
    for b in range(len(numbers)):
        group = numbers[b]
        for j in range(3):
            held[group, j] += counts[b, j]
        held[group, 3] += 1.0
        total += counts[b, 0]
    for b in range(len(numbers)):
        group = numbers[b]
        width = held[group, 0] + 1e-3
        out[b, at] = log(held[group, 3])
        out[b, at + 1] = log(1.0 + width / held[group, 3])
        out[b, at + 2] = held[group, 1] / width
        out[b, at + 3] = held[group, 2] / width
        out[b, at + 4] = width / total


@inner
def fill_articles(
    article: int,
    title: int,
    element: I32,
    tag: I32,
    parent: I32,
    first_block: I32,
    end_block: I32,
    sums: F64,
    held: I32,
    at: int,
    out: F32,
) -> None:
    """Four columns from ``at`` about the ``article`` elements around a block.

    Args:
        article: the number of the tag.
        title: the block that is the heading of the page, -1 if none is.
        element: int32[B].
        tag: int32[E].
        parent: int32[E].
        first_block: int32[E].
        end_block: int32[E].
        sums: float64[B + 1, ...].
        held: int32[3 or more, E or more], to work in.
        at: the first column.
        out: float32[B, ...].
    """
    n = len(tag)
    nearest, outermost, numbers = held[0], held[1], held[2]
    n_known = 0
    for e in range(n):
        nearest[e] = outermost[e] = -1
        if parent[e] >= 0:
            nearest[e], outermost[e] = nearest[parent[e]], outermost[parent[e]]
        if tag[e] == article and end_block[e] > first_block[e]:
            nearest[e] = e
            if outermost[e] < 0:
                outermost[e] = e
                n_known += 1
                numbers[e] = n_known
    prose = sums[len(element), 2] + 1.0
    for b in range(len(element)):
        row = out[b]
        inner, outer = nearest[element[b]], outermost[element[b]]
        for j in range(4):
            row[at + j] = -1.0
        if outer >= 0:
            row[at] = numbers[outer]
            row[at + 1] = (sums[end_block[outer], 2] - sums[first_block[outer], 2]) / prose
            row[at + 2] = (sums[end_block[inner], 2] - sums[first_block[inner], 2]) / prose
            row[at + 3] = 1.0 if first_block[outer] <= title < end_block[outer] else 0.0
