"""Evaluation sets are read, checked and told of before anything else is done."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from curate.config.models import DecontaminateConfig
from curate.errors import InputError
from curate.io.store import Store
from curate.pipeline.measure.evaluation_sets import check_sets, compile_sets, sets_of
from curate.work.progress import Silent
from tests.looking import receipts, run
from tests.runs import job_of
from tests.small_crawl import page_text

ROWS = [
    {"id": str(i), "question": page_text(label, i).splitlines()[0], "answer": "ไม่, não: нет"}
    for label in ("tha_Thai", "rus_Cyrl", "eng_Latn")
    for i in range(3)
]


def write_forms(folder: Path) -> dict[str, str]:
    """The same items in every form: name -> path."""
    paths = {name: folder / f"set.{name}" for name in ("jsonl", "json", "csv", "tsv")}
    paths["jsonl"].write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8"
    )
    paths["json"].write_text(json.dumps(ROWS, indent=1), encoding="ascii")
    for name, delimiter in (("csv", ","), ("tsv", "\t")):
        with paths[name].open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, delimiter=delimiter)
            writer.writerow(ROWS[0])
            writer.writerows(row.values() for row in ROWS)
    return {name: str(path) for name, path in paths.items()}


def index_of(tmp_path: Path, settings: DecontaminateConfig) -> tuple[bytes, list[str]]:
    store, said = Store(tmp_path / "work"), list[str]()
    key = compile_sets(store, settings, sets_of(settings), said.append)
    index = store.get(key)
    assert index is not None
    return index, said


def test_every_form_of_a_set_gives_the_same_index_and_is_told_of(tmp_path: Path) -> None:
    found = {}
    for name, path in write_forms(tmp_path).items():
        settings = DecontaminateConfig(sets={"set": path}, fields=("question",))
        found[name] = index_of(tmp_path / name, settings)
    assert len({index for index, _ in found.values()}) == 1
    ((_, said),) = {"all": found["csv"]}.values()
    assert all(lines == said for _, lines in found.values())
    (line,) = said
    assert line.startswith("evaluation set set: 9 items, ")
    assert " words in 9 texts" in line


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (("question", "solution"), "no item with solution"),
        (("question + solution",), "no item with solution"),
        (("Question",), "the fields Question"),
    ],
)
def test_a_field_that_no_set_has_is_an_error(
    tmp_path: Path, fields: tuple[str, ...], message: str
) -> None:
    path = write_forms(tmp_path)["jsonl"]
    with pytest.raises(InputError, match=message):
        check_sets(DecontaminateConfig(sets={"a": path}, fields=fields))


def test_sets_may_have_fields_of_different_names_and_text_has_none(tmp_path: Path) -> None:
    path = write_forms(tmp_path)["json"]
    (tmp_path / "other.jsonl").write_text('{"solution": "x y z"}\n', encoding="utf-8")
    (tmp_path / "lines.txt").write_text("one line\n", encoding="utf-8")
    sets: dict[str, str | tuple[str, ...]] = {
        "a": path,
        "b": f"{tmp_path}/other.jsonl",
        "c": f"{tmp_path}/lines.txt",
    }
    check_sets(DecontaminateConfig(sets=sets, fields=("question", "solution")))
    check_sets(DecontaminateConfig(sets={"c": sets["c"]}, fields=("question",)))


class Heard(Silent):
    """Keeps what is said, and which stage begins when."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def begin(self, stage: str, *, shards: int, done: int, bytes_in: int) -> None:
        self.lines.append(f"begin {stage}")

    def say(self, text: str) -> None:
        self.lines.append(text)


def test_a_run_tells_of_the_sets_before_it_reads_a_page(tmp_path: Path, small_input: Path) -> None:
    asked: Mapping[str, Any] = {
        "sets": {"set": write_forms(tmp_path)["tsv"]},
        "fields": ["question"],
    }
    heard = Heard()
    job = job_of(small_input, tmp_path / "work", decontaminate=asked)
    run(job, progress=heard, until="contamination")
    told = next(i for i, line in enumerate(heard.lines) if line.startswith("evaluation set"))
    begun = next(i for i, line in enumerate(heard.lines) if line.startswith("begin"))
    assert told < begun
    assert len([line for line in heard.lines if line.startswith("evaluation set")]) == 1
    assert receipts(tmp_path / "work", "contamination")
    wrong = job_of(small_input, tmp_path / "other", decontaminate={**asked, "fields": ["nothing"]})
    with pytest.raises(InputError, match="one of the names nothing"):
        run(wrong)
    assert not (tmp_path / "other").exists()
