"""A function of the user's own with the columns that it declares, and how it is called."""

from __future__ import annotations

import math
import re
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import pyarrow as pa

from curate.columns import Column
from curate.errors import ConfigError, CurateError, SchemaError

PREFIX: Final = "extra."
"""Begins the names of such columns."""

COLUMNS: Final = ("id", "url", "text", "label")
"""Columns of the batch that a function is given."""

Values: TypeAlias = Sequence[float | None] | pa.Array | pa.ChunkedArray
Function: TypeAlias = Callable[[pa.Table], Mapping[str, Values] | pa.Table]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_BOUNDS: Final = ("min", "max")


@dataclass(frozen=True, slots=True)
class OwnMetric:
    """One number that a function gives of each document.

    Attributes:
        name: lower-case letters, digits and ``_``; its column is called ``extra.<name>``.
        doc: a sentence that says what it is; the report and the card show it.
        unit: what it counts, or is a fraction of.
        highest: the greatest possible value; None where there is none. The least is always 0.
        null_means: when there is no value.
        tail: ``min`` or ``max``: the side on which `tune` cuts off the worst tenth of a label's
            own documents; None for a metric that is not tuned.

    Raises:
        ConfigError: the name or the tail is none.
    """

    name: str
    doc: str
    unit: str = "number"
    highest: float | None = None
    null_means: str = "the function gives no number for the text"
    tail: Literal["min", "max"] | None = None

    def __post_init__(self) -> None:
        """Refuse a name that no threshold could have."""
        if not _NAME.fullmatch(self.name) or self.name in _BOUNDS:
            raise ConfigError(
                "OwnMetric",
                wanted="a name of lower-case letters, digits and _, and not `min` or `max`",
                found=repr(self.name),
                todo="choose another, such as `reading_ease`",
            )
        if self.tail not in (None, *_BOUNDS):
            raise ConfigError(
                f"OwnMetric {self.name!r}",
                wanted="`min`, `max` or None as its tail",
                found=repr(self.tail),
                todo="`min` drops low values, `max` high ones",
            )

    @property
    def column(self) -> Column:
        """As a column of its table."""
        return Column(PREFIX + self.name, pa.float64(), self.unit, self.doc, self.null_means)


@dataclass(frozen=True, slots=True)
class MetricFunction:
    """A function with its declaration; :func:`metric_function` makes it.

    Attributes:
        function: ``batch -> columns``.
        version: raised by its author when it gives other numbers; part of the fingerprint.
        metrics: the numbers that it gives.
        name: where it is defined, for errors.
    """

    function: Function
    version: str
    metrics: tuple[OwnMetric, ...]
    name: str

    def __call__(self, batch: pa.Table) -> Mapping[str, Values] | pa.Table:
        """Its own answer, unchecked."""
        return self.function(batch)

    def measured(self, batch: pa.Table) -> tuple[dict[str, list[float | None]], int]:
        """Name -> its numbers, and how many were no possible values, which are null.

        Raises:
            SchemaError: the columns are not those that are declared, or not as long as the batch.
        """
        given = self.function(batch)
        names = [metric.name for metric in self.metrics]
        columns = given.column_names if isinstance(given, pa.Table) else _keys(given, self.name)
        if sorted(columns) != sorted(names):
            raise self._wrong(f"columns {', '.join(names)}", ", ".join(columns) or "none")
        measured, n_outside = {}, 0
        for metric in self.metrics:
            values = self._numbers(metric.name, given[metric.name], batch.num_rows)
            measured[metric.name] = [_possible(value, metric.highest) for value in values]
            n_outside += sum(
                own is not None and not math.isnan(own) and kept is None
                for own, kept in zip(values, measured[metric.name], strict=True)
            )
        return measured, n_outside

    def answer(self, payload: bytes) -> dict[str, Any]:
        """The answer of a sandbox to a batch in Arrow's stream format; it is JSON."""
        with pa.ipc.open_stream(payload) as stream:
            batch = stream.read_all()
        try:
            values, n_outside = self.measured(batch)
        except MemoryError:
            raise
        except CurateError as error:
            return {"wrong": [error.where, error.wanted, error.found, error.todo]}
        except Exception as error:
            return {"raised": _in_words(error)}
        return {"values": values, "outside": n_outside}

    def _numbers(self, name: str, values: Any, n: int) -> list[float | None]:  # noqa: ANN401
        try:
            column = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
            is_column = isinstance(column, pa.Array)
            array = column.cast(pa.float64()) if is_column else pa.array(column, pa.float64())
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise self._wrong(f"numbers in `{name}`", str(error).splitlines()[0][:200]) from error
        if len(array) != n:
            raise self._wrong(f"{n} numbers in `{name}`, one for each row", str(len(array)))
        numbers: list[float | None] = array.to_pylist()
        return numbers

    def _wrong(self, wanted: str, found: str) -> SchemaError:
        todo = "correct the function, or what `metric_function` says of it"
        return SchemaError(self.name, wanted=wanted, found=found, todo=todo)


def metric_function(
    *, version: str, metrics: Sequence[OwnMetric]
) -> Callable[[Function], MetricFunction]:
    """Declare a function ``batch -> columns`` as one that a job can name in ``annotate.extra``.

    The batch is an Arrow table with ``id``, ``url``, ``text`` and ``label``. The columns are a dict
    or a table with a number, or None, for each row. The numbers of a document must depend on that
    document alone: batches differ from run to run.

    Args:
        version: to be raised whenever the function gives other numbers.
        metrics: the numbers that it gives.

    Raises:
        ConfigError: nothing is declared, or a name twice.
    """
    declared = tuple(metrics)
    names = [metric.name for metric in declared]
    if not declared or len(set(names)) < len(names) or not version:
        raise ConfigError(
            "metric_function",
            wanted="a version, and metrics of different names",
            found=f"version {version!r}, metrics {', '.join(names) or 'none'}",
            todo='such as version="1", metrics=[OwnMetric("reading_ease", "How easy it is.")]',
        )

    def declare(function: Function) -> MetricFunction:
        name = f"{function.__module__}:{function.__qualname__}"
        return MetricFunction(function, version, declared, name)

    return declare


def _keys(given: object, name: str) -> list[str]:
    if isinstance(given, Mapping):
        return [str(key) for key in given]
    raise SchemaError(
        name,
        wanted="a dict or an Arrow table of columns",
        found=f"a value of type {type(given).__name__}",
        todo="return {name: numbers}",
    )


def _possible(value: float | None, highest: float | None) -> float | None:
    if value is None or not math.isfinite(value) or value < 0:
        return None
    return None if highest is not None and value > highest else value


def _in_words(error: Exception) -> str:
    """An exception, and the line of the user's code that it comes from."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    at = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{at}".replace("\n", " ")[:500]
