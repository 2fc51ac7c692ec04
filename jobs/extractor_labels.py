"""Which blocks of a page its true text holds: what the extractor is taught.

The texts of the blocks, in order, are looked for in the true text, white space and signs aside.
Of all places where they stand the heaviest increasing chain is taken, so that a sentence of the
article that a teaser repeats counts once and where it belongs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import regex

F32 = npt.NDArray[np.float32]

LABELS_VERSION: Final = "1"

_MOST_PLACES: Final = 12  # places of one block that are tried
_SHORT: Final = 12  # a block of fewer characters needs a neighbour in the chain
_NEAR: Final = 60  # characters of the true text between neighbours
_LONG: Final = 40  # a block of so many characters may differ a little from the true text
_GRAM: Final = 8
_SIGNS: Final = regex.compile(r"[^\p{L}\p{M}\p{N}]+")


class Labels(NamedTuple):
    """What is known of each block.

    Args:
        content: float32[B], 1 for content, 0 for not, between where a block is partly.
        weight: float32[B], 0 where nothing is known.
    """

    content: F32
    weight: F32


def squeeze(text: str) -> str:
    """Letters, marks and digits alone, case folded: what two copies of a text have in common."""
    return _SIGNS.sub("", text.casefold())


def align(blocks: Sequence[str], truth: str) -> Labels:
    """Label the blocks of a page by its true text."""
    squeezed = [squeeze(block) for block in blocks]
    gold = squeeze(truth)
    places = _chain(squeezed, gold)
    grams = {gold[i : i + _GRAM] for i in range(len(gold) - _GRAM + 1)}
    content = np.zeros(len(blocks), np.float32)
    weight = np.ones(len(blocks), np.float32)
    for number, text in enumerate(squeezed):
        if not text:
            weight[number] = 0.0
        elif places[number] >= 0:
            content[number] = 1.0
        elif len(text) >= _LONG:
            held = _contained(text, grams)
            content[number] = 1.0 if held > 0.75 else 0.0 if held < 0.3 else held
            if text in gold:  # a second copy, or one out of order
                weight[number] = 0.3
    return Labels(content, weight)


def _contained(text: str, grams: set[str]) -> float:
    n = len(text) - _GRAM + 1
    return sum(text[i : i + _GRAM] in grams for i in range(n)) / n


def _places(text: str, gold: str) -> list[int]:
    found: list[int] = []
    at = gold.find(text)
    while at >= 0 and len(found) < _MOST_PLACES:
        found.append(at)
        at = gold.find(text, at + 1)
    return found


def _chain(blocks: Sequence[str], gold: str) -> list[int]:
    """Where each block stands in the chain, -1 for those outside.

    The heaviest chain by dynamic programming: ``ends`` and ``best`` are the frontier of chains,
    ascending in both; a place extends the best chain that ends before it.
    """
    ends, best, heads = [0], [0.0], [-1]
    steps: list[tuple[int, int, int]] = []  # block, place, step before
    for number, text in enumerate(blocks):
        if not text:
            continue
        new = []
        for place in _places(text, gold):
            before = bisect_right(ends, place) - 1
            # A short text is found by chance; a long one is not.
            gain = len(text) - (0.5 if len(text) >= _SHORT else 0.9 * len(text) - 0.1)
            steps.append((number, place, heads[before]))
            new.append((place + len(text), best[before] + gain, len(steps) - 1))
        for end, value, step in new:
            _insert(ends, best, heads, end, value, step)
    found = [-1] * len(blocks)
    step = heads[-1]
    while step >= 0:
        number, place, step = steps[step]
        found[number] = place
    return _without_strays(blocks, found)


def _insert(
    ends: list[int], best: list[float], heads: list[int], end: int, value: float, step: int
) -> None:
    """Put a chain onto the frontier, and take off those that it beats."""
    at = bisect_right(ends, end)
    if best[at - 1] >= value:
        return
    stop = at
    while stop < len(ends) and best[stop] <= value:
        stop += 1
    start = at - 1 if ends[at - 1] == end else at
    ends[start:stop], best[start:stop], heads[start:stop] = [end], [value], [step]


def _without_strays(blocks: Sequence[str], found: list[int]) -> list[int]:
    """Short blocks far from their neighbours in the true text were found by chance."""
    chain = [number for number, place in enumerate(found) if place >= 0]
    kept = list(found)
    for i, number in enumerate(chain):
        if len(blocks[number]) >= _SHORT:
            continue
        gaps = []
        if i:
            last = chain[i - 1]
            if number - last <= 4:
                gaps.append(found[number] - found[last] - len(blocks[last]))
        if i + 1 < len(chain) and chain[i + 1] - number <= 4:
            gaps.append(found[chain[i + 1]] - found[number] - len(blocks[number]))
        if not gaps or min(gaps) > _NEAR:
            kept[number] = -1
    return kept


def align_labelled(blocks: Sequence[str], labelled: Sequence[tuple[str, float]]) -> Labels:
    """Label the blocks of a page by labelled pieces of the same page.

    Args:
        blocks: texts of the blocks, in order.
        labelled: text and label of each piece, in order; a label is 1, 0, or NaN if it counts
            neither way.
    """
    squeezed = [squeeze(block) for block in blocks]
    pieces = [squeeze(text) for text, _ in labelled]
    known = np.repeat([label for _, label in labelled] or [0.0], [len(p) for p in pieces] or [0])
    places = _chain(squeezed, "".join(pieces))
    content = np.zeros(len(blocks), np.float32)
    weight = np.zeros(len(blocks), np.float32)
    for number, place in enumerate(places):
        if place < 0 or not squeezed[number]:
            continue
        part = known[place : place + len(squeezed[number])]
        good = part[~np.isnan(part)]
        if len(good) * 2 > len(part):
            content[number], weight[number] = good.mean(), 1.0
    return Labels(content, weight)
