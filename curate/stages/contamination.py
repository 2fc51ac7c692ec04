"""Contamination: which evaluation sets each text overlaps with. Judges nothing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from curate import schema
from curate.contamination import NgramIndex
from curate.text.split import TokenBatch


def contamination_of(tokens: TokenBatch, *, index: NgramIndex, min_matches: int = 1) -> pa.Table:
    """The columns of the sidecar, of texts that are split already.

    Args:
        tokens: of the texts.
        index: n-grams of the evaluation sets.
        min_matches: places of a text where an overlap with a set begins, for it to count.
    """
    overlaps = index.find(tokens)
    names = np.array(index.sets, object)
    has_words = overlaps.n_words > 0
    sets = [
        list(names[n >= min_matches]) if is_there else None
        for n, is_there in zip(overlaps.n_matches, has_words, strict=True)
    ]
    fractions = overlaps.n_covered / np.maximum(overlaps.n_words, 1)
    columns = [pa.array(sets, pa.list_(pa.string())), pa.array(fractions, mask=~has_words)]
    return pa.table(columns, schema=schema.CONTAMINATION.schema())
