"""Sketches of a metric's values for tuning: moments and quantiles.

Of some thousand documents the values themselves are kept, so quantiles are exact, ties included.
Beyond that quantiles are known to 0.1 percent: values are counted in buckets whose borders grow by
a constant factor (DDSketch, arXiv 1908.10693).
Bucket counts only add up, so a summary does not depend on how the documents were sharded or in
which order parts are merged; the sums behind mean and deviation do in their last bits, which the
rounding of thresholds hides. The size is bounded by the buckets, not by the documents: at most
24,000 of twelve bytes, in practice under 3,000.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.config.measured import in_order

RELATIVE_ERROR: Final = 0.001
"""How far a quantile may lie from the true one, relative to its size."""

_GAMMA: Final = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GAMMA: Final = math.log(_GAMMA)
_TINY: Final = 1e-9
_HUGE: Final = 1e12  # more than any metric can be; what is above shares a bucket
LEAST_BUCKET: Final = round(math.log(_TINY) / _LOG_GAMMA) - 1
"""The bucket of 0 and of what is smaller than any metric can be without being 0."""
EXACT: Final = 1 << 12
"""Values up to which all of them are kept."""

SPAN: Final = 1 << 15
"""More than there are buckets."""
_DENSE_KEYS: Final = 4  # places to count in for each value, up to which sorting is slower

Integer = TypeVar("Integer", np.int32, np.int64)
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]


def _no_buckets() -> I32:
    return np.zeros(0, np.int32)


def _no_values() -> F64:
    return np.zeros(0, np.float64)


def _no_counts() -> I64:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """The values of one metric over the documents of one label.

    Args:
        n: values that are not null.
        n_null: documents whose metric is null.
        total: sum of the values.
        squares: sum of their squares.
        lowest: the least value, infinity if there is none.
        highest: the greatest value, minus infinity if there is none.
        buckets: int32[n_buckets], numbers of the buckets that hold a value, ascending.
        counts: int64[n_buckets], how many values each holds.
        values: float64[n], all values, ascending; float64[0] if there are more than :data:`EXACT`.
    """

    n: int = 0
    n_null: int = 0
    total: float = 0.0
    squares: float = 0.0
    lowest: float = math.inf
    highest: float = -math.inf
    buckets: I32 = field(default_factory=_no_buckets)
    counts: I64 = field(default_factory=_no_counts)
    values: F64 = field(default_factory=_no_values)

    @staticmethod
    def of(values: Iterable[float | None]) -> Sketch:
        """The sketch of some values; None and NaN are null. Values are not negative."""
        raw = np.array([math.nan if v is None else v for v in values], dtype=np.float64)
        sketches = _sketches(np.zeros(len(raw), dtype=np.int64), raw, 1)
        return sketches[0]

    @property
    def mean(self) -> float:
        """Arithmetic mean. NaN if there are no values."""
        return self.total / self.n if self.n else math.nan

    @property
    def std(self) -> float:
        """Standard deviation of the population. NaN if there are no values."""
        if not self.n:
            return math.nan
        return math.sqrt(max(0.0, self.squares / self.n - self.mean**2))

    @property
    def median(self) -> float:
        """The middle value. NaN if there are no values."""
        return self.quantile(0.5)

    @property
    def n_bytes(self) -> int:
        """Bytes of memory of the counted values."""
        return int(self.buckets.nbytes + self.counts.nbytes + self.values.nbytes)

    @property
    def is_exact(self) -> bool:
        """True if the values themselves are known."""
        return len(self.values) == self.n > 0

    def quantile(self, share: float) -> float:
        """The least value that a ``share`` of the values does not exceed. NaN if there are none.

        Raises:
            ValueError: ``share`` is not in 0..1.
        """
        if not 0 <= share <= 1:
            message = f"share must be in 0..1, not {share}"
            raise ValueError(message)
        if not self.n:
            return math.nan
        if self.is_exact:
            return float(self.values[self._rank(share) - 1])
        middle = _middle(int(self.buckets[self._place(share)]))
        return min(max(middle, self.lowest), self.highest)

    def around(self, share: float) -> tuple[float, float]:
        """Two values that the quantile surely lies between, themselves included."""
        if not self.n:
            return math.nan, math.nan
        if self.is_exact:
            return (self.quantile(share),) * 2
        bucket = int(self.buckets[self._place(share)])
        low = 0.0 if bucket == LEAST_BUCKET else math.exp((bucket - 1) * _LOG_GAMMA) * (1 - 1e-9)
        high = _TINY if bucket == LEAST_BUCKET else math.exp(bucket * _LOG_GAMMA) * (1 + 1e-9)
        return max(low, self.lowest), min(high, self.highest)

    def _rank(self, share: float) -> int:
        return max(1, math.ceil(share * self.n - 1e-9))

    def _place(self, share: float) -> int:
        return int(np.searchsorted(np.cumsum(self.counts), self._rank(share)))

    def cdf(self, value: float) -> float:
        """Share of the values that do not exceed ``value``, to within its bucket. NaN if none."""
        if not self.n:
            return math.nan
        if value >= self.highest:
            return 1.0
        if value < self.lowest:
            return 0.0
        if self.is_exact:
            return float(np.searchsorted(self.values, value, side="right") / self.n)
        last = _bucket_of(np.array([value]))[0]
        below = np.searchsorted(self.buckets, last, side="right")
        return float(self.counts[:below].sum() / self.n)

    def below(self, value: float) -> float:
        """Share of the values that are less than ``value``, to within its bucket. NaN if none."""
        if not self.n:
            return math.nan
        if value > self.highest:
            return 1.0
        if value <= self.lowest:
            return 0.0
        if self.is_exact:
            return float(np.searchsorted(self.values, value, side="left") / self.n)
        first = _bucket_of(np.array([value]))[0]
        below = np.searchsorted(self.buckets, first, side="left")
        return float(self.counts[:below].sum() / self.n)

    def __add__(self, other: Sketch) -> Sketch:
        """The sketch of both sets of values."""
        return add([self, other])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sketch):
            return NotImplemented
        return (
            self._moments() == other._moments()
            and np.array_equal(self.buckets, other.buckets)
            and np.array_equal(self.counts, other.counts)
            and np.array_equal(self.values, other.values)
        )

    def __hash__(self) -> int:
        return hash(self._moments())

    def _moments(self) -> tuple[float, ...]:
        return self.n, self.n_null, self.total, self.squares, self.lowest, self.highest


def in_buckets(sketch: Sketch) -> Sketch:
    """The sketch without the values themselves, as if there were too many to keep."""
    return replace(sketch, values=_no_values())


def add(sketches: Sequence[Sketch]) -> Sketch:
    """The sketch of the values of all."""
    if len(sketches) == 1:
        return sketches[0]
    buckets, counts = add_counts(
        np.concatenate([_no_buckets(), *(s.buckets for s in sketches)]),
        np.concatenate([_no_counts(), *(s.counts for s in sketches)]),
    )
    n = sum(s.n for s in sketches)
    values = _no_values()
    if n <= EXACT:
        values = np.sort(np.concatenate([values, *(s.values for s in sketches)]))
    return Sketch(
        n=n,
        n_null=sum(s.n_null for s in sketches),
        total=math.fsum(s.total for s in sketches),
        squares=math.fsum(s.squares for s in sketches),
        lowest=min((s.lowest for s in sketches), default=math.inf),
        highest=max((s.highest for s in sketches), default=-math.inf),
        buckets=buckets,
        counts=counts,
        values=values,
    )


def add_counts(buckets: npt.NDArray[Integer], counts: I64) -> tuple[npt.NDArray[Integer], I64]:
    """Buckets ascending, each once, with the sum of its counts."""
    if not len(buckets):
        return buckets, counts
    order = np.argsort(buckets, kind="stable")
    ordered = buckets[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    return ordered[first], np.add.reduceat(counts[order], first)


Summaries = Mapping[str, Mapping[str, Sketch]]
"""label -> metric -> sketch."""


def summarize(labels: pa.ChunkedArray | Sequence[str], table: pa.Table) -> Summaries:
    """Summarise every metric of a table by label.

    Args:
        labels: one label per row.
        table: any of the metric columns, and ``lid_confidence`` if it is to be tuned; other columns
            are passed over. What a threshold before these removed must be left out by the caller.
    """
    as_array = labels if isinstance(labels, pa.ChunkedArray) else pa.array(labels, pa.string())
    encoded = pc.dictionary_encode(as_array)
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    names: list[str] = encoded.dictionary.to_pylist()
    summaries: dict[str, dict[str, Sketch]] = {name: {} for name in sorted(names)}
    for metric in in_order(table.column_names):
        column = pc.fill_null(pc.cast(table[metric], pa.float64()), math.nan)
        for name, sketch in zip(
            names, _sketches(codes, column.to_numpy(), len(names)), strict=True
        ):
            summaries[name][metric] = sketch
    return summaries


def merge(*parts: Summaries) -> Summaries:
    """The summary of the rows of all."""
    by_metric: dict[tuple[str, str], list[Sketch]] = {}
    for part in parts:
        for label, sketches in part.items():
            for metric, sketch in sketches.items():
                by_metric.setdefault((label, metric), []).append(sketch)
    metrics = in_order(metric for _, metric in by_metric)
    return {
        label: {m: add(by_metric[label, m]) for m in metrics if (label, m) in by_metric}
        for label in sorted({label for part in parts for label in part})
    }


def _sketches(codes: npt.NDArray[Any], values: F64, n_labels: int) -> list[Sketch]:
    """One sketch per code 0..n_labels-1; NaN is null. All labels at once, so few are no slower."""
    is_real = ~np.isnan(values)
    n_null = np.bincount(codes[~is_real], minlength=n_labels)
    own, real = codes[is_real].astype(np.int64), values[is_real]
    n = np.bincount(own, minlength=n_labels)
    total = np.bincount(own, weights=real, minlength=n_labels)
    squares = np.bincount(own, weights=real * real, minlength=n_labels)
    lowest, highest = np.full(n_labels, math.inf), np.full(n_labels, -math.inf)
    np.minimum.at(lowest, own, real)
    np.maximum.at(highest, own, real)
    keys, counts = _counted(own * SPAN + (_bucket_of(real) - LEAST_BUCKET))
    borders = np.searchsorted(keys, np.arange(n_labels + 1) * SPAN)
    ordered = real[np.lexsort((real, own))]
    ends = np.cumsum(n)
    buckets = (keys % SPAN + LEAST_BUCKET).astype(np.int32)
    return [
        Sketch(
            n=int(n[i]),
            n_null=int(n_null[i]),
            total=float(total[i]),
            squares=float(squares[i]),
            lowest=float(lowest[i]),
            highest=float(highest[i]),
            buckets=buckets[start:end],
            counts=counts[start:end],
            values=ordered[ends[i] - n[i] : ends[i]] if n[i] <= EXACT else _no_values(),
        )
        for i, (start, end) in enumerate(pairwise(borders.tolist()))
    ]


def _counted(keys: I64) -> tuple[I64, I64]:
    """Distinct keys, ascending, and how often each occurs."""
    if len(keys) and keys.max() < _DENSE_KEYS * len(keys):
        counts = np.bincount(keys)
        distinct = np.flatnonzero(counts)
        return distinct, counts[distinct]
    distinct, counts = np.unique(keys, return_counts=True)
    return distinct, counts.astype(np.int64)


def _bucket_of(values: F64) -> I32:
    """int32[n]: bucket ``i`` holds the values in ``(gamma ** (i - 1), gamma ** i]``."""
    inside = np.clip(values, _TINY, _HUGE)
    numbers = np.ceil(np.log(inside) / _LOG_GAMMA).astype(np.int32)
    return np.where(values <= _TINY, np.int32(LEAST_BUCKET), numbers)


def _middle(bucket: int) -> float:
    """The value that no value of the bucket is further from than the relative error."""
    return 0.0 if bucket == LEAST_BUCKET else 2.0 * math.exp(bucket * _LOG_GAMMA) / (1.0 + _GAMMA)
