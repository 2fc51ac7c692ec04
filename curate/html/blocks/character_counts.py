"""Counts of the characters of each block: one pass over the buffer."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.classes import CLOSING, COMMA, DIGIT, LETTER, SYMBOL, TERMINAL, WIDTH
from curate.html.markup.decorators import inner

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
def _beyond_ascii(text: U8, at: int, n: int) -> int:
    """The code point of the n bytes from ``at`` on; n is 2, 3 or 4."""
    point = int(text[at]) & (0x7F >> n)
    for place in range(at + 1, at + n):
        point = point << 6 | (int(text[place]) & 0x3F)
    return point


@inner
def _count_kind(kind: int, row: I32) -> None:
    """Count a character that ends no sentence by its kind."""
    if kind & COMMA:
        row[T_COMMA] += 1
    elif kind & LETTER:
        row[T_LETTER] += kind & WIDTH
    elif kind & SYMBOL:
        row[T_SYMBOL] += 1


@inner
def _fill_widths(width: int, linked: int, terminals: int, row: I32) -> None:
    plain = width - linked
    row[T_WIDTH] = width
    row[T_LINK] = linked
    row[T_TERMINAL] = terminals
    if plain >= PROSE_WIDTH or (terminals and plain >= SENTENCE_WIDTH):
        row[T_PROSE] = plain


@inner
def count_text(  # noqa: C901 - the loop over code points is hot
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
        at, end, row = int(start[block]), int(stop[block]), counts[block]
        width = linked = terminals = n_spans = pending = last = 0
        key = _BASIS
        while at < end:
            while link < n_links and link_stop[link] <= at:
                link += 1
            inside = link < n_links and link_start[link] <= at
            if inside and (link_start[link] == at or at == start[block]):
                n_spans += 1
            point = int(text[at])
            n = 1 if point < 0x80 else 2 if point < 0xE0 else 3 if point < 0xF0 else 4
            if n > 1:
                point = _beyond_ascii(text, at, n)
            at += n
            kind = int(classes[point])
            size = kind & WIDTH
            width += size
            linked += size if inside else 0
            if pending and not (size == 1 and kind & (LETTER | DIGIT)):
                terminals += 1  # "1.5" and "a.b" end no sentence
            pending = 0
            if not kind & TERMINAL:
                _count_kind(kind, row)
            elif size > 1:
                terminals += 1
            else:
                pending = 1
            if kind & DIGIT:
                row[T_DIGIT] += 1
            else:
                key = (key ^ np.uint64(point)) * _PRIME
            if not kind & CLOSING and kind > 1:
                last = kind
        _fill_widths(width, linked, terminals + pending, row)
        row[T_ENDS] = 1 if last & TERMINAL else 0
        row[T_LINKS] = n_spans
        hashes[block] = key
