"""What other thresholds would change where the job has a mixture: as selecting and publishing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from curate.io.store import Store
from curate.pipeline.decide.outcomes import decided_outcomes
from curate.report.change import total
from tests.looking import decide, document_tables, publish, published, run, totals
from tests.pipeline.test_whatif import ask, tried, written
from tests.runs import job_of

MIXTURES: dict[str, dict[str, Any]] = {
    "a budget, and more of one label": {"budget": 4000, "labels": {"tha_Thai": 10**5}},
    "a temperature in words": {"temperature_alpha": 0.3, "unit": "words"},
}


@pytest.mark.parametrize("mixture", MIXTURES.values(), ids=MIXTURES)
def test_the_numbers_are_those_of_select_and_emit(
    mixture: dict[str, Any], small_input: Path, tmp_path: Path
) -> None:
    work, changes = tmp_path / "work", ("n_words.min=142", "n_words.max=190")
    run(job_of(small_input, work, mixture=mixture))
    was = {row["id"]: row["removal_reason"] or "" for row in document_tables(work)}
    same, found = ask(work), ask(work, *changes, n=1000)
    assert same.before == same.after[0] == decided_outcomes(Store(work))
    assert (same.n_lost, same.n_gained, same.notes) == (0, 0, ())
    alone = ask(work, *changes, labels=("eng_Latn",))
    if "temperature_alpha" in mixture:  # whose share is of all
        assert len(alone.notes) == 1
        assert "another share" in alone.notes[0]
    else:
        assert alone.after[0] == {"eng_Latn": found.after[0]["eng_Latn"]}
        assert alone.notes == ()
    configs = written(tried(work, *changes), tmp_path / "configs")
    decide(work, configs)
    assert found.after[0] == decided_outcomes(Store(work)) != found.before
    now = {row["id"]: row["removal_reason"] or "" for row in document_tables(work)}
    moved = {(x.columns["id"], x.was, x.now) for x in (*found.lost, *found.gained)}
    assert moved == {(k, was[k], now[k]) for k in was if (was[k] == "") != (now[k] == "")}
    publish(work)
    assert total(found.after[0]).documents == totals(work)["published"]
    tables = [t for s in ("train", "test") for t in published(work, subset=s).values()]
    assert total(found.after[0]).repeated == sum(sum(t["weight"].to_pylist()) for t in tables)
    assert total(found.after[0], "mixture").documents == totals(work)["removed"].get("mixture", 0)
    if "budget" in mixture:
        assert total(found.after[0], "mixture").documents > 0
