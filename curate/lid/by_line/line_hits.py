"""A kernel that compares every line of a document with the lists of all languages at once."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, kernel
from curate.lid.voices.ngrams import LAST_IGNORED, NGRAM_CHARS, Lookup, _find, _key
from curate.text.characters import IS_LETTER

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]

_SPACE: Final = 0x20
_LINE_FEED: Final = 10
_IS_LETTER: Final = int(IS_LETTER)


class LineHits(NamedTuple):
    """The lists that each line resembles.

    Args:
        offsets: int64[n_texts + 1]; text i has lines ``offsets[i]`` to ``offsets[i + 1]``.
        n_letters: int32[n_lines].
        n_ngrams: int32[n_lines].
        best: int32[n_lines], the list with most of them; the first of equals.
        best_hits: int32[n_lines].
        own_hits: int32[n_lines], of the best list of the text's own label.
    """

    offsets: I64
    n_letters: I32
    n_ngrams: I32
    best: I32
    best_hits: I32
    own_hits: I32


@bare_inner
def _add(starts: I64, postings: U16, ngram: int, counts: I32) -> None:
    """Count an n-gram for every list that has it; -1 is in none."""
    if ngram >= 0:
        for place in range(starts[ngram], starts[ngram + 1]):
            counts[postings[place]] += 1


@bare_inner
def _end_line(counts: I32, start: int, stop: int, line_row: I32) -> None:
    """Note the best list and the hits of the text's own, and begin anew."""
    for place in range(start, stop):
        line_row[4] = max(line_row[4], counts[place])
    for place in range(len(counts)):
        if counts[place] > line_row[3]:
            line_row[2], line_row[3] = place, counts[place]
        counts[place] = 0


@kernel
def line_hits(
    lookup: Lookup,
    points: U32,
    offsets: I64,
    table: U16,
    own_start: I64,
    own_stop: I64,
    counts: I32,
) -> LineHits:
    """Compare lines of many texts with every list, as :mod:`curate.lid.voices.ngrams` does.

    Args:
        lookup: the lists.
        points: uint32[n_points], in lower case.
        offsets: int64[n_texts + 1].
        table: properties of code points.
        own_start: int64[n_texts], the first list of each text's label, in the order of labels.
        own_stop: int64[n_texts], behind its last; the same as the first if there is none.
        counts: int32[n_tags], zeros; zeros again afterwards.
    """
    n_texts = len(offsets) - 1
    n = n_texts
    for at in range(offsets[0], offsets[n_texts]):
        n += points[at] == _LINE_FEED
    line_rows = np.zeros((5, n), np.int32)
    starts = np.empty(n_texts + 1, np.int64)
    starts[0] = 0
    space = np.uint64(lookup.ids[_SPACE])
    line = 0
    for text in range(n_texts):
        end = offsets[text + 1]
        a, b, c, d = space, space, space, space
        n_read, n_letters = 1, 0
        for at in range(offsets[text], end + 1):
            point = np.int64(points[at]) if at < end else _LINE_FEED
            is_end = point == _LINE_FEED
            ident = space if is_end else np.uint64(lookup.ids[point])
            if point > LAST_IGNORED:
                _add(lookup.starts, lookup.postings, int(lookup.single[ident]), counts)
            if not is_end:
                n_letters += table[point] & _IS_LETTER != 0
            if not (ident == space and d == space):
                a, b, c, d = b, c, d, ident
                n_read += 1
                if n_read >= NGRAM_CHARS:
                    key = _key(a, b, c, d, space)
                    ngram = _find(lookup.slot_keys, lookup.slot_ngrams, key)
                    _add(lookup.starts, lookup.postings, ngram, counts)
            if is_end:
                line_rows[0, line], line_rows[1, line] = n_letters, max(n_read - NGRAM_CHARS + 1, 0)
                _end_line(counts, own_start[text], own_stop[text], line_rows[:, line])
                line += 1
                a, b, c, d = space, space, space, space
                n_read, n_letters = 1, 0
        starts[text + 1] = line
    return LineHits(starts, line_rows[0], line_rows[1], line_rows[2], line_rows[3], line_rows[4])
