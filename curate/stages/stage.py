"""The protocol of stages: pure functions from a batch to the same rows with more columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from curate.errors import SchemaError
from curate.schema import Column


@dataclass(frozen=True, slots=True)
class Stage:
    """A pure function of a batch, with the columns it needs and those it adds.

    Attributes:
        name: of the stage, as on the command line.
        function: ``batch -> batch``; keeps rows, order and columns and adds ``writes``.
        reads: columns that must be there, with their types.
        writes: columns it adds.
    """

    name: str
    function: Callable[[pa.Table], pa.Table]
    reads: tuple[Column, ...]
    writes: tuple[Column, ...]

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Apply the stage.

        Raises:
            SchemaError: a column is absent or has another type.
        """
        require(batch, self.reads, stage=self.name)
        return self.function(batch)

    def added(self, batch: pa.Table) -> pa.Table:
        """Only the new columns: what goes into the sidecar."""
        return self(batch).select([c.name for c in self.writes])


def require(batch: pa.Table, columns: tuple[Column, ...], *, stage: str) -> None:
    """Raise SchemaError for the first declared column that is absent or mistyped."""
    for column in columns:
        if column.name not in batch.column_names:
            raise SchemaError(
                f"stage {stage!r}",
                wanted=f"column {column.name!r} ({column.type}, {column.unit})",
                found=f"only {', '.join(batch.column_names)}",
                todo="run the stage that writes it first; `docs/columns.md` says which",
            )
        type_here = batch.schema.field(column.name).type
        if type_here != column.type:
            raise SchemaError(
                f"stage {stage!r}",
                wanted=f"column {column.name!r} as {column.type} ({column.unit})",
                found=f"{type_here}",
                todo="the stage that writes it has its type in curate/schema.py",
            )


def append(batch: pa.Table, columns: dict[str, pa.Array | pa.ChunkedArray]) -> pa.Table:
    """The batch with columns added at its end."""
    for name, values in columns.items():
        batch = batch.append_column(name, values)
    return batch
