"""Screen: say of each document what its address hits and who may not read it. Removes nothing."""

from __future__ import annotations

from functools import partial
from typing import Final

import pyarrow as pa

from curate import schema
from curate.robots.index import RobotsIndex
from curate.stages.stage import Stage, append
from curate.urls.filter import UrlFilter

SCREEN_VERSION: Final = "1"
"""Raised by hand when the same lists give other columns."""


def mark_addresses(
    batch: pa.Table, *, url_filter: UrlFilter | None, robots: RobotsIndex | None
) -> pa.Table:
    """Add ``url_filter`` and ``robots_disallowed``; null where there is no filter or index."""
    urls = batch["url"].to_pylist()
    hits = url_filter.check(urls) if url_filter else [None] * len(urls)
    agents = robots.disallowed(urls) if robots else [None] * len(urls)
    columns = zip(schema.SCREEN.columns, (hits, agents), strict=True)
    return append(batch, {column.name: pa.array(values, column.type) for column, values in columns})


def screen_stage(url_filter: UrlFilter | None, robots: RobotsIndex | None) -> Stage:
    """The stage, bound to the filter and the index."""
    return Stage(
        "screen",
        partial(mark_addresses, url_filter=url_filter, robots=robots),
        reads=(schema.DOCUMENTS_URL,),
        writes=schema.SCREEN.columns,
    )
