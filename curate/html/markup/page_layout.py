"""Tokens of a page -> its elements and blocks, in one kernel."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.html.markup import elements, stack, text, tokenizer, tree
from curate.html.markup.decorators import inner, kernel
from curate.html.markup.names import Names, names
from curate.html.markup.page import MAX_BLOCKS
from curate.html.markup.tags import NAMES, TAG

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

MAX_ELEMENTS: Final = 2_000_000
"""Elements after these count as their parents; the text in them stays."""

(N_ELEMENTS, N_BLOCKS, N_LINKS, N_PIECES, N_BYTES, N_LEFT_OUT, N_VISIBLE, STEPS, TITLE) = range(9)
"""Numbers that go with the arrays: of each kind how many there are, see
:class:`curate.html.markup.page.Page`, and the token of the title, -1 for none."""
_N_SIZES: Final = 9

_HTML, _BODY = TAG["html"], TAG["body"]
_HTML_ELEMENT, _BODY_ELEMENT = tree.FIRST_ELEMENTS
_HTML_OPEN, _BODY_OPEN = tree.FIRST_OPEN


class Laid(NamedTuple):
    """Elements, blocks and links by columns; only the first of each are filled.

    Attributes:
        elements: int32[N_ELEMENT_COLUMNS, …], see :mod:`curate.html.markup.stack`.
        spans: int32[2, …], the blocks in each element.
        own: int32[2, …], the pieces of names of each element.
        paths: uint64[…].
        pieces: uint32[…].
        text: uint8[…].
        blocks: int32[N_BLOCK_COLUMNS, …], see :mod:`curate.html.markup.text`.
        links: int32[2, …].
    """

    elements: I32
    spans: I32
    own: I32
    paths: U64
    pieces: U32
    text: U8
    blocks: I32
    links: I32


class _Room(NamedTuple):
    """To work in: rows of elements, of what is open, of runs, blocks and links, blocks before each
    run, and what the tree builder and the writer keep."""

    elements: I32
    open_ones: I32
    last: I64
    runs: I32
    blocks: I32
    links: I32
    marks: I32
    built: I64
    written: I64


def lay_out(
    src: U8, n_bytes: int, tokens: I32, attrs: I32, declared: U32
) -> tuple[Laid, list[int]]:
    """Elements and blocks of a page, and how many there are.

    Args:
        src: the page, and zeros.
        n_bytes: of the page.
        tokens: int32[t, 8], see :mod:`curate.html.markup.tokenizer`.
        attrs: int32[a, 3].
        declared: hashes of what the page says it is; they become the first pieces of element 0.
    """
    n_tokens = len(tokens)
    n_starts = int(np.count_nonzero(tokens[:, tokenizer.KIND] == tokenizer.START_TAG))
    capacity, n_runs = min(n_starts, MAX_ELEMENTS) + 2, n_tokens
    n_blocks = min(n_runs, MAX_BLOCKS)
    room = _Room(
        np.empty((capacity, stack.N_ELEMENT_COLUMNS), np.int32),
        np.empty((capacity + 1, stack.N_STACK_COLUMNS), np.int32),
        np.empty(len(NAMES), np.int64),
        np.empty((n_runs, tree.N_RUN_COLUMNS), np.int32),
        np.empty((n_blocks, text.N_BLOCK_COLUMNS), np.int32),
        np.empty((n_runs, 2), np.int32),
        np.empty(n_runs + 1, np.int32),
        np.zeros(stack.N_STATES, np.int64),
        np.zeros(text.N_STATES, np.int64),
    )
    laid = Laid(
        np.empty((stack.N_ELEMENT_COLUMNS, capacity), np.int32),
        np.empty((2, capacity), np.int32),
        np.empty((2, capacity), np.int32),
        np.empty(capacity, np.uint64),
        np.empty(elements.MOST_PIECES * capacity + len(declared), np.uint32),
        np.empty(n_bytes * 5 // 4 + 64, np.uint8),
        np.empty((text.N_BLOCK_COLUMNS, n_blocks), np.int32),
        np.empty((2, n_runs), np.int32),
    )
    laid.pieces[: len(declared)] = declared
    sizes = np.zeros(_N_SIZES, np.int64)
    sizes[N_PIECES] = len(declared)
    _lay_out(src, tokens, attrs, names(), room, laid, sizes)
    counted: list[int] = sizes.tolist()
    return laid, counted


@inner
def _begin(room: _Room) -> None:
    """``html`` and ``body`` are there before the first tag."""
    for k in range(stack.N_ELEMENT_COLUMNS):
        room.elements[0, k], room.elements[1, k] = _HTML_ELEMENT[k], _BODY_ELEMENT[k]
    for k in range(stack.N_STACK_COLUMNS):
        room.open_ones[0, k], room.open_ones[1, k] = _HTML_OPEN[k], _BODY_OPEN[k]
    for tag in range(len(room.last)):
        room.last[tag] = -1
    room.last[_HTML], room.last[_BODY] = 0, 1
    room.built[stack.LINK] = room.built[stack.DROPPING] = room.built[stack.TITLE] = -1
    room.built[stack.N_ELEMENTS], room.built[stack.TOP] = 2, 1
    room.built[stack.BREAKS] = stack.BLOCK_BREAK
    room.written[text.INNER] = room.written[text.OUTER] = -1
    room.written[text.LINK] = room.written[text.RUBY] = -1


@kernel
def _lay_out(
    src: U8, tokens: I32, attrs: I32, names: Names, room: _Room, laid: Laid, sizes: I64
) -> None:
    _begin(room)
    built, written = room.built, room.written
    tree.build(src, tokens, attrs, room.elements, room.open_ones, room.last, room.runs, built)
    n = built[stack.N_ELEMENTS]
    room.elements[0, stack.END] = room.elements[1, stack.END] = n
    runs, rows = room.runs[: built[stack.N_RUNS]], room.elements[:n]
    text.write(src, runs, rows, names, laid.text, room.blocks, room.links, room.marks, written)
    n_blocks, n_links = written[text.N_BLOCKS], written[text.N_LINKS]
    sizes[N_PIECES] = elements.cut_names(
        src, rows, tokens, attrs, laid.own, laid.pieces, sizes[N_PIECES]
    )
    elements.find_blocks(rows, room.blocks[:n_blocks], room.marks, laid.spans, laid.paths)
    _turn(rows, laid.elements)
    _turn(room.blocks[:n_blocks], laid.blocks)
    _turn(room.links[:n_links], laid.links)
    sizes[N_ELEMENTS], sizes[N_BLOCKS], sizes[N_LINKS] = n, n_blocks, n_links
    sizes[N_BYTES], sizes[N_LEFT_OUT] = written[text.FIRST], written[text.N_LEFT_OUT]
    sizes[N_VISIBLE], sizes[TITLE] = written[text.N_VISIBLE], built[stack.TITLE]
    sizes[STEPS] = built[stack.STEPS] + written[text.STEPS]


@inner
def _turn(rows: I32, columns: I32) -> None:
    """Rows -> columns."""
    for i in range(rows.shape[0]):
        for k in range(rows.shape[1]):
            columns[k, i] = rows[i, k]
