"""Functions as users write them, good and bad."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import curate
from curate.extra.declare import Function, MetricFunction, Values

MARK = "Lorem"
"""Texts with it are those that some functions do not survive."""


@curate.metric_function(
    version="1",
    metrics=[
        curate.OwnMetric("vowel_share", "Vowels over all characters.", "letters / characters", 1.0),
        curate.OwnMetric("longest_word", "Length of the longest word.", unit="characters"),
    ],
)
def readability(batch: pa.Table) -> dict[str, list[float | None]]:
    """Two numbers of a text."""
    texts = batch["text"].to_pylist()
    return {
        "vowel_share": [
            len(re.findall("[aeiou]", x, re.IGNORECASE)) / len(x) if x else None for x in texts
        ],
        "longest_word": [max(map(len, x.split()), default=0) for x in texts],
    }


@curate.metric_function(version="3", metrics=[curate.OwnMetric("url_chars", "Of its address.")])
def of_address(batch: pa.Table) -> pa.Table:
    """A table, and what is not the text."""
    return pa.table({"url_chars": pc.utf8_length(batch["url"])})


def one_number(name: str) -> Callable[[Function], MetricFunction]:
    """Declares a function of one number."""
    return curate.metric_function(version="1", metrics=[curate.OwnMetric(name, "A number.")])


@curate.metric_function(
    version="1",
    metrics=[
        curate.OwnMetric("chars", "Characters.", tail="max"),
        curate.OwnMetric("share", "Their share of a thousand.", highest=1.0, tail="min"),
        curate.OwnMetric("left", "A metric that is not tuned."),
    ],
)
def tuned(batch: pa.Table) -> dict[str, Values]:
    """Numbers of which `tune` cuts tails off."""
    n = [len(text) for text in batch["text"].to_pylist()]
    return {"chars": n, "share": [min(x / 1000, 1.0) for x in n], "left": n}


@one_number("slow")
def slow(batch: pa.Table) -> dict[str, list[int]]:
    """Never comes back from a marked text."""
    while any(MARK in text for text in batch["text"].to_pylist()):
        pass
    return {"slow": [1] * batch.num_rows}


@one_number("crash")
def crash(batch: pa.Table) -> dict[str, list[int]]:
    """Takes its process down."""
    if any(MARK in text for text in batch["text"].to_pylist()):
        os._exit(3)
    return {"crash": [1] * batch.num_rows}


@one_number("raises")
def raises(batch: pa.Table) -> dict[str, list[int]]:
    """Has a mistake."""
    return {"raises": [1 // (MARK not in text) for text in batch["text"].to_pylist()]}


@one_number("short")
def short(batch: pa.Table) -> dict[str, list[int]]:
    """Forgets a row."""
    return {"short": [1] * (batch.num_rows - 1)}


@one_number("odd")
def odd(batch: pa.Table) -> dict[str, np.ndarray]:
    """Numbers that no metric may have among those that it may."""
    return {"odd": np.resize(np.array([1.5, -1.0, np.nan, np.inf]), batch.num_rows)}


@one_number("other")
def other_name(batch: pa.Table) -> dict[str, list[int]]:
    """A column that it has not declared."""
    return {"others": [1] * batch.num_rows}


@one_number("words")
def words(batch: pa.Table) -> dict[str, list[str]]:
    """No numbers."""
    return {"words": ["x"] * batch.num_rows}


@one_number("vowel_share")
def same_column(batch: pa.Table) -> dict[str, list[int]]:
    """A column that another function has."""
    return {"vowel_share": [0] * batch.num_rows}


def plain(batch: pa.Table) -> dict[str, list[int]]:
    """Not declared."""
    return {}
