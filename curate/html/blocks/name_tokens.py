"""Features of the names that a page's author gave to its elements: pieces of ``class`` and ``id``.

What each piece says was learnt: the log odds that text in such an element is content, and those of
each kind of page. The names are English in nearly every language; a page without them loses these
columns and no more.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.html.markup.decorators import inner

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

N_MARKS: Final = 48
"""Tokens that are columns of their own."""

TOKEN_NAMES: Final = (
    *("tokens_inline", "tokens_own", "tokens_up1", "tokens_up2", "tokens_up3"),
    *("tokens_min", "tokens_max", "tokens_sum", "tokens_low", "tokens_high"),
    *(f"mark_{mark}" for mark in range(N_MARKS)),
)


class TokenTable(NamedTuple):
    """Scores learnt for each token, in a hash table of S slots, a power of two.

    Attributes:
        keys: uint32[S], 0 in empty slots.
        scores: float32[S], log odds that text in an element so named is content.
        marks: int32[S], number of the column that the token has to itself, -1 for none.
        kinds: float32[S, K], log odds of each kind of page; all 0 for a token that tells nothing.
    """

    keys: U32
    scores: F32
    marks: I32
    kinds: F32


def table_of(tokens: U32, scores: F32, marks: I32, kinds: F32) -> TokenTable:
    """A table of distinct tokens that are not 0; at most half full."""
    size = 16
    while size < 2 * len(tokens):
        size *= 2
    table = TokenTable(
        np.zeros(size, np.uint32),
        np.zeros(size, np.float32),
        np.full(size, -1, np.int32),
        np.zeros((size, kinds.shape[1]), np.float32),
    )
    for place, token in enumerate(tokens.tolist()):
        slot = token & (size - 1)
        while table.keys[slot]:
            slot = (slot + 1) & (size - 1)
        table.keys[slot], table.scores[slot] = token, scores[place]
        table.marks[slot], table.kinds[slot] = marks[place], kinds[place]
    return table


@inner
def find_tokens(tokens: U32, keys: U32, slots: I32) -> None:
    """The slot of each token, -1 for those unknown."""
    mask = len(keys) - 1
    for i in range(len(tokens)):
        slot = np.int64(tokens[i]) & mask
        while keys[slot] and keys[slot] != tokens[i]:
            slot = (slot + 1) & mask
        slots[i] = slot if keys[slot] else -1


@inner
def fill_tokens(
    element: I32,
    inline: I32,
    parent: I32,
    token_start: I32,
    token_end: I32,
    slots: I32,
    scores: F32,
    marks: I32,
    held: F32,
    bits: U64,
    first: int,
    out: F32,
) -> None:
    """The columns ``TOKEN_NAMES`` from column ``first``.

    ``held`` (float32[E, 6]) and ``bits`` (uint64[E]) are there to work in: the sum of an element,
    then what there is on the way from the root.
    """
    n = len(parent)
    bits[0] = 0
    for k in range(6):
        held[0, k] = 0.0
    for e in range(1, n):
        up = parent[e]
        total = low = high = np.float32(0.0)
        bits[e] = bits[up]
        for at in range(token_start[e], token_end[e]):
            slot = slots[at]
            if slot >= 0:
                score = scores[slot]
                total += score
                low, high = min(low, score), max(high, score)
                if marks[slot] >= 0:
                    bits[e] |= np.uint64(1) << np.uint64(marks[slot])
        held[e, 0] = total
        held[e, 1] = min(held[up, 1], total)
        held[e, 2] = max(held[up, 2], total)
        held[e, 3] = held[up, 3] + total
        held[e, 4] = min(held[up, 4], low)
        held[e, 5] = max(held[up, 5], high)
    for b in range(len(element)):
        row = out[b]
        e, i = element[b], inline[b]
        row[first] = held[i, 0]
        for k in range(4):
            row[first + 1 + k] = held[e, 0]
            e = max(0, parent[e])
        for k in range(1, 6):
            row[first + 4 + k] = held[i, k]
        learnt = bits[i]
        for k in range(48):
            row[first + 10 + k] = learnt >> np.uint64(k) & np.uint64(1)


@inner
def sum_kinds(slots: I32, kinds: F32, seen: U8, out: F32) -> None:
    """Mean and greatest log odds of each kind over a page's distinct tokens (float32[2 * K]).

    ``seen`` is uint8[S] of zeros, to work in.
    """
    n_kinds = kinds.shape[1]
    n = 0.0
    for i in range(len(slots)):
        slot = slots[i]
        if slot < 0 or seen[slot]:
            continue
        seen[slot] = 1
        tells = False
        for k in range(n_kinds):
            odds = kinds[slot, k]
            tells |= odds != 0.0
            out[k] += odds
            out[n_kinds + k] = max(out[n_kinds + k], odds)
        n += tells
    for k in range(n_kinds):
        out[k] /= max(1.0, n)
