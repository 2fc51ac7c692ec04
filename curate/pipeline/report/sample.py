"""The sample that the report shows: some documents of every label, drawn by a seeded hash.

A document's *key* is a hash of the seed, its shard and its row. The documents of a label with the
smallest keys are a uniform sample, whichever shards they lie in and whatever order the shards are
done in, and a larger sample contains a smaller one. Shards know how many documents a label has,
so that each sends only those that can be among the smallest, with a margin of five deviations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from curate.config.identified import IDENTIFIED, URL_NAMES
from curate.io import parquet
from curate.io.store import Store
from curate.metrics import METRICS
from curate.report.data import SampleSettings
from curate.rights.removal import Kind, kind_of
from curate.stages.coded import coded
from curate.work.sidecars import scored_metrics
from curate.work.tables import beside, data_file, read_columns
from curate.work.task import ShardTask, shard_task

EXCERPT_CHARS = 300
REASON_DOCUMENTS = 4
"""Documents of each removal reason that are shown even if the sample misses the reason."""

U64 = npt.NDArray[np.uint64]
_WHOLE = 1 << 64

SIDECARS: dict[str, tuple[str, ...]] = {
    "identify": ("label", "top_labels", *IDENTIFIED, URL_NAMES),
    "annotate": tuple(METRICS),
    "cluster": ("cluster_size",),
    "select": ("drop_reason",),
    "rebalance": ("is_representative", "weight", "removal_reason"),
}


def share_key(n_sampled: int, n_all: int) -> int:
    """The key below which ``n_sampled`` of ``n_all`` documents are all but sure to lie."""
    if n_sampled <= 0:
        return 0
    margin = 5.0 * math.sqrt(n_sampled) + 10.0
    return min(_WHOLE - 1, int(_WHOLE * min(1.0, (n_sampled + margin) / max(n_all, 1))))


@dataclass(frozen=True, slots=True)
class Limits:
    """Which documents a shard sends.

    Attributes:
        seed: of the keys.
        labels: label -> the keys below which a document is drawn, and below which its text is
            shown; only of labels that are sampled.
        reasons: label -> {removal reason: the key below which a document is an example of it}.
    """

    seed: int
    labels: Mapping[str, tuple[int, int]]
    reasons: Mapping[str, Mapping[str, int]]


def limits(outcomes: pa.Table, settings: SampleSettings) -> Limits:
    """The seed, and the keys below which shards send documents.

    Args:
        outcomes: columns of :data:`curate.pipeline.report.count.OUTCOMES`, one row for each label
            and outcome.
        settings: the size of the sample.
    """
    by_label: dict[str, dict[str, int]] = {}
    for row in outcomes.to_pylist():
        by_label.setdefault(row["label"], {})[row["outcome"]] = row["n_documents"]
    n_all = {label: sum(outcome_counts.values()) for label, outcome_counts in by_label.items()}
    largest, left = [], settings.max_documents
    for label in sorted(n_all, key=lambda label: (-n_all[label], label)):
        left -= min(n_all[label], settings.n_documents)
        if left < 0:
            break
        largest.append(label)
    return Limits(
        seed=settings.seed,
        labels={
            label: (
                share_key(settings.n_documents, n_all[label]),
                share_key(settings.n_texts, n_all[label]),
            )
            for label in largest
        },
        reasons={
            label: {k: share_key(REASON_DOCUMENTS, n) for k, n in by_label[label].items()}
            for label in largest
        },
    )


def keys_of(seed: int, shard: str, n: int) -> U64:
    """uint64[n]: the key of each row of a shard (SplitMix64 of a hash of seed and shard)."""
    start = np.uint64(xxhash.xxh3_64_intdigest(f"{seed} {shard}".encode()))
    with np.errstate(over="ignore"):
        z = start + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


@shard_task(Limits)
def sample_shard(task: ShardTask[Limits]) -> int:
    """Write the rows of one shard that can be in the sample, with excerpts of their text."""
    store, shard, settings = task.store, task.shard, task.settings
    decided = read_columns(store, shard, {"identify": ("label",), "rebalance": ("removal_reason",)})
    keys = keys_of(settings.seed, shard, decided.num_rows)
    drawn, shown, extra = _limits_of(decided, settings)
    limit = np.maximum(drawn, extra)
    rows = np.flatnonzero((keys <= limit) & (limit > 0) & ~_is_down(decided["removal_reason"]))
    part = pa.table({"key": keys[rows], "drawn": (keys <= drawn)[rows]})
    for step, columns in (SIDECARS | scored_metrics(store)).items():
        path = store.path(data_file(store, step, shard).key)
        part = beside(part, parquet.take_rows(path, rows, columns))
    part = beside(part, _texts(store, shard, rows, (keys <= np.maximum(shown, extra))[rows]))
    with task.attempt() as attempt:
        attempt.write(part)
        attempt.commit(
            rows_in=decided.num_rows,
            rows_out=part.num_rows,
            dropped={"not in the sample": decided.num_rows - part.num_rows},
        )
    return int(decided.num_rows)


def _is_down(reasons: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """bool[n]: what was taken down, which nobody is shown any more."""
    codes, names = coded(reasons)
    return np.array([*(kind_of(x) is Kind.WITHDRAWN for x in names), False], np.bool_)[codes]


def _limits_of(table: pa.Table, settings: Limits) -> tuple[U64, U64, U64]:
    """uint64[n] three times: the keys below which a row is drawn, shown, or an example.

    0 for rows of a label that is not sampled.
    """
    labels = table["label"].to_pylist()
    reasons = pc.fill_null(table["removal_reason"], "").to_pylist()
    by_label, by_reason = settings.labels, settings.reasons
    drawn = np.array([by_label.get(x, (0, 0))[0] for x in labels], np.uint64)
    shown = np.array([by_label.get(x, (0, 0))[1] for x in labels], np.uint64)
    pairs = zip(labels, reasons, strict=True)
    extra = np.array([by_reason.get(a, {}).get(b, 0) for a, b in pairs], np.uint64)
    return drawn, shown, extra


def _texts(
    store: Store, shard: str, rows: npt.NDArray[np.int64], with_text: npt.NDArray[np.bool_]
) -> pa.Table:
    """Addresses of all rows, and the beginnings of the texts of some; null for the others."""
    path = store.path(data_file(store, "extract", shard).key)
    columns = parquet.take_rows(path, rows, ("url", "text"))
    texts = pc.utf8_slice_codeunits(columns["text"], 0, EXCERPT_CHARS)
    shown = pc.if_else(pa.array(with_text), texts, pa.scalar(None, pa.string()))
    return pa.table({"url": columns["url"], "text": shown})


def merged(parts: pa.Table, *, n_documents: int, n_texts: int) -> dict[str, pa.Table]:
    """label -> its sample, by rising key.

    Args:
        parts: what the shards sent.
        n_documents: size of the uniform sample of a label, or all its documents if fewer.
        n_texts: how many of them have their text.

    Returns:
        Tables with the columns of the parts but for ``drawn``, and ``is_extra``: true for
        documents that are shown as examples of a reason and are not part of the sample.
    """
    samples: dict[str, pa.Table] = {}
    ordered = parts.sort_by([("label", "ascending"), ("key", "ascending")])
    labels = ordered["label"].combine_chunks().dictionary_encode()
    codes = labels.indices.to_numpy(zero_copy_only=False)
    for code, label in enumerate(labels.dictionary.to_pylist()):
        rows = np.flatnonzero(codes == code)
        samples[label] = _of_label(ordered.slice(rows[0], len(rows)), n_documents, n_texts)
    return samples


def _of_label(table: pa.Table, n_documents: int, n_texts: int) -> pa.Table:
    drawn = table["drawn"].to_numpy(zero_copy_only=False)
    is_sample = drawn & (np.cumsum(drawn) <= n_documents)
    extra = np.zeros(len(drawn), bool)
    seen: dict[str | None, int] = {}
    for row, reason in enumerate(table["removal_reason"].to_pylist()):
        seen[reason] = seen.get(reason, 0) + 1
        extra[row] = seen[reason] <= REASON_DOCUMENTS
    n_before = np.cumsum(is_sample)
    with_text = (is_sample & (n_before <= n_texts)) | extra
    texts = pc.if_else(pa.array(with_text), table["text"], pa.scalar(None, pa.string()))
    table = table.set_column(table.schema.get_field_index("text"), "text", texts)
    table = table.append_column("is_extra", pa.array(~is_sample)).drop_columns(["drawn"])
    return table.filter(pa.array(is_sample | extra))
