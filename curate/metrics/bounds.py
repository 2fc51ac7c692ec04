"""The kernel of selection: which documents lie outside the bounds of their label."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.jit import bare_kernel

F64 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int8]
U32 = npt.NDArray[np.uint32]
U8 = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64] | npt.NDArray[np.int32]
Array = TypeVar("Array", bound=npt.NDArray[Any])

KEPT: Final = -1
"""In place of the number of a reason: none so far."""


def mark_outside(
    reasons: I8,
    number: int,
    column: pa.ChunkedArray,
    labels: U32,
    *,
    ruled: Bools,
    low: F64,
    high: F64,
    spared: Bools | None = None,
) -> None:
    """Give ``number`` to the documents without a reason that lie outside their label's bounds.

    Null and NaN lie outside any bounds: what could not be measured has not passed.

    Args:
        reasons: int8[n], written in place; :data:`KEPT` where there is no reason yet.
        number: that of this metric.
        column: the metric, float64 or int32.
        labels: uint32[n], number of each document's label.
        ruled: bool[n_labels], which labels have a threshold of the metric.
        low: float64[n_labels], the least allowed value.
        high: float64[n_labels], the greatest.
        spared: bool[n], documents that need not keep to it.
    """
    start = 0
    for chunk in column.chunks:
        stop = start + len(chunk)
        if start == stop:
            continue  # it may have no buffers
        part = slice(start, stop)
        values, valid, first = _buffers(chunk)
        exempt = _NONE if spared is None else _fixed(spared[part])
        _mark(reasons[part], number, values, valid, first, labels[part], ruled, low, high, exempt)
        start = stop


def _fixed(array: Array) -> Array:
    """The array as one that cannot be written: the kernel is compiled for one kind of it only."""
    fixed = array.view()
    fixed.flags.writeable = False
    return fixed


_NO_BITS: Final = _fixed(np.zeros(0, np.uint8))
_NONE: Final = _fixed(np.zeros(0, np.bool_))


def _buffers(chunk: pa.Array) -> tuple[Values, U8, int]:
    """Values, validity bits (none if all are valid), and the number of the first bit."""
    if not pa.types.is_int32(chunk.type):
        chunk = chunk.cast(pa.float64())
    valid, data = chunk.buffers()
    first = int(chunk.offset)
    part = slice(first, first + len(chunk))
    values: Values
    if pa.types.is_int32(chunk.type):
        values = _fixed(np.frombuffer(data, np.int32)[part])
    else:
        values = _fixed(np.frombuffer(data, np.float64)[part])
    bits = _NO_BITS
    if chunk.null_count and valid is not None:
        bits = _fixed(np.frombuffer(valid, np.uint8))
    return values, bits, first


@bare_kernel
def _mark(
    reasons: I8,
    number: int,
    values: Values,
    valid: U8,
    first: int,
    labels: U32,
    ruled: Bools,
    low: F64,
    high: F64,
    exempt: Bools,
) -> None:
    # Without branches where it can be: which documents are left is as good as chance.
    for i in range(values.size):
        label = labels[i]
        inside = (values[i] >= low[label]) & (values[i] <= high[label])  # false for NaN
        if valid.size:
            bit = first + i
            inside &= (valid[bit >> 3] >> (bit & 7)) & 1 == 1
        if exempt.size:
            inside |= exempt[i]
        is_new = (not inside) & ruled[label] & (reasons[i] == KEPT)
        reasons[i] = number if is_new else reasons[i]
