"""The public summary: its sums are the manifest's, and what nobody knows is a marked gap."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from curate.ask.rerun import load_recorded
from curate.ask.summary import summary_of
from curate.ask.withdraw import withdraw
from curate.errors import InputError
from curate.io import layout
from curate.pipeline.run import run_job
from curate.report.publisher import Publisher
from curate.report.summary import GAP, DomainSize, Summary, as_json, as_markdown
from curate.rights.take_down import Entry
from curate.urls.suffixes import registered_domain
from tests.looking import published
from tests.runs import curate, job_of
from tests.small_crawl import url_of


def rows_of(work: Path) -> list[dict[str, Any]]:
    """Every published row, but for those that were removed."""
    tables = {k: t for k, t in published(work).items() if "_removed" not in k}
    return [row for table in tables.values() for row in table.to_pylist()]


def test_every_sum_is_that_of_the_corpus(baseline: Path) -> None:
    whole = summary_of(load_recorded(str(baseline)))
    rows = rows_of(baseline)
    manifest = json.loads((baseline / layout.MANIFEST).read_bytes())
    assert whole.documents == len(rows) == manifest["totals"]["published"]
    assert dict(whole.removed) == {
        reason: n for reason, n in manifest["totals"]["removed"].items() if n
    }
    assert whole.n_chars == sum(len(row["text"]) for row in rows)
    by_domain = Counter(registered_domain(row["url"]) for row in rows)
    assert {x.domain: x.documents for x in whole.domains} == by_domain
    assert sum(x.documents for x in whole.domains) + whole.without_domain == whole.documents
    assert sum(x.n_chars for x in whole.domains) == whole.n_chars
    assert sum(x.documents for x in whole.snapshots) == whole.documents
    dates = [row["date"] for row in rows if row["date"]]
    assert min(x.first for x in whole.snapshots if x.first) == min(dates)
    assert max(x.last for x in whole.snapshots) == max(dates)
    sizes = [(-x.n_bytes, -x.n_chars, x.domain) for x in whole.domains]
    assert sizes == sorted(sizes)
    assert all(x.n_bytes > 0 for x in whole.domains)


def made(n: int) -> Summary:
    domains = tuple(DomainSize(f"d{i}.example", 1, n - i, 0) for i in range(n))
    return Summary(
        title="a | b\u202e",
        publisher=Publisher(),
        license=None,
        documents=n,
        snapshots=(),
        yields=(),
        removed={},
        left_out={},
        domains=domains,
        without_domain=0,
        measures=(),
        taken_down=0,
        pii="mask",
        pii_kinds=("email", "phone_number"),
    )


@pytest.mark.parametrize(
    ("domains", "all_of_them", "sme"),
    [(0, 0, 0), (1, 1, 1), (10, 1, 1), (11, 2, 1), (200, 20, 10), (30_000, 3000, 1000)],
)
def test_as_many_domains_as_the_template_asks_for(domains: int, all_of_them: int, sme: int) -> None:
    whole = made(domains)
    assert len(whole.top_domains(is_sme=False)) == all_of_them
    assert len(whole.top_domains(is_sme=True)) == sme
    assert whole.top_domains(is_sme=True) == whole.domains[:sme]


def test_gaps_are_marked_and_names_of_others_are_harmless() -> None:
    text = as_markdown(made(3), is_sme=False)
    assert text.splitlines()[0] == "# Summary of training content: a \\| b\\u202e"
    for question in ("Provider", "Contact", "Models", "Size in tokens", "2.1", "2.5", "Crawler"):
        (line,) = [line for line in text.splitlines() if line.startswith(f"- {question}")]
        assert line.endswith(GAP), line
    told = as_json(made(3), is_sme=True)
    assert told["general"]["provider"] is None
    assert told["general"]["modalities"]["text"]["tokens"] is None
    assert told["sources"]["user_data"] is None


def test_measures_on_rights_and_content_are_told_with_what_they_removed(
    small_input: Path, tmp_path: Path
) -> None:
    lists = tmp_path / "urls.txt"
    lists.write_text(f"{url_of('rus_Cyrl', 0)}\n", encoding="utf-8")
    job = job_of(
        small_input,
        tmp_path / "work",
        urls={"urls": [str(lists)]},
        robots={"drop_opt_out": ["noai"]},
        emit={
            "license": "odc-by",
            "card": {"creators": ["An Institute"], "contact": "mailto:x@example.org"},
        },
    )
    run_job(job)
    withdraw(load_recorded(str(tmp_path / "work")), [Entry("url", url_of("tha_Thai", 0), "page")])
    whole = summary_of(load_recorded(str(tmp_path / "work")))
    told = as_json(whole, is_sme=False)["processing"]
    assert told["content"] == [
        {
            "measure": "lists of addresses and words: urls.txt",
            "reason": "url_filter",
            "documents": whole.removed["url_filter"],
        }
    ]
    assert [x["reason"] for x in told["rights"]] == ["opt_out"]
    assert told["taken_down"] == 1
    text = as_markdown(whole, is_sme=False)
    assert "- Provider: An Institute\n- Contact: mailto:x@example.org\n" in text
    assert "- Licence of the collection: odc-by\n" in text
    assert "- lists of addresses and words: urls.txt; documents: 1 (`url_filter`)" in text


def test_only_what_was_published_can_be_summarised(finished: Path) -> None:
    (finished / layout.MANIFEST).unlink()
    with pytest.raises(InputError, match="curate emit"):
        summary_of(load_recorded(str(finished)))


def test_the_command_prints_writes_and_speaks_json(baseline: Path, tmp_path: Path) -> None:
    said = curate("summary", baseline)
    assert (said.returncode, said.stderr) == (0, "")
    assert "### 2.3 Data crawled and scraped from online sources" in said.stdout
    path = tmp_path / "new" / "summary.md"
    assert curate("summary", baseline, "--out", path, "--sme").returncode == 0
    assert "top 5 %" in path.read_text(encoding="utf-8")
    told = json.loads(curate("summary", baseline, "--json").stdout)
    assert told["sources"]["crawled"]["domains"] == len(
        summary_of(load_recorded(str(baseline))).domains
    )
    said = curate("summary", tmp_path)
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
