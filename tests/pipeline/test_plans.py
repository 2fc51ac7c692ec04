"""Plans made from counts: who takes which label, which file takes which rows."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from curate.errors import InputError
from curate.io.commit import Attempt
from curate.io.kinds import kind_of
from curate.io.layout import corpus_key, shard_id
from curate.io.store import Store
from curate.pipeline.cluster.plan import pack_labels
from curate.work.exchange import read_grouped, write_grouped
from curate.work.inputs import find_files, plan_inputs
from curate.work.plan import ShardPlan, ensure_plan

NAMES = st.sampled_from(["fra_Latn", "tha_Thai", "arb_Arab", "cmn_Hani", "fuv_Adlm", "khm_Khmr"])


@given(st.dictionaries(NAMES, st.integers(0, 100)), st.integers(1, 120))
def test_every_label_has_one_partition_and_small_ones_share(
    histogram: dict[str, int], rows: int
) -> None:
    partitions = pack_labels(histogram, rows)
    assert partitions.keys() == histogram.keys()
    assert set(partitions.values()) == set(range(len(set(partitions.values()))))
    for number in set(partitions.values()):
        inside = [n for label, n in histogram.items() if partitions[label] == number]
        assert sum(inside) <= rows or len([n for n in inside if n]) == 1


def test_rows_come_back_by_destination_in_plan_order(tmp_path: Path) -> None:
    store = Store(tmp_path)
    plan = ensure_plan(store, "cluster.split", {}, lambda: [ShardPlan("a"), ShardPlan("b")])
    goals = {"a": [1, 0, 1, 2], "b": [2, 2, 1]}
    for shard, goal in goals.items():
        table = pa.table({"row": list(range(len(goal))), "from": [shard] * len(goal)})
        with Attempt(
            store, step="cluster.split", shard=shard, fingerprint=plan.fingerprint
        ) as attempt:
            ranges = write_grouped(attempt, table, np.array(goal))
            attempt.commit(rows_in=len(goal), rows_out=len(goal), counts={"ranges": ranges})
    found = {
        n: [
            (r["from"], r["row"])
            for t in read_grouped(store, "cluster.split", n)
            for r in t.to_pylist()
        ]
        for n in ("0", "1", "2", "3")
    }
    assert found == {
        "0": [("a", 1)],
        "1": [("a", 0), ("a", 2), ("b", 2)],
        "2": [("a", 3), ("b", 0), ("b", 1)],
        "3": [],
    }


def test_patterns_are_expanded_sorted_and_taken_once(tmp_path: Path) -> None:
    for name in ("b/x.warc.gz", "a/x.warc.gz", "a/y.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    both = [f"{tmp_path}/**/*.warc.gz", f"{tmp_path}/a/*.warc.gz"]
    wanted = [f"{tmp_path}/a/x.warc.gz", f"{tmp_path}/b/x.warc.gz"]
    assert find_files(both) == wanted
    shards = plan_inputs(both, "auto")
    assert [s.payload["path"] for s in shards] == wanted
    assert len({s.id for s in shards}) == 2


def test_no_file_says_where_it_looked(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("x")
    with pytest.raises(InputError) as caught:
        find_files([f"{tmp_path}/*.warc.gz"])
    assert str(tmp_path) in str(caught.value)
    assert "other.txt" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.warc.gz", "warc"),
        ("a.warc.wet.gz", "warc"),
        ("a.JSONL.GZ", "jsonl"),
        ("a.jsonl.zst", "jsonl"),
        ("000_00000.parquet", "parquet"),
        ("a.ndjson", "jsonl"),
        ("a.jsonl.bz2", "jsonl"),
        ("a.json.xz", "jsonl"),
        ("a.arc.gz", "warc"),
        ("a.wet", "warc"),
    ],
)
def test_the_kind_goes_by_the_name_unless_told(name: str, kind: str) -> None:
    assert kind_of(name, "auto") == kind
    assert kind_of(name, "parquet") == "parquet"


def test_paths_of_the_corpus_are_fineweb2s() -> None:
    train = corpus_key("fra_Latn", "train", 3)
    assert train == "corpus/data/fra_Latn/train/000_00003.parquet"
    assert corpus_key("fra_Latn", "test", 0) == "corpus/data/fra_Latn/test/000_00000.parquet"
    assert corpus_key("fra_Latn", "removed", 0).startswith("corpus/data/fra_Latn_removed/train/")


def test_shard_ids_are_names_that_are_safe_and_differ_by_folder() -> None:
    a, b = shard_id("/x/../ü/CC-MAIN-1.warc.gz"), shard_id("/y/CC-MAIN-1.warc.gz")
    assert a != b
    assert a.startswith("CC-MAIN-1-")
    assert shard_id("/x/…/日本語.warc").startswith("input-")
