"""Explain: one document's way through every stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.config.identified import OWN_WORDS, URL_NAMES
from curate.config.language import LanguageConfig, LanguageConfigs, Threshold
from curate.dedup.bands import estimate_similarity
from curate.errors import InputError
from curate.io.store import Store
from curate.pipeline.decide.select import columns_for, labels_of
from curate.redact import without_userinfo
from curate.stage_table import with_columns
from curate.stages.coded import as_floats
from curate.work.plan import load_plan
from curate.work.seal import load_receipts, sealed
from curate.work.tables import read_columns, read_row

NEIGHBOURS = 5_000
"""Documents of the label that a value is placed among, if there are so many."""
LEAST_NEIGHBOURS = 20


@dataclass(frozen=True, slots=True)
class Representative:
    """The document that stands for a cluster.

    Attributes:
        id: its id.
        url: its URL; None if it is not known.
        similarity: estimated Jaccard similarity of the shingles with it; None without signatures.
    """

    id: str
    url: str | None
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One document with all its columns, and the thresholds of its label.

    Attributes:
        shard: the document shard that holds it.
        row: its row there.
        columns: every column of every stage that has run.
        config: of its label; None before it is identified.
        spreads: metric -> the margin of its threshold over the spread of the label's documents,
            which is that of the middle nine tenths; without metrics that do not vary, and empty if
            there are too few documents.
        n_neighbours: documents that the spreads are of.
        representative: of its cluster, if that is another document.
    """

    shard: str
    row: int
    columns: dict[str, Any]
    config: LanguageConfig | None
    spreads: Mapping[str, float]
    n_neighbours: int
    representative: Representative | None

    @property
    def nearest(self) -> Threshold | None:
        """The threshold with the least margin in spreads; of broken ones the first."""
        if self.config is None:
            return None
        for threshold in self.config.thresholds:
            if broken(self.columns, threshold):
                return threshold
        near = [t for t in self.config.thresholds if t.metric in self.spreads]
        return min(near, key=lambda t: self.spreads[t.metric], default=None)


def explain(
    store: Store, document: str, configs: LanguageConfigs, *, may_be_none: bool = False
) -> list[Explanation]:
    """All documents whose id or URL is ``document``.

    Args:
        store: the work folder.
        document: id or URL.
        configs: of the run.
        may_be_none: that there is none is no mistake.

    Raises:
        InputError: there is none, or nothing has been extracted yet.
    """
    if load_plan(store, "extract") is None or sealed(store, "extract") is None:
        raise InputError(
            str(store.root),
            wanted="a work folder whose documents have been extracted",
            found="no finished extract stage",
            todo="run the job first",
        )
    shards = [receipt.shard for receipt in load_receipts(store, "extract")]
    ids = pa.array(sorted({document, f"<{document.strip('<>')}>", document.strip("<>")}))
    url = without_userinfo(document)  # as tables have it
    explanations = []
    for shard in shards:
        table = read_columns(store, shard, {"extract": ("id", "url")})
        hits = pc.or_kleene(pc.is_in(table["id"], value_set=ids), pc.equal(table["url"], url))
        rows = pc.indices_nonzero(pc.fill_null(hits, False)).to_pylist()
        explanations += [_explain_row(store, shards, shard, row, configs) for row in rows]
    if not explanations and not may_be_none:
        raise InputError(
            f"document {document!r}",
            wanted="the id or the URL of a document in this work folder",
            found="no document has it, and nothing of it was set aside",
            todo="ids are in the `id` column of the corpus; a URL must be complete; records that "
            "gave no document are in quarantine/, which `curate quarantine WORK` lists, or counted "
            "as no pages",
        )
    return explanations


def _explain_row(
    store: Store, shards: Sequence[str], shard: str, row: int, configs: LanguageConfigs
) -> Explanation:
    steps = [step for step in with_columns() if sealed(store, step) is not None]
    columns = read_row(store, shard, row, dict.fromkeys(steps))
    label = columns.get("label")
    config = configs.for_label(str(label)) if label else None
    spreads: dict[str, float] = {}
    n_neighbours = 0
    if config is not None and "annotate" in steps:
        order = [shard, *(other for other in shards if other != shard)]
        spreads, n_neighbours = _spreads(store, order, columns, config)
    representative = None
    is_other = "rebalance" in steps and not columns["is_representative"]
    if is_other and columns["cluster_id"] is not None:
        representative = _representative(store, shards, shard, row, columns["cluster_id"])
    return Explanation(shard, row, columns, config, spreads, n_neighbours, representative)


def _spreads(
    store: Store, shards: Sequence[str], columns: Mapping[str, Any], config: LanguageConfig
) -> tuple[dict[str, float], int]:
    """The margin of each threshold in spreads, and how many documents these are of."""
    label = str(columns["label"])
    metrics = [t.metric for t in config.thresholds]
    parts: list[pa.Table] = []
    n = 0
    for shard in shards:
        if label not in labels_of(store, shard):
            continue
        table = read_columns(store, shard, columns_for(metrics, ()), coded=("label",))
        parts.append(table.filter(pc.equal(table["label"], label)).select(metrics))
        n += parts[-1].num_rows
        if n >= NEIGHBOURS:
            break
    if n < LEAST_NEIGHBOURS:
        return {}, 0
    others = pa.concat_tables(parts)
    spreads = {}
    for threshold in config.thresholds:
        distance = margin(columns.get(threshold.metric), threshold)
        values = as_floats(others[threshold.metric])
        values = values[np.isfinite(values)]
        if distance is not None and values.size:
            low, high = np.quantile(values, (0.05, 0.95))
            if high > low:
                spreads[threshold.metric] = distance / float(high - low)
    return spreads, n


def _representative(
    store: Store, shards: Sequence[str], shard: str, row: int, cluster: int
) -> Representative | None:
    for other in shards:
        steps = {"cluster": ("cluster_id",), "rebalance": ("is_representative",)}
        table = read_columns(store, other, steps)
        same = pc.fill_null(pc.equal(table["cluster_id"], pa.scalar(cluster, pa.uint64())), False)
        representatives = pc.indices_nonzero(pc.and_(same, table["is_representative"])).to_pylist()
        if representatives:
            columns = read_row(store, other, representatives[0], {"extract": ("id", "url")})
            similarity = _similarity(store, (shard, row), (other, representatives[0]))
            return Representative(columns["id"], columns["url"], similarity)
    return None


def _similarity(store: Store, *places: tuple[str, int]) -> float | None:
    if sealed(store, "sign") is None:
        return None
    a, b = (read_row(store, *place, {"sign": ("signature",)})["signature"] for place in places)
    if a is None or b is None:
        return None
    return float(estimate_similarity(np.frombuffer(a, np.uint8), np.frombuffer(b, np.uint8)))


def broken(columns: Mapping[str, object], threshold: Threshold) -> bool:
    """True if a document's value lies outside the threshold; what could not be measured does."""
    if threshold.metric == OWN_WORDS and columns.get(URL_NAMES):
        return False
    value = columns.get(threshold.metric)
    if not isinstance(value, int | float) or value != value:
        return True
    low = threshold.min is not None and value < threshold.min
    return low or (threshold.max is not None and value > threshold.max)


def margin(value: object, threshold: Threshold) -> float | None:
    """Distance to the nearest bound; negative outside; None for what could not be measured."""
    if not isinstance(value, int | float) or value != value:
        return None
    distances = [value - threshold.min] if threshold.min is not None else []
    distances += [threshold.max - value] if threshold.max is not None else []
    return min(distances, default=None)
