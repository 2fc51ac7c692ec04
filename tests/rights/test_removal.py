"""Of what kind every removal reason is, and which settings publish it in which view."""

from __future__ import annotations

import pyarrow as pa
import pytest

from curate.config.measured import THRESHOLD_METRICS
from curate.report.card import Published, render_card
from curate.rights.removal import BLOCKING, KINDS, Kind, is_published, kind_of
from curate.stages.emit import assign_subset
from curate.stages.rebalance import decide
from tests.report.report_data import DATA

BY_KIND = {
    Kind.QUALITY: [*set(THRESHOLD_METRICS) - {"lid_confidence", "contamination_fraction"}],
    Kind.LANGUAGE: ["lid_confidence"],
    Kind.COPY: ["duplicate"],
    Kind.AMOUNT: ["mixture"],
    Kind.EVALUATION: ["contaminated_by", "contamination_fraction"],
    Kind.RIGHT: [
        *("url_filter", "robots_disallowed", "opt_out", "opted_out_by", "license"),
        *("url_filter_cluster", "robots_disallowed_cluster", "opt_out_cluster"),
        *("opted_out_by_cluster", "license_cluster"),
    ],
    Kind.WITHDRAWN: ["withdrawn", "withdrawn_cluster"],
}
EVERY: list[tuple[str, Kind | None]] = [
    (reason, kind) for kind, reasons in BY_KIND.items() for reason in sorted(reasons)
]
EVERY += [("edu.score", Kind.QUALITY), ("no_such_reason", None)]


def test_the_table_has_every_reason_and_no_other() -> None:
    assert {reason: KINDS[reason] for reason in KINDS} == {
        reason: kind for reason, kind in EVERY if reason in KINDS
    }
    assert {reason for reason, _ in EVERY} - KINDS.keys() == {"edu.score", "no_such_reason"}
    assert set(BLOCKING) <= {reason for reason, kind in EVERY if kind is Kind.RIGHT}


@pytest.mark.parametrize(("reason", "kind"), EVERY)
def test_a_reason_is_published_by_its_kind(reason: str, kind: Kind | None) -> None:
    assert kind_of(reason) is kind
    assert not is_published(reason, "none")
    assert is_published(reason, "selection") == (kind is Kind.QUALITY)
    assert is_published(reason, "all") == (kind is not Kind.WITHDRAWN)


@pytest.mark.parametrize("removed", ["none", "selection", "all"])
@pytest.mark.parametrize(("reason", "kind"), EVERY)
def test_a_reason_has_its_subset(reason: str, kind: Kind | None, removed: str) -> None:
    batch = pa.table({"label": ["tha_Thai"], "text": ["ก"], "removal_reason": [reason]})
    (subset,) = assign_subset(batch, removed=removed, test_fractions={})
    expected = {"none": False, "selection": kind is Kind.QUALITY}
    is_there = expected.get(removed, kind is not Kind.WITHDRAWN)
    assert subset == ("removed" if is_there else None)


@pytest.mark.parametrize("removed", ["none", "selection", "all"])
def test_the_card_says_what_nobody_may_train_on(removed: str) -> None:
    card = render_card(DATA, Published(removed=removed))
    assert ("not meant to be trained on" in card) == (removed == "all")
    for reason in (*BLOCKING, "contaminated_by") if removed == "all" else ():
        assert f"`{reason}`" in card


def test_decide_knows_only_reasons_of_the_table() -> None:
    batch = pa.table(
        {
            "label": ["tha_Thai"] * 3,
            "cluster_size": pa.array([None, 2, 2], pa.int64()),
            "drop_reason": pa.array([None, None, "n_words"]),
        }
    )
    decided = decide(batch, pa.array([False, True, False]).to_numpy(False), weights={})
    reasons = {reason for reason in decided["removal_reason"].to_pylist() if reason}
    assert reasons <= KINDS.keys()
    assert reasons == {"lid_confidence", "duplicate"}
