"""The same documents under other language configs: what `curate report --configs` shows as B.

Every document is decided again from its sidecars. Clusters and their representatives stay as they
are, for choosing others is a run: where a cluster's representative fails under the new thresholds
and another member would not, this counts one too few. A document that the new LID threshold lets
in is taken as one that no other resembles.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.config.identified import LID, SELECTED
from curate.config.language import LanguageConfigs
from curate.config.measured import is_metric
from curate.config.override import STOPWORDS, UNKNOWN_UNTIL, without_unknown
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.metrics import METRICS
from curate.pipeline.count_task import outcome_counts, outcomes_of
from curate.pipeline.results import yields_of
from curate.pipeline.sidecars import scored_metrics
from curate.pipeline.tables import language_configs, read_columns
from curate.report.model import DUPLICATE, ConfigInForce, ReportData
from curate.stages.coded import as_floats
from curate.stages.select import Configs, mark_drop_reason

STEP = "report.against"


def count_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Count one shard's outcomes by label under other configs."""
    store, shard, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    table = read_columns(
        store,
        shard,
        {
            "identify": ("label", *SELECTED),
            "annotate": tuple(METRICS),
            **scored_metrics(store),
            "cluster": ("cluster_size",),
            "select": ("drop_reason",),
            "rebalance": ("is_representative", "weight"),
        },
    )
    configs = without_unknown(language_configs(settings["configs"]), _uncounted(table))
    decided = decided_again(table, configs)
    with Attempt(store, step=STEP, shard=shard, fingerprint=payload["due"][STEP]) as attempt:
        attempt.write(outcomes_of(decided), role="outcomes", part="-outcomes")
        attempt.commit(
            rows_in=table.num_rows, rows_out=table.num_rows, bytes_in=payload["bytes_in"]
        )
    return {"rows": table.num_rows}


def _uncounted(table: pa.Table) -> list[str]:
    """Labels none of whose documents with text has its stop words counted: it had none."""
    counts = table.group_by("label").aggregate([(STOPWORDS, "count"), ("n_chars", "count")])
    return [
        row["label"]
        for row in counts.to_pylist()
        if row["n_chars_count"] and not row[f"{STOPWORDS}_count"]
    ]


def decided_again(table: pa.Table, configs: Configs) -> pa.Table:
    """A shard with ``drop_reason``, ``removal_reason`` and ``weight`` under other configs.

    Args:
        table: metrics, label, ``cluster_size``, and what was decided before.
        configs: the others.
    """
    before = table["drop_reason"].to_numpy(zero_copy_only=False)
    drops = mark_drop_reason(table.drop_columns(["drop_reason"]), configs=configs)["drop_reason"]
    reasons = drops.to_numpy(zero_copy_only=False)
    for row, reason in enumerate(before.tolist()):
        if reason is not None and not is_metric(reason):
            reasons[row] = reason  # a screen: no threshold changes it
    compared = pc.is_valid(table["cluster_size"]).to_numpy(zero_copy_only=False)
    stands = table["is_representative"].to_numpy(zero_copy_only=False) | ~compared
    removal = np.where(stands, reasons, DUPLICATE)
    removal[_below(table, configs)] = LID
    is_kept = pa.array(removal, pa.string()).is_null().to_numpy(zero_copy_only=False)
    weight = np.where(is_kept, np.maximum(table["weight"].to_numpy(), 1), 0)
    table = table.drop_columns(["drop_reason", "weight"])
    for name, values in (
        ("drop_reason", pa.array(reasons, pa.string())),
        ("removal_reason", pa.array(removal, pa.string())),
        ("weight", pa.array(weight, pa.int32())),
    ):
        table = table.append_column(name, values)
    return table


def _below(table: pa.Table, configs: Configs) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """bool[n]: below the LID threshold of their label; those without a confidence always are."""
    labels = table["label"].to_pylist()
    least = {label: configs.for_label(label).lid_threshold() for label in set(labels)}
    values = as_floats(table[LID])
    wanted = np.array([least[label] for label in labels], np.float64)
    return ~(values >= wanted)


def under(data: ReportData, store: Store, configs: LanguageConfigs, folder: Path) -> ReportData:
    """The report's data with the outcomes and the thresholds of other configs."""
    yields = yields_of(outcome_counts(store, STEP), {})
    had_none = [label for label, config in data.configs.items() if not config.resolved.stopwords]
    unknown = [x for x in had_none if configs.for_label(x).threshold(STOPWORDS) is not None]
    known = without_unknown(configs, unknown)
    note = f" ({STOPWORDS} of {', '.join(unknown[:3])} {UNKNOWN_UNTIL})" if unknown else ""
    return dataclasses.replace(
        data,
        yields=yields,
        configs={y.label: ConfigInForce.of(known, y.label) for y in yields},
        title=f"{data.job}, configs {folder.name}{note}",
    )
