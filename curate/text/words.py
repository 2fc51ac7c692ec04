"""Words in the form that dedup and stop words compare: folded, as bytes, flat.

The form of a word is its case folding in NFC, with every run of decimal digits of any script as
``"0"``: ``"Straße"`` and ``"STRASSE"`` are one word, ``"१२३"`` is ``"0"``, ``"3.14"`` is ``"0.0"``.
Marks stay: without them Hindi, Thai, Khmer and Hebrew words become other words. The text is taken
to be in NFC.

Folding by character keeps NFC but for one case: a capital may lack the precomposed form that its
small letter has with the marks that follow (``J`` with a caron). Only such a letter is taken apart
and put together again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, decorator, inner, kernel
from curate.text.characters import IS_DECIMAL, IS_FOLDED, Folding, tables
from curate.text.flat import I64, U8, U32, ZERO, flatten
from curate.text.hashing import U64, find_sorted, hash_spans

U16 = npt.NDArray[np.uint16]

# A letter and its marks. Unicode's Stream-Safe Text Format (UAX #15) has at most 30 marks; what is
# longer is folded in pieces, so that hostile runs take linear time.
_MAX_GROUP = 31

MAX_BYTES_PER_POINT: Final = 16
"""No code point takes more bytes of UTF-8 when folded: 12 by itself, 1 more when composed anew."""


@dataclass(frozen=True, slots=True, eq=False)
class FoldedWords:
    """The words of many texts, folded; every word is followed by one space.

    Args:
        buffer: uint8[n_bytes], UTF-8; a lone surrogate has its three-byte form.
        ends: int64[n_words], offset behind each word's last byte. A word begins one byte behind the
            end of the one before.
        offsets: int64[n_texts + 1]; text i owns words ``offsets[i]:offsets[i + 1]``.
    """

    buffer: U8
    ends: I64
    offsets: I64
    _hashes: list[U64] = field(default_factory=list, repr=False)

    @property
    def starts(self) -> I64:
        """int64[n_words], offset of each word's first byte."""
        starts = np.zeros_like(self.ends)
        starts[1:] = self.ends[:-1] + 1
        return starts

    def hashes(self) -> U64:
        """uint64[n_words]: XXH64, seed 0, of each word; computed once."""
        if not self._hashes:
            self._hashes.append(hash_spans(self.buffer, self.starts, self.ends))
        return self._hashes[0]

    def strings(self) -> list[str]:
        """Every word, in order."""
        raw = self.buffer.tobytes()
        pairs = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return [raw[start:end].decode("utf-8", "surrogatepass") for start, end in pairs]


def fold_tokens(
    points: U32,
    starts: I64,
    ends: I64,
    is_word: npt.NDArray[np.bool_],
    offsets: I64,
    *,
    keeps_digits: bool = False,
    fold: tuple[U16, Folding] | None = None,
) -> FoldedWords:
    """Fold the tokens that are words.

    Args:
        points: uint32[n_points].
        starts: int64[n_tokens], offsets into ``points``.
        ends: int64[n_tokens].
        is_word: bool[n_tokens]; the others are left out.
        offsets: int64[n_texts + 1], the tokens of each text.
        keeps_digits: a run of digits stays as many, written 0 to 9, instead of one 0.
        fold: properties and foldings in place of Unicode's own.
    """
    known = tables()
    properties, folding = (known.properties, known.folding) if fold is None else fold
    size = MAX_BYTES_PER_POINT * int((ends - starts)[is_word].sum()) + len(starts)
    buffer = np.empty(size, np.uint8)  # what stays untouched takes no memory
    n_words = np.concatenate((np.zeros(1, np.int64), np.cumsum(is_word, dtype=np.int64)))
    word_ends = np.empty(n_words[-1], np.int64)
    digits = _zeros() if keeps_digits else _NO_ZEROS
    n_bytes = _fold(points, starts, ends, is_word, properties, folding, digits, buffer, word_ends)
    return FoldedWords(buffer[:n_bytes], word_ends, n_words[offsets])


_NO_ZEROS: Final = np.zeros(0, np.uint32)


@lru_cache(maxsize=1)
def _zeros() -> U32:
    """uint32[n], ascending: the zero of each script. The nine digits stand behind it (UAX #44)."""
    points = np.flatnonzero(tables().properties & IS_DECIMAL)
    runs = np.split(points, np.flatnonzero(np.diff(points) != 1) + 1)
    # mathematical digits are five alphabets in one run
    return np.concatenate([run[::10] for run in runs]).astype(np.uint32)


def fold_words(words: list[str]) -> list[str]:
    """The form of each word; what is no text to a splitter is folded too."""
    flat = flatten(words)
    everything = np.ones(len(words), np.bool_)
    offsets = np.array([0, len(words)], np.int64)
    return fold_tokens(
        flat.points, flat.offsets[:-1], flat.offsets[1:], everything, offsets
    ).strings()


@decorator(cache=True, inline="always")
def put_utf8(buffer: U8, n: int, point: int) -> int:
    """Write one code point at ``n``; the offset behind it."""
    if point < 0x80:
        buffer[n] = point
        return n + 1
    return _put_long(buffer, n, point)


@bare_inner
def _put_long(buffer: U8, n: int, point: int) -> int:
    if point < 0x800:
        buffer[n] = 0xC0 | (point >> 6)
        buffer[n + 1] = 0x80 | (point & 0x3F)
        return n + 2
    if point < 0x10000:
        buffer[n] = 0xE0 | (point >> 12)
        buffer[n + 1] = 0x80 | ((point >> 6) & 0x3F)
        buffer[n + 2] = 0x80 | (point & 0x3F)
        return n + 3
    buffer[n] = 0xF0 | (point >> 18)
    buffer[n + 1] = 0x80 | ((point >> 12) & 0x3F)
    buffer[n + 2] = 0x80 | ((point >> 6) & 0x3F)
    buffer[n + 3] = 0x80 | (point & 0x3F)
    return n + 4


@bare_inner
def _put_group(group: U32, n_points: int, buffer: U8, n: int) -> int:
    for k in range(n_points):
        n = put_utf8(buffer, n, int(group[k]))
    return n


@inner
def _take_apart(group: U32, n_points: int, folding: Folding, parts: U32) -> int:
    """Letter and marks, decomposed and in canonical order (UAX #15), into ``parts``; how many."""
    place = find_sorted(folding.decomposed, group[0])
    n = 0
    if place >= 0:
        low, high = folding.decomposition_offsets[place], folding.decomposition_offsets[place + 1]
        for k in range(low, high):
            parts[n] = folding.decomposition_points[k]
            n += 1
    else:
        parts[0] = group[0]
        n = 1
    for k in range(1, n_points):
        parts[n] = group[k]
        n += 1
    for k in range(2, n):
        mark = parts[k]
        place = k
        while place > 1 and folding.combining[parts[place - 1]] > folding.combining[mark]:
            parts[place] = parts[place - 1]
            place -= 1
        parts[place] = mark
    return n


@inner
def _compose(group: U32, n_points: int, folding: Folding, parts: U32) -> int:
    """Bring letter and marks into NFC, in place; how many code points are left."""
    n_parts = _take_apart(group, n_points, folding, parts)
    group[0] = parts[0]
    n, last_order = 1, 0
    for k in range(1, n_parts):
        order = int(folding.combining[parts[k]])
        pair = (np.uint64(group[0]) << np.uint64(32)) | np.uint64(parts[k])
        place = find_sorted(folding.pairs, pair)
        if place >= 0 and last_order < order:
            group[0] = folding.composites[place]
        else:
            group[n] = parts[k]
            n += 1
            last_order = order
    return n


@inner
def _fold_group(
    points: U32, at: int, end: int, folding: Folding, buffer: U8, n: int, group: U32, parts: U32
) -> tuple[int, int]:
    """Write the fold of the letter at ``at`` with the marks behind it.

    Returns:
        The offset behind what was written and the first code point that was left.
    """
    fold = folding.fold_index[points[at]]
    if folding.fold_offsets[fold] == folding.fold_offsets[fold + 1]:
        return n, at + 1  # a mark that the reading form leaves out
    n_group = int(ZERO)
    for k in range(folding.fold_offsets[fold], folding.fold_offsets[fold + 1]):
        point = folding.fold_points[k]
        if not folding.combining[point]:
            n = _put_group(group, n_group, buffer, n)
            n_group = int(ZERO)
        group[n_group] = point
        n_group += 1
    at += 1
    while at < end and n_group < _MAX_GROUP and folding.combining[points[at]]:
        fold = folding.fold_index[points[at]]
        if folding.fold_offsets[fold] < folding.fold_offsets[fold + 1]:  # else it is left out
            group[n_group] = points[at]
            n_group += 1
        at += 1
    n_group = _compose(group, n_group, folding, parts)
    return _put_group(group, n_group, buffer, n), at


@kernel
def _fold(
    points: U32,
    starts: I64,
    ends: I64,
    is_word: npt.NDArray[np.bool_],
    properties: U16,
    folding: Folding,
    zeros: U32,
    buffer: U8,
    word_ends: I64,
) -> int:
    """Fill ``buffer`` and ``word_ends``; the number of bytes. Without ``zeros`` a number is a 0.

    One loop, not a function for each word: a call with so many arrays costs more than a word does.
    """
    group, parts = np.empty(_MAX_GROUP, np.uint32), np.empty(2 * _MAX_GROUP, np.uint32)
    combining, fold_index = folding.combining, folding.fold_index
    fold_offsets, fold_points = folding.fold_offsets, folding.fold_points
    n = word = int(ZERO)
    for token in range(len(starts)):
        if not is_word[token]:
            continue
        at, end = starts[token], ends[token]
        in_number = False
        while at < end:
            point = points[at]
            seen = properties[point]
            if not seen & (IS_FOLDED | IS_DECIMAL):
                n = put_utf8(buffer, n, point)
            elif seen & IS_DECIMAL:
                if len(zeros):
                    buffer[n] = 48 + point - zeros[np.searchsorted(zeros, point, side="right") - 1]
                    n += 1
                elif not in_number:
                    buffer[n] = 48
                    n += 1
            elif (at + 1 < end and combining[points[at + 1]]) or (
                fold_offsets[fold_index[point]] == fold_offsets[fold_index[point] + 1]
            ):
                before = n
                n, at = _fold_group(points, at, end, folding, buffer, n, group, parts)
                in_number = in_number and n == before
                continue
            else:
                fold = fold_index[point]
                for k in range(fold_offsets[fold], fold_offsets[fold + 1]):
                    n = put_utf8(buffer, n, fold_points[k])
            in_number = seen & IS_DECIMAL != 0
            at += 1
        word_ends[word] = n
        word += 1
        buffer[n] = 32
        n += 1
    return n
