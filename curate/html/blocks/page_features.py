"""Features of the whole page: what kind it is, and whether it has a main text at all."""

from __future__ import annotations

from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.character_counts import (
    T_COMMA,
    T_DIGIT,
    T_ENDS,
    T_PROSE,
    T_SYMBOL,
    T_TERMINAL,
    T_WIDTH,
)
from curate.html.blocks.containers import CONTAINER_NAMES
from curate.html.blocks.own import N_FLAGS, OWN_NAMES
from curate.html.markup.decorators import inner
from curate.html.markup.tags import NAMES as TAG_NAMES

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]

_COUNTED: Final = (
    *("img", "input", "button", "form", "time", "table", "iframe", "video", "article", "section"),
    *("p", "li", "h1", "h2", "h3", "select", "dl", "pre", "blockquote", "nav", "aside", "details"),
)
COUNTED: Final = np.array(
    [_COUNTED.index(name) if name in _COUNTED else -1 for name in TAG_NAMES], np.int32
)
"""int32[tags]: place of the count of each tag among the features, -1 for those not counted."""

N_COUNTED: Final = len(_COUNTED)

_FAR: Final = tuple(
    len(OWN_NAMES) + CONTAINER_NAMES.index(f"far_{name}")
    for name in (
        *("count", "width", "link_share", "prose_share", "page_share", "images"),
        *("group_page_share", "group_blocks"),
    )
)
FAR: Final = np.array(_FAR, np.int32)
"""Columns of a block that describe what repeats around it."""

PAGE_NAMES: Final = (
    *("page_width", "page_blocks", "page_link_share", "page_prose_share", "page_prose"),
    *("page_terminals", "page_comma_share", "page_digit_share", "page_symbol_share"),
    *("page_sentence_ends", "page_copies", "prose_blocks", "prose_mean", "prose_longest"),
    *("main_share", "main_width_share", "main_link_share", "main_blocks", "main_depth"),
    *("has_title", "after_title", "title_width", "near_top"),
    *(f"share_{bit}" for bit in range(N_FLAGS)),
    *(f"prose_share_{bit}" for bit in range(N_FLAGS)),
    *(f"count_{name}" for name in _COUNTED),
    *(f"repeat_{j}" for j in range(len(_FAR))),
    *(f"prose_repeat_{j}" for j in range(len(_FAR))),
)


@inner
def _fill_texts(n: int, counts: I32, copies: I32, width: float, prose: float, out: F32) -> None:
    """The columns from ``page_terminals`` to ``prose_longest``: sums over the text of n blocks."""
    longest = terminals = commas = digits = symbols = ends = copied = n_prose = 0.0
    for b in range(n):
        size, text = float(counts[b, T_WIDTH]), float(counts[b, T_PROSE])
        terminals += counts[b, T_TERMINAL]
        commas += counts[b, T_COMMA]
        digits += counts[b, T_DIGIT]
        symbols += counts[b, T_SYMBOL]
        ends += counts[b, T_ENDS]
        copied += size if copies[b] > 1 else 0.0
        n_prose += 1.0 if text > 0 else 0.0
        longest = max(longest, text)
    out[5] = log(1.0 + terminals)
    out[6] = commas / width
    out[7] = digits / width
    out[8] = symbols / width
    out[9] = ends / n
    out[10] = copied / width
    out[11] = log(1.0 + n_prose)
    out[12] = log(1.0 + prose / (1.0 + n_prose))
    out[13] = log(1.0 + longest)


@inner
def _fill_main(
    first: int, end: int, depth: int, title: int, counts: I32, sums: F64, out: F32
) -> None:
    """The columns from ``main_share`` to ``near_top``; the main part is blocks first to end."""
    n = len(sums) - 1
    prose = sums[n, 2] + 1e-3
    out[14] = (sums[end, 2] - sums[first, 2]) / prose
    out[15] = (sums[end, 0] - sums[first, 0]) / (sums[n, 0] + 1e-3)
    out[16] = (sums[end, 1] - sums[first, 1]) / (sums[end, 0] - sums[first, 0] + 1e-3)
    out[17] = log(1.0 + end - first)
    out[18] = depth
    out[19] = 1.0 if title >= 0 else 0.0
    out[20] = 1.0 - sums[title, 2] / prose if title >= 0 else -1.0
    out[21] = counts[title, T_WIDTH] if title >= 0 else -1.0
    out[22] = title / n if title >= 0 else -1.0


@inner
def fill_summary(
    counts: I32,
    copies: I32,
    inline: I32,
    flags: I32,
    tag: I32,
    depth: I32,
    first_block: I32,
    end_block: I32,
    sums: F64,
    blocks: F32,
    far: I32,
    counted: I32,
    n_flags: int,
    n_counted: int,
    main: int,
    title: int,
    out: F32,
) -> None:
    """The columns ``PAGE_NAMES`` of one page into ``out`` (zeros, float32[len(PAGE_NAMES)])."""
    n = len(inline)
    width, prose = sums[n, 0] + 1e-3, sums[n, 2] + 1e-3
    at = 23
    repeats = at + 2 * n_flags + n_counted
    for b in range(n):
        size, text = float(counts[b, T_WIDTH]), float(counts[b, T_PROSE])
        bits = flags[inline[b]]
        for bit in range(n_flags):
            if bits >> bit & 1:
                out[at + bit] += size / width
                out[at + n_flags + bit] += text / prose
        for j in range(len(far)):
            value = max(np.float32(0.0), blocks[b, far[j]])
            out[repeats + j] += value * size / width
            out[repeats + len(far) + j] += value * text / prose
    for e in range(len(tag)):
        place = counted[tag[e]]
        if place >= 0:
            out[at + 2 * n_flags + place] += 1.0
    for j in range(n_counted):
        out[at + 2 * n_flags + j] = log(1.0 + out[at + 2 * n_flags + j])
    out[0] = log(1.0 + width)
    out[1] = log(1.0 + n)
    out[2] = sums[n, 1] / width
    out[3] = prose / width
    out[4] = log(1.0 + prose)
    _fill_texts(n, counts, copies, width, prose, out)
    _fill_main(first_block[main], end_block[main], depth[main], title, counts, sums, out)
