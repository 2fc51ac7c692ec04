"""What one text measures."""

from __future__ import annotations

from curate.metrics.measure import measure

Row = dict[str, float | None]


def one(text: str, stopwords: frozenset[str] = frozenset()) -> Row:
    row: Row = measure([text], ["und_Zyyy"], {"und_Zyyy": stopwords}).to_pylist()[0]
    return row
