"""Explain: one document's way through every stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curate.config.identified import OWN_WORDS, URL_NAMES
from curate.config.language import LanguageConfig, LanguageConfigs, Threshold
from curate.errors import InputError
from curate.io.store import Store
from curate.pipeline.results import document_row
from curate.pipeline.step import load_plan, load_receipts, sealed
from curate.pipeline.tables import read_columns


@dataclass(frozen=True, slots=True)
class Explanation:
    """One document with all its columns, and the thresholds of its label.

    Attributes:
        shard: the document shard that holds it.
        row: its row there.
        columns: every column of every stage that has run.
        config: of its label; None before it is identified.
    """

    shard: str
    row: int
    columns: dict[str, Any]
    config: LanguageConfig | None


def explain(store: Store, wanted: str, configs: LanguageConfigs) -> list[Explanation]:
    """All documents whose id or URL is ``wanted``.

    Raises:
        InputError: there is none.
    """
    if load_plan(store, "extract") is None or sealed(store, "extract") is None:
        raise InputError(
            str(store.root),
            wanted="a work folder whose documents have been extracted",
            found="no finished extract stage",
            todo="run the job first",
        )
    found = []
    ids = {wanted, f"<{wanted.strip('<>')}>", wanted.strip("<>")}
    for receipt in load_receipts(store, "extract"):
        table = read_columns(store, receipt.shard, {"extract": ("id", "url")})
        hits = pc.or_kleene(
            pc.is_in(table["id"], value_set=pa.array(sorted(ids))), pc.equal(table["url"], wanted)
        )
        for row in pc.indices_nonzero(pc.fill_null(hits, False)).to_pylist():
            columns = document_row(store, receipt.shard, row)
            label = columns.get("label")
            config = configs.for_label(str(label)) if label else None
            found.append(Explanation(receipt.shard, row, columns, config))
    if not found:
        raise InputError(
            f"document {wanted!r}",
            wanted="the id or the URL of a document in this work folder",
            found="no document has it",
            todo="ids are in the `id` column of the corpus; a URL must be complete; records that "
            "gave no document are in quarantine/ or counted as skipped in the report",
        )
    return found


def broken(columns: Mapping[str, object], threshold: Threshold) -> bool:
    """True if a document's value lies outside the threshold; what could not be measured does."""
    if threshold.metric == OWN_WORDS and columns.get(URL_NAMES):
        return False
    value = columns.get(threshold.metric)
    if not isinstance(value, int | float) or value != value:
        return True
    low = threshold.min is not None and value < threshold.min
    return low or (threshold.max is not None and value > threshold.max)
