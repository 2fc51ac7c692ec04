"""Columns, tables and metrics, as types."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table.

    Attributes:
        name: as written to disk.
        type: Arrow type.
        unit: unit of the value, or what kind of thing it is.
        doc: one sentence.
        null_means: what a null says; None if the column has no nulls.
    """

    name: str
    type: pa.DataType
    unit: str
    doc: str
    null_means: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the work folder or of the corpus, and the stage that writes it."""

    name: str
    written_by: str
    columns: tuple[Column, ...]

    def schema(self) -> pa.Schema:
        """The Arrow schema, in column order."""
        return pa.schema(
            pa.field(c.name, c.type, nullable=c.null_means is not None) for c in self.columns
        )

    def names(self) -> tuple[str, ...]:
        """Column names, in order."""
        return tuple(c.name for c in self.columns)


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured property of a document; one column.

    Args:
        name: the column's name; suffixes say what is counted.
        dtype: int32 for counts, float64 for the rest.
        unit: what the number counts, or is a fraction of.
        lowest: the least possible value.
        highest: an upper bound that no text exceeds; None where there is none. A threshold outside
            ``[lowest, highest]`` can never decide anything.
        doc: the definition, with its source.
        null_means: when the value is null, which is never the same as zero.
        example: a text and its value.
    """

    name: str
    dtype: pa.DataType
    unit: str
    lowest: float
    highest: float | None
    doc: str
    null_means: str
    example: tuple[str, float | None]

    @property
    def column(self) -> Column:
        """The metric as a column of a table."""
        return Column(self.name, self.dtype, self.unit, self.doc, self.null_means)
