"""The task of the screen stage: addresses against lists and robots.txt, from one column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pyarrow as pa

from curate import schema
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.made_once import read_made
from curate.pipeline.tables import iter_columns
from curate.robots.index import RobotsIndex
from curate.stages.base import Stage
from curate.stages.screen import screen_stage
from curate.urls.filter import UrlFilter

SCREEN_ROWS = 16_384


def screen_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the screen sidecar of one shard."""
    store, shard, keys = Store(payload["work"]), payload["shard"], payload["settings"]
    stage = _stage(str(store.root), keys.get("urls"), keys.get("robots"))
    hits: Counter[str] = Counter()
    with Attempt(
        store, step="screen", shard=shard, fingerprint=payload["due"]["screen"]
    ) as attempt:
        writer = attempt.writer(schema.SCREEN.schema(), gather=True)
        for batch in iter_columns(store, shard, {"extract": ("url",)}, batch_rows=SCREEN_ROWS):
            screened = stage.added(batch)
            writer.write(screened)
            hits.update(_hits(screened))
        attempt.commit(
            rows_in=writer.rows,
            rows_out=writer.rows,
            counts={"hits": dict(sorted(hits.items()))},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": writer.rows}


def _hits(screened: pa.Table) -> Counter[str]:
    """How many documents each rule hit, words and agents by their names."""
    found = Counter(hit for hit in screened["url_filter"].to_pylist() if hit)
    for agents in screened["robots_disallowed"].to_pylist():
        found.update(f"robots:{agent}" for agent in agents or ())
    return found


@lru_cache(maxsize=1)
def _stage(root: str, urls: str | None, robots: str | None) -> Stage:
    """Filter and index, loaded once per worker process."""
    store = Store(root)
    return screen_stage(
        UrlFilter.from_bytes(read_made(store, urls)) if urls else None,
        RobotsIndex.from_bytes(read_made(store, robots)) if robots else None,
    )
