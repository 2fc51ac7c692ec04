"""What is published, where, and in which order."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from curate.config.job import JobConfig
from curate.config.measured import THRESHOLD_METRICS
from curate.pipeline.decide.screens import dropping
from curate.stages.emit import (
    assign_subset,
    corpus_schema,
    is_published,
    published_columns,
    sort_and_repeat,
    text_bytes,
)

REASONS = [None, "duplicate", "lid_confidence", "n_words", "mixture"]


HELD_BACK = (
    *("url_filter", "robots_disallowed", "opt_out", "contaminated_by", "contamination_fraction"),
    *("opted_out_by", "license"),
    *(
        "licence",
        "license",
        "withdrawn",
        "no_such_reason",
        "duplicate",
        "lid_confidence",
        "mixture",
    ),
)
"""Reasons of right, of evaluation sets and of no metric; some of them there may be one day."""


@pytest.mark.parametrize("reason", [*HELD_BACK, *THRESHOLD_METRICS, "register.HI", "edu.score"])
def test_only_what_a_threshold_of_a_metric_removed_is_published_unless_all_is_asked_for(
    reason: str,
) -> None:
    assert is_published(reason, "all")
    assert not is_published(reason, "none")
    assert is_published(reason, "selection") == (reason not in HELD_BACK)


def test_every_screen_is_held_back() -> None:
    lists = {"words": ["words.txt"]}
    job = JobConfig.model_validate(
        {
            "input": ["a.warc"],
            "work": "work",
            "urls": lists,
            "robots": {"files": ["r.warc"], "drop": True, "drop_opt_out": ["noai"]},
            "decontaminate": {"sets": {"a": "a.jsonl"}},
        }
    )
    assert set(dropping(job)) <= set(HELD_BACK)
    assert len(dropping(job)) == 4


@pytest.mark.parametrize(
    ("removed", "subsets"),
    [
        ("none", ["train", None, None, None, None]),
        ("selection", ["train", None, None, "removed", None]),
        ("all", ["train", *["removed"] * 4]),
    ],
)
def test_the_removed_part_holds_what_was_asked_for(removed: str, subsets: list[str | None]) -> None:
    batch = pa.table({"label": ["tha_Thai"] * 5, "text": list("กขคงจ"), "removal_reason": REASONS})
    assert assign_subset(batch, removed=removed, test_fractions={}) == subsets


def test_the_test_split_goes_by_the_text_alone() -> None:
    texts = [f"ข้อความ {i}" for i in range(4000)]
    batch = pa.table(
        {
            "label": ["tha_Thai"] * len(texts),
            "text": texts,
            "removal_reason": pa.array([None] * len(texts), pa.string()),
        }
    )
    first = assign_subset(batch, removed="none", test_fractions={"tha_Thai": 0.1})
    share = first.count("test") / len(texts)
    assert share == pytest.approx(0.1, abs=0.02)
    turned = batch.take(list(range(len(texts)))[::-1])
    assert assign_subset(turned, removed="none", test_fractions={"tha_Thai": 0.1}) == first[::-1]
    assert set(assign_subset(batch, removed="none", test_fractions={"lao_Laoo": 0.5})) == {"train"}


def test_columns_are_fineweb2s() -> None:
    names = ["text", "id", "dump", "url", "date", "file_path", "language", "language_score"]
    names += ["language_script", "minhash_cluster_size", "top_langs"]
    assert corpus_schema("test", weight_column=False).names == names
    assert corpus_schema("train", weight_column=True).names == [*names, "weight"]
    assert corpus_schema("removed", weight_column=True).names == [*names, "filter_reason"]


def test_a_row_is_published_in_those_columns() -> None:
    batch = pa.table(
        {
            "id": ["<urn:uuid:1>"],
            "url": ["http://a.example/"],
            "date": ["2024-02-20T00:00:00Z"],
            "snapshot": ["CC-MAIN-2024-10"],
            "warc_path": ["a.warc.gz"],
            "text": ["नमस्ते"],
            "label": ["hin_Deva"],
            "lid_confidence": [0.75],
            "top_labels": [[{"label": "hin_Deva", "confidence": 0.75}]],
            "cluster_size": [3],
            "weight": pa.array([2], pa.int32()),
            "removal_reason": pa.array([None], pa.string()),
        }
    )
    row = published_columns(batch).to_pylist()[0]
    assert (row["language"], row["language_script"]) == ("hin", "Deva")
    assert row["dump"] == "CC-MAIN-2024-10"
    assert json.loads(row["top_langs"]) == {"hin_Deva": 0.75}
    assert (row["minhash_cluster_size"], row["weight"]) == (3, 2)


def test_copies_of_a_row_lie_in_passes_of_their_own() -> None:
    labels, subsets = ["b", "a", "a", "a"], ["train", "train", "test", None]
    weights = np.array([3, 2, 9, 9])
    order, runs = sort_and_repeat(labels, subsets, weights, repeat=True)
    assert order.tolist() == [2, 1, 1, 0, 0, 0]
    assert runs == [
        ("a", "test", 0, 0, 1),
        ("a", "train", 0, 1, 2),
        ("a", "train", 1, 2, 3),
        ("b", "train", 0, 3, 4),
        ("b", "train", 1, 4, 5),
        ("b", "train", 2, 5, 6),
    ]
    once, _ = sort_and_repeat(labels, subsets, weights, repeat=False)
    assert once.tolist() == [2, 1, 0]


def test_nothing_to_publish_is_no_run() -> None:
    order, runs = sort_and_repeat(["a"], [None], np.array([1]), repeat=True)
    assert (len(order), runs) == (0, [])


def test_sizes_are_bytes_not_characters() -> None:
    assert text_bytes(pa.table({"text": ["a", "é", "ไ", "𐌰"]})).tolist() == [1, 2, 3, 4]
