"""Its table, and the metric in it that thresholds may be about."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from curate.columns import Column, Metric, Table

VOWEL_FRACTION = Metric(
    "vowel_fraction",
    pa.float64(),
    "letters / characters",
    0.0,
    1.0,
    "Vowels over all characters.",
    "the document has no text",
    ("aloe", 0.75),
)
METRICS: Mapping[str, Metric] = {VOWEL_FRACTION.name: VOWEL_FRACTION}
VOWELS = Table(
    "vowels",
    "vowels",
    (
        Column("n_vowels", pa.int32(), "letters", "How many there are."),
        VOWEL_FRACTION.column,
    ),
)
