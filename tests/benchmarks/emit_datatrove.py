"""datatrove's side of :mod:`tests.benchmarks.emit`: the same rows through one of its writers.

    PYTHON -m tests.benchmarks.emit_datatrove SETTINGS.json

Run by an interpreter that has datatrove, orjson and zstandard; imports nothing of curate. Counted
is what comes after a document is an object in memory: masking, and the writer up to its last file
being closed.
"""

# mypy: disable-error-code="import-not-found"
from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from datatrove.data import Document
from datatrove.pipeline.formatters import PIIFormatter
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter

COLUMNS = ("id", "url", "date", "snapshot", "warc_path", "text")
AT_ONCE = 1_000


def documents(shards: list[list[str]]) -> Iterator[list[Document]]:
    """The documents of files of text and of labels, some at a time."""
    for texts, labels in shards:
        parts = (
            pq.ParquetFile(path).iter_batches(batch_size=AT_ONCE, columns=list(columns))
            for path, columns in ((texts, COLUMNS), (labels, ("label", "lid_confidence")))
        )
        for text, label in zip(*parts, strict=True):
            rows = zip(text.to_pylist(), label.to_pylist(), strict=True)
            yield [_document(row, found) for row, found in rows]


def _document(row: dict[str, Any], found: dict[str, Any]) -> Document:
    text, name = row.pop("text"), row.pop("id")
    language, _, script = found["label"].partition("_")
    more = {"language": language, "language_script": script, **found, "weight": 1}
    return Document(text=text, id=name, metadata={**row, **more})


def main(path: str) -> None:
    """Write what the settings say; CPU seconds of the writer, and the peak of the process."""
    settings = json.loads(Path(path).read_text(encoding="utf-8"))
    name = "${label}/${rank}"
    made: Any
    if settings["format"] == "parquet":
        made = ParquetWriter(
            settings["out"], f"{name}.parquet", compression="zstd", expand_metadata=True
        )
    else:
        made = JsonlWriter(
            settings["out"], f"{name}.jsonl", compression="zstd", expand_metadata=True
        )
    mask = PIIFormatter() if settings["pii"] == "mask" else None
    seconds, n = 0.0, 0
    with made as writer:
        for some in documents(settings["shards"]):
            began = time.process_time()
            for document in some:
                if mask is not None:
                    document.text = mask.format(document.text)
                writer.write(document, rank=0)
            seconds += time.process_time() - began
            n += len(some)
        began = time.process_time()
    seconds += time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"cpu": seconds, "peak_mib": peak, "documents": n}
    Path(settings["result"]).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
