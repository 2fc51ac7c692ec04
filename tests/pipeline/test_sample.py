"""The sample of the report: uniform, seeded, and the same whatever the shards do."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.pipeline.report.sample import REASON_DOCUMENTS, keys_of, limits, merged, share_key
from curate.report.data import SampleSettings


def parts_of(labels: list[str], reasons: list[str | None], *, seed: int = 0) -> pa.Table:
    """What one shard sends if every row is drawn."""
    n = len(labels)
    return pa.table(
        {
            "label": labels,
            "removal_reason": pa.array(reasons, pa.string()),
            "key": keys_of(seed, "shard", n),
            "drawn": np.ones(n, bool),
            "text": [f"text {i}" for i in range(n)],
        }
    )


def test_keys_are_spread_evenly_and_depend_on_seed_and_shard() -> None:
    keys = keys_of(0, "a", 100_000)
    counts, _ = np.histogram(keys.astype(np.float64) / 2**64, bins=20, range=(0, 1))
    assert (abs(counts - 5000) < 5 * np.sqrt(5000)).all()
    assert not set(keys.tolist()) & set(keys_of(1, "a", 1000).tolist())
    assert not set(keys.tolist()) & set(keys_of(0, "b", 1000).tolist())


@given(st.integers(1, 2000), st.integers(1, 200_000), st.integers(0, 5))
def test_enough_documents_lie_below_the_share(wanted: int, n_all: int, seed: int) -> None:
    below = int((keys_of(seed, "shard", n_all) <= np.uint64(share_key(wanted, n_all))).sum())
    assert below >= min(wanted, n_all)
    assert below <= wanted + 11 * np.sqrt(wanted) + 50


def test_limits_are_for_the_largest_labels() -> None:
    rows = [("fra_Latn", "", 900), ("fra_Latn", "n_words", 100), ("tha_Thai", "", 5)]
    table = pa.table(
        dict(zip(("label", "outcome", "n_documents"), zip(*rows, strict=True), strict=True))
    )
    found = limits(table, SampleSettings(seed=3, n_documents=10, n_texts=5, max_documents=14))
    assert found.seed == 3
    assert list(found.labels) == ["fra_Latn"]
    assert found.labels["fra_Latn"] == (share_key(10, 1000), share_key(5, 1000))
    assert found.reasons["fra_Latn"]["n_words"] == share_key(REASON_DOCUMENTS, 100)


def test_a_larger_sample_holds_a_smaller_one() -> None:
    parts = parts_of(["arb_Arab"] * 500, [None] * 500)
    small = merged(parts, n_documents=50, n_texts=0)["arb_Arab"]
    large = merged(parts, n_documents=100, n_texts=0)["arb_Arab"]
    assert small.num_rows == 50
    assert large["key"].to_pylist()[:50] == small["key"].to_pylist()


@given(st.permutations(range(120)))
def test_the_order_of_rows_decides_nothing(order: list[int]) -> None:
    parts = parts_of(["tha_Thai", "cmn_Hani", "ff_Adlm"] * 40, [None, "n_words"] * 60)
    one = merged(parts, n_documents=10, n_texts=3)
    two = merged(parts.take(order), n_documents=10, n_texts=3)
    assert {k: t.to_pydict() for k, t in one.items()} == {k: t.to_pydict() for k, t in two.items()}


def test_rare_reasons_are_shown_and_are_not_part_of_the_sample() -> None:
    reasons: list[str | None] = [None] * 300
    for row in (7, 100, 250):
        reasons[row] = "n_words"
    found = merged(parts_of(["hin_Deva"] * 300, reasons), n_documents=20, n_texts=20)["hin_Deva"]
    assert sum(r == "n_words" for r in found["removal_reason"].to_pylist()) == 3
    assert sum(not x for x in found["is_extra"].to_pylist()) == 20
    shown = zip(found["removal_reason"].to_pylist(), found["text"].to_pylist(), strict=True)
    assert all(text is not None for reason, text in shown if reason == "n_words")


def test_only_so_many_have_their_text() -> None:
    found = merged(parts_of(["rus_Cyrl"] * 100, [None] * 100), n_documents=50, n_texts=8)
    assert sum(x is not None for x in found["rus_Cyrl"]["text"].to_pylist()) == 8


def test_the_share_of_a_property_is_that_of_all() -> None:
    reasons: list[str | None] = [None if i % 4 else "n_words" for i in range(20_000)]
    found = merged(parts_of(["eng_Latn"] * 20_000, reasons), n_documents=2000, n_texts=0)
    table = found["eng_Latn"].filter(pa.compute.invert(found["eng_Latn"]["is_extra"]))
    share = table["removal_reason"].null_count / table.num_rows
    assert share == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / 2000))
