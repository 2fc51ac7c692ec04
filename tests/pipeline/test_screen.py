"""Addresses on lists and in robots.txt are columns first and drop reasons if the job says so."""

from __future__ import annotations

import gzip
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from curate import stage_table
from curate.ask.explain import explain
from curate.config.language import LanguageConfigs
from curate.errors import ConfigError, InputError, JobMismatchError
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.verify import verify
from curate.work import tables
from curate.work.configs import config_folder
from tests.looking import published, receipts, run, totals
from tests.report.report_data import block
from tests.runs import attempts_of, corpus_of, curate, job_of
from tests.small_crawl import page_html, page_text, url_of
from tests.warc_files import gzip_members, http_response, response_record, warc_record

ROBOTS = b"User-agent: CCBot\nDisallow: /1$\n\nUser-agent: *\nDisallow: /0/\n"


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Block lists in several formats, and a WARC file of robots.txt responses."""
    folder = tmp_path_factory.mktemp("lists")
    (folder / "hosts.txt").write_text("# Thai\n0.0.0.0 tha.example.org # all\n", encoding="utf-8")
    (folder / "words.txt.gz").write_bytes(gzip.compress(b"short\n"))
    (folder / "ut1").mkdir()
    (folder / "ut1" / "urls").write_text("rus.example.org/0\n", encoding="utf-8")
    answers = [
        response_record("https://eng.example.org/robots.txt", ROBOTS, content_type="text/plain"),
        response_record("https://deu.example.org/robots.txt", b"", status=404),
        response_record("https://arb.example.org/robots.txt", b"", status=503),
        response_record("https://eng.example.org/1", b"<p>no robots.txt"),
    ]
    (folder / "robots.warc.gz").write_bytes(gzip_members(answers))
    return folder


def urls_of(lists: Path, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {
        "domains": [f"{lists}/hosts.txt"],
        "words": [f"{lists}/words.txt.gz"],
        "folders": [f"{lists}/ut1"],
        **changes,
    }


def robots_of(lists: Path, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {"files": [f"{lists}/robots.*"], "agents": ["CCBot", "GPTBot"], **changes}


def rows_of(work: Path) -> dict[str, dict[str, Any]]:
    """URL -> what is said of the document."""
    wanted = {"extract": ("url",), "screen": None, "select": None, "rebalance": None}
    found = {}
    for receipt in receipts(work, "screen"):
        for row in tables.read_columns(Store(work), receipt.shard, wanted).to_pylist():
            found[row.pop("url")] = row
    return found


@pytest.fixture(scope="module")
def screened(lists: Path, small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with both screens, of which only the lists drop."""
    work = tmp_path_factory.mktemp("screened") / "work"
    run(job_of(small_input, work, urls=urls_of(lists), robots=robots_of(lists)))
    return work


def test_every_document_says_what_it_hits(screened: Path) -> None:
    rows = rows_of(screened)
    hits = {url: row["url_filter"] for url, row in rows.items() if row["url_filter"]}
    thai = {url for url in rows if "tha." in url}
    assert len(thai) == 4
    assert hits == {
        **dict.fromkeys(thai, "domain"),
        url_of("rus_Cyrl", 0): "url",
        url_of("rus_Cyrl", 0, 1): "url",
        url_of("rus_Cyrl", 0, 2): "url",
        "https://eng.example.org/short": "word:short",
    }
    counted = Counter[str]()
    for receipt in receipts(screened, "screen"):
        counted.update(receipt.counts["hits"])
    assert {k: n for k, n in counted.items() if "robots" not in k} == Counter(hits.values())


def test_every_document_says_who_may_not_read_it(screened: Path) -> None:
    rows = rows_of(screened)
    assert rows[url_of("eng_Latn", 1)]["robots_disallowed"] == ["CCBot"]
    assert rows[url_of("eng_Latn", 2)]["robots_disallowed"] == []
    assert rows[url_of("eng_Latn", 0, 1)]["robots_disallowed"] == ["GPTBot"]
    assert rows[url_of("deu_Latn", 0)]["robots_disallowed"] == []
    assert rows[url_of("arb_Arab", 0)]["robots_disallowed"] == ["CCBot", "GPTBot"]
    assert rows[url_of("hin_Deva", 0)]["robots_disallowed"] is None


def test_lists_drop_and_robots_do_not_unless_asked_to(screened: Path) -> None:
    for row in rows_of(screened).values():
        assert (row["drop_reason"] == "url_filter") == (row["url_filter"] is not None)
        assert row["drop_reason"] != "robots_disallowed"
    assert not any("tha_Thai/" in path for path in published(screened, subset="train"))
    assert "url_filter" in totals(screened)["removed"]
    verify(screened)
    page = (screened / layout.REPORT_PAGE).read_text(encoding="utf-8")
    assert b'"url_filter"' in block(page, "run-0")


def test_dropping_can_be_decided_again_without_extraction(
    screened: Path, lists: Path, small_input: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    shutil.copytree(screened, work)
    before = attempts_of(work)
    changed = job_of(
        small_input, work, urls=urls_of(lists, drop=False), robots=robots_of(lists, drop=True)
    )
    with pytest.raises(JobMismatchError, match="--rerun screen"):
        run(changed)
    run(changed, rerun="screen")
    after = attempts_of(work)
    same = {step for step, shard in before if before[step, shard] == after[step, shard]}
    assert same >= {"extract", "identify", "annotate", "sign", "cluster"}
    for row in rows_of(work).values():
        assert (row["drop_reason"] == "robots_disallowed") == bool(row["robots_disallowed"])
    assert any("tha_Thai/" in path for path in published(work))


def test_without_screens_there_is_no_step_and_columns_alone_change_nothing(
    baseline: Path, lists: Path, small_input: Path, tmp_path: Path
) -> None:
    assert not (baseline / stage_table.steps()["screen"]).exists()
    work = tmp_path / "work"
    run(job_of(small_input, work, urls=urls_of(lists, drop=False), robots=robots_of(lists)))
    parquet = {k: v for k, v in corpus_of(baseline).items() if k.endswith(".parquet")}
    assert parquet.items() <= corpus_of(work).items()


def test_a_list_that_changed_is_noticed(lists: Path, small_input: Path, tmp_path: Path) -> None:
    own = tmp_path / "domains.txt"
    own.write_text("a.example\n", encoding="utf-8")
    job = job_of(small_input, tmp_path / "work", urls={"domains": [str(own)]})
    run(job, until="screen")
    run(job, until="screen")
    own.write_text("hin.example.org\n", encoding="utf-8")
    with pytest.raises(JobMismatchError, match="urls"):
        run(job, until="screen")
    run(job, until="select", rerun="screen")


def test_explain_shows_the_hit(screened: Path) -> None:
    configs = LanguageConfigs.load(config_folder("builtin"))
    (found,) = explain(Store(screened), url_of("tha_Thai", 0), configs)
    assert found.columns["url_filter"] == "domain"
    assert found.columns["drop_reason"] == "url_filter"


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"urls": {"domains": ["/nowhere.txt"]}}, InputError, "correct `urls.domains`"),
        ({"urls": {"folders": ["/nowhere"]}}, InputError, "/nowhere/domains"),
        ({"robots": {"files": ["/nowhere.warc"]}}, InputError, "correct `robots.files`"),
    ],
)
def test_a_missing_list_is_a_mistake_found_before_anything_is_written(
    settings: dict[str, Any],
    error: type[Exception],
    message: str,
    small_input: Path,
    tmp_path: Path,
) -> None:
    with pytest.raises(error, match=message):
        run(job_of(small_input, tmp_path / "work", **settings))
    assert not (tmp_path / "work" / layout.JOB).exists()


def test_a_line_of_two_words_is_refused(small_input: Path, tmp_path: Path) -> None:
    (tmp_path / "w.txt").write_text("two words\n", encoding="utf-8")
    job = job_of(small_input, tmp_path / "work", urls={"words": [f"{tmp_path}/w.txt"]})
    with pytest.raises(ConfigError, match="one word a line"):
        run(job)


SIGNS: dict[str, tuple[dict[str, str], str, list[str]]] = {
    "deu_Latn": ({"X-Robots-Tag": "noai, ccbot: noindex"}, "", ["ccbot:noindex", "noai"]),
    "rus_Cyrl": ({}, '<meta name="robots" content="noindex">', ["noindex"]),
    "tha_Thai": ({"TDM-Reservation": "1"}, "", ["tdm_reservation"]),
    "hin_Deva": ({}, "", []),
}


def test_pages_that_opt_out_say_so_and_are_dropped_if_asked_for(tmp_path: Path) -> None:
    records = []
    for n, (label, (headers, meta, _)) in enumerate(SIGNS.items()):
        html = page_html(page_text(label, 0)).replace("<title>", f"{meta}<title>")
        response = http_response(html.encode(), headers=headers)
        records.append(warc_record("response", response, url=url_of(label, 0), ordinal=n))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.warc.gz").write_bytes(gzip_members(records))
    robots = {"drop_opt_out": ["noai", "tdm_reservation"]}
    run(job_of(tmp_path / "in", tmp_path / "work", robots=robots), until="select")
    store = Store(tmp_path / "work")
    (receipt,) = receipts(tmp_path / "work", "extract")
    table = tables.read_columns(store, receipt.shard, {"extract": ("opt_out",), "select": None})
    assert table["opt_out"].to_pylist() == [signs for _, _, signs in SIGNS.values()]
    dropped = [reason == "opt_out" for reason in table["drop_reason"].to_pylist()]
    assert dropped == [True, False, True, False]
    assert not (tmp_path / "work" / stage_table.steps()["screen"]).exists()


def test_the_command_line_explains_what_was_hit(screened: Path) -> None:
    told = curate("explain", screened, url_of("tha_Thai", 1))
    assert told.returncode == 0
    assert "removed: url_filter is domain" in " ".join(told.stdout.split())


@pytest.mark.parametrize("removed", ["selection", "all", "none"])
def test_blocked_text_is_published_only_if_all_is_asked_for(
    lists: Path, small_input: Path, tmp_path: Path, removed: str
) -> None:
    set_file = tmp_path / "set.txt"
    set_file.write_text(page_text("deu_Latn", 1).splitlines()[0], encoding="utf-8")
    job = job_of(
        small_input,
        tmp_path / "work",
        urls=urls_of(lists),
        robots=robots_of(lists, drop=True),
        decontaminate={"sets": {"set": str(set_file)}},
        emit={"removed": removed},
    )
    run(job)
    work = tmp_path / "work"
    blocked = {"url_filter", "robots_disallowed", "contaminated_by"}
    assert blocked <= set(totals(work)["removed"])
    reasons = {
        reason
        for path, table in published(work).items()
        if "_removed/" in path
        for reason in table["filter_reason"].to_pylist()
    }
    assert bool(reasons & blocked) == (removed == "all")
    assert (reasons >= blocked) == (removed == "all")
    assert bool(reasons) == (removed != "none")
    card = (work / "corpus" / "README.md").read_text(encoding="utf-8")
    assert ("not meant to be trained on" in card) == (removed == "all")
