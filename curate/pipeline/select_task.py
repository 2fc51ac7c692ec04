"""The task of the select stage: verdicts from sidecars alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow.compute as pc

from curate import schema
from curate.config.identified import SELECTED
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.metrics import METRICS
from curate.pipeline.tables import iter_columns, language_configs
from curate.stages.select import select_stage

SELECT_ROWS = 65_536


def select_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the verdict sidecar of one shard."""
    store, shard = Store(payload["work"]), payload["shard"]
    screens: dict[str, list[str]] = payload["settings"]["screens"]
    stage = select_stage(language_configs(payload["settings"]["configs"]), screens)
    wanted = {"identify": ("label", *SELECTED), "annotate": tuple(METRICS)}
    for step, table in (("extract", schema.DOCUMENTS), ("screen", schema.SCREEN)):
        if columns := tuple(name for name in table.names() if name in screens):
            wanted[step] = columns
    reasons: dict[str, int] = {}
    with Attempt(
        store, step="select", shard=shard, fingerprint=payload["due"]["select"]
    ) as attempt:
        writer = attempt.writer(schema.VERDICT.schema())
        for batch in iter_columns(store, shard, wanted, batch_rows=SELECT_ROWS):
            verdict = stage.added(batch)
            writer.write(verdict)
            for count in pc.value_counts(verdict["drop_reason"]).to_pylist():
                if count["values"] is not None:
                    reasons[count["values"]] = reasons.get(count["values"], 0) + count["counts"]
        attempt.commit(
            rows_in=writer.rows,
            rows_out=writer.rows,
            counts={"drop_reasons": dict(sorted(reasons.items()))},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": writer.rows}
