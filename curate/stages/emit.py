"""Emit: which rows are published, where, and in FineWeb2's columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from curate import schema
from curate.config.measured import column_of
from curate.labels import language_of, script_of
from curate.pii import Span, mask
from curate.rights.removal import is_published

TRAIN, TEST, REMOVED = "train", "test", "removed"
MASK, KEEP, SPANS = "mask", "keep", "spans"


def corpus_schema(
    subset: str,
    *,
    weight_column: bool,
    place_columns: bool = False,
    spans_column: bool = False,
    scores: Sequence[str] = (),
    kept: Iterable[pa.Field] = (),
) -> pa.Schema:
    """Columns of a published file: FineWeb2's, ours, scores, and at the end those of the input."""
    fields = schema.CORPUS.schema()
    for column in schema.CORPUS_PLACE if place_columns else ():
        fields = fields.append(pa.field(column.name, column.type))
    if spans_column:
        fields = fields.append(schema.PII.schema().field(0))
    extra = None
    if subset == REMOVED:
        extra = schema.CORPUS_FILTER_REASON
    elif weight_column:
        extra = schema.CORPUS_WEIGHT
    if extra is not None:
        fields = fields.append(pa.field(extra.name, extra.type, nullable=False))
    for column in map(column_of, scores):
        fields = fields.append(pa.field(column.name, column.type))
    for field in kept:
        fields = fields.append(field)
    return fields


def assign_subset(
    batch: pa.Table, *, removed: str, test_fractions: Mapping[str, float]
) -> list[str | None]:
    """The subset each row is published in, or None.

    The test split is by content: a document is a test document if the hash of its text falls in
    the lowest fraction, so every copy of a text is on one side whatever the snapshot (FineWeb2,
    arXiv 2506.20920, A.13).

    Args:
        batch: ``label``, ``text`` and ``removal_reason``.
        removed: ``none``, ``selection`` (what a threshold removed) or ``all``.
        test_fractions: label -> share of its documents, 0-1.
    """
    subsets: list[str | None] = []
    for label, text, reason in zip(
        batch["label"].to_pylist(),
        batch["text"].to_pylist(),
        batch["removal_reason"].to_pylist(),
        strict=True,
    ):
        if reason is None:
            subsets.append(TEST if _position(text) < test_fractions.get(label, 0.0) else TRAIN)
        else:
            subsets.append(REMOVED if is_published(reason, removed) else None)
    return subsets


def _position(text: str) -> float:
    digest: int = xxhash.xxh3_64_intdigest(text.encode())
    return digest / 2**64


def masked(batch: pa.Table) -> pa.Table:
    """The batch with an example in the place of each of its ``pii_spans``."""
    has_some = pc.greater(pc.list_value_length(batch["pii_spans"]), 0).combine_chunks()
    rows = batch.select(["text", "pii_spans"]).filter(has_some).to_pylist()
    texts = [
        mask(row["text"], [Span(s["start"], s["end"], s["kind"]) for s in row["pii_spans"]])[0]
        for row in rows
    ]
    column = pc.replace_with_mask(
        batch["text"].combine_chunks(), has_some, pa.array(texts, pa.string())
    )
    return batch.set_column(batch.column_names.index("text"), batch.schema.field("text"), column)


def published_columns(
    batch: pa.Table,
    *,
    place_columns: bool = False,
    spans_column: bool = False,
    scores: Sequence[str] = (),
    kept: Iterable[pa.Field] = (),
) -> pa.Table:
    """FineWeb2's columns, ours, scores and those of the input, from the joined sidecars."""
    labels = batch["label"].to_pylist()
    columns = {
        "text": batch["text"],
        "id": batch["id"],
        "dump": batch["snapshot"],
        "url": batch["url"],
        "date": batch["date"],
        "file_path": batch["warc_path"],
        "language": pa.array([language_of(x) for x in labels], pa.string()),
        "language_score": batch["lid_confidence"],
        "language_script": pa.array([script_of(x) for x in labels], pa.string()),
        "minhash_cluster_size": batch["cluster_size"],
        "top_langs": pa.array(
            [_top_langs(x) for x in batch["top_labels"].to_pylist()], pa.string()
        ),
        "weight": batch["weight"],
        "filter_reason": batch["removal_reason"],
    }
    if spans_column:
        columns["pii_spans"] = batch["pii_spans"]
    if place_columns:
        columns |= {column.name: batch[column.name] for column in schema.CORPUS_PLACE}
    columns |= {name: batch[name] for name in (*scores, *(field.name for field in kept))}
    return pa.table(columns)


def _top_langs(top: list[dict[str, object]]) -> str:
    return json.dumps({x["label"]: x["confidence"] for x in top})


def sort_and_repeat(
    labels: list[str], subsets: list[str | None], weights: npt.NDArray[np.int64], *, repeat: bool
) -> tuple[npt.NDArray[np.int64], list[tuple[str, str, int, int, int]]]:
    """Row numbers in output order, and the runs they form.

    With ``repeat`` a row of weight w stands w times, once in each of the passes 0 .. w-1; passes
    are kept apart so that copies end up far from each other.

    Returns:
        The row numbers, and runs (label, subset, pass, start, stop) over them, sorted.
    """
    keys: list[tuple[str, str, int, int]] = []
    for row, (label, subset) in enumerate(zip(labels, subsets, strict=True)):
        if subset is None:
            continue
        times = int(weights[row]) if repeat and subset == TRAIN else 1
        keys.extend((label, subset, k, row) for k in range(times))
    keys.sort()
    order = np.array([k[3] for k in keys], dtype=np.int64)
    runs: list[tuple[str, str, int, int, int]] = []
    start = 0
    for position in range(1, len(keys) + 1):
        if position == len(keys) or keys[position][:3] != keys[start][:3]:
            label, subset, times, _ = keys[start]
            runs.append((label, subset, times, start, position))
            start = position
    return order, runs


def text_bytes(batch: pa.Table) -> npt.NDArray[np.int64]:
    """int64[n]: UTF-8 bytes of each text."""
    lengths: npt.NDArray[np.int64] = pc.cast(pc.binary_length(batch["text"]), pa.int64()).to_numpy()
    return lengths
