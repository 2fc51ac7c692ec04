"""Reference corpora as metric tables, for the tables on tuning: measured once, kept as Parquet."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from curate.labels import is_label
from curate.lid.embedded import EmbeddedIdentifier
from curate.metrics.measure import measure
from curate.text.normalize import normalize_text
from curate.tune.cleaning import clean_texts

BATCH = 200
PARAGRAPHS = 3
"""Of the Universal Declaration of Human Rights in one document."""


def measured(source: Path, kept: Path, workers: int, leave_out: Sequence[str]) -> dict[str, Path]:
    """The metrics of every label of a source, cleaned as ``curate tune`` cleans them.

    Args:
        source: a folder ``<label>/*.parquet`` with a column ``text``, or a JSON file (``.json.gz``)
            label -> paragraphs.
        kept: folder of the metric tables; what is there is not measured again.
        workers: processes.
        leave_out: names of Parquet files, without ending, that are not read.

    Returns:
        label -> its table of metrics.
    """
    kept.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        labels = sorted(p.name for p in source.iterdir() if p.is_dir() and is_label(p.name))
        read = partial(_of_folder, source, tuple(leave_out))
    else:
        labels = sorted(_paragraphs(source))
        read = partial(_of_paragraphs, source)
    with ProcessPoolExecutor(workers) as pool:
        found = pool.map(partial(_measure, read, kept), labels)
        return {label: path for label, path in zip(labels, found, strict=True) if path}


def _measure(read: partial[list[str]], kept: Path, label: str) -> Path | None:
    path = kept / f"{label}.parquet"
    if not path.is_file():
        texts = [c.text for c in _cleaned(read(label), label) if not c.reason]
        if not texts:
            return None
        parts = [measure(batch, [label] * len(batch), {}) for batch in _batches(texts)]
        pq.write_table(pa.concat_tables(parts), path)
    return path


def _cleaned(texts: Sequence[str], label: str):  # noqa: ANN202
    identifier = EmbeddedIdentifier()
    for batch in _batches(texts):
        yield from clean_texts(batch, label, identifier)


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(texts), BATCH):
        yield texts[at : at + BATCH]


def _of_folder(source: Path, leave_out: Sequence[str], label: str) -> list[str]:
    files = [p for p in sorted((source / label).glob("*.parquet")) if p.stem not in leave_out]
    return [t for p in files for t in pq.read_table(p, columns=["text"])["text"].to_pylist()]


def _paragraphs(source: Path) -> Mapping[str, Sequence[str]]:
    with gzip.open(source, "rt", encoding="utf-8") as file:
        found = json.load(file)
    same = {"Hans": "Hani", "Hant": "Hani"}
    return {f"{n[:4]}{same.get(n[4:], n[4:])}": parts for n, parts in sorted(found.items())}


def _of_paragraphs(source: Path, label: str) -> list[str]:
    parts = [normalize_text(part) for part in _paragraphs(source)[label]]
    return ["\n".join(parts[at : at + PARAGRAPHS]) for at in range(0, len(parts), PARAGRAPHS)]
