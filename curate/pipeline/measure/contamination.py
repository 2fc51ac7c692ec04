"""The annotator that looks for evaluation sets in the pass over the text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from curate import schema
from curate.contamination import NgramIndex
from curate.io.open_store import open_store
from curate.pipeline.made_once import read_made
from curate.pipeline.measure.scores import Annotator
from curate.stages.contamination import contamination_of
from curate.text.split import TokenBatch


@dataclass(frozen=True, slots=True)
class ContaminationSettings:
    """Which sets are looked for.

    Attributes:
        work: the work folder.
        index: key of the sets' index there.
        min_matches: n-grams of a document that have to be in a set.
    """

    work: str
    index: str
    min_matches: int


def contamination_annotator(settings: ContaminationSettings) -> Annotator:
    """Overlap with evaluation sets, whose index is loaded once per process."""
    index = _index(settings.work, settings.index)

    def add(batch: pa.Table, tokens: TokenBatch | None) -> pa.Table:
        assert tokens is not None
        return contamination_of(tokens, index=index, min_matches=settings.min_matches)

    def notes(_: pa.Table, overlaps: pa.Table) -> Counter[str]:
        names = pc.list_flatten(overlaps["contaminated_by"]).to_pylist()
        return Counter(f"contaminated_by {name}" for name in names)

    kind = schema.CONTAMINATION.schema()
    return Annotator(kind, add, needs_label=False, needs_tokens=True, notes=notes)


@lru_cache(maxsize=1)
def _index(work: str, key: str) -> NgramIndex:
    return NgramIndex.from_bytes(read_made(open_store(work), key))
