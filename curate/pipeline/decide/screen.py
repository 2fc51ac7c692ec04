"""The task of the screen stage: addresses against lists and robots.txt, from one column."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from curate import schema
from curate.io.open_store import open_store
from curate.pipeline.made_once import read_made
from curate.robots.index import RobotsIndex
from curate.stages.screen import screen_stage
from curate.stages.stage import Stage
from curate.urls.filter import UrlFilter
from curate.work.tables import iter_columns
from curate.work.task import ShardTask, shard_task

SCREEN_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class ScreenKeys:
    """Where the compiled filter and the index lie in the work folder; None for none.

    Attributes:
        urls: a :class:`curate.urls.filter.UrlFilter`.
        robots: a :class:`curate.robots.index.RobotsIndex`.
    """

    urls: str | None = None
    robots: str | None = None


@shard_task(ScreenKeys)
def screen_shard(task: ShardTask[ScreenKeys]) -> int:
    """Write the screen sidecar of one shard."""
    store, shard, keys = task.store, task.shard, task.settings
    stage = _stage(str(store.root), keys.urls, keys.robots)
    hits: Counter[str] = Counter()
    with task.attempt() as attempt:
        writer = attempt.writer(schema.SCREEN.schema(), gather=True)
        for batch in iter_columns(store, shard, {"extract": ("url",)}, batch_rows=SCREEN_ROWS):
            screened = stage.added(batch)
            writer.write(screened)
            hits.update(_hits(screened))
        attempt.commit(
            rows_in=writer.rows,
            rows_out=writer.rows,
            counts={"hits": dict(sorted(hits.items()))},
        )
    return writer.rows


def _hits(screened: pa.Table) -> Counter[str]:
    """How many documents each rule hit, words and agents by their names."""
    hits = Counter(hit for hit in screened["url_filter"].to_pylist() if hit)
    for agents in screened["robots_disallowed"].to_pylist():
        hits.update(f"robots:{agent}" for agent in agents or ())
    return hits


@lru_cache(maxsize=1)
def _stage(root: str, urls: str | None, robots: str | None) -> Stage:
    """Filter and index, loaded once per worker process."""
    store = open_store(root)
    return screen_stage(
        UrlFilter.from_bytes(read_made(store, urls)) if urls else None,
        RobotsIndex.from_bytes(read_made(store, robots)) if robots else None,
    )
