"""Scores are columns of a step of their own: made, decided with and published if asked for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from curate.ask.decide_again import decide_again, labels_in
from curate.ask.explain import explain
from curate.ask.rerun import load_recorded
from curate.ask.whatif import what_if
from curate.config.language import LanguageConfigs
from curate.config.override import override, parse_override
from curate.errors import ConfigError, JobMismatchError
from curate.io import layout
from curate.io.store import Store
from curate.lid import load_identifier
from curate.lid.by_line.fast_lines import label_lines
from curate.pipeline.decide.outcomes import decided_outcomes
from curate.pipeline.measure.score_steps import read_curves
from curate.pipeline.measure.scored_job import require_measured
from curate.pipeline.verify import verify
from curate.report.change import total
from curate.scores.registry import names_in
from curate.scores.wds import score
from curate.stages.score import profiles_of
from curate.tune.config_yaml import to_yaml
from curate.work.configs import configs_in_use
from curate.work.sidecars import scored_columns, scored_metrics
from curate.work.status import status
from tests.looking import kept_engine, published, receipts, run
from tests.report.report_data import block
from tests.runs import attempts_of, job_of

COLUMNS = ("seg_langs", *names_in("1.2"))


@pytest.fixture(scope="module")
def scored(small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with scores; not to be changed."""
    work = tmp_path_factory.mktemp("scored") / "work"
    run(job_of(small_input, work, wds={}))
    return work


def sidecar(work: Path, step: str) -> list[dict[str, Any]]:
    """The rows of a step, shard by shard."""
    files = [r.files_of("data")[0].key for r in receipts(work, step)]
    return [row for key in files for row in pq.read_table(work / key).to_pylist()]


def with_rule(work: Path, rule: str, folder: Path) -> tuple[LanguageConfigs, Path]:
    """The configs in use with a bound changed for every label, and the same as files."""
    store = Store(work)
    before = configs_in_use(store, load_recorded(str(work)))
    after = override(before, labels_in(store), [parse_override(rule)])
    (folder / "_script").mkdir(parents=True)
    for name, config in after.files.items():
        (folder / f"{name}.yaml").write_text(to_yaml(config), encoding="utf-8")
    return after, folder


def test_the_sidecar_holds_what_the_library_gives(scored: Path) -> None:
    documents, language = sidecar(scored, "extract"), sidecar(scored, "identify")
    texts, labels = [d["text"] for d in documents], [x["label"] for x in language]
    lines = label_lines(load_identifier("embedded"), texts, labels)
    marks = score(texts, labels, lines, profiles_of("1.2"))
    found = sidecar(scored, "score")
    assert [row["seg_langs"] for row in found] == lines
    for name in names_in("1.2"):
        assert [row[name] for row in found] == marks[name].tolist()
    assert len({row["wds"] for row in found}) > 3


def test_published_columns_of_scores_come_last_and_are_the_documents(scored: Path) -> None:
    by_text = {
        d["text"]: s
        for d, s in zip(sidecar(scored, "extract"), sidecar(scored, "score"), strict=True)
    }
    for table in published(scored, subset="train").values():
        assert tuple(table.column_names[-len(COLUMNS) :]) == COLUMNS
        for row in table.to_pylist():
            assert {name: row[name] for name in COLUMNS} == by_text[row["text"]]
    assert verify(scored).documents == len(by_text)
    card = (scored / layout.CARD).read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in card for name in COLUMNS)


def test_the_step_is_told_like_any_other(scored: Path) -> None:
    assert "score" in [found.step for found in status(Store(scored))]
    noted = [receipt.counts.get("noted", {}) for receipt in receipts(scored, "score")]
    assert any(key.startswith("WDS by the figures of ") for counts in noted for key in counts)
    assert scored_columns(Store(scored)) == {"score": COLUMNS}
    assert scored_metrics(Store(scored)) == {"score": names_in("1.2")}
    page = (scored / layout.REPORT_PAGE).read_text(encoding="utf-8")
    packed = block(page, "sample-0-0")
    header = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])
    assert set(names_in("1.2")) <= set(header["metrics"])


def test_a_document_is_explained_with_its_scores(scored: Path) -> None:
    document, found = sidecar(scored, "extract")[0], sidecar(scored, "score")[0]
    store = Store(scored)
    (shown,) = explain(store, document["id"], configs_in_use(store, load_recorded(str(scored))))
    assert {name: shown.columns[name] for name in COLUMNS} == found


def test_a_threshold_of_a_score_decides_what_whatif_said(scored: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    shutil.copytree(scored, work)
    after, folder = with_rule(work, "wds.min=7.5", tmp_path / "configs")
    store, job = Store(work), load_recorded(str(work))
    made = attempts_of(work)
    found = what_if(store, job, configs_in_use(store, job), [after])
    decide_again(job, str(folder), engine=kept_engine())
    assert found.after[0] == decided_outcomes(store)
    assert total(found.after[0], "wds").documents > 0
    kept = ("score", "sign")
    again = attempts_of(work)
    assert all(again[key] == made[key] for key in made if key[0] in kept)
    for row in sidecar(work, "select"):
        assert row["drop_reason"] is None or isinstance(row["drop_reason"], str)


def test_scores_join_a_finished_folder_and_leave_it_and_nothing_else_is_made_again(
    finished: Path, small_input: Path
) -> None:
    asks = job_of(small_input, finished, wds={"version": "1.3"})
    with pytest.raises(JobMismatchError, match="--rerun score"):
        run(asks)
    before = attempts_of(finished)
    run(asks, rerun="score")
    after = attempts_of(finished)
    steps = ("extract", "identify", "annotate", "sign", "pii", "cluster")
    assert all(after[key] == before[key] for key in before if key[0] in steps)
    assert scored_metrics(Store(finished)) == {"score": names_in("1.3")}
    run(job_of(small_input, finished), rerun="score")
    assert not (finished / "scores").exists()
    (table, *_) = published(finished, subset="train").values()
    assert "wds" not in table.column_names


def test_a_threshold_that_the_job_does_not_measure_is_found_before_anything_runs(
    small_input: Path, scored: Path, tmp_path: Path
) -> None:
    after, folder = with_rule(scored, "wds.min=5", tmp_path / "configs")
    work = tmp_path / "work"
    with pytest.raises(ConfigError, match="section `wds`"):
        run(job_of(small_input, work, language_configs=str(folder)))
    assert not (work / layout.JOB).exists()
    newer = job_of(small_input, work, wds={"version": 1.3})
    with pytest.raises(ConfigError, match="from 0 to 1"):
        require_measured(newer, after, folder)


def test_curves_are_fitted_to_the_documents_and_can_be_named_again(
    small_input: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    run(job_of(small_input, work, wds={}, tune={"compression": True}), until="score")
    curves = json.loads((work / layout.COMPRESSION).read_text(encoding="utf-8"))
    assert read_curves(str(work / layout.COMPRESSION)).keys() == curves.keys()
    told = receipts(work, "score.curves")
    assert sum(r.rows_in for r in told) == len(sidecar(work, "score"))
    with pytest.raises(ConfigError, match=r"wds\.curves"):
        run(job_of(small_input, tmp_path / "other", wds={"curves": str(tmp_path / "none")}))


@pytest.mark.parametrize(
    "settings",
    [
        {"tune": {"compression": True}},
        {"tune": {"compression": True}, "wds": {"curves": "x.json"}},
        {"wds": {"version": "2"}},
    ],
)
def test_sections_that_do_not_fit_are_refused(settings: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"tune\.compression|1\.2"):
        job_of(tmp_path, tmp_path / "work", **settings)
