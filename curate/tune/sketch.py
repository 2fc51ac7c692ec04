"""What tuning needs to know of a metric's values: moments, and quantiles to 0.1 percent.

Values are counted in buckets whose borders grow by a constant factor (DDSketch, arXiv 1908.10693).
Bucket counts only add up, so a summary does not depend on how the documents were sharded or in
which order parts are merged; the sums behind mean and deviation do in their last bits, which the
rounding of thresholds hides. The size is bounded by the buckets, not by the documents.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.config.language import THRESHOLD_METRICS
from curate.errors import InputError

RELATIVE_ERROR: Final = 0.001
"""How far a quantile may lie from the true one, relative to its size."""

_GAMMA: Final = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GAMMA: Final = math.log(_GAMMA)
_TINY: Final = 1e-9
_ZERO: Final = round(math.log(_TINY) / _LOG_GAMMA) - 1
"""The bucket of 0 and of what is smaller than any metric can be without being 0."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """The values of one metric over the documents of one label.

    Args:
        n: values that are not null.
        n_null: documents whose metric is null.
        total: sum of the values.
        squares: sum of their squares.
        lowest: the least value, infinity if there is none.
        highest: the greatest value, minus infinity if there is none.
        buckets: bucket number -> how many values fall into it, ascending.
    """

    n: int = 0
    n_null: int = 0
    total: float = 0.0
    squares: float = 0.0
    lowest: float = math.inf
    highest: float = -math.inf
    buckets: Mapping[int, int] = field(default_factory=dict)

    @staticmethod
    def of(values: Iterable[float | None]) -> Sketch:
        """The sketch of some values; None and NaN are null. Values are not negative."""
        raw = np.array([math.nan if v is None else v for v in values], dtype=np.float64)
        found = _sketches(np.zeros(len(raw), dtype=np.int64), raw, 1)
        return found[0]

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
        wanted = max(1, math.ceil(share * self.n - 1e-9))
        below = 0
        for bucket, count in self.buckets.items():
            below += count
            if below >= wanted:
                return min(max(_middle(bucket), self.lowest), self.highest)
        return self.highest

    def cdf(self, value: float) -> float:
        """Share of the values that do not exceed ``value``, to within its bucket. NaN if none."""
        if not self.n:
            return math.nan
        if value >= self.highest:
            return 1.0
        if value < self.lowest:
            return 0.0
        last = int(_bucket_of(np.array([value]))[0])
        return sum(count for bucket, count in self.buckets.items() if bucket <= last) / self.n

    def __add__(self, other: Sketch) -> Sketch:
        """The sketch of both sets of values."""
        buckets = dict(self.buckets)
        for bucket, count in other.buckets.items():
            buckets[bucket] = buckets.get(bucket, 0) + count
        return Sketch(
            n=self.n + other.n,
            n_null=self.n_null + other.n_null,
            total=self.total + other.total,
            squares=self.squares + other.squares,
            lowest=min(self.lowest, other.lowest),
            highest=max(self.highest, other.highest),
            buckets=dict(sorted(buckets.items())),
        )


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
    found: dict[str, dict[str, Sketch]] = {name: {} for name in sorted(names)}
    for metric in (m for m in THRESHOLD_METRICS if m in table.column_names):
        column = pc.fill_null(pc.cast(table[metric], pa.float64()), math.nan)
        for name, sketch in zip(
            names, _sketches(codes, column.to_numpy(), len(names)), strict=True
        ):
            found[name][metric] = sketch
    return found


def merge(a: Summaries, b: Summaries) -> Summaries:
    """The summary of both tables' rows."""
    return {
        label: {
            metric: a.get(label, {}).get(metric, Sketch()) + b.get(label, {}).get(metric, Sketch())
            for metric in THRESHOLD_METRICS
            if metric in a.get(label, {}) or metric in b.get(label, {})
        }
        for label in sorted({*a, *b})
    }


def to_json(summaries: Summaries) -> str:
    """Canonical JSON: equal summaries are equal text."""
    plain = {
        label: {metric: _plain(sketch) for metric, sketch in sketches.items()}
        for label, sketches in summaries.items()
    }
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False)


def from_json(text: str | bytes, *, where: str) -> Summaries:
    """Read summaries back.

    Raises:
        InputError: the text is none of ours.
    """
    try:
        return {
            label: {metric: _sketch(raw) for metric, raw in sketches.items()}
            for label, sketches in json.loads(text).items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            where,
            wanted="summaries of metrics in JSON",
            found=f"{type(error).__name__}: {error}",
            todo="run the tune stage again",
        ) from error


def _plain(sketch: Sketch) -> dict[str, Any]:
    plain = asdict(sketch)
    if not sketch.n:  # JSON has no infinity
        del plain["lowest"], plain["highest"]
    return plain


def _sketch(raw: dict[str, Any]) -> Sketch:
    buckets = {int(bucket): int(count) for bucket, count in raw.pop("buckets").items()}
    return Sketch(**raw, buckets=dict(sorted(buckets.items())))


def _sketches(
    codes: npt.NDArray[Any], values: npt.NDArray[np.float64], n_labels: int
) -> list[Sketch]:
    """One sketch per code 0..n_labels-1; NaN is null."""
    order = np.argsort(codes, kind="stable")
    borders = np.searchsorted(codes[order], np.arange(n_labels + 1))
    found = []
    for start, end in pairwise(borders):
        mine = values[order[start:end]]
        real = mine[~np.isnan(mine)]
        if not len(real):
            found.append(Sketch(n_null=len(mine)))
            continue
        numbers, counts = np.unique(_bucket_of(real), return_counts=True)
        found.append(
            Sketch(
                n=len(real),
                n_null=len(mine) - len(real),
                total=math.fsum(real),
                squares=math.fsum(real * real),
                lowest=float(real.min()),
                highest=float(real.max()),
                buckets=dict(zip(numbers.tolist(), counts.tolist(), strict=True)),
            )
        )
    return found


def _bucket_of(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """int64[n]: bucket ``i`` holds the values in ``(gamma ** (i - 1), gamma ** i]``."""
    inside = np.maximum(values, _TINY)
    numbers = np.ceil(np.log(inside) / _LOG_GAMMA).astype(np.int64)
    return np.where(values <= _TINY, np.int64(_ZERO), numbers)


def _middle(bucket: int) -> float:
    """The value that no value of the bucket is further from than the relative error."""
    return 0.0 if bucket == _ZERO else 2.0 * math.exp(bucket * _LOG_GAMMA) / (1.0 + _GAMMA)
