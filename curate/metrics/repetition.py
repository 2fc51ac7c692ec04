"""Repetition: how much of a text its own earlier lines, paragraphs and n-grams already said.

Source: Gopher (arXiv 2112.11446, table A1), and FineWeb (arXiv 2406.17557) for non-blank lines.

N-grams are compared as strings, as the source does, but only where a hash says that it may matter:
the text's n-grams get a polynomial hash each, modulo 2**64, in one vector operation. Equal strings
have equal hashes, so an n-gram whose hash occurs once is no repetition and is never looked at.
Unequal strings with equal hashes cost time only, since strings decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.text import split
from curate.text.characters import code_points

TOP_NGRAM_SIZES: Final = (2, 3, 4)
DUP_NGRAM_SIZES: Final = (5, 6, 7, 8, 9, 10)

_BASE: Final = 0x9E3779B97F4A7C15  # odd: no power of it vanishes modulo 2**64

Hashes = npt.NDArray[np.uint64]
Offsets = npt.NDArray[np.int64]


def measure_repetition(
    text: str, tokens: list[str], nonblank_lines: list[str]
) -> dict[str, float | None]:
    """The repetition metrics of one text; see the registry for each definition."""
    n_chars = len(text)
    n_paragraphs, n_dup_paragraphs, dup_paragraph_chars = _duplicates(split.paragraphs(text))
    n_lines, n_dup_lines, dup_line_chars = _duplicates(split.line_runs(text))
    _, _, dup_nonblank_chars = _duplicates(nonblank_lines)
    values: dict[str, float | None] = {
        "dup_paragraph_fraction": n_dup_paragraphs / n_paragraphs if text else None,
        "dup_paragraph_char_fraction": dup_paragraph_chars / n_chars if text else None,
        "dup_line_fraction": n_dup_lines / n_lines if text else None,
        "dup_line_char_fraction": dup_line_chars / n_chars if text else None,
        "dup_nonblank_line_char_fraction": (
            dup_nonblank_chars / (n_chars - text.count("\n")) if nonblank_lines else None
        ),
    }
    stream = _Stream.join(tokens, " ")
    for n in TOP_NGRAM_SIZES:
        chars = _top_ngram_chars(stream, n)
        values[f"top_{n}gram_char_fraction"] = chars / n_chars if tokens else None
    stream = _Stream.join(tokens, "")
    for n in DUP_NGRAM_SIZES:
        chars = _dup_ngram_chars(stream, n)
        values[f"dup_{n}gram_char_fraction"] = chars / n_chars if tokens else None
    return values


def _duplicates(pieces: list[str]) -> tuple[int, int, int]:
    """Pieces; pieces equal to an earlier one; code points in these."""
    distinct = set(pieces)
    dup_chars = sum(map(len, pieces)) - sum(map(len, distinct))
    return len(pieces), len(pieces) - len(distinct), dup_chars


@dataclass(frozen=True, slots=True, eq=False)
class _Stream:
    """Tokens joined to one string, with what is needed to hash any run of them at once.

    Args:
        joined: the tokens with the separator between them.
        starts: int64[n_tokens], offset of each token in ``joined``.
        ends: int64[n_tokens].
        sums_before: uint64[n_tokens], sum of code point × base**offset over all before ``starts``.
        sums_behind: uint64[n_tokens], the same before ``ends``.
        scales: uint64[n_tokens], base**(len(joined) - start): what makes the hash of a run that
            begins with the token independent of where that is.
    """

    joined: str
    starts: Offsets
    ends: Offsets
    sums_before: Hashes
    sums_behind: Hashes
    scales: Hashes

    @classmethod
    def join(cls, tokens: list[str], separator: str) -> _Stream:
        joined = separator.join(tokens)
        lengths = np.fromiter(map(len, tokens), dtype=np.int64, count=len(tokens))
        ends = np.cumsum(lengths + len(separator)) - len(separator)
        starts = ends - lengths
        powers = np.full(len(joined) + 1, _BASE, dtype=np.uint64)
        powers[0] = 1
        np.multiply.accumulate(powers, out=powers)
        scales = powers[len(joined) - starts]
        # NUL must not hash as nothing: hence + 1.
        powers[:-1] *= code_points(joined) + np.uint64(1)
        sums = np.zeros(len(joined) + 1, dtype=np.uint64)
        np.cumsum(powers[:-1], out=sums[1:])
        return cls(joined, starts, ends, sums[starts], sums[ends], scales)

    def repeated(self, n: int) -> Iterator[tuple[int, str]]:
        """Runs of ``n`` tokens whose hash another has too: first token and string, in order."""
        n_runs = max(len(self.starts) - n + 1, 0)
        hashes = (self.sums_behind[n - 1 :] - self.sums_before[:n_runs]) * self.scales[:n_runs]
        ordered = np.sort(hashes)
        common = ordered[1:][ordered[1:] == ordered[:-1]]
        if not len(common):
            return
        places = np.minimum(np.searchsorted(common, hashes), len(common) - 1)
        firsts = np.flatnonzero(common[places] == hashes)
        starts, ends = self.starts[firsts].tolist(), self.ends[firsts + n - 1].tolist()
        for first, start, end in zip(firsts.tolist(), starts, ends, strict=True):
            yield first, self.joined[start:end]


def _top_ngram_chars(stream: _Stream, n: int) -> int:
    """Length × count of the most frequent n-gram; of equally frequent ones the first."""
    if len(stream.starts) < n:
        return 0
    counts = Counter(ngram for _, ngram in stream.repeated(n))
    top = max(counts, key=counts.__getitem__, default="")
    if counts[top] < 2:
        return int(stream.ends[n - 1])
    return len(top) * counts[top]


def _dup_ngram_chars(stream: _Stream, n: int) -> int:
    """Code points of n-grams seen before, stepping over each whole; greedy from the left."""
    seen: set[str] = set()
    dup_chars = next_token = 0
    for token, ngram in stream.repeated(n):
        if token < next_token:
            continue
        if ngram in seen:
            dup_chars += len(ngram)
            next_token = token + n
        else:
            seen.add(ngram)
    return dup_chars
