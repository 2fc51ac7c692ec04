"""The annotator that scores documents in the pass over the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from curate.config.measured import column_of
from curate.pipeline.measure.models import identifier_of
from curate.scores.curve_fit import SUMS, add_sums, curves_from_json, sums_of
from curate.stages.score import add_scores, profiles_of, sources
from curate.text.split import TokenBatch
from curate.work.tables import iter_columns
from curate.work.task import Nothing, ShardTask, shard_task


@dataclass(frozen=True, slots=True)
class Annotator:
    """A step of the pass over the text, bound to its settings.

    Attributes:
        schema: of its sidecar.
        add: a batch with ``text``, and its tokens if it needs them -> the rows of the sidecar.
        needs_label: True if the batch must have ``label``.
        needs_tokens: True if it wants tokens; without, it may get those that others need, or None.
        notes: of a batch with labels and its rows of the sidecar: documents that something is
            worth telling of, by what it is; into the receipt, and so the report.
    """

    schema: pa.Schema
    add: Callable[[pa.Table, TokenBatch | None], pa.Table]
    needs_label: bool = True
    needs_tokens: bool = False
    notes: Callable[[pa.Table, pa.Table], Counter[str]] = lambda *_: Counter()


def sidecar_schema(columns: list[str]) -> pa.Schema:
    """Of a sidecar of scores, all of whose columns may be null."""
    return pa.schema([pa.field(name, column_of(name).type) for name in columns])


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """How documents are scored.

    Attributes:
        version: of the web document score.
        columns: of the sidecar.
        curves: compression by script, as plain data; empty for the published ones.
        model: identifier of lines, as ``identify.model`` names it.
    """

    version: str
    columns: tuple[str, ...]
    curves: Mapping[str, Any]
    model: str


def score_annotator(settings: ScoreSettings) -> Annotator:
    """WDS, and the labels of lines."""
    kind = sidecar_schema(list(settings.columns))
    profiles = profiles_of(settings.version)
    identifier = identifier_of(settings.model)
    curves = curves_from_json(settings.curves)

    def add(batch: pa.Table, tokens: TokenBatch | None) -> pa.Table:
        alone = batch.select(["text", "label"])  # `identify` may have a `seg_langs` of its own
        scored = add_scores(
            alone,
            identifier=identifier,
            profiles=profiles,
            version=settings.version,
            curves=curves,
        )
        return scored.select(kind.names)

    return Annotator(kind, add, notes=lambda batch, _: sources(batch["label"], profiles))


@shard_task(Nothing)
def sum_compression(task: ShardTask[Nothing]) -> int:
    """Sum up by script and size how well the texts of one shard compress."""
    parts, rows = [SUMS.empty_table()], 0
    columns = {"extract": ("text",), "identify": ("label",)}
    for batch in iter_columns(task.store, task.shard, columns):
        parts.append(sums_of(batch["text"].to_pylist(), batch["label"].to_pylist()))
        rows += batch.num_rows
    with task.attempt() as attempt:
        attempt.write(add_sums(pa.concat_tables(parts)))
        attempt.commit(rows_in=rows, rows_out=rows)
    return rows
