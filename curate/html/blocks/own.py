"""Features of the block itself: its text, its elements, its place on the page."""

from __future__ import annotations

from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.character_counts import (
    T_COMMA,
    T_DIGIT,
    T_ENDS,
    T_LETTER,
    T_LINK,
    T_LINKS,
    T_PROSE,
    T_SYMBOL,
    T_TERMINAL,
    T_WIDTH,
)
from curate.html.markup.decorators import inner
from curate.html.markup.tags import NAMES, TAG

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]

N_FLAGS: Final = 29
"""Bits of :class:`curate.html.markup.page.Flag` that are features."""

_RANKED: Final = (
    "p blockquote pre dd dt figcaption td th li caption h1 h2 h3 h4 h5 h6 article section main div "
    "center details summary address form fieldset label legend button body span strong b em i font "
    "code cite q small time a aside header footer nav"
)


def _ranks() -> npt.NDArray[np.uint8]:
    table = np.zeros(len(NAMES), np.uint8)
    for rank, name in enumerate(_RANKED.split(), start=1):
        table[TAG[name]] = rank
    return table


RANKS: Final = _ranks()
"""uint8[tags]: tags in an order in which neighbours mean about the same; 0 for all others."""

OWN_NAMES: Final = (
    *("width", "plain_width", "link_share", "links", "terminals", "comma_share", "digit_share"),
    *("symbol_share", "letter_share", "ends_sentence", "is_prose", "sentence_width", "breaks"),
    *("copies", "earlier_copies", "rank", "inline_rank", "parent_rank", "depth", "inline_depth"),
    *("place", "width_before", "prose_before", "prose_after", "fills_element"),
    *(f"flag_{bit}" for bit in range(N_FLAGS)),
)


@inner
def fill_own(
    counts: I32,
    sums: F64,
    copies: I32,
    earlier: I32,
    n_breaks: I32,
    element: I32,
    inline: I32,
    parent: I32,
    tag: I32,
    flags: I32,
    depth: I32,
    first_block: I32,
    end_block: I32,
    ranks: U8,
    out: F32,
) -> None:
    """Columns ``OWN_NAMES`` of ``out`` (float32[B, …])."""
    n = len(element)
    total = sums[n, 0] + 1.0
    prose = sums[n, 2] + 1.0
    for b in range(n):
        e, i = element[b], inline[b]
        width = float(counts[b, T_WIDTH]) + 1e-3
        up = parent[e] if parent[e] >= 0 else e
        row = out[b]
        row[0] = log(1.0 + width)
        row[1] = log(1.0 + width - counts[b, T_LINK])
        row[2] = counts[b, T_LINK] / width
        row[3] = counts[b, T_LINKS]
        row[4] = counts[b, T_TERMINAL]
        row[5] = counts[b, T_COMMA] / width
        row[6] = counts[b, T_DIGIT] / width
        row[7] = counts[b, T_SYMBOL] / width
        row[8] = counts[b, T_LETTER] / width
        row[9] = counts[b, T_ENDS]
        row[10] = 1.0 if counts[b, T_PROSE] > 0 else 0.0
        row[11] = log(1.0 + width / (1.0 + counts[b, T_TERMINAL]))
        row[12] = n_breaks[b]
        row[13] = copies[b]
        row[14] = earlier[b]
        row[15] = ranks[tag[e]]
        row[16] = ranks[tag[i]]
        row[17] = ranks[tag[up]]
        row[18] = depth[e]
        row[19] = depth[i] - depth[e]
        row[20] = b / n
        row[21] = sums[b, 0] / total
        row[22] = sums[b, 2] / prose
        row[23] = 1.0 - sums[b + 1, 2] / prose
        row[24] = end_block[e] - first_block[e]
        for bit in range(29):
            row[25 + bit] = flags[i] >> bit & 1
