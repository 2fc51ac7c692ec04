"""Scores of classifiers, whose names only a job knows, are read from their own sidecar."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from curate.ask.decide_again import labels_in
from curate.ask.explain import explain
from curate.ask.rerun import load_recorded
from curate.ask.whatif import decided_with, what_if
from curate.config.language import LanguageConfigs
from curate.config.override import override, parse_override
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.decide.select import columns_for
from curate.pipeline.report.sample import SIDECARS
from curate.report.change import Tally, total
from curate.report.pack import _codes
from curate.report.value_codes import decode, encode
from curate.work.configs import configs_in_use
from curate.work.plan import ensure_plan, load_plan
from curate.work.seal import seal
from curate.work.sidecars import COLUMNS, scored_metrics
from curate.work.tables import read_columns
from tests.looking import receipts

NAMES = ("edu.score", "register.HI")


def values_of(n: int, seed: int) -> pa.Table:
    """Scores from -0.5 to 1, some null."""
    chance = np.random.default_rng(seed)
    columns = {}
    for name in NAMES:
        found = chance.uniform(-0.5, 1.0, n).astype(np.float32)
        columns[name] = pa.array(found, pa.float32(), mask=chance.uniform(size=n) < 0.1)
    return pa.table(columns)


@pytest.fixture
def classified(finished: Path) -> Path:
    """A finished work folder with a sidecar of two named scores, as a classifier would write it."""
    store = Store(finished)
    extract = load_plan(store, "extract")
    assert extract is not None
    plan = ensure_plan(store, "classify", {COLUMNS: list(NAMES)}, lambda: extract.shards)
    for number, receipt in enumerate(receipts(finished, "extract")):
        with Attempt(
            store, step="classify", shard=receipt.shard, fingerprint=plan.fingerprint
        ) as attempt:
            table = values_of(receipt.rows_out, number)
            attempt.write(table)
            attempt.commit(rows_in=table.num_rows, rows_out=table.num_rows)
    seal(store, plan)
    return finished


def changed(work: Path, *rules: str) -> tuple[LanguageConfigs, LanguageConfigs]:
    store = Store(work)
    before = configs_in_use(store, load_recorded(str(work)))
    return before, override(before, labels_in(store), [parse_override(rule) for rule in rules])


def test_the_folder_knows_its_named_scores(classified: Path) -> None:
    assert scored_metrics(Store(classified)) == {"classify": NAMES}
    assert columns_for(("n_words", "register.HI"), ()) == {
        "identify": ("label",),
        "annotate": ("n_words",),
        "classify": ("register.HI",),
    }
    assert "classify" not in SIDECARS


def test_whatif_counts_by_a_named_score_and_another_side_without_it(classified: Path) -> None:
    store, job = Store(classified), load_recorded(str(classified))
    before, after = changed(classified, "register.HI.min=0.4", "edu.score.max=0.9")
    found = what_if(store, job, before, [after, before], n=50)
    assert found.after[1] == found.before
    assert total(found.after[0]).documents < total(found.before).documents
    lost = [x for x in found.lost if x.now == "register.HI"]
    assert lost, "nothing was lost by it"
    for one in lost:
        value = one.columns["register.HI"]
        assert value is None or value < 0.4
        assert one.threshold is not None
        assert one.threshold.min == 0.4
    again = what_if(store, job, after, [before])
    assert {x.now for x in again.lost} == set()


def test_explain_places_a_named_score_beside_its_threshold(classified: Path) -> None:
    store = Store(classified)
    _, after = changed(classified, "register.HI.min=0.4")
    shard = receipts(classified, "extract")[0].shard
    row = read_columns(store, shard, {"extract": ("id",)}).to_pylist()[0]
    (found,) = explain(store, row["id"], after)
    own = read_columns(store, shard, {"classify": None}).to_pylist()[0]
    assert {name: found.columns[name] for name in NAMES} == own


def test_other_configs_decide_by_named_scores_in_the_report_too(classified: Path) -> None:
    store = Store(classified)
    _, after = changed(classified, "register.HI.min=0.4")
    (after_all,) = decided_with(store, load_recorded(str(classified)), [after])[0].after
    decided = what_if(
        store,
        load_recorded(str(classified)),
        configs_in_use(store, load_recorded(str(classified))),
        [after],
    )
    assert after_all == decided.after[0]
    dropped = sum(found.get("register.HI", Tally()).documents for found in after_all.values())
    values = [
        value
        for receipt in receipts(classified, "extract")
        for value in read_columns(store, receipt.shard, {"classify": None})[
            "register.HI"
        ].to_pylist()
    ]
    assert 0 < dropped <= sum(value is None or value < 0.4 for value in values)


def test_codes_of_the_page_take_what_is_negative_for_nothing(classified: Path) -> None:
    _, after = changed(classified, "register.HI.min=0.4")
    table = values_of(40, 3)
    codes = _codes(table, "register.HI", after.for_label("eng_Latn"))
    shown = decode(codes)
    least = encode(np.array([0.4]))[0]
    for value, code, seen in zip(table["register.HI"].to_pylist(), codes, shown, strict=True):
        if value is None:
            assert np.isnan(seen)
        else:
            assert (code >= least) == (value >= 0.4)
            assert seen == pytest.approx(max(value, 0), abs=0.001)
