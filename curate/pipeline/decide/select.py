"""The task of the select stage: verdicts from sidecars alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from curate import schema
from curate.config.identified import OWN_WORDS, URL_NAMES
from curate.config.measured import by_step
from curate.io.store import Store
from curate.stages.select import VERDICT_SCHEMA, Selector
from curate.work.seal import load_receipt
from curate.work.tables import iter_columns, language_configs
from curate.work.task import ShardTask, shard_task

SELECT_ROWS = 65_536

_SCREENS = (
    ("extract", schema.DOCUMENTS),
    ("screen", schema.SCREEN),
    ("contamination", schema.CONTAMINATION),
    ("rights", schema.RIGHTS),
)


@dataclass(frozen=True, slots=True)
class SelectSettings:
    """The configs and screens that decide.

    Attributes:
        configs: folder of the language configs.
        screens: column -> values that drop a document; see
            :func:`curate.pipeline.decide.screens.dropping`.
    """

    configs: str
    screens: Mapping[str, Sequence[str]]


@shard_task(SelectSettings)
def select_shard(task: ShardTask[SelectSettings]) -> int:
    """Write the verdict sidecar of one shard."""
    store, shard, screens = task.store, task.shard, task.settings.screens
    selector = Selector(language_configs(task.settings.configs), screens)
    metrics = selector.metrics(labels_of(store, shard))
    with task.attempt() as attempt:
        writer = attempt.writer(VERDICT_SCHEMA, gather=True)
        n_dropped = np.zeros(len(selector.reasons), np.int64)
        for batch in iter_columns(
            store,
            shard,
            columns_for(metrics, screens),
            batch_rows=SELECT_ROWS,
            coded=("label",),
        ):
            reasons = selector.drop_reasons(batch)
            writer.write(pa.table([reasons], schema=VERDICT_SCHEMA))
            numbers = reasons.indices.drop_null().to_numpy()
            n_dropped += np.bincount(numbers, minlength=len(n_dropped))
        counts = zip(selector.reasons, n_dropped.tolist(), strict=True)
        attempt.commit(
            rows_in=writer.rows,
            rows_out=writer.rows,
            counts={"drop_reasons": dict(sorted((name, n) for name, n in counts if n))},
        )
    return writer.rows


def labels_of(store: Store, shard: str) -> list[str]:
    """The labels of a shard's documents."""
    return list(load_receipt(store, "identify", shard).counts["labels"])


def columns_for(metrics: Sequence[str], screens: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Step -> columns that a verdict about these metrics and screens rests on."""
    metric_columns = by_step(metrics)
    identified = metric_columns.pop("identify", ())
    named = (URL_NAMES,) if OWN_WORDS in metrics else ()
    by_stage = {"identify": ("label", *identified, *named), **metric_columns}
    read: set[str] = set()
    for step, table in _SCREENS:
        if columns := tuple(name for name in table.names() if name in {*screens} - read):
            by_stage[step] = (*by_stage.get(step, ()), *columns)
            read.update(columns)  # a licence stands in two tables
    return by_stage
