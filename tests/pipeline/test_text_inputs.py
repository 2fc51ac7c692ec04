"""Runs over texts: kept columns, ids, addresses with secrets, files that are replaced."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.config.input_columns import PUBLISHED
from curate.config.job import JobConfig, load_job
from curate.errors import ConfigError, InputError, JobMismatchError
from curate.io.store import Store
from curate.io.texts.id_hashes import count_repeated, hash_of
from curate.pipeline.extract import input_changes as told_inputs
from curate.pipeline.report.results import stage_lines
from curate.pipeline.run import run_job
from curate.pipeline.verify import verify
from curate.schema import CORPUS
from curate.stages.hplt import FIELDS, RIGHTS, ROBOTS
from tests.arc_files import arc_page, version_block
from tests.conftest import EngineFactory
from tests.given_scores import give_scores
from tests.hplt_view import NO_THRESHOLDS, OPEN, emit, in_view, job_for
from tests.io.test_remote_http import Site, served
from tests.runs import Told, job_of
from tests.warc_files import gzip_members, response_record

TEXT = (
    "The bridge over the river was built of grey stone in the last century, and people still "
    "cross it every morning on their way to the market. Number {}."
)

PAGE = f"<article><p>{TEXT}</p></article>"


def rows(n: int, first: int = 0, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    return [{"text": TEXT.format(first + i), **more} for i in range(n)]


def write_lines(path: Path, values: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in values))


def extract(job: JobConfig, engine: EngineFactory, kind: str = "in-process") -> list[str]:
    """What the run says."""
    told = Told()
    run_job(job, engine=engine(kind), progress=told, until="extract")
    return told.said


def documents(work: Path, *columns: str) -> list[dict[str, Any]]:
    found = [pq.read_table(path) for path in sorted(work.glob("documents/data/*.parquet"))]
    return [row for table in found for row in table.select(columns or ["id"]).to_pylist()]


def corpus(work: Path) -> list[dict[str, Any]]:
    paths = sorted((work / "corpus").rglob("*.parquet"))
    return sorted(
        (row for path in paths for row in pq.read_table(path).to_pylist()), key=lambda r: r["id"]
    )


# ---- ids ---------------------------------------------------------------------------------


def test_files_of_one_name_give_different_ids_that_a_move_does_not_change(
    tmp_path: Path, make_engine: EngineFactory
) -> None:
    ids = []
    for root in (tmp_path / "one", tmp_path / "two" / "three"):
        for label in ("eng_Latn", "fra_Latn"):
            write_lines(root / label / "train" / "000.jsonl", rows(3))
        work = tmp_path / "work" / root.name
        assert extract(job_of(f"{root}/**/*.jsonl", work), make_engine) == []
        ids.append([row["id"] for row in documents(work)])
    assert len(set(ids[0])) == 6
    assert sorted(ids[0]) == sorted(ids[1])


def test_archives_of_one_name_give_different_ids_too(
    tmp_path: Path, make_engine: EngineFactory
) -> None:
    page = response_record("http://a.example/", PAGE, headers={"WARC-Record-ID": None})
    archives = {"x.arc": version_block() + arc_page("http://a.example/", PAGE), "y.warc": page}
    ids = []
    for root in (tmp_path / "one", tmp_path / "two" / "three"):
        for year in ("2008", "2009"):
            for name, content in archives.items():
                (root / year).mkdir(parents=True, exist_ok=True)
                (root / year / name).write_bytes(content)
        work = tmp_path / "work" / root.name
        assert extract(job_of(f"{root}/*/*", work), make_engine) == []
        ids.append([row["id"] for row in documents(work)])
    assert len(set(ids[0])) == 4
    assert sorted(ids[0]) == sorted(ids[1])


def test_given_ids_that_repeat_are_told_once_with_their_number(
    tmp_path: Path, make_engine: EngineFactory
) -> None:
    source, work = tmp_path / "in", tmp_path / "work"
    write_lines(source / "a.jsonl", [r | {"id": i} for r, i in zip(rows(4), "abca", strict=True)])
    write_lines(source / "b.jsonl", [r | {"id": i} for r, i in zip(rows(3, 4), "adb", strict=True)])
    job = job_of(source, work)
    for _ in range(2):
        (line,) = extract(job, make_engine)
        assert "2 id(s)" in line
        assert "stand in 5 documents" in line
        assert "'a'" in line or "'b'" in line
    (extracted,) = (s for s in stage_lines(Store(str(work))) if s.step == "extract")
    assert extracted.noted == {"repeated_id": 5}
    assert {p.suffix for p in (work / "documents/data").iterdir()} == {".parquet", ".ids"}


@pytest.mark.parametrize("most", [1, 3, 1000])
def test_repeats_are_exact_whatever_is_held_at_once(
    tmp_path: Path, make_engine: EngineFactory, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told_inputs, "MOST_HASHES", most)
    source, work = tmp_path / "in", tmp_path / "work"
    for n in range(3):
        given = [row | {"id": str(i * (n + 1))} for i, row in enumerate(rows(20))]
        write_lines(source / f"{n}.jsonl", given)
    extract(job_of(source, work), make_engine)
    counts: dict[str, int] = {}
    for row in documents(work):
        counts[row["id"]] = counts.get(row["id"], 0) + 1
    again = {k: n for k, n in counts.items() if n > 1}
    found = told_inputs.repeated_ids(Store(str(work)))
    assert (found.n_ids, found.n_documents) == (len(again), sum(again.values()))
    assert found.example in again


def test_no_hashes_are_no_repeats() -> None:
    assert count_repeated(0, lambda low, high: [], most=5) == (0, 0, None)
    assert hash_of("ก") != hash_of("ข")


# ---- inputs that change ------------------------------------------------------------------


def test_a_replaced_input_is_told_on_resume(tmp_path: Path, make_engine: EngineFactory) -> None:
    source, work = tmp_path / "in", tmp_path / "work"
    for name in "ab":
        write_lines(source / f"{name}.jsonl", rows(3))
    job = job_of(source, work)
    assert extract(job, make_engine) == []
    assert extract(job, make_engine) == [], "nothing has changed"
    write_lines(source / "b.jsonl", rows(2))
    (line,) = extract(job, make_engine)
    assert "1 input file(s) were replaced" in line
    assert f"{source}/b.jsonl" in line
    assert "--rerun extract" in line
    write_lines(source / "a.jsonl", rows(3))
    os.utime(source / "a.jsonl", ns=(5, 5))
    (source / "b.jsonl").unlink()
    (line,) = extract(job, make_engine)
    assert "written again" in line, "of the same size, at another time; the other one is gone"


def test_files_in_a_folder_that_are_no_inputs_are_told(
    tmp_path: Path, make_engine: EngineFactory
) -> None:
    write_lines(tmp_path / "in" / "a.jsonl", rows(1))
    (tmp_path / "in" / "README.md").write_text("x")
    job = job_of("*", tmp_path / "work").model_copy(update={"input": (str(tmp_path / "in"),)})
    (line,) = extract(job, make_engine)
    assert "1 file(s)" in line
    assert "README.md" in line


# ---- secrets -----------------------------------------------------------------------------


NAMES = ("a.jsonl", "b.jsonl", "c.warc.gz")


def everything_written(folder: Path) -> bytes:
    """Bytes of all files, Parquet as JSON too, since it is compressed."""
    found = b""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found += path.read_bytes()
            if path.suffix == ".parquet":
                found += json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
    return found


def test_no_secret_of_an_address_reaches_a_file_and_a_new_signature_is_the_same_job(
    tmp_path: Path, make_engine: EngineFactory
) -> None:
    work = tmp_path / "work"
    content = "".join(json.dumps(r) + "\n" for r in [*rows(3), {"text": None}]).encode()
    page = response_record("http://a.example/", PAGE)
    pages = gzip_members([page]) + b"rubbish"

    def job(signature: str) -> JobConfig:
        signed = f"X-Amz-Signature={signature}"
        host = site.url.replace("http://", "http://someone:passw0rd@")
        urls = [f"{host}/{name}?part=1&{signed}" for name in NAMES]
        return job_of("*", work).model_copy(update={"input": tuple(urls)})

    with served(Site()) as site:
        for name in NAMES:
            for signature in ("0a1b2c", "9f8e7d"):
                path = f"/{name}?part=1&X-Amz-Signature={signature}"
                site.files[path] = pages if "warc" in name else content
        assert extract(job("0a1b2c"), make_engine, "local 1") == []
        n_asked = len(site.asked)
        assert extract(job("9f8e7d"), make_engine, "local 1") == []
        assert len(site.asked) == n_asked, "what is done is done"
        told = Told()
        run_job(job("9f8e7d"), engine=make_engine("local 1"), progress=told, rerun="extract")
        assert len(site.asked) > n_asked
        other = job("9f8e7d")
        changed = tuple(url.replace("part=1", "part=2") for url in other.input)
        with pytest.raises(JobMismatchError) as caught:
            extract(other.model_copy(update={"input": changed}), make_engine, "local 1")
        with pytest.raises(InputError) as refused:
            extract(
                job("bad").model_copy(update={"work": str(tmp_path / "w2")}), make_engine, "local 1"
            )
    places = {row["warc_path"] for row in documents(work, "warc_path")}
    assert places == {f"{name}?part=1" for name in NAMES}, "and nothing of the server"
    said = f"{caught.value} {refused.value} {told.said}".encode()
    for secret in (b"someone", b"passw0rd", b"0a1b2c", b"9f8e7d", b"Signature"):
        assert secret not in everything_written(tmp_path)
        assert secret not in said


# ---- kept columns ------------------------------------------------------------------------

DAY = datetime.datetime(2024, 2, 29, 12, 30, 1, 5, tzinfo=datetime.UTC)


def kept_job(source: Path, work: Path, *names: str, **changes: Any) -> JobConfig:  # noqa: ANN401
    removed = {"removed": "all", **changes.pop("emit", {})}
    columns = {"keep": list(names)}
    return job_of(source, work, columns=columns, emit=removed, **changes)


@pytest.mark.parametrize("kind", ["in-process", "ray"])
def test_kept_columns_reach_the_corpus_in_their_types(
    tmp_path: Path, make_engine: EngineFactory, kind: str
) -> None:
    source, work = tmp_path / "in", tmp_path / "work"
    more = pa.table(
        {
            "text": [TEXT.format(i) for i in range(3)],
            "id": ["a", "b", "c"],
            "quality": pa.array([1, None, 3], pa.int8()),
            "tags": pa.array([["ก"], [], None]),
            "when": pa.array([DAY, None, DAY], pa.timestamp("us", "UTC")),
            "price": pa.array([Decimal("1.25"), None, Decimal("9.50")]),
            "metadata": pa.array([{"source": "x"}, None, {"source": "ü"}]),
        }
    )
    source.mkdir()
    pq.write_table(more, source / "a.parquet")
    lines: list[dict[str, object]] = [
        {"quality": 0.5, "metadata": {"source": "z"}},
        {"quality": None},
        {"tags": ["a", "b"]},
    ]
    write_lines(
        source / "b.jsonl",
        [r | {"id": i} | x for r, i, x in zip(rows(3, 3), "def", lines, strict=True)],
    )
    names = ("quality", "tags", "when", "price", "metadata.source")
    run_job(kept_job(source, work, *names), engine=make_engine(kind))
    table = pq.read_table(min((work / "corpus").rglob("*.parquet")))
    types = [pa.float64(), pa.list_(pa.string()), pa.timestamp("us", "UTC"), pa.decimal128(3, 2)]
    assert [table.schema.field(n).type for n in names] == [*types, pa.string()]
    found = {row["id"]: tuple(row[n] for n in names) for row in corpus(work)}
    assert found == {
        "a": (1.0, ["ก"], DAY, Decimal("1.25"), "x"),
        "b": (None, [], None, None, None),
        "c": (3.0, None, DAY, Decimal("9.50"), "ü"),
        "d": (0.5, None, None, None, "z"),
        "e": (None, None, None, None, None),
        "f": (None, ["a", "b"], None, None, None),
    }
    card = (work / "corpus" / "README.md").read_text()
    assert "| `metadata.source` |" in card


def test_kept_columns_stand_in_json_lines_too(tmp_path: Path, make_engine: EngineFactory) -> None:
    source, work = tmp_path / "in", tmp_path / "work"
    source.mkdir()
    table = pa.table({"text": [TEXT], "when": pa.array([DAY], pa.timestamp("us", "UTC"))})
    pq.write_table(table, source / "a.parquet")
    job = kept_job(source, work, "when", emit={"format": "jsonl.zst"})
    run_job(job, engine=make_engine("in-process"))
    (path,) = (work / "corpus").rglob("*.jsonl.zst")
    with pa.input_stream(path, compression="zstd") as stream:
        assert json.loads(stream.read())["when"] == DAY.isoformat()


def test_types_that_do_not_agree_are_named_with_their_files(
    tmp_path: Path, make_engine: EngineFactory
) -> None:
    source = tmp_path / "in"
    write_lines(source / "a.jsonl", rows(2, q=1))
    write_lines(source / "b.jsonl", rows(2, q="good"))
    with pytest.raises(InputError) as caught:
        extract(kept_job(source, tmp_path / "w", "q"), make_engine)
    assert caught.value.found == f"int64 in {source}/a.jsonl, string in {source}/b.jsonl"
    (source / "b.jsonl").unlink()
    with pytest.raises(InputError, match="no value of that name in 1 file"):
        extract(kept_job(source, tmp_path / "w2", "quality"), make_engine)
    write_lines(source / "a.jsonl", [*rows(2, q=1), *rows(1, q="good")])
    with pytest.raises(InputError, match="string in"):
        extract(kept_job(source, tmp_path / "w3", "q"), make_engine)


@pytest.mark.parametrize(
    "keep", [["language"], ["wds"], ["q", "q"], ["metadata.*"], [""], "q", ["f"]]
)
def test_names_that_cannot_be_kept_are_refused(tmp_path: Path, keep: Any) -> None:  # noqa: ANN401
    path = tmp_path / "job.yaml"
    path.write_text(json.dumps({"input": "x", "work": "w", "columns": {"keep": keep}}))
    with pytest.raises(ConfigError, match="keep"):
        load_job(path)


def test_no_field_of_either_view_can_be_kept() -> None:
    assert {*CORPUS.names(), *FIELDS, ROBOTS, *RIGHTS} <= PUBLISHED


def test_dates_that_cannot_be_are_counted(tmp_path: Path, make_engine: EngineFactory) -> None:
    source, work = tmp_path / "in", tmp_path / "work"
    dates = ["2024-02-30", "2024-02-29", "0000-00-00T00:00:00Z", None]
    write_lines(source / "a.jsonl", [r | {"date": d} for r, d in zip(rows(4), dates, strict=True)])
    extract(job_of(source, work), make_engine)
    assert [row["date"] for row in documents(work, "date")] == [None, "2024-02-29", None, None]
    (line,) = (s for s in stage_lines(Store(str(work))) if s.step == "extract")
    assert line.noted == {"impossible_date": 2}


def test_kept_columns_follow_the_fields_of_hplts_view(tmp_path: Path) -> None:
    source, work, configs = tmp_path / "in", tmp_path / "work", tmp_path / "configs"
    configs.mkdir()
    (configs / "_default.yaml").write_text(NO_THRESHOLDS)
    source.mkdir()
    table = pa.table(
        {
            "text": [TEXT.format("nine " * 30)],
            "when": pa.array([DAY], pa.timestamp("us", "UTC")),
            "metadata": [{"source": "ü"}],
        }
    )
    pq.write_table(table, source / "a.parquet")
    write_lines(source / "b.jsonl", [{"text": TEXT.format("ten " * 30), "metadata": {"n": 1}}])
    more = {"columns": {"keep": ["when", "metadata.source"]}, "language_configs": str(configs)}
    job = job_for(source, work, emit={"view": "hplt", "hplt": OPEN}, **more)
    give_scores(job, lambda row: 9.0)
    emit(job)
    verify(work / "corpus")
    found = [d for those in in_view(work / "corpus").values() for d in those]
    kept = sorted((d.get("when", ""), d.get("metadata.source", "")) for d in found)
    assert kept == [("", ""), (DAY.isoformat(), "ü")]
