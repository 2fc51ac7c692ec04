"""Metric values as 16-bit codes whose order is that of the values.

A page holds the metrics of many documents, and two bytes each is what it has room for. A code is a
32-bit float without its sign, with six bits of exponent and ten of mantissa: from 2⁻²¹ to 2⁴³, in
steps of a thousandth at most; 0 is for zero and what lies below it. Rounding keeps the order, so a
value and a bound that are equal have equal codes, and comparing codes is comparing values; only a
value that lies within a twothousandth of a bound without being equal may fall on its other side.
:func:`encode` moves those of given bounds by one step, so that for these bounds codes decide as the
values do; a value that was moved may fall on the other side of a bound within a fivehundredth.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

EXEMPT = 65534
"""Code of a value that no bound applies to."""
UNMEASURED = 65535
"""Code of null, which breaks every bound."""
GREATEST = 65533
"""Code of a value above a given bound, where that has the greatest code of a bound."""
GREATEST_BOUND = GREATEST - 1

_DROPPED_BITS = 13
_HALF = np.uint32(1 << (_DROPPED_BITS - 1))
_LEAST = ((127 - 21) << 23) >> _DROPPED_BITS

F64 = npt.NDArray[np.float64]
U16 = npt.NDArray[np.uint16]


def encode(values: F64, bounds: Iterable[tuple[float | None, float | None]] = ()) -> U16:
    """uint16[n]: the codes of values; NaN is :data:`UNMEASURED`.

    Args:
        values: float64[n].
        bounds: (min, max), not negative, that the codes have to decide exactly.
    """
    codes = _rounded(values)
    for low, high in bounds:
        if low is not None:
            codes[(values < low) & (codes == _rounded(np.array([low])))] -= 1
        if high is not None:
            codes[(values > high) & (codes == _rounded(np.array([high])))] += 1
    codes[np.isnan(values)] = UNMEASURED
    return codes.astype(np.uint16)


def _rounded(values: F64) -> npt.NDArray[np.int64]:
    with np.errstate(over="ignore"):
        bits = np.nan_to_num(values, nan=0.0).astype(np.float32).view(np.uint32)
    codes = ((bits + _HALF) >> np.uint32(_DROPPED_BITS)).astype(np.int64) - _LEAST + 1
    # A bound above zero has a code above that of zero, however small it is.
    rounded: npt.NDArray[np.int64] = np.where(values > 0, np.clip(codes, 1, GREATEST_BOUND), 0)
    return rounded


def decode(codes: U16) -> F64:
    """float64[n]: the values of codes, NaN for those that stand for none."""
    bits = ((codes.astype(np.uint32) - np.uint32(1) + np.uint32(_LEAST)) << _DROPPED_BITS).astype(
        np.uint32
    )
    values = np.where(codes == 0, 0.0, bits.view(np.float32).astype(np.float64))
    return np.where(codes >= EXEMPT, np.nan, values)
