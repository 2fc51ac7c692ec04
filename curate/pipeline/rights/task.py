"""The task of the rights stage: signs of pages and sites, from a few columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pyarrow as pa

from curate import schema
from curate.io.open_store import open_store
from curate.pipeline.made_once import read_made
from curate.robots.index import split_url
from curate.robots.site_index import SiteIndex
from curate.stages.rights import READ, rights_stage
from curate.stages.stage import Stage
from curate.work.tables import iter_columns
from curate.work.task import ShardTask, shard_task

RIGHTS_ROWS: Final = 16_384

HOSTS: Final = "hosts"
"""Role of the file that counts, by host, documents whose signs say no."""

HOSTS_SCHEMA: Final = pa.schema(
    [
        pa.field("host", pa.string(), nullable=False),
        pa.field("sign", pa.string(), nullable=False),
        pa.field("n_documents", pa.int64(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class RightsKeys:
    """Where the index of sites lies in the work folder.

    Attributes:
        sites: a :class:`curate.robots.site_index.SiteIndex`.
    """

    sites: str


@shard_task(RightsKeys)
def rights_shard(task: ShardTask[RightsKeys]) -> int:
    """Write the rights sidecar of one shard, and what its hosts say."""
    store, shard = task.store, task.shard
    stage = _stage(str(store.root), task.settings.sites)
    answers: Counter[str] = Counter()
    signs: Counter[str] = Counter()
    hosts: Counter[tuple[str, str]] = Counter()
    licenses: Counter[str] = Counter()
    columns = {"extract": tuple(column.name for column in READ)}
    with task.attempt() as attempt:
        writer = attempt.writer(schema.RIGHTS.schema(), gather=True)
        for batch in iter_columns(store, shard, columns, batch_rows=RIGHTS_ROWS):
            marked = stage(batch)
            writer.write(marked.select(schema.RIGHTS.names()))
            answers.update(marked["train_ai"].to_pylist())
            signs.update(_said(marked))
            licenses.update(name for name in marked["license"].to_pylist() if name)
            hosts.update(_refusing(marked))
        attempt.write(_host_table(hosts), role=HOSTS, part="-hosts")
        attempt.commit(
            rows_in=writer.rows,
            rows_out=writer.rows,
            counts={
                "train_ai": dict(sorted(answers.items())),
                "signs": dict(sorted(signs.items())),
                "licenses": dict(sorted(licenses.items())),
            },
        )
    return writer.rows


def _said(marked: pa.Table) -> Iterable[str]:
    """``aipref:no`` for each kind of sign of each document, and what it says."""
    for signs in marked["train_ai_signs"].to_pylist():
        yield from {f"{sign['sign']}:{sign['train_ai']}" for sign in signs}


def _refusing(marked: pa.Table) -> Iterable[tuple[str, str]]:
    """Host and kind of sign of each document that a sign says no about."""
    rows = (marked["url"].to_pylist(), marked["opted_out_by"].to_pylist())
    for url, kinds in zip(*rows, strict=True):
        host = (split_url(url or "")[0] or "").partition("://")[2]
        for kind in kinds:
            yield host, kind


def _host_table(hosts: Counter[tuple[str, str]]) -> pa.Table:
    rows = [
        {"host": host, "sign": kind, "n_documents": n} for (host, kind), n in sorted(hosts.items())
    ]
    return pa.Table.from_pylist(rows, HOSTS_SCHEMA)


@lru_cache(maxsize=1)
def _stage(root: str, sites: str) -> Stage:
    """The index, loaded once per worker process."""
    return rights_stage(SiteIndex.from_bytes(read_made(open_store(root), sites)))
