"""Count again: what the rows themselves say, beside what was written about them."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc

from curate.io import parquet
from curate.io.store import Store
from curate.pipeline.verify.findings import Findings
from curate.report.data import KEPT
from curate.work.seal import add_counts, iter_receipts
from curate.work.tables import read_columns


def recount(store: Store, stage: str, manifest: dict[str, Any], findings: Findings) -> None:
    """Documents, quarantined records and outcomes of every shard, from their tables."""
    outcomes: dict[str, int] = {}
    n_quarantined = 0
    for receipt in iter_receipts(store, "extract"):
        columns = {"extract": ("id",), "rebalance": ("removal_reason",)}
        table = read_columns(store, receipt.shard, columns)
        findings.differs(f"documents of {receipt.shard}", receipt.rows_out, table.num_rows)
        counted = pc.value_counts(pc.fill_null(table["removal_reason"], KEPT)).to_pylist()
        add_counts(outcomes, {row["values"]: row["counts"] for row in counted})
        for entry in receipt.files_of("quarantine"):
            n_quarantined += parquet.read_table(store.path(entry.key), ["reason"]).num_rows
    totals = manifest["totals"]
    findings.differs("documents published", totals["published"], outcomes.pop(KEPT, 0))
    findings.differs("documents removed", dict(totals["removed"]), outcomes)
    findings.differs("records in quarantine", sum(totals["quarantined"].values()), n_quarantined)
