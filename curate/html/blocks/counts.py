"""Counts of the characters of each block: one pass over the buffer."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.classes import CLOSING, COMMA, DIGIT, LETTER, SYMBOL, TERMINAL, WIDTH
from curate.html.blocks.jit import inner

I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]

T_WIDTH, T_LINK, T_TERMINAL, T_COMMA, T_DIGIT, T_SYMBOL, T_LETTER, T_ENDS, T_LINKS, T_PROSE = range(
    10
)
N_COUNTS: Final = 10

PROSE_WIDTH: Final = 60
"""From here on text outside links is taken for running text; with the end of a sentence in it
from :data:`SENTENCE_WIDTH` on."""
SENTENCE_WIDTH: Final = 25

_PRIME: Final = np.uint64(0x100000001B3)
_BASIS: Final = np.uint64(0xCBF29CE484222325)


@inner
def count_text(  # noqa: C901, PLR0915 - the loop over code points is hot
    text: U8,
    start: I32,
    stop: I32,
    link_start: I32,
    link_stop: I32,
    classes: U8,
    counts: I32,
    hashes: U64,
) -> None:
    """Fill ``counts`` (int32[B, N_COUNTS]) and ``hashes`` (uint64[B], of text without digits)."""
    link = 0
    n_links = len(link_start)
    for block in range(len(start)):
        at, end = int(start[block]), int(stop[block])
        width = linked = plain_terminals = 0
        n_spans = 0
        key = _BASIS
        pending = 0
        kind = 0
        last = 0
        while at < end:
            while link < n_links and link_stop[link] <= at:
                link += 1
            inside = link < n_links and link_start[link] <= at
            if inside and (link_start[link] == at or at == start[block]):
                n_spans += 1
            byte = int(text[at])
            if byte < 0x80:
                point = byte
                at += 1
            elif byte < 0xE0:
                point = (byte & 0x1F) << 6 | (int(text[at + 1]) & 0x3F)
                at += 2
            elif byte < 0xF0:
                point = (
                    (byte & 0x0F) << 12
                    | (int(text[at + 1]) & 0x3F) << 6
                    | (int(text[at + 2]) & 0x3F)
                )
                at += 3
            else:
                point = (
                    (byte & 0x07) << 18
                    | (int(text[at + 1]) & 0x3F) << 12
                    | (int(text[at + 2]) & 0x3F) << 6
                    | (int(text[at + 3]) & 0x3F)
                )
                at += 4
            kind = int(classes[point])
            size = kind & WIDTH
            width += size
            if inside:
                linked += size
            if pending and not (size == 1 and kind & (LETTER | DIGIT)):
                plain_terminals += 1  # "1.5" and "a.b" end no sentence
            pending = 0
            if kind & TERMINAL:
                if size > 1:
                    plain_terminals += 1
                else:
                    pending = 1
            elif kind & COMMA:
                counts[block, T_COMMA] += 1
            elif kind & LETTER:
                counts[block, T_LETTER] += size
            elif kind & SYMBOL:
                counts[block, T_SYMBOL] += 1
            if kind & DIGIT:
                counts[block, T_DIGIT] += 1
            else:
                key = (key ^ np.uint64(point)) * _PRIME
            if not kind & CLOSING and kind > 1:
                last = kind
        plain_terminals += pending
        plain = width - linked
        counts[block, T_WIDTH] = width
        counts[block, T_LINK] = linked
        counts[block, T_TERMINAL] = plain_terminals
        counts[block, T_ENDS] = 1 if last & TERMINAL else 0
        counts[block, T_LINKS] = n_spans
        if plain >= PROSE_WIDTH or (plain_terminals and plain >= SENTENCE_WIDTH):
            counts[block, T_PROSE] = plain
        hashes[block] = key
