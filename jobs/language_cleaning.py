"""Leave out pages that are not, or only partly, translated.

``curate tune`` removes paragraphs in another language from a reference. Of a manual that is half
translated this leaves pages of headings, which would pass for the shape of the language's texts.
So a page that loses more than a tenth of its characters is left out whole, before tuning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from curate.lid.embedded import EmbeddedIdentifier
from curate.tune.cleaning import clean_texts

MOST_REMOVED: Final = 0.1
"""Share of a text's characters that may be in another language."""

KEPT, PARTLY = "kept", "partly_translated"
_BATCH = 200


def write_translated(source: Path, target: Path, *, workers: int) -> dict[str, Counter[str]]:
    """Copy the texts of ``source/<label>/*.parquet`` that are in their label's language.

    Returns:
        label -> what became of its texts: ``kept``, ``partly_translated``, or why
        :func:`curate.tune.cleaning.clean_texts` left them out.
    """
    labels = sorted(path.name for path in source.iterdir())
    with ProcessPoolExecutor(workers) as pool:
        counts = pool.map(partial(_write_label, source, target), labels)
        return dict(zip(labels, counts, strict=True))


def _write_label(source: Path, target: Path, label: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for path in sorted((source / label).glob("*.parquet")):
        table = pq.read_table(path)
        fates = list(_fates(table["text"].to_pylist(), label))
        counts.update(fates)
        kept = table.filter(pa.array([fate == KEPT for fate in fates]))
        if kept.num_rows:
            (target / label).mkdir(parents=True, exist_ok=True)
            pq.write_table(kept, target / label / path.name, compression="zstd")
    return counts


def _fates(texts: Sequence[str], label: str) -> Iterator[str]:
    identifier = EmbeddedIdentifier()
    for at in range(0, len(texts), _BATCH):
        batch = texts[at : at + _BATCH]
        for text, cleaned in zip(batch, clean_texts(batch, label, identifier), strict=True):
            removed = sum(cleaned.removed.values())
            partly = PARTLY if removed > MOST_REMOVED * len(text) else KEPT
            yield cleaned.reason or partly
