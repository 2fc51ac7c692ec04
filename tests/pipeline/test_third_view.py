"""A view that is not curate's own: what it takes, and that all of curate works with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from curate import stage_table
from curate.ask.rerun import load_recorded
from curate.ask.withdraw import withdraw
from curate.io.lines.jsonl_out import JSONL_ZST, count_lines
from curate.io.store import Store
from curate.pipeline.emit.views import VIEWS, Form
from curate.pipeline.verify import verify
from curate.rights.take_down import Entry
from curate.work.status import status
from tests.looking import document_tables, published, run
from tests.pipeline import line_view
from tests.runs import job_of

STAGE = stage_table.Stage(
    name="emit-lines",
    folder="emit-lines",
    inner={"split": "_split", "plan": "_plan"},
    reads=("extract", "identify", "cluster", "rebalance"),
    folders=("corpus-lines",),
    joins=True,
    part_of="emit",
)


@pytest.fixture
def with_lines() -> Iterator[None]:
    stage_table.register(STAGE, before="report")
    VIEWS["lines"] = line_view.Lines
    yield
    del VIEWS["lines"]
    stage_table.STAGES.remove(STAGE)
    stage_table.steps.cache_clear()


@pytest.mark.usefixtures("with_lines")
def test_a_third_view_is_published_and_verified(small_input: Path, finished: Path) -> None:
    job = job_of(small_input, finished)
    result = run(job, form=Form("lines"))
    assert result.corpus == finished / "corpus-lines"
    verify(finished / "corpus-lines")
    kept = [path for path in published(finished) if "_removed" not in path]
    n_kept = sum(published(finished)[path].num_rows for path in kept)
    files = sorted((finished / "corpus-lines").rglob(f"*.{JSONL_ZST}"))
    assert sum(map(count_lines, files)) == n_kept
    assert {f.parent.name for f in files} == {path.split("/")[1] for path in kept}
    assert "emit-lines" in [step.step for step in status(Store(finished))]
    run(job, rerun="emit")
    assert not (finished / "corpus-lines").exists(), "other views go with the decision"


@pytest.mark.usefixtures("with_lines")
def test_it_is_made_anew_where_something_was_taken_down(finished: Path) -> None:
    job = load_recorded(str(finished))
    run(job, form=Form("lines"))
    rows = [row for row in document_tables(finished) if row["removal_reason"] is None]
    withdraw(job, [Entry("id", row["id"], "page") for row in rows[:3]])
    manifests = [
        json.loads((finished / folder / "manifest.json").read_bytes())
        for folder in ("corpus", "corpus-lines")
    ]
    assert manifests[0]["totals"] == manifests[1]["totals"]
    assert manifests[0]["withdrawn"] == manifests[1]["withdrawn"]
    verify(finished / "corpus-lines")


def test_it_takes_few_lines() -> None:
    assert len(Path(line_view.__file__).read_text().splitlines()) < 250
