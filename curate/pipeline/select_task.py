"""The task of the select stage: verdicts from sidecars alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from curate import schema
from curate.config.identified import OWN_WORDS, URL_NAMES
from curate.config.measured import by_step
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.step import load_receipt
from curate.pipeline.tables import iter_columns, language_configs
from curate.stages.select import VERDICT_SCHEMA, Selector

SELECT_ROWS = 65_536

_SCREENS = (
    ("extract", schema.DOCUMENTS),
    ("screen", schema.SCREEN),
    ("contamination", schema.CONTAMINATION),
)


def select_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the verdict sidecar of one shard."""
    store, shard = Store(payload["work"]), payload["shard"]
    screens: dict[str, list[str]] = payload["settings"]["screens"]
    selector = Selector(language_configs(payload["settings"]["configs"]), screens)
    metrics = selector.metrics(labels_of(store, shard))
    with Attempt(
        store, step="select", shard=shard, fingerprint=payload["due"]["select"]
    ) as attempt:
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
        found = zip(selector.reasons, n_dropped.tolist(), strict=True)
        attempt.commit(
            rows_in=writer.rows,
            rows_out=writer.rows,
            counts={"drop_reasons": dict(sorted((name, n) for name, n in found if n))},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": writer.rows}


def labels_of(store: Store, shard: str) -> list[str]:
    """The labels of a shard's documents."""
    return list(load_receipt(store, "identify", shard).counts["labels"])


def columns_for(metrics: Sequence[str], screens: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Step -> columns that a verdict about these metrics and screens rests on."""
    made = by_step(metrics)
    identified = made.pop("identify", ())
    named = (URL_NAMES,) if OWN_WORDS in metrics else ()
    wanted = {"identify": ("label", *identified, *named), **made}
    for step, table in _SCREENS:
        if columns := tuple(name for name in table.names() if name in screens):
            wanted[step] = (*wanted.get(step, ()), *columns)
    return wanted
