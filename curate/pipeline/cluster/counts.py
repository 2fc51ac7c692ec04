"""Counts of what deduplication removes, by label and by domain, and a warning of too much.

Half of a crawl may well be copies. Nine tenths of a language, or of a site, are rather a sign that
pages hold the same text around different contents, or that identification went wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.io import layout
from curate.io.digests import json_with_digest, read_json
from curate.io.store import Store
from curate.urls.suffixes import registered_domain
from curate.work.exchange import receipts_of
from curate.work.plan import load_plan

LEAST_DOCUMENTS = 1_000
"""Of fewer documents no share is judged."""

_REMEDY = "delete this file and run the same job again: it is counted from the receipts"
HOSTS_OF_A_SHARD = 200
"""Hosts that a shard counts: those that lose most documents."""


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """Sums over the documents of a label that were compared.

    Attributes:
        n_documents: compared documents.
        n_clusters: clusters, those of one document included.
        n_candidate_pairs: pairs compared by signature; of components that were broken up, those
            that were compared after that.
        n_verified_pairs: those of them that are alike.
        n_exact_copies: documents equal in keys and signature to another.
        n_uncompared: members of very large runs of one key left over after the last centre,
            added up over bands.
    """

    n_documents: int = 0
    n_clusters: int = 0
    n_candidate_pairs: int = 0
    n_verified_pairs: int = 0
    n_exact_copies: int = 0
    n_uncompared: int = 0

    @property
    def removed_share(self) -> float:
        """Share of the documents, 0 to 1, that are not their cluster's representative."""
        return 1 - self.n_clusters / self.n_documents if self.n_documents else 0.0

    def plus(self, other: Mapping[str, int]) -> LabelCounts:
        """With some sums added."""
        return LabelCounts(**{k: v + other.get(k, 0) for k, v in asdict(self).items()})


def label_counts(store: Store) -> dict[str, LabelCounts]:
    """The sums of every label, sorted by name, from receipts alone."""
    counts: dict[str, LabelCounts] = {}
    for step in ("cluster.split", "cluster.send"):
        if load_plan(store, step) is None:
            continue  # no label is large
        for receipt in receipts_of(store, step):
            for label, n in receipt.counts["alone"].items():
                before = counts.get(label, LabelCounts())
                counts[label] = before.plus({"n_documents": n, "n_clusters": n})
    for receipt in receipts_of(store, "cluster.group"):
        for label, more in receipt.counts["labels"].items():
            counts[label] = counts.get(label, LabelCounts()).plus(more)
    return dict(sorted(counts.items()))


def host_counts(urls: pa.ChunkedArray, sizes: npt.NDArray[np.int64]) -> dict[str, list[float]]:
    """host -> documents and how many of them deduplication removes, for some hosts of a shard.

    A document of a cluster of n counts as 1 - 1 / n removed, whichever of them stands for it.

    Args:
        urls: addresses; null has no host.
        sizes: int64[n], cluster sizes; 0 for what was not compared.
    """
    hosts = pc.struct_field(pc.extract_regex(urls, r"^(?:[^:/?#]*:)?//(?P<host>[^/?#]{1,253})"), 0)
    removed = 1 - 1 / np.maximum(sizes, 1)
    table = pa.table({"host": hosts, "n": (sizes > 0).astype(np.int64), "removed": removed})
    table = table.filter(pc.is_valid(table["host"])).group_by("host")
    sums = table.aggregate([("n", "sum"), ("removed", "sum")])
    sums = sums.filter(pc.greater(sums["removed_sum"], 0))
    sums = sums.sort_by([("removed_sum", "descending"), ("host", "ascending")])
    most = sums.slice(0, HOSTS_OF_A_SHARD).to_pylist()
    return {row["host"]: [row["n_sum"], round(row["removed_sum"], 3)] for row in most}


def domain_counts(store: Store) -> dict[str, tuple[int, float]]:
    """domain -> documents and removed documents, as far as shards count them; sorted by name."""
    counts: dict[str, tuple[int, float]] = {}
    names: dict[str, str] = {}
    for receipt in receipts_of(store, "cluster"):
        for host, (n, removed) in receipt.counts["hosts"].items():
            name = names.get(host)
            if name is None:
                name = names[host] = registered_domain(f"http://{host}/") or host
            before = counts.get(name, (0, 0.0))
            counts[name] = (before[0] + n, before[1] + removed)
    return dict(sorted(counts.items()))


@dataclass(frozen=True, slots=True)
class Warned:
    """A label or a domain of which much is removed."""

    kind: str
    name: str
    n_documents: int
    removed_share: float

    def __str__(self) -> str:
        return (
            f"{self.kind} {self.name}: deduplication removes {self.removed_share:.0%} of "
            f"{self.n_documents:,} documents"
        )


def warnings_of(store: Store, share: float) -> Iterator[Warned]:
    """Labels, then domains, that lose more than ``share`` of at least a thousand documents."""
    for label, counts in label_counts(store).items():
        if counts.n_documents >= LEAST_DOCUMENTS and counts.removed_share > share:
            yield Warned("label", label, counts.n_documents, round(counts.removed_share, 4))
    for domain, (n, removed) in domain_counts(store).items():
        if n >= LEAST_DOCUMENTS and removed / n > share:
            yield Warned("domain", domain, n, round(removed / n, 4))


def write_counts(store: Store, share: float) -> list[Warned]:
    """Keep the sums of every label, and the warnings, beside the clusters; the warnings."""
    warned = list(warnings_of(store, share))
    body: dict[str, object] = {
        "labels": {
            name: {**asdict(counts), "removed_share": round(counts.removed_share, 4)}
            for name, counts in label_counts(store).items()
        },
        "warn_removed_share": share,
        "warnings": [asdict(w) for w in warned],
    }
    store.put(layout.CLUSTER_COUNTS, json_with_digest(body, indent=1))
    return warned


def read_counts(store: Store) -> dict[str, Any] | None:
    """The JSON of :func:`write_counts`; None before the stage has ended."""
    data = store.get(layout.CLUSTER_COUNTS)
    if data is None:
        return None
    where = str(store.path(layout.CLUSTER_COUNTS))
    return read_json(data, where=where, todo=_REMEDY, keys=("labels", "warnings"))
