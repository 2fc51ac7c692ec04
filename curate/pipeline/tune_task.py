"""The tasks of the tune stage: word counts and metric summaries of one shard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from curate.io.commit import Attempt
from curate.io.store import Store
from curate.metrics import METRICS, count_words
from curate.pipeline.cluster_task import is_compared
from curate.pipeline.tables import iter_columns, read_columns
from curate.tune.sketch import merge, summarize, to_json

WORDS = pa.schema([("label", pa.string()), ("word", pa.string()), ("n", pa.int64())])
WORDS_KEPT = 2000
"""Words kept per label and shard: far more than ever become stop words."""


def count_shard_words(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Count the words of each label's documents at or above its LID threshold."""
    store, shard, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    counts: dict[str, Counter[str]] = {}
    rows = 0
    wanted = {"extract": ("text",), "identify": ("label", "lid_confidence")}
    for batch in iter_columns(store, shard, wanted):
        rows += batch.num_rows
        texts: dict[str, list[str]] = {}
        confident = batch.filter(pa.array(is_compared(batch, settings["configs"])))
        for label, text in zip(
            confident["label"].to_pylist(), confident["text"].to_pylist(), strict=True
        ):
            texts.setdefault(label, []).append(text)
        for label, group in texts.items():
            counts.setdefault(label, Counter()).update(count_words(group))
    listed: list[tuple[str, str, int]] = []
    for label, found in sorted(counts.items()):
        most = sorted(found.items(), key=lambda x: (-x[1], x[0]))[:WORDS_KEPT]
        listed.extend((label, word, n) for word, n in most)
    table = pa.table(
        [[x[i] for x in listed] for i in range(3)],
        schema=WORDS,
    )
    with Attempt(
        store, step="stopwords", shard=shard, fingerprint=payload["due"]["stopwords"]
    ) as attempt:
        attempt.write(table)
        attempt.commit(
            rows_in=rows,
            rows_out=rows,
            counts={"n_words": {label: sum(c.values()) for label, c in sorted(counts.items())}},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": rows}


def summarise_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Summaries by label: the confidence of all documents, metrics of those that are confident."""
    store, shard, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    table = read_columns(
        store, shard, {"identify": ("label", "lid_confidence"), "annotate": tuple(METRICS)}
    )
    confident = table.filter(pa.array(is_compared(table, settings["configs"])))
    found = merge(
        summarize(table["label"], table.select(["lid_confidence"])),
        summarize(confident["label"], confident.select(list(METRICS))),
    )
    with Attempt(store, step="tune", shard=shard, fingerprint=payload["due"]["tune"]) as attempt:
        attempt.write(pa.table({"summaries": [to_json(found)]}))
        attempt.commit(
            rows_in=table.num_rows, rows_out=table.num_rows, bytes_in=payload["bytes_in"]
        )
    return {"rows": table.num_rows}
