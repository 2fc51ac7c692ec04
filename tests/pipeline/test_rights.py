"""Signs of pages and sites, and licences: columns first, and drop reasons if the job says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curate.config.job import JobConfig
from curate.config.load import build
from curate.errors import ConfigError, VerifyError
from curate.io.store import Store
from curate.pipeline.emit.hplt import Hplt
from curate.pipeline.papers.describe import row_schemas
from curate.pipeline.rights.task import HOSTS
from curate.pipeline.verify import verify
from curate.stages.hplt import FIELDS, RIGHTS
from curate.work.tables import data_file, read_columns
from tests.given_scores import give_scores
from tests.hplt_view import NO_THRESHOLDS, OPEN, emit, in_view, job_for
from tests.looking import published, receipts, run
from tests.pipeline.test_hplt_verify import Spoil, rewrite
from tests.report.report_data import run_of
from tests.runs import attempts_of, curate, job_of
from tests.small_crawl import page_html, page_text, url_of
from tests.warc_files import gzip_members, http_response, response_record, warc_record

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
PAGES: dict[str, tuple[dict[str, str], str, str]] = {
    "eng_Latn": ({}, "", ""),
    "deu_Latn": ({"Content-Usage": "train-ai=n"}, "", ""),
    "rus_Cyrl": ({}, '<meta name="robots" content="noai">', ""),
    "tha_Thai": ({"TDM-Reservation": "0"}, f'<link rel="license" href="{CC_BY}">', ""),
    "hin_Deva": ({}, "", f'<footer><a href="{CC_BY}">CC</a></footer>'),
    "arb_Arab": ({"X-Robots-Tag": "gptbot: noai"}, "", ""),
}
ANSWERS = {
    "eng_Latn": ("no", ["aipref"]),
    "deu_Latn": ("no", ["aipref"]),
    "rus_Cyrl": ("no", ["noai", "tdmrep"]),
    "tha_Thai": ("yes", []),
    "hin_Deva": ("no", ["ai_txt"]),
    "arb_Arab": ("unset", []),
}


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of six sites, and a WARC file with the files of some of them."""
    folder = tmp_path_factory.mktemp("rights")
    (folder / "in").mkdir()
    records = []
    for n, (label, (headers, head, foot)) in enumerate(PAGES.items()):
        html = page_html(page_text(label, 0)).replace("<title>", f"{head}<title>")
        html = html.replace("</body>", f"{foot}</body>")
        response = http_response(html.encode(), headers=headers)
        records.append(warc_record("response", response, url=url_of(label, 0), ordinal=n))
    (folder / "in" / "a.warc.gz").write_bytes(gzip_members(records))
    robots = b"User-agent: *\nContent-Usage: / train-ai=n\n"
    reserved = json.dumps([{"location": "/", "tdm-reservation": 1}]).encode()
    files = [
        response_record("https://eng.example.org/robots.txt", robots, content_type="text/plain"),
        response_record("https://rus.example.org/.well-known/tdmrep.json", reserved),
        response_record("https://hin.example.org/ai.txt", b"User-agent: *\nDisallow: /\n"),
        response_record("https://eng.example.org/1", b"<p>no file of a site"),
    ]
    (folder / "sites.warc.gz").write_bytes(gzip_members(files))
    return folder


def job(crawl: Path, work: Path, emit: Any = None, **rights: Any) -> JobConfig:  # noqa: ANN401 - any JSON
    section = {"files": [f"{crawl}/sites.*"], "agents": ["CCBot"], **rights}
    more = {} if emit is None else {"emit": emit}
    return job_of(crawl / "in", work, rights=section, **more)


def rows_of(work: Path) -> dict[str, dict[str, Any]]:
    """Label -> what is said of its page."""
    (receipt,) = receipts(work, "rights")
    columns = {"extract": ("url",), "rights": None, "select": ("drop_reason",)}
    rows = read_columns(Store(work), receipt.shard, columns).to_pylist()
    by_url = {row["url"]: row for row in rows}
    return {label: by_url[url_of(label, 0)] for label in PAGES}


@pytest.fixture(scope="module")
def marked(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run that marks and drops nothing."""
    work = tmp_path_factory.mktemp("marked") / "work"
    run(job(crawl, work))
    return work


def test_every_page_says_what_its_signs_say(marked: Path) -> None:
    rows = rows_of(marked)
    assert {k: (r["train_ai"], r["opted_out_by"]) for k, r in rows.items()} == ANSWERS
    signs = {k: {(s["sign"], s["place"]) for s in r["train_ai_signs"]} for k, r in rows.items()}
    assert signs["eng_Latn"] == {("aipref", "robots.txt")}
    assert signs["rus_Cyrl"] == {("noai", "meta"), ("tdmrep", "tdmrep.json")}
    assert signs["arb_Arab"] == {("noai", "header")}
    assert not any(row["drop_reason"] for row in rows.values() if row["drop_reason"])


def test_licences_are_columns(marked: Path) -> None:
    rows = rows_of(marked)
    assert {k: (r["license"], r["license_where"]) for k, r in rows.items() if r["license"]} == {
        "tha_Thai": ("CC-BY-4.0", "link:head"),
        "hin_Deva": ("CC-BY-4.0", "anchor:footer"),
    }
    assert all(row["license_conflict"] is False for row in rows.values())
    tables = published(marked).values()
    assert all({"train_ai", "license", "train_ai_signs"} <= {*t.column_names} for t in tables)
    verify(marked / "corpus")


def test_counts_are_in_the_receipt_and_by_host(marked: Path) -> None:
    (receipt,) = receipts(marked, "rights")
    assert receipt.counts["train_ai"] == {"no": 4, "unset": 1, "yes": 1}
    assert receipt.counts["signs"]["aipref:no"] == 2
    assert receipt.counts["licenses"] == {"CC-BY-4.0": 2}
    key = data_file(Store(marked), "rights", receipt.shard, HOSTS).key
    hosts = pa.parquet.read_table(marked / key).to_pylist()
    assert {(r["host"], r["sign"]) for r in hosts} == {
        ("eng.example.org", "aipref"),
        ("deu.example.org", "aipref"),
        ("rus.example.org", "noai"),
        ("rus.example.org", "tdmrep"),
        ("hin.example.org", "ai_txt"),
    }
    assert {r["n_documents"] for r in hosts} == {1}


def test_the_report_names_the_hosts_that_say_no(marked: Path) -> None:
    page = run_of((marked / "report" / "index.html").read_text(encoding="utf-8"))
    assert {host: signs for host, signs in page["refusing"]} == {
        "deu.example.org": {"aipref": 1},
        "eng.example.org": {"aipref": 1},
        "hin.example.org": {"ai_txt": 1},
        "rus.example.org": {"noai": 1, "tdmrep": 1},
    }


@pytest.mark.parametrize(
    ("drop", "dropped"),
    [
        (["aipref"], {"eng_Latn", "deu_Latn"}),
        (["tdmrep", "ai_txt"], {"rus_Cyrl", "hin_Deva"}),
        (["noai"], {"rus_Cyrl"}),
    ],
)
def test_any_sign_is_a_drop_reason_by_one_setting(
    crawl: Path, tmp_path: Path, drop: list[str], dropped: set[str]
) -> None:
    run(job(crawl, tmp_path / "work", drop=drop), until="select")
    rows = rows_of(tmp_path / "work")
    assert {k for k, row in rows.items() if row["drop_reason"] == "opted_out_by"} == dropped


def test_a_sign_for_an_agent_counts_for_that_agent(crawl: Path, tmp_path: Path) -> None:
    run(job(crawl, tmp_path / "work", agents=["GPTBot"]), until="select")
    assert rows_of(tmp_path / "work")["arb_Arab"]["train_ai"] == "no"


def test_a_list_of_licences_is_a_subset(crawl: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    run(job(crawl, work, emit={"license": ["CC-BY-4.0", "CC0-1.0"], "removed": "selection"}))
    texts = [row for t in published(work).values() for row in t.to_pylist()]
    assert {row["license"] for row in texts} == {"CC-BY-4.0"}
    assert {row["language"] for row in texts} == {"tha", "hin"}
    reasons = {row["drop_reason"] for row in rows_of(work).values()}
    assert "license" in reasons
    explained = curate("explain", work, url_of("eng_Latn", 0)).stdout
    assert "removed: license is None" in " ".join(explained.split())


def test_without_the_section_a_list_of_licences_still_decides(crawl: Path, tmp_path: Path) -> None:
    run(job_of(crawl / "in", tmp_path / "w", emit={"license": ["CC0-1.0"]}), until="select")
    (receipt,) = receipts(tmp_path / "w", "select")
    assert receipt.counts["drop_reasons"] == {"license": len(PAGES)}


def test_a_licence_that_no_page_declares_is_refused() -> None:
    data = {"input": "x", "work": "y", "emit": {"license": ["CC BY 4.0"]}}
    with pytest.raises(ConfigError, match=r"write `CC-BY-4\.0`"):
        build(JobConfig, data, {}, "job.yaml")


def test_other_settings_make_the_marks_again_and_nothing_before(
    crawl: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    run(job(crawl, work), until="select")
    before = attempts_of(work)
    run(job(crawl, work, drop=["aipref"]), until="select", rerun="rights")
    again = {key[0] for key, attempt in attempts_of(work).items() if before[key] != attempt}
    assert again == {"rights", "select"}


# ---- HPLT's view ---------------------------------------------------------------------------


def hplt_job(crawl: Path, work: Path, emit: Any = None, **more: Any) -> JobConfig:  # noqa: ANN401 - any JSON
    (work.parent / "configs").mkdir(exist_ok=True)
    (work.parent / "configs" / "_default.yaml").write_text(NO_THRESHOLDS, encoding="utf-8")
    settings = {"language_configs": f"{work.parent}/configs", **more}
    return job_for(
        crawl / "in", work, emit={"view": "hplt", "hplt": OPEN, **(emit or {})}, **settings
    )


def hplt_of(job: JobConfig) -> Path:
    give_scores(job, lambda row: 9.0)
    emit(job)
    verify(Path(job.work) / "corpus")
    return Path(job.work) / "corpus"


def section(crawl: Path) -> dict[str, Any]:
    return {"files": [f"{crawl}/sites.*"], "agents": ["CCBot"]}


@pytest.fixture(scope="module")
def as_hplt(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> JobConfig:
    """A job with signs whose corpus is in HPLT's form."""
    job = hplt_job(crawl, tmp_path_factory.mktemp("as-hplt") / "work", rights=section(crawl))
    hplt_of(job)
    return job


def lines_of(corpus: Path) -> dict[str, dict[str, Any]]:
    return {d["lang"][0]: d for those in in_view(corpus).values() for d in those}


def test_a_line_of_hplt_s_view_says_what_the_signs_say(as_hplt: JobConfig) -> None:
    corpus = Path(as_hplt.work) / "corpus"
    lines = lines_of(corpus)
    assert {k: (d["train_ai"], d["opted_out_by"]) for k, d in lines.items()} == ANSWERS
    assert {k: d["license"] for k, d in lines.items() if "license" in d} == {
        "tha_Thai": "CC-BY-4.0",
        "hin_Deva": "CC-BY-4.0",
    }
    for line in lines.values():
        names = [name for name in line if name in RIGHTS]
        assert list(line) == [*(name for name in FIELDS if name in line), *names]
    manifest = json.loads((corpus / "manifest.json").read_bytes())
    assert manifest["more_fields"] == list(RIGHTS)
    (schema,) = row_schemas(Store(as_hplt.work), as_hplt, Hplt("emit", "corpus")).values()
    assert schema.names[-3:] == list(RIGHTS)
    assert all(set(line) <= set(schema.names) for line in lines.values())


def test_without_signs_a_line_has_hplt_s_own_fields_alone(
    crawl: Path, as_hplt: JobConfig, tmp_path: Path
) -> None:
    corpus = hplt_of(hplt_job(crawl, tmp_path / "work"))
    with_signs = lines_of(Path(as_hplt.work) / "corpus")
    assert lines_of(corpus) == {
        label: {k: v for k, v in line.items() if k not in RIGHTS}
        for label, line in with_signs.items()
    }
    assert "more_fields" not in json.loads((corpus / "manifest.json").read_bytes())


def test_a_list_of_licences_is_a_subset_of_hplt_s_view_too(crawl: Path, tmp_path: Path) -> None:
    only = {"license": ["CC-BY-4.0", "CC0-1.0"]}
    corpus = hplt_of(hplt_job(crawl, tmp_path / "work", emit=only, rights=section(crawl)))
    lines = lines_of(corpus)
    assert lines.keys() == {"tha_Thai", "hin_Deva"}
    assert {line["license"] for line in lines.values()} == {"CC-BY-4.0"}
    removed = json.loads((corpus / "manifest.json").read_bytes())["totals"]["removed"]
    assert removed == {"license": len(PAGES) - 2}


BROKEN: dict[str, tuple[Spoil, str]] = {
    "no answer": (lambda d: d.pop("train_ai"), "`train_ai`: wanted no, yes, unset, found None"),
    "another answer": (lambda d: d.update(train_ai="maybe"), "`train_ai`: wanted no, yes, unset"),
    "an unknown sign": (
        lambda d: d.update(opted_out_by=["fax"]),
        "`opted_out_by`: wanted kinds of signs, found",
    ),
    "a sign and no refusal": (
        lambda d: d.update(opted_out_by=["noai"], train_ai="yes"),
        "`opted_out_by`: wanted kinds of signs where `train_ai` is no",
    ),
    "a licence that is a list": (lambda d: d.update(license=["CC0-1.0"]), "`license`: wanted text"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_verify_reads_what_lines_say_of_rights(
    what: str, as_hplt: JobConfig, tmp_path: Path
) -> None:
    spoil, wanted = BROKEN[what]
    folder = Path(shutil.copytree(Path(as_hplt.work) / "corpus", tmp_path / "hplt"))
    path, documents = next(iter(in_view(folder).items()))
    spoil(documents[0])
    rewrite(folder, path, documents)
    with pytest.raises(VerifyError, match=f"{path} line 1: {wanted}"):
        verify(folder)
