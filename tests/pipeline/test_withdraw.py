"""What is taken down leaves every view, and the rest is as if it had never been there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from curate.ask.rerun import load_recorded
from curate.ask.withdraw import extent, read_entries, withdraw
from curate.config.job import JobConfig
from curate.errors import ConfigError
from curate.io.store import Store
from curate.pipeline.emit.views import Form
from curate.pipeline.verify import verify
from curate.rights.take_down import Entry, Scope, entry_of
from curate.work.take_down import add_entries, take_down_of
from tests.given_scores import give_scores
from tests.hplt_view import contents, emit, job_for, score_of
from tests.looking import document_tables, published, run
from tests.runs import SETTINGS, curate, job_of
from tests.small_crawl import page_html, page_text, url_of, write_crawl
from tests.warc_files import gzip_members, response_record

TWINS = [url_of("rus_Cyrl", 0, k) for k in (0, 1, 2)]
REST = [url_of("eng_Latn", 3), url_of("tha_Thai", 0)]


def entries(scope: Scope, *urls: str) -> list[Entry]:
    found = [entry_of("url", url, scope) for url in urls]
    return [entry for entry in found if entry is not None]


def stands_for(work: Path) -> str:
    """The one of the twins that is published."""
    rows = [row for row in document_tables(work) if row["url"] in TWINS]
    (url,) = (row["url"] for row in rows if row["removal_reason"] is None)
    return str(url)


def from_the_start(source: Path, work: Path, listed: list[Entry], **more: object) -> JobConfig:
    """Both views of a run that had the list before it began."""
    job = job_for(source, work, **more)
    add_entries(Store(work), listed)
    give_scores(job, score_of)
    emit(job)
    emit(job, Form("hplt"))
    return job


@pytest.mark.parametrize("scope", ["cluster", "page"])
def test_the_views_are_those_of_a_run_that_had_the_list(
    copied: tuple[JobConfig, Path], source: Path, tmp_path: Path, scope: Scope
) -> None:
    job, work = copied
    stood = stands_for(work)
    listed = entries(scope, stood, *REST)
    before = json.loads((work / "corpus" / "manifest.json").read_bytes())
    withdraw(job, listed)
    from_the_start(source, tmp_path / "fresh", listed)
    for folder in ("corpus", "corpus-hplt"):
        assert contents(work / folder) == contents(tmp_path / "fresh" / folder)
        verify(work / folder, deep=True)
    urls = {url for table in published(work).values() for url in table["url"].to_pylist()}
    assert not urls & {stood, *REST}
    assert len(urls & set(TWINS)) == (scope == "page")
    manifest = json.loads((work / "corpus" / "manifest.json").read_bytes())
    touched = {"rus_Cyrl", "eng_Latn", "tha_Thai"}
    for entry in before["files"]:
        if entry["label"] not in touched:
            assert entry in manifest["files"], "nobody else is touched"
    reasons = manifest["totals"]["removed"]
    assert reasons["withdrawn"] == 3
    assert reasons.get("withdrawn_cluster", 0) >= (2 if scope == "cluster" else 0)


def test_one_take_down_after_the_other_is_both_together(
    copied: tuple[JobConfig, Path], source: Path, tmp_path: Path
) -> None:
    job, work = copied
    first = entries("page", stands_for(work))
    withdraw(job, first)
    second = entries("page", stands_for(work), REST[0])
    withdraw(job, second)
    third = entries("cluster", REST[1], *TWINS)
    withdraw(job, third)
    from_the_start(source, tmp_path / "fresh", [*first, *second, *third])
    for folder in ("corpus", "corpus-hplt"):
        assert contents(work / folder) == contents(tmp_path / "fresh" / folder)
        verify(work / folder)
    strange = [note for note in verify(work).notes if not note.startswith("corpus-hplt/")]
    assert strange == [], "every file is named by a record"


def test_again_it_changes_nothing(copied: tuple[JobConfig, Path]) -> None:
    job, work = copied
    withdraw(job, entries("cluster", TWINS[0]))
    before = contents(work)
    withdraw(job, entries("cluster", TWINS[0]))
    emit(job)
    emit(job, Form("hplt"))
    assert contents(work) == before


def test_what_would_go_is_told_before(copied: tuple[JobConfig, Path]) -> None:
    job, work = copied
    before = contents(work)
    found = extent(job, entries("cluster", stands_for(work)))
    assert (found.listed, found.mates, found.published) == (1, 2, 1)
    assert [(view.documents, view.files) for view in found.views] == [(1, 1), (1, 1)]
    assert all(0 < view.bytes < view.all_bytes for view in found.views)
    assert contents(work) == before
    assert not take_down_of(Store(work))
    withdraw(job, entries("cluster", stands_for(work)))
    again = extent(job, entries("cluster", *TWINS))
    assert (again.published, again.mates) == (0, 0)


@pytest.mark.parametrize("kind", ["host", "id"])
def test_hosts_and_ids_go_too(copied: tuple[JobConfig, Path], kind: str) -> None:
    job, work = copied
    rows = [row for row in document_tables(work) if row["url"].startswith("https://tha.")]
    lines = {"host": ["example.org is no line"], "id": [row["id"] for row in rows]}[kind]
    lines = ["tha.example.org"] if kind == "host" else lines
    withdraw(job, [e for x in lines if (e := entry_of(kind, x, "page"))])  # type: ignore[arg-type]
    manifest = json.loads((work / "corpus" / "manifest.json").read_bytes())
    assert "tha_Thai" not in {entry["label"] for entry in manifest["files"]}
    assert manifest["totals"]["removed"]["withdrawn"] == len(rows)
    verify(work)


def test_a_later_run_of_the_job_goes_on_with_what_was_listed(
    copied: tuple[JobConfig, Path], tmp_path: Path
) -> None:
    job, work = copied
    other = Path(shutil.copytree(work, tmp_path / "other"))
    listed = entries("cluster", TWINS[0])
    withdraw(job, listed)
    add_entries(Store(other), listed)  # killed right behind this
    emit(load_recorded(str(other)))
    emit(load_recorded(str(other)), Form("hplt"))
    for folder in ("corpus", "corpus-hplt"):
        assert contents(other / folder) == contents(work / folder)


@pytest.mark.parametrize(
    "settings",
    [
        {"emit": {"format": "jsonl.zst", "removed": "all"}},
        {"rebalance": {**SETTINGS["rebalance"], "repetition": "materialise"}},
        {"emit": {"pii": "spans", "removed": "all", "test_min_documents": 2, "test_fraction": 0.5}},
    ],
    ids=["lines", "repeated", "spans and tests"],
)
@pytest.mark.parametrize("scope", ["cluster", "page"])
def test_other_forms_of_the_view_are_mended_too(
    small_input: Path, tmp_path: Path, settings: dict[str, Any], scope: Scope
) -> None:
    job = job_of(small_input, tmp_path / "work", **settings)
    run(job)
    urls = [row["url"] for row in document_tables(tmp_path / "work") if not row["removal_reason"]]
    listed = entries(scope, *urls[::4])
    withdraw(job, listed)
    fresh = job_of(small_input, tmp_path / "fresh", **settings)
    add_entries(Store(tmp_path / "fresh"), listed)
    run(fresh)
    assert contents(tmp_path / "work" / "corpus") == contents(tmp_path / "fresh" / "corpus")
    verify(tmp_path / "work")


def test_a_later_snapshot_does_not_bring_it_back(tmp_path: Path) -> None:
    first, second = (tmp_path / name for name in ("first", "second"))
    for folder in (first, second):
        folder.mkdir()
    write_crawl(first)
    pages = {url_of("rus_Cyrl", 0): 0, "https://mirror.example/new": 1, "https://new.example/": 9}
    records = [
        response_record(
            url, page_html(page_text("rus_Cyrl", 0 if k < 9 else 77, copy=k % 9)).encode()
        )
        for url, k in pages.items()
    ]
    (second / "later.warc.gz").write_bytes(gzip_members(records))
    job = job_of(first, tmp_path / "work")
    run(job)
    withdraw(job, entries("cluster", *TWINS[:1]))
    grown = job.model_copy(update={"snapshots": (f"{second}/*",)})
    run(grown)
    urls = {
        url for table in published(tmp_path / "work").values() for url in table["url"].to_pylist()
    }
    assert not urls & {*TWINS, "https://mirror.example/new"}
    assert "https://new.example/" in urls
    verify(tmp_path / "work")


def test_what_was_published_elsewhere_is_published_there_again(
    copied: tuple[JobConfig, Path], tmp_path: Path
) -> None:
    job, work = copied
    out = str(tmp_path / "out")
    emit(job, Form("hplt", out, ("emit.hplt.max_file_mb=2",)))
    withdraw(job, entries("cluster", TWINS[1]))
    assert contents(tmp_path / "out") == contents(work / "corpus-hplt")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["totals"]["removed"]["withdrawn"] == 1


def test_the_command_line_says_what_goes(copied: tuple[JobConfig, Path], tmp_path: Path) -> None:
    _, work = copied
    (tmp_path / "hosts.txt").write_text("# from a letter\ntha.example.org\n", encoding="utf-8")
    (tmp_path / "empty.txt").write_text("# nothing\n", encoding="utf-8")
    before = contents(work)
    said = curate("withdraw", work, "--hosts", tmp_path / "hosts.txt", "--dry-run")
    assert said.returncode == 0, said.stderr
    assert "view fineweb2:" in said.stdout
    assert "nothing was changed" in said.stdout
    assert contents(work) == before
    said = curate("withdraw", work, "--hosts", tmp_path / "hosts.txt")
    assert said.returncode == 0, said.stderr
    assert "published without them" in said.stdout
    told = curate("explain", work, url_of("tha_Thai", 0)).stdout
    assert "taken down" in told
    before = contents(work)
    for wrong, problem in (
        ((), "name a list"),
        (("--urls", tmp_path / "empty.txt"), "one url a line"),
        (("--urls", tmp_path / "missing.txt"), "No such file"),
    ):
        said = curate("withdraw", work, *wrong)
        assert said.returncode == 1
        assert problem in said.stderr
        assert "Traceback" not in said.stderr
    assert contents(work) == before


def test_clusters_that_nobody_verified_are_not_taken_down(
    small_input: Path, tmp_path: Path
) -> None:
    job = job_of(small_input, tmp_path / "work", cluster={"verify": False})
    path = tmp_path / "urls.txt"
    path.write_text(f"{TWINS[0]}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="--page"):
        read_entries(job, [("url", str(path))], "cluster")
    assert read_entries(job, [("url", str(path))], None)[0].scope == "page"
