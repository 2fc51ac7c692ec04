"""The columns that the model itself adds to those of a block: names, kind of page, declarations."""

from __future__ import annotations

from math import exp
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.html.blocks.block_features import BLOCK_NAMES, Features
from curate.html.blocks.model import Model
from curate.html.blocks.name_tokens import (
    TOKEN_NAMES,
    TokenTable,
    fill_tokens,
    find_tokens,
    sum_kinds,
)
from curate.html.blocks.page_features import PAGE_NAMES
from curate.html.blocks.page_kinds import KINDS
from curate.html.blocks.says import SAYS_NAMES, says, says_discussion
from curate.html.markup.decorators import inner, kernel, whole
from curate.html.markup.page import Page
from curate.models.trees import Walks, walk_row

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

COLUMNS: Final = (
    *BLOCK_NAMES,
    *TOKEN_NAMES,
    *(f"kind_{kind}" for kind in KINDS),
    *SAYS_NAMES,
)
"""Columns that the forest of blocks reads."""

KIND_COLUMNS: Final = (
    *PAGE_NAMES,
    *(f"{name}_{kind}" for name in ("tokens_mean", "tokens_max") for kind in KINDS),
)
"""Columns that the forest of kinds reads."""

_TOKENS: Final = len(BLOCK_NAMES)
_KINDS: Final = _TOKENS + len(TOKEN_NAMES)
_SAYS: Final = _KINDS + len(KINDS)
_NONE: Final = -1


class _Named(NamedTuple):
    """Of a page."""

    element: I32
    inline: I32
    parent: I32
    token_start: I32
    token_end: I32
    tokens: U32
    says: F32


class _Filled(NamedTuple):
    rows: F32
    kind_row: F32
    odds: F64
    kinds: F32


class _Room(NamedTuple):
    """To work in: int32[T], float32[E, 6], uint64[E], uint8[S]."""

    slots: I32
    held: F32
    bits: U64
    seen: U8


def rows_of(
    page: Page, features: Features, model: Model, kind: int | None = None
) -> tuple[F32, F32]:
    """Probabilities of the kinds (float32[K]) and the columns ``COLUMNS`` of each block.

    The rows are those of ``features``, which are filled; a second call fills them anew.

    Args:
        page: its blocks.
        features: of the page.
        model: whose tokens and kinds.
        kind: take the page for this kind, whatever it is and says.
    """
    filled = _fill_rows(page, features, model, kind)
    return filled.kinds, filled.rows


def kind_row(page: Page, features: Features, model: Model) -> F32:
    """The columns ``KIND_COLUMNS``, float32[1, …]."""
    return _fill_rows(page, features, model, None).kind_row[None]


def _fill_rows(page: Page, features: Features, model: Model, kind: int | None) -> _Filled:
    filled = _Filled(
        features.rows,
        np.zeros(len(KIND_COLUMNS), np.float32),
        np.zeros(len(KINDS), np.float64),
        np.zeros(len(KINDS), np.float32),
    )
    filled.kind_row[: len(PAGE_NAMES)] = features.page
    room = _Room(
        np.empty(len(page.tokens), np.int32),
        np.empty((page.n_elements, 6), np.float32),
        np.empty(page.n_elements, np.uint64),
        np.zeros(len(model.tokens.keys), np.uint8),
    )
    named = _Named(
        page.element, page.inline, page.parent, page.token_start, page.token_end, page.tokens,
        says(page) if kind is None else says_discussion(),
    )  # fmt: skip
    _fill(named, model.tokens, model.of_kinds.walks, _NONE if kind is None else kind, room, filled)
    return filled


@kernel
def _fill(
    page: _Named, table: TokenTable, kinds: Walks, kind: int, room: _Room, filled: _Filled
) -> None:
    find_tokens(page.tokens, table.keys, room.slots)
    fill_tokens(
        page.element, page.inline, page.parent, page.token_start, page.token_end, room.slots,
        table.scores, table.marks, room.held, room.bits, whole(_TOKENS), filled.rows,
    )  # fmt: skip
    sum_kinds(
        room.slots,
        table.kinds,
        room.seen,
        filled.kind_row[len(filled.kind_row) - 2 * len(filled.kinds) :],
    )
    walk_row(kinds, filled.kind_row, filled.odds)
    _normalise(filled.odds, filled.kinds)
    if kind >= 0:
        for k in range(len(filled.kinds)):
            filled.kinds[k] = 1.0 if k == kind else 0.0
    for b in range(len(page.element)):
        row = filled.rows[b]
        for k in range(len(filled.kinds)):
            row[_KINDS + k] = filled.kinds[k]
        for k in range(len(page.says)):
            row[_SAYS + k] = page.says[k]


@inner
def _normalise(odds: F64, kinds: F32) -> None:
    """Odds -> probabilities that add up to 1."""
    most, total = odds[0], 0.0
    for k in range(len(odds)):
        most = max(most, odds[k])
    for k in range(len(odds)):
        odds[k] = exp(odds[k] - most)
        total += odds[k]
    for k in range(len(odds)):
        kinds[k] = odds[k] / total
