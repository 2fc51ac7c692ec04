"""What deduplication removes is counted, and much of it is warned of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from curate.engine.local import LocalEngine
from curate.io.store import Store
from curate.pipeline.cluster.counts import (
    HOSTS_OF_A_SHARD,
    LabelCounts,
    domain_counts,
    host_counts,
    label_counts,
    read_counts,
    warnings_of,
    write_counts,
)
from curate.work.plan import ShardPlan
from tests.benchmarks.cluster_data import Planted, write_sidecars
from tests.pipeline.cut_labels import CUT, WHOLE, clusters_of, run
from tests.runs import Told

SHARE = 0.4


def copies(store: Store) -> list[ShardPlan]:
    """Three thousand documents, nearly all of them copies."""
    labels = {"eng_Latn": 0.6, "tha_Thai": 0.3, "fuv_Adlm": 0.1}
    crawl = Planted(3000, labels, in_clusters=0.97, copies=1.0)
    return write_sidecars(store, crawl, 3)


@pytest.fixture(scope="module")
def told_and_store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Store]:
    store, told = Store(tmp_path_factory.mktemp("copies")), Told()
    for _ in range(2):  # the second time nothing is done, and nothing told
        run(
            store,
            copies(store),
            LocalEngine(workers=0),
            sizes=CUT,
            progress=told,
            warn_removed_share=SHARE,
        )
    return told, store


def test_a_label_that_loses_much_is_warned_of_once(told_and_store: tuple[Told, Store]) -> None:
    told, store = told_and_store
    counts = label_counts(store)
    wanted = [
        f"label {name}: deduplication removes {c.removed_share:.0%} of {c.n_documents:,} documents "
        "(cluster.warn_removed_share)"
        for name, c in counts.items()
        if c.n_documents >= 1000 and c.removed_share > SHARE
    ]
    assert wanted
    assert [line for line in told.said if line.startswith("label ")] == wanted


def test_the_counts_are_kept_beside_the_clusters(told_and_store: tuple[Told, Store]) -> None:
    _, store = told_and_store
    kept = read_counts(store)
    assert kept is not None
    assert kept["warn_removed_share"] == SHARE
    assert [w["name"] for w in kept["warnings"]] == [w.name for w in warnings_of(store, SHARE)]
    found = clusters_of(store)
    assert sum(c["n_documents"] for c in kept["labels"].values()) == 3000
    n_clusters = len(np.unique(found["cluster_id"]))
    assert sum(c["n_clusters"] for c in kept["labels"].values()) == n_clusters
    assert read_counts(Store(store.root / "elsewhere")) is None


def test_a_higher_share_warns_of_nothing(told_and_store: tuple[Told, Store]) -> None:
    _, store = told_and_store
    assert write_counts(store, 1.0) == []
    assert list(warnings_of(store, 0.0))
    write_counts(store, SHARE)


def test_domains_add_up_to_what_is_removed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run(store, copies(store), LocalEngine(workers=0), sizes=WHOLE)
    found = domain_counts(store)
    removed = 3000 - sum(c.n_clusters for c in label_counts(store).values())
    assert sum(lost for _, lost in found.values()) == pytest.approx(removed, abs=1)
    assert all(0 < lost < n for n, lost in found.values())


def test_hosts_of_a_shard() -> None:
    urls = [
        "https://a.example/x",
        "http://a.example?y",
        "no address",
        "https://b.example/",
        None,
        "//münchen.example/",
        "https://a.example",
    ]
    sizes = np.array([2, 4, 9, 1, 5, 3, 0])
    found = host_counts(pa.chunked_array([urls]), sizes)
    assert found == {"a.example": [2, 1.25], "münchen.example": [1, 0.667]}
    many = pa.chunked_array([[f"https://{i}.example/" for i in range(300)]])
    assert len(host_counts(many, np.full(300, 2))) == HOSTS_OF_A_SHARD
    assert host_counts(pa.chunked_array([[]], pa.string()), np.zeros(0, np.int64)) == {}


def test_a_share_of_nothing_is_nothing() -> None:
    assert LabelCounts().removed_share == 0
    assert LabelCounts(n_documents=4, n_clusters=1).removed_share == 0.75
