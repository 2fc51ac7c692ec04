"""Facts of each element once all are known: its blocks, its path, its names. Kernels."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.markup.attributes import FROM, MASK32, TO, WHICH
from curate.html.markup.decorators import inner, whole
from curate.html.markup.names import ATTRIBUTE, FNV_PRIME, FNV_START
from curate.html.markup.stack import PARENT, RUN, TOKEN
from curate.html.markup.stack import WHAT as TAG_OF
from curate.html.markup.text import INLINE
from curate.html.markup.tokenizer import ATTR, ATTR_STOP

I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

MOST_PIECES: Final = 24
"""Pieces of the names of one element after these are left out."""

_NAME_BYTES = 1024  # of one attribute are looked at
_AT = 0x40
_CLASS, _ID = ATTRIBUTE["class"], ATTRIBUTE["id"]
_ROLE, _ITEMPROP = ATTRIBUTE["role"], ATTRIBUTE["itemprop"]
_START_MARKED = ((FNV_START ^ _AT) * FNV_PRIME) & MASK32


@inner
def _cut_names(
    src: U8, at: int, stop: int, begin: int, pieces: U32, n_pieces: int, most: int
) -> int:
    """Add the hashes of the pieces of one value; the new number of pieces.

    A piece is a run of ASCII letters, and a capital after a small letter begins one.
    """
    stop = min(stop, at + _NAME_BYTES)
    name, length, was_small = begin, 0, False
    while at <= stop:
        byte = whole(src[at]) if at < stop else whole(32)
        is_capital, is_small = 0x41 <= byte <= 0x5A, 0x61 <= byte <= 0x7A
        if (is_capital and was_small) or not (is_capital or is_small):
            if length > 1 and n_pieces < most:
                pieces[n_pieces] = name
                n_pieces += 1
            name, length = begin, 0
        if is_capital or is_small:
            name = ((name ^ (byte | 0x20)) * FNV_PRIME) & MASK32
            length += 1
        was_small = is_small
        at += 1
    return n_pieces


@inner
def cut_names(
    src: U8, elements: I32, tokens: I32, attrs: I32, spans: I32, pieces: U32, n: int
) -> int:
    """Fill ``pieces`` from the n-th on, and where those of each element lie; their number.

    Args:
        src: the page.
        elements: int32[n, 8].
        tokens: int32[m, 8].
        attrs: int32[k, 3].
        spans: int32[2, n], receives first and end of each element's pieces.
        pieces: uint32[capacity]; ``MOST_PIECES`` for each element and n more always fit.
        n: pieces that are there, of element 0.
    """
    for element in range(len(elements)):
        spans[0, element] = n
        token = elements[element, TOKEN]
        if token >= 0:
            most = min(n + MOST_PIECES, len(pieces))
            for place in range(tokens[token, ATTR], tokens[token, ATTR_STOP]):
                which = attrs[place, WHICH]
                at, stop = whole(attrs[place, FROM]), whole(attrs[place, TO])
                if which in (_CLASS, _ID):
                    n = _cut_names(src, at, stop, whole(FNV_START), pieces, n, most)
                elif which in (_ROLE, _ITEMPROP):
                    n = _cut_names(src, at, stop, whole(_START_MARKED), pieces, n, most)
        spans[1, element] = n
    spans[0, 0] = 0
    return n


@inner
def find_blocks(elements: I32, blocks: I32, marks: I32, spans: I32, paths: U64) -> None:
    """First and end of the blocks that lie in each element, and a hash of its path.

    Args:
        elements: int32[n, 8].
        blocks: int32[b, 5].
        marks: int32[runs + 1], the number of blocks before each run.
        spans: int32[2, n], receives the blocks.
        paths: uint64[n], receives the hashes.
    """
    n = len(elements)
    for element in range(n):
        spans[0, element] = spans[1, element] = -1
    for block in range(len(blocks)):
        element = blocks[block, INLINE]
        if spans[0, element] < 0:
            spans[0, element] = block
        spans[1, element] = block + 1
    for element in range(n - 1, 0, -1):
        parent = elements[element, PARENT]
        if spans[0, element] >= 0:
            if spans[0, parent] < 0 or spans[0, element] < spans[0, parent]:
                spans[0, parent] = spans[0, element]
            spans[1, parent] = max(spans[1, parent], spans[1, element])
        else:
            spans[0, element] = spans[1, element] = marks[elements[element, RUN]]
    spans[0, 0] = 0
    spans[1, 0] = len(blocks)
    paths[0] = np.uint64(1469598103934665603)
    for element in range(1, n):
        mixed = paths[elements[element, PARENT]] ^ np.uint64(elements[element, TAG_OF] + 1)
        paths[element] = mixed * np.uint64(1099511628211)
