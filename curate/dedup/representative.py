"""The one document that stands for its cluster, the same whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.text.hashing import I64

MOST_CAPITALS: Final = 0.5
"""A text with a greater share of capitals among its letters is in capitals."""

_Bool = npt.NDArray[np.bool_]


def choose(
    cluster: npt.NDArray[np.integer],
    passes: _Bool,
    n_chars: I64,
    ids: pa.Array | pa.ChunkedArray,
    *,
    rank: I64 | None = None,
    in_capitals: _Bool | None = None,
    regardless: bool = False,
) -> _Bool:
    """Choose one document of every cluster.

    Of the members that pass selection, or of all if none does, those of the earliest snapshot; of
    these the ones in ordinary case, not in capitals; of these the one with the most text, which
    among equal texts is the one with its marks; ties go to the smallest id. So a later snapshot
    never takes the place of a document that was published. ``regardless`` of selection it is the
    smallest id of all, as in a pipeline that deduplicates first and looks at quality later.

    Args:
        cluster: integer[n], cluster of each document.
        passes: bool[n], True if selection keeps it.
        n_chars: int64[n], code points of its text, or of its words (:func:`n_word_chars`).
        ids: string[n], compared by their UTF-8 bytes. Of members with equal ids the first row is
            taken, so ids should differ.
        rank: int64[n], place of its snapshot; one snapshot if None.
        in_capitals: bool[n], from :func:`is_in_capitals`; none is if None.
        regardless: leave verdict and length out of account.

    Returns:
        bool[n], True once per cluster.

    Raises:
        ValueError: the columns differ in length.
    """
    n = len(cluster)
    if not len(passes) == len(n_chars) == len(ids) == n:
        raise ValueError(
            f"{n} clusters, {len(passes)} verdicts, {len(n_chars)} lengths, {len(ids)} ids"
        )
    if n == 0:
        return np.zeros(0, bool)
    _, number = np.unique(cluster, return_inverse=True)
    ranks = np.zeros(n, np.int64) if rank is None else rank
    capitals = np.zeros(n, np.int64) if in_capitals is None else in_capitals.astype(np.int64)
    best = np.arange(n) if regardless else _best(number, passes, (-ranks, -capitals, n_chars))
    chosen = np.zeros(n, bool)
    chosen[_smallest_ids(number, best, ids)] = True
    return chosen


def n_word_chars(n_words: pa.ChunkedArray, mean_word_chars: pa.ChunkedArray) -> I64:
    """int64[n]: code points of a text's words, from two metrics; 0 without words.

    Marks that are part of words count, and what decorates a text does not: blanks, pilcrows,
    invisible characters. So of equal texts the one with its marks is the longest.
    """
    product = pc.multiply(pc.cast(n_words, pa.float64()), mean_word_chars)
    counts = pc.fill_null(product, 0.0).to_numpy(zero_copy_only=False)
    return np.asarray(np.rint(counts), np.int64)


def is_in_capitals(upper_case_fraction: pa.Array | pa.ChunkedArray) -> _Bool:
    """bool[n]: texts most of whose letters are capitals; null, no letter with case, is none."""
    in_capitals = pc.fill_null(pc.greater(upper_case_fraction, MOST_CAPITALS), False)
    return np.asarray(in_capitals.to_numpy(zero_copy_only=False), np.bool_)


def _best(number: I64, passes: _Bool, values: Sequence[I64]) -> I64:
    """Rows that pass where any of their cluster does: those greatest in one value after another."""
    n_clusters = int(number.max()) + 1
    any_passes = np.zeros(n_clusters, bool)
    any_passes[number[passes]] = True
    rows: I64 = np.flatnonzero(passes | ~any_passes[number])
    for value in values:
        most = np.full(n_clusters, np.iinfo(np.int64).min)
        np.maximum.at(most, number[rows], value[rows])
        rows = rows[value[rows] == most[number[rows]]]
    return rows


def _smallest_ids(number: I64, rows: I64, ids: pa.Array | pa.ChunkedArray) -> I64:
    """Of ``rows`` the one with the smallest id in each cluster; strings are read only on ties."""
    is_tied = np.bincount(number[rows])[number[rows]] > 1
    tied = rows[is_tied]
    if tied.size == 0:
        return rows
    rank = pc.rank(ids.take(pa.array(tied)), "ascending", tiebreaker="first").to_numpy()
    by_id = tied[np.lexsort((rank, number[tied]))]
    is_first = np.ones(by_id.size, bool)
    is_first[1:] = number[by_id[1:]] != number[by_id[:-1]]
    return np.concatenate((rows[~is_tied], by_id[is_first]))
