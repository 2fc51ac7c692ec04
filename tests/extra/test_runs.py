"""A run with functions of the user's own: columns, thresholds, report, and what may go wrong."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

import curate
from curate.config.builtin import builtin_folder
from curate.errors import ConfigError, JobMismatchError, SchemaError
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.run import run_job
from curate.pipeline.verify import verify
from curate.work.plan import load_plan
from curate.work.sidecars import scored_metrics
from tests.conftest import EngineFactory
from tests.extra.own_functions import MARK, of_address, readability
from tests.looking import receipts, run
from tests.pipeline.test_added_stage import page_of
from tests.runs import ROOT, corpus_of, job_of, write_job
from tests.runs import curate as command

HERE = "tests.extra.own_functions"
ASKED = {"extra": [f"{HERE}:readability", f"{HERE}:of_address"]}
COLUMNS = ("extra.vowel_share", "extra.longest_word", "extra.url_chars")
LEAST = 0.2
"""Below it are the texts of the crawl that are not in Latin letters, and no others."""


def configs_in(folder: Path) -> Path:
    """Language configs with a threshold of a function's number for all labels."""
    shutil.copytree(builtin_folder("language_configs"), folder)
    path = folder / "_default.yaml"
    default = yaml.safe_load(path.read_text(encoding="utf-8"))
    default["thresholds"].append({"metric": "extra.vowel_share", "min": LEAST})
    path.write_text(yaml.safe_dump(default, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def measured(small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with two functions, one of whose numbers decides."""
    folder = tmp_path_factory.mktemp("own")
    configs = configs_in(folder / "configs")
    job = job_of(small_input, folder / "work", annotate=ASKED, language_configs=str(configs))
    run(job)
    return folder / "work"


def rows_of(work: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = curate.open(work).rows().read_all().to_pylist()
    return rows


def test_the_numbers_are_those_of_the_functions(measured: Path) -> None:
    table = curate.open(measured).rows(["id", "url", "text", "label", *COLUMNS]).read_all()
    for function in (readability, of_address):
        for name, values in function.measured(table)[0].items():
            assert table[f"extra.{name}"].to_pylist() == values
    assert table["extra.vowel_share"].type == pa.float64()
    assert scored_metrics(Store(measured)) == {"extra": tuple(sorted(COLUMNS))}


def test_a_threshold_of_them_decides(measured: Path) -> None:
    rows = rows_of(measured)
    dropped = [row for row in rows if row["drop_reason"] == "extra.vowel_share"]
    kept = [row for row in rows if row["removal_reason"] is None]
    assert dropped
    assert kept
    assert all(row["extra.vowel_share"] < LEAST for row in dropped)
    assert all(row["extra.vowel_share"] >= LEAST for row in kept)
    assert verify(measured / layout.CORPUS).documents == len(rows)


def test_they_are_published_and_described(measured: Path) -> None:
    files = sorted((measured / layout.CORPUS).rglob("*.parquet"))
    known = {row["id"]: row for row in rows_of(measured)}
    n = 0
    for path in files:
        for row in pq.read_table(path, partitioning=None).to_pylist():
            assert {name: row[name] for name in COLUMNS} == {
                name: known[row["id"]][name] for name in COLUMNS
            }
            n += 1
    assert n > 5
    card = (measured / layout.CARD).read_text(encoding="utf-8")
    assert "| `extra.vowel_share` | letters / characters | Vowels over all characters. |" in card
    shown = page_of(measured)["metrics"]["extra.longest_word"]
    assert (shown["unit"], shown["doc"]) == ("characters", "Length of the longest word.")
    (line,) = [step for step in page_of(measured)["steps"] if step["step"] == "extra"]
    assert line["rowsOut"] == len(known)


def test_explain_and_whatif_know_them(measured: Path) -> None:
    work = curate.open(measured)
    dropped = next(row for row in rows_of(measured) if row["drop_reason"] == "extra.vowel_share")
    (found,) = work.explain(dropped["id"])
    assert found.nearest is not None
    assert found.nearest.metric == "extra.vowel_share"
    shown = command("explain", measured, dropped["id"]).stdout
    assert "removed: breaks extra.vowel_share" in shown
    assert "extra.longest_word" in shown
    loose = work.whatif({"extra.vowel_share.min": None})
    assert loose.n_gained > 0
    assert loose.n_lost == 0
    tight = work.whatif({"extra.longest_word.max": 3})
    assert {change.now for change in tight.lost} == {"extra.longest_word"}


def test_a_bound_above_the_declared_greatest_is_refused(measured: Path) -> None:
    with pytest.raises(ConfigError, match=r"extra\.vowel_share"):
        curate.open(measured).whatif({"extra.vowel_share.max": 2})
    with pytest.raises(ConfigError, match=r"makes `extra\.nothing`") as caught:
        curate.open(measured).whatif({"extra.nothing.max": 2})
    assert "section `annotate`" in caught.value.todo


@pytest.mark.parametrize("kind", ["local 2", "ray"])
def test_engines_and_a_rerun_give_the_same_corpus(
    kind: str,
    measured: Path,
    small_input: Path,
    tmp_path: Path,
    make_engine: EngineFactory,
) -> None:
    configs = str(measured.parent / "configs")
    work = tmp_path / "work"
    job = job_of(small_input, work, annotate=ASKED, language_configs=configs)
    run_job(job, engine=make_engine(kind))
    assert corpus_of(work) == corpus_of(measured)


def marked_input(folder: Path) -> Path:
    """Four texts, the third of which is marked."""
    folder.mkdir()
    texts = ["one two", "three four", f"{MARK} ipsum", "five six"]
    lines = [json.dumps({"id": f"<{i}>", "text": text}) for i, text in enumerate(texts)]
    (folder / "texts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def until_extra(source: Path, work: Path, *names: str) -> None:
    extra = [f"{HERE}:{name}" for name in names]
    job = job_of(source, work, annotate={"extra": extra, "deadline_seconds": 1.0})
    run(job, until="extra")


def test_a_text_that_a_function_does_not_survive_has_no_numbers(tmp_path: Path) -> None:
    source, work = marked_input(tmp_path / "in"), tmp_path / "work"
    until_extra(source, work, "slow", "crash", "readability", "odd")
    table = curate.open(work).rows().read_all()
    for name in ("slow", "crash"):
        assert table[f"extra.{name}"].to_pylist() == [1.0, 1.0, None, 1.0]
    assert table["extra.longest_word"].to_pylist() == [3.0, 5.0, 5.0, 4.0]
    (receipt,) = receipts(work, "extra")
    assert receipt.counts["noted"] == {
        f"{HERE}:crash: crash": 1,
        f"{HERE}:odd: impossible values": 2,
        f"{HERE}:slow: timeout": 1,
    }


def test_a_function_that_raises_ends_the_run_and_says_where(tmp_path: Path) -> None:
    source, work = marked_input(tmp_path / "in"), tmp_path / "work"
    with pytest.raises(ConfigError) as caught:
        until_extra(source, work, "raises")
    (shard,) = (receipt.shard for receipt in receipts(work, "extract"))
    for words in (f"{HERE}:raises", f"shard {shard!r}", "document <2>"):
        assert words in caught.value.where
    assert "ZeroDivisionError" in caught.value.found
    assert "own_functions.py, line" in caught.value.found
    assert "raise its version" in caught.value.todo


def test_columns_that_are_not_as_declared_end_the_run(tmp_path: Path) -> None:
    source = marked_input(tmp_path / "in")
    with pytest.raises(SchemaError, match=r"annotate\.extra: .*:short, shard"):
        until_extra(source, tmp_path / "work", "short")


def test_nothing_is_begun_with_a_function_that_is_not_there(tmp_path: Path) -> None:
    source = marked_input(tmp_path / "in")
    with pytest.raises(ConfigError, match=f"annotate.extra: {HERE}:nothing"):
        until_extra(source, tmp_path / "work", "nothing")
    assert not (tmp_path / "work").exists()


def test_another_version_is_another_result(tmp_path: Path) -> None:
    """As a user has it: a module of his own in a folder, and the command."""
    source, work, code = marked_input(tmp_path / "in"), tmp_path / "work", tmp_path / "code"
    code.mkdir()
    job = write_job(tmp_path / "job.yaml", source, work, annotate={"extra": ["mine:count"]})
    path = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(code)])}
    module = (
        "import curate\n"
        "metric = curate.OwnMetric('n', 'Characters.')\n"
        "@curate.metric_function(version='{version}', metrics=[metric])\n"
        "def count(batch):\n"
        "    return {{'n': [{factor} * len(x) for x in batch['text'].to_pylist()]}}\n"
    )
    lengths = [7, 10, 11, 8]
    (code / "mine.py").write_text(module.format(version="1", factor=1), encoding="utf-8")
    first = command("run", job, "--until", "extra", more=path)
    assert first.returncode == 0, first.stderr
    assert curate.open(work).rows(["extra.n"]).read_all()["extra.n"].to_pylist() == lengths
    (code / "mine.py").write_text(module.format(version="2", factor=2), encoding="utf-8")
    stale = command("run", job, "--until", "extra", more=path)
    assert stale.returncode == JobMismatchError.exit_code
    assert "--rerun extra" in stale.stderr
    again = command("run", job, "--until", "extra", "--rerun", "extra", more=path)
    assert again.returncode == 0, again.stderr
    doubled = [2 * n for n in lengths]
    assert curate.open(work).rows(["extra.n"]).read_all()["extra.n"].to_pylist() == doubled
    plan = load_plan(Store(work), "extra")
    assert plan is not None
    assert plan.fields["functions"][0]["version"] == "2"
    without = command("run", job, "--until", "extra")
    assert "annotate.extra: mine:count" in without.stderr
    assert "Traceback" not in without.stderr
