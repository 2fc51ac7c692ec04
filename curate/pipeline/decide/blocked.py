"""Representatives of clusters, where some of its members are blocked or taken down.

A page that is blocked by right can close its cluster: then no near-copy takes its place, and each
of these says so by a reason of its own. What was taken down is decided last and on its own: which
member stands without it is known too, since weights, test split and mixture go by that. So a
take-down changes what becomes of the clusters that it touches, and of nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.config.job import JobConfig
from curate.dedup.representative import choose, is_in_capitals, n_word_chars
from curate.io.store import Store
from curate.rights.removal import BLOCKING, WITHDRAWN, WITHDRAWN_CLUSTER
from curate.rights.take_down import NOT_LISTED, WITH_CLUSTER
from curate.stages.coded import coded
from curate.stages.rebalance import BLOCKED
from curate.work.take_down import entries_of

Bools = npt.NDArray[np.bool_]
I8 = npt.NDArray[np.int8]

PAGE, LISTED, CLUSTER = "page", "listed", "cluster"
"""Which blocked pages close their clusters: none, those on lists of addresses, all."""

_LISTED_HITS: Final = ("url", "domain")
_FIRST: Final = BLOCKED.index(f"{BLOCKING[0]}_cluster")
_GONE, _MATE = BLOCKED.index(WITHDRAWN), BLOCKED.index(WITHDRAWN_CLUSTER)


def closing(job: JobConfig) -> str:
    """Which blocked pages close their clusters, of a job."""
    if job.rebalance.blocked is not None:
        return job.rebalance.blocked
    return LISTED if job.verifies_clusters else PAGE


def bars(table: pa.Table, how: str) -> I8:
    """int8[n]: 1 and more, the place in :data:`BLOCKING`, of pages that close their cluster; 0.

    Args:
        table: ``drop_reason``; for ``listed``, ``url_filter`` if the job has lists.
        how: see :func:`closing`.
    """
    if how == PAGE:
        return np.zeros(table.num_rows, np.int8)
    codes, names = coded(table["drop_reason"])
    places = [1 + BLOCKING.index(name) if name in BLOCKING else 0 for name in names]
    barring = np.array([*places, 0], np.int8)[codes]
    if how == LISTED:
        barring[barring != 1 + BLOCKING.index("url_filter")] = 0
        if "url_filter" not in table.column_names:
            return np.zeros(table.num_rows, np.int8)
        hits, kinds = coded(table["url_filter"])
        is_listed = np.array([*(kind in _LISTED_HITS for kind in kinds), False], np.bool_)[hits]
        barring[~is_listed] = 0
    return barring


def scopes_of(store: Store, table: pa.Table, digest: str) -> I8:
    """int8[n]: which documents are on the lists of a digest, and with what scope."""
    if not digest:
        return np.full(table.num_rows, NOT_LISTED, np.int8)
    lists = entries_of(str(store.root), digest)
    urls = table["url"].to_pylist() if lists.has_addresses else None
    return lists.scopes(table["id"].to_pylist(), urls)


class Chosen(NamedTuple):
    """The member that stands for each cluster, and those that may not.

    Attributes:
        stood: bool[n], would stand if nothing had been taken down.
        stands: bool[n], stands.
        blocked: int8[n], number in :data:`curate.stages.rebalance.BLOCKED`, all told.
        barred: int8[n], the same without what was taken down.
    """

    stood: Bools
    stands: Bools
    blocked: I8
    barred: I8


def chosen(table: pa.Table, *, regardless: bool) -> Chosen:
    """Choose one member of every cluster among those that may be published.

    Args:
        table: members of clusters of two and more, with ``bar`` and ``scope``.
        regardless: whether verdicts do not matter, as in FineWeb2.
    """
    _, cluster = np.unique(table["cluster_id"].to_numpy(), return_inverse=True)
    bar, scope = (table[name].to_numpy() for name in ("bar", "scope"))
    closed = _least_of(cluster, bar)
    barred = np.where((closed > 0) & (bar == 0), closed - 1 + _FIRST, 0).astype(np.int8)
    stood = _choose(table, barred == 0, regardless=regardless)
    if not (scope > NOT_LISTED).any():
        return Chosen(stood, stood, barred, barred)
    shut = np.zeros(int(cluster.max()) + 1, np.bool_)
    shut[cluster[scope == WITH_CLUSTER]] = True
    blocked = np.where(shut[cluster], _MATE, barred)
    blocked = np.where(scope > NOT_LISTED, _GONE, blocked).astype(np.int8)
    return Chosen(stood, _choose(table, blocked == 0, regardless=regardless), blocked, barred)


def _least_of(cluster: npt.NDArray[np.int64], bar: I8) -> npt.NDArray[np.int64]:
    """int64[n]: the first bar of each row's cluster; 0 where it has none."""
    none = len(BLOCKING) + 1
    least = np.full(int(cluster.max(initial=0)) + 1, none, np.int64)
    np.minimum.at(least, cluster[bar > 0], bar[bar > 0].astype(np.int64))
    least[least == none] = 0
    return least[cluster]


def _choose(table: pa.Table, may: Bools, *, regardless: bool) -> Bools:
    stands = np.zeros(table.num_rows, np.bool_)
    rows = table.filter(pa.array(may))
    stands[may] = choose(
        rows["cluster_id"].to_numpy(),
        rows["passes"].to_numpy(zero_copy_only=False),
        n_word_chars(rows["n_words"], rows["mean_word_chars"]),
        rows["id"].combine_chunks(),
        rank=rows["rank"].to_numpy().astype(np.int64),
        in_capitals=is_in_capitals(rows["upper_case_fraction"]),
        regardless=regardless,
    )
    return stands


def read_for(
    columns: Mapping[str, tuple[str, ...]], closes: str, lists: str, *, screened: bool
) -> dict[str, tuple[str, ...]]:
    """Columns with those that bars and lists are told from.

    Args:
        columns: step -> columns that are read in any case.
        closes: see :func:`closing`.
        lists: digest of what was taken down; empty for nothing.
        screened: whether there is a stage `screen`.
    """
    more = dict(columns)
    if closes == LISTED and screened:
        more["screen"] = ("url_filter",)
    if lists:
        more["extract"] = ("id", "url")
    return more


def alone_blocked(scope: I8) -> I8:
    """int8[n]: numbers in :data:`curate.stages.rebalance.BLOCKED` of documents that are alone."""
    return np.where(scope > NOT_LISTED, _GONE, 0).astype(np.int8)
