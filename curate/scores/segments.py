"""Kernels: how many characters of each of WDS's classes every segment of a text has.

A *segment* is what is between line feeds. The classes are ranges of code points (WDS 1.2.0);
they overlap, and each is counted by itself: typographic quotes are punctuation and singular, the
danda of Hindi is a number. What is in none of them is a *word character*.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.jit import kernel

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

_N_CODE_POINTS: Final = 0x110000
_LINE_FEED: Final = 10
_PUNCTUATION, _SINGULAR, _NUMBER, _SPACE = 1, 2, 4, 8

_RANGES: Final = (
    (
        _SINGULAR,
        "0023-0026 002A-002B 002F 003C-003E 0040 005C 007C 007E 00A2-00B3 00B8-00BE 00D7 00F7 "
        "02B0-0385 0483-0489 0559-055F 2010-2D00 2DE0-2E52 10000-1FFFF A670-A67F 3200-33FF",
    ),
    (
        _PUNCTUATION,
        "0021-0022 0027-0029 002C-002E 003A-003B 003F 005B 005D 0060 00A1 00B4-00B5 00B7 00BF "
        "0589-05C7 0600-061F 066A-066D 06D4-06ED 0700-070F 1360-1368 1800-180A 1AB0-1AFF "
        "1C78-1C7F 1CC0-1CC7 1FBD-1FC1 1FCD-1FCF 1FDD-1FDF 1FED-1FEF 1FFD-2027 3000-303F "
        "4DC0-4DFF A6F0-A6F7 FE10-FE6F",
    ),
    (
        _NUMBER,
        "0030-0039 0660-0669 06F0-06F9 0964-096F 09F2-09F9 0B66-0B77 0BE6-0BFA 0C66-0C6F "
        "0C78-0C7E 0CE6-0CEF 0D66-0D79 0DE6-0DEF 0E50-0E5B 0EC0-0ED9 1040-1049 1090-1099 "
        "1369-137C 17E0-17E9 1810-1819 19D0-19DA 1A80-1A99 1B50-1B59 1C40-1C49 1C50-1C59 "
        "A830-A839 A8D0-A8D9 AA50-AA59",
    ),
    (_SPACE, "0000-0020 007F-00A0 2B7E"),
)
_RANGES_1_3: Final = ((_PUNCTUATION, "055C-055F 0964-0965 104B FF0C-FF0E"),)


class Segments(NamedTuple):
    """Counts of many texts' segments, one text's after the other's.

    Args:
        offsets: int64[n_texts + 1]; text i has segments ``offsets[i]`` to ``offsets[i + 1]``.
        chars: int32[n_segments], all code points.
        words: int32[n_segments], word characters.
        punctuation: int32[n_segments].
        singular: int32[n_segments].
        numbers: int32[n_segments].
    """

    offsets: I64
    chars: I32
    words: I32
    punctuation: I32
    singular: I32
    numbers: I32


@lru_cache(maxsize=2)
def classes(version: str) -> U8:
    """uint8[0x110000]: the classes of each code point, a bit each."""
    table = np.zeros(_N_CODE_POINTS, np.uint8)
    for bit, ranges in (*_RANGES, *(_RANGES_1_3 if version == "1.3" else ())):
        for one in ranges.split():
            first, _, last = one.partition("-")
            table[int(first, 16) : int(last or first, 16) + 1] |= bit
    table.flags.writeable = False
    return table


@kernel
def count_segments(points: U32, offsets: I64, table: U8) -> Segments:
    """Count; a text has as many segments as line feeds, and one more.

    Args:
        points: uint32[n_points], code points of the texts.
        offsets: int64[n_texts + 1], into ``points``.
        table: :func:`classes`.
    """
    n_texts = len(offsets) - 1
    n = n_texts
    for at in range(offsets[0], offsets[n_texts]):
        n += points[at] == _LINE_FEED
    counts = np.zeros((5, n), np.int32)
    starts = np.empty(n_texts + 1, np.int64)
    starts[0] = 0
    segment = 0
    for text in range(n_texts):
        chars, words, punctuation, singular, numbers = 0, 0, 0, 0, 0
        end = offsets[text + 1]
        for at in range(offsets[text], end + 1):
            if at == end or points[at] == _LINE_FEED:
                counts[0, segment], counts[1, segment] = chars, words
                counts[2, segment], counts[3, segment] = punctuation, singular
                counts[4, segment] = numbers
                segment += 1
                chars, words, punctuation, singular, numbers = 0, 0, 0, 0, 0
                continue
            kind = table[points[at]]
            chars += 1
            words += kind == 0
            punctuation += kind & _PUNCTUATION != 0
            singular += kind & _SINGULAR != 0
            numbers += kind & _NUMBER != 0
        starts[text + 1] = segment
    return Segments(starts, counts[0], counts[1], counts[2], counts[3], counts[4])


def owner(segments: Segments) -> I64:
    """int64[n_segments]: the text of each segment."""
    return np.repeat(np.arange(len(segments.offsets) - 1), np.diff(segments.offsets))
