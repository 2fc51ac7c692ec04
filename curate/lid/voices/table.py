"""The third voice: a table of hashed n-grams, trained on openly licensed text in some 470 labels.

A naive Bayes model over the n-grams of one to five characters within words, in the reading form and
lower case. A hash puts each into one of 131,072 rows; a row has a weight for each label: eight
times the natural logarithm of how much more frequent its n-grams are in the label than in all,

    8 ln(((count + 300 g) / (N + 300)) / g)

rounded to multiples of four, with N the label's n-grams and g the mean of the labels' shares of the
row; a byte each. A text's score in a label is the sum over its n-grams. ``jobs/language_table.py``
makes the table; ``curate/data/lid/ATTRIBUTION.md`` names its sources.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, kernel
from curate.labels import language_of
from curate.text.characters import CLASS_MASK, IS_LETTER, CharClass, properties
from curate.text.flat import FlatTexts, flatten
from curate.unpacked import unpacked

I8 = npt.NDArray[np.int8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

ROW_BITS: Final = 17
MAX_ORDER: Final = 5
"""Characters of the longest n-gram; the edges of a word are a character too."""

SCALE: Final = 8.0
"""Weights are so many times a natural logarithm."""

MAX_CHARS: Final = 480
"""Code points that are read of a text: six pieces from its beginning to its end."""

_N_PIECES: Final = 6
_EDGE: Final = np.uint64(1)
_SPACE: Final = 0x20
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xFF51AFD7ED558CCD)
_FOLD: Final = np.uint64(29)
_FINAL_FOLD: Final = np.uint64(33)
_ROW_SHIFT: Final = np.uint64(64 - ROW_BITS)
_APOSTROPHES: Final = "'’ʼ‘ʻ"


@dataclass(frozen=True, eq=False)
class NgramTable:
    """The model.

    Attributes:
        labels: sorted.
        weights: int8[131072, n_labels].
        n_chars: int64[n_labels], code points that each label was trained on.
        listed: float32[n_listed, 2]; for each label of FunLangID's lists, in their order, what
            share of the n-grams of texts in it they have, or -1 where no such text was trained
            on, and what share of those of the five labels that have most of them, not itself.
        sha256: of the table file.
    """

    labels: tuple[str, ...]
    weights: I8
    n_chars: I64
    listed: F32
    sha256: str

    @cached_property
    def places(self) -> dict[str, int]:
        """Label -> its column."""
        return {label: place for place, label in enumerate(self.labels)}

    @cached_property
    def languages(self) -> frozenset[str]:
        """ISO 639-3 codes."""
        return frozenset(map(language_of, self.labels))

    def score(self, texts: Sequence[str]) -> tuple[I32, I64]:
        """The score of each text in every label.

        Args:
            texts: samples in their reading form; of long ones :data:`MAX_CHARS` are read.

        Returns:
            int32[n_texts, n_labels], natural logarithms times :data:`SCALE`, and int64[n_texts],
            the n-grams of each.
        """
        flat = flatten([piece_of(text).lower() for text in texts])
        scores = np.zeros((len(texts), len(self.labels)), np.int32)
        n_ngrams = np.zeros(len(texts), np.int64)
        most = _most_ngrams(flat)
        add_weights(
            flat.points,
            flat.offsets,
            word_characters(),
            self.weights,
            np.empty(most, np.int32),
            np.full(1 << (2 * most).bit_length(), -1, np.int32),
            np.empty(most, np.int32),
            scores,
            n_ngrams,
        )
        return scores, n_ngrams


def piece_of(text: str, max_chars: int = MAX_CHARS) -> str:
    """At most ``max_chars`` of ``text``, from its beginning to its end."""
    if len(text) <= max_chars:
        return text
    width = max_chars // _N_PIECES
    last = len(text) - width
    starts = [last * i // (_N_PIECES - 1) for i in range(_N_PIECES)]
    return "\n".join([text[start : start + width] for start in starts])


def _most_ngrams(flat: FlatTexts) -> int:
    lengths = np.diff(flat.offsets)
    return int((MAX_ORDER + 1) * (lengths.max(initial=0) + 1))


@lru_cache(maxsize=1)
def word_characters() -> U8:
    """uint8[0x110000]: 1 for what is inside of words: letters, marks and apostrophes."""
    table = properties()
    inside = (table & IS_LETTER != 0) | (table & CLASS_MASK == CharClass.EXTEND)
    inside[[ord(sign) for sign in _APOSTROPHES]] = True
    return np.asarray(inside, np.uint8)


def rows_of(text: str) -> I32:
    """int32[n_ngrams], the row of each n-gram of ``text``, for training.

    Args:
        text: in its reading form and lower case.
    """
    flat = flatten([text])
    rows = np.empty(_most_ngrams(flat), np.int32)
    return rows[: put_rows(flat.points, 0, len(flat.points), word_characters(), rows)]


@kernel
def put_rows(points: U32, start: int, end: int, inside: U8, rows: I32) -> int:
    """Write the row of each n-gram of one text; how many.

    Args:
        points: uint32[n_points], in lower case.
        start: where the text begins.
        end: where it ends.
        inside: :func:`word_characters`.
        rows: int32[n], room for six an n-gram's end; written.
    """
    last = np.zeros(MAX_ORDER, np.uint64)
    n, n_last = 0, 0
    for at in range(start, end + 1):
        point = points[at] if at < end else _SPACE
        is_inside = inside[point] != 0
        if not n_last:
            if not is_inside:
                continue
            last[0], n_last = _EDGE, 1
        for k in range(min(n_last, MAX_ORDER - 1), 0, -1):
            last[k] = last[k - 1]
        last[0] = np.uint64(point) if is_inside else _EDGE
        n_last = min(n_last + 1, MAX_ORDER)
        key = np.uint64(0)
        for order in range(n_last):
            key = (key + last[order] + _EDGE) * _STEP
            key ^= key >> _FOLD
            if order or is_inside:
                mixed = (key ^ (key >> _FINAL_FOLD)) * _MIX
                rows[n] = np.int32((mixed ^ (mixed >> _FINAL_FOLD)) >> _ROW_SHIFT)
                n += 1
        if not is_inside:
            n_last = 0
    return n


@bare_inner
def _different(rows: I32, n: int, slots: I32, times: I32) -> int:
    """Move the different ones of ``n`` rows to the front, and write how often each is there.

    Args:
        rows: int32[n], written.
        n: how many rows there are.
        slots: int32[a power of two above n], -1; -1 again afterwards.
        times: int32[n]; written.
    """
    mask = len(slots) - 1
    different = 0
    for k in range(n):
        row = rows[k]
        slot = row & mask
        while slots[slot] >= 0 and rows[slots[slot]] != row:
            slot = (slot + 1) & mask
        if slots[slot] < 0:
            slots[slot] = different
            rows[different], times[different] = row, 1
            different += 1
        else:
            times[slots[slot]] += 1
    slots[:] = -1
    return different


@kernel
def add_weights(
    points: U32,
    offsets: I64,
    inside: U8,
    weights: I8,
    rows: I32,
    slots: I32,
    times: I32,
    scores: I32,
    n_ngrams: I64,
) -> None:
    """Add up the weights of the n-grams of each of many texts.

    Rows are far apart in memory, so each is read once.

    Args:
        points: uint32[n_points], in lower case.
        offsets: int64[n_texts + 1].
        inside: :func:`word_characters`.
        weights: int8[131072, n_labels].
        rows: int32[n], room for the n-grams of the longest text.
        slots: int32[a power of two above n], -1.
        times: int32[n].
        scores: int32[n_texts, n_labels], zeros; written.
        n_ngrams: int64[n_texts]; written.
    """
    for text in range(len(n_ngrams)):
        n = put_rows(points, offsets[text], offsets[text + 1], inside, rows)
        n_ngrams[text] = n
        own = scores[text]
        for k in range(_different(rows, n, slots, times)):
            row, factor = weights[rows[k]], times[k]
            for label in range(len(own)):
                own[label] += factor * row[label]


def parse_table(data: bytes, folder: Path | None = None) -> NgramTable:
    """The table from the bytes of its file, as ``jobs/language_table.py`` writes it.

    Args:
        data: the file.
        folder: where its weights are kept unpacked; None: in this process alone.
    """
    digest = hashlib.sha256(data).hexdigest()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        labels: list[str] = arrays["labels"].tolist()

        def unpack() -> I8:
            columns: I8 = arrays["weights"]  # a label a row: like weights are packed better
            return np.ascontiguousarray(columns.T)

        shape = 1 << ROW_BITS, len(labels)
        weights = unpack() if folder is None else unpacked(folder, "ngrams", digest, shape, unpack)
        n_chars = arrays["n_chars"].astype(np.int64)
        listed: F32 = arrays["listed"]
    return NgramTable(tuple(labels), weights, n_chars, listed, digest)


@lru_cache(maxsize=1)
def load_table() -> NgramTable:
    """The packaged table, read once per process."""
    kernel: Any = add_weights
    return parse_table(_packaged(), Path(kernel.stats.cache_path))


@lru_cache(maxsize=1)
def packaged_sha256() -> str:
    """That of the packaged table's file; read, but not unpacked."""
    return hashlib.sha256(_packaged()).hexdigest()


def _packaged() -> bytes:
    return (files("curate") / "data" / "lid" / "table.npz").read_bytes()
