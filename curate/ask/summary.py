"""The public summary of what a work folder publishes: counted anew, and equal to its manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.config.job import JobConfig
from curate.errors import InputError
from curate.io import layout
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.pipeline.emit.current import is_current
from curate.pipeline.papers.describe import publisher_of
from curate.pipeline.report.count import outcome_counts
from curate.pipeline.report.results import stage_lines, yields_of
from curate.report.data import LabelYield
from curate.report.summary import CONTENT, RIGHTS, DomainSize, Measure, Snapshot, Summary
from curate.stages.coded import coded
from curate.urls.suffixes import registered_domain
from curate.work.plan import load_plan, require_work_folder
from curate.work.tables import read_columns
from curate.work.take_down import take_down_of

_COLUMNS = {
    "extract": ("url", "date", "snapshot", "payload_bytes"),
    "annotate": ("n_chars",),
    "rebalance": ("removal_reason",),
}
_HOST = r"^(?:[^:/?#]*:)?//(?:[^/?#@]*@)?(?P<host>[^/?#:]{1,253})"

I64 = npt.NDArray[np.int64]


def summary_of(job: JobConfig) -> Summary:
    """The content of the summary, from receipts and sidecars.

    Holds a number for each domain: about a hundred bytes for each.

    Raises:
        InputError: nothing has been published, or something else than was decided last.
    """
    store = open_store(job.work)
    published = _published(store)
    tally = _Tally()
    for table in _shards(store):
        tally.add(table)
    yields = yields_of(outcome_counts(store), {})
    if not tally.documents == published == sum(one.kept for one in yields):
        raise _unequal(store, tally.documents, published)
    return Summary(
        title=job.name,
        publisher=publisher_of(job),
        license=job.emit.license if isinstance(job.emit.license, str) else None,
        documents=tally.documents,
        snapshots=tally.snapshots(),
        yields=tuple(one for one in yields if one.kept),
        removed=_removed(yields),
        left_out={line.step: dict(line.dropped) for line in stage_lines(store) if line.dropped},
        domains=tally.domains(),
        without_domain=tally.without_domain,
        measures=tuple(_measures(job)),
        taken_down=len(take_down_of(store).entries),
        pii=job.emit.pii,
        pii_kinds=tuple(job.emit.pii_kinds),
    )


def _published(store: Store) -> int:
    require_work_folder(store)
    if not is_current(store):
        raise InputError(
            str(store.path(layout.CORPUS)),
            wanted="a corpus that holds what was decided last",
            found="none" if is_current(store) is None else "an older one",
            todo=f"publish it: curate emit {store.root}",
        )
    manifest = json.loads(store.get(layout.MANIFEST) or b"{}")
    return int(manifest["totals"]["published"])


def _unequal(store: Store, counted: int, published: int) -> InputError:
    return InputError(
        str(store.root),
        wanted=f"the {published} published documents of the manifest",
        found=f"{counted} documents without a removal reason",
        todo=f"check the folder: curate verify {store.root}",
    )


def _shards(store: Store) -> Iterator[pa.Table]:
    plan = load_plan(store, "extract")
    assert plan is not None
    for shard in plan.shards:
        table = read_columns(store, shard.id, _COLUMNS)
        yield table.filter(pc.is_null(table["removal_reason"]))


class _Tally:
    """Sums over the published documents, shard by shard."""

    def __init__(self) -> None:
        self.documents = 0
        self.without_domain = 0
        self._domains: dict[str, tuple[int, int, int]] = {}
        self._snapshots: dict[str, tuple[int, int, str, str]] = {}
        self._names: dict[str, str] = {}

    def add(self, table: pa.Table) -> None:
        """Count one shard's published documents."""
        self.documents += table.num_rows
        chars = pc.cast(pc.fill_null(table["n_chars"], 0), pa.int64())
        hosts = pc.struct_field(pc.extract_regex(table["url"], _HOST), 0)
        self.without_domain += hosts.null_count
        fetched = pc.cast(pc.fill_null(table["payload_bytes"], 0), pa.int64())
        for host, *sums in _sums(hosts, chars, fetched):
            domain = self._domain(host)
            before = self._domains.get(domain, (0, 0, 0))
            self._domains[domain] = (before[0] + sums[0], before[1] + sums[1], before[2] + sums[2])
        self._add_dates(table, chars)

    def _domain(self, host: str) -> str:
        known = self._names.get(host)
        if known is None:
            known = self._names[host] = registered_domain(f"http://{host}/") or host.lower()
        return known

    def _add_dates(self, table: pa.Table, chars: pa.ChunkedArray) -> None:
        parts = {"snapshot": pc.fill_null(table["snapshot"], ""), "date": table["date"]}
        grouped = pa.table({**parts, "chars": chars}).group_by("snapshot")
        sums_of = [("chars", "count"), ("chars", "sum"), ("date", "min"), ("date", "max")]
        for row in grouped.aggregate(sums_of).to_pylist():
            name, first, last = row["snapshot"], row["date_min"] or "", row["date_max"] or ""
            n, size, before, after = self._snapshots.get(name, (0, 0, "", ""))
            first = min(filter(None, (first, before)), default="")
            sums = (n + row["chars_count"], size + row["chars_sum"])
            self._snapshots[name] = (*sums, first, max(last, after))

    def domains(self) -> tuple[DomainSize, ...]:
        """Largest first, by bytes of pages, then by characters of text, then by name."""
        rows = (DomainSize(name, *sums) for name, sums in self._domains.items())
        return tuple(sorted(rows, key=lambda x: (-x.n_bytes, -x.n_chars, x.domain)))

    def snapshots(self) -> tuple[Snapshot, ...]:
        """By name."""
        return tuple(Snapshot(name, *sums) for name, sums in sorted(self._snapshots.items()))


def _sums(
    names: pa.ChunkedArray, chars: pa.ChunkedArray, fetched: pa.ChunkedArray
) -> Iterator[tuple[str, int, int, int]]:
    """Each name with how often it is there, its characters and its bytes."""
    codes, values = coded(names)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    sums: I64 = np.zeros((2, len(values) + 1), np.int64)  # the last takes rows without a name
    for row, column in zip(sums, (chars, fetched), strict=True):
        np.add.at(row, codes, column.to_numpy())
    for place, name in enumerate(values):
        yield name, int(counts[place]), int(sums[0, place]), int(sums[1, place])


def _removed(yields: Iterable[LabelYield]) -> Mapping[str, int]:
    reasons: dict[str, int] = {}
    for one in yields:
        for reason, n in one.outcomes.items():
            if reason:
                reasons[reason] = reasons.get(reason, 0) + n
    return dict(sorted(reasons.items(), key=lambda x: (-x[1], x[0])))


def _measures(job: JobConfig) -> Iterator[Measure]:
    """The measures of a job on rights and content, with the reason that documents then have."""
    if job.urls is not None and job.urls.drop:
        lists = (*job.urls.domains, *job.urls.urls, *job.urls.folders, *job.urls.words)
        names = ", ".join(sorted({path.rstrip("/").rpartition("/")[2] for path in lists}))
        yield Measure(f"lists of addresses and words: {names}", "url_filter", CONTENT)
    if job.robots is not None and job.robots.drop:
        agents = ", ".join(job.robots.agents)
        yield Measure(f"robots.txt, for {agents}", "robots_disallowed", RIGHTS)
    if job.robots is not None and job.robots.drop_opt_out:
        yield Measure(f"signs of pages: {', '.join(job.robots.drop_opt_out)}", "opt_out", RIGHTS)
    if job.rights is not None and job.rights.drop:
        agents = ", ".join(job.rights.agents)
        signs = ", ".join(job.rights.drop)
        yield Measure(
            f"signs of pages and sites: {signs}; agents: {agents}", "opted_out_by", RIGHTS
        )
    if isinstance(job.emit.license, tuple):
        yield Measure(f"only these licences: {', '.join(job.emit.license)}", "license", RIGHTS)
