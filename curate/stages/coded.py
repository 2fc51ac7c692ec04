"""Columns as arrays: few different texts as numbers, and numbers with NaN for null."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NULL = -1


def coded(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int32], list[str]]:
    """int32[n], the number of each text, :data:`NULL` for null; and the texts by number.

    Costs little where the column is a dictionary already, as Parquet holds it.
    """
    known: dict[str, int] = {}
    parts = [np.zeros(0, np.int32)]
    for chunk in column.chunks:
        encoded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        names = encoded.dictionary.to_pylist()
        numbers = np.array([*(known.setdefault(x, len(known)) for x in names), NULL], np.int32)
        # the last entry is what the number -1 finds
        indices = encoded.indices.fill_null(NULL) if encoded.null_count else encoded.indices
        parts.append(numbers[indices.to_numpy()])
    return np.concatenate(parts), list(known)


def as_floats(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """float64[n] with NaN for null."""
    filled = pc.fill_null(pc.cast(column, pa.float64()), float("nan"))
    floats: npt.NDArray[np.float64] = filled.to_numpy()
    return floats
