"""The worked example on rights: its sums are those of the manifest."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from curate.io import layout
from curate.io.robots_in import read_site_files
from curate.io.store import Store
from tests.benchmarks.rights import (
    DATA,
    FILES,
    PAGES,
    differences,
    documents,
    job_in,
    site_files,
    table,
)
from tests.looking import run


def test_seven_of_ten_hosts_have_a_file_each(tmp_path: Path) -> None:
    urls = [f"https://s{n // 2}.example/{n}" for n in range(40)]  # two pages a host
    path = tmp_path / "sites.warc"
    path.write_bytes(b"".join(site_files(urls)))
    found = [file.url for file in read_site_files(str(path))]
    licence, *rest = [urlsplit(url) for url in found]
    assert licence.hostname == "licences.example"
    assert len(rest) == len({url.hostname for url in rest}) == 14
    assert {url.path for url in rest} == {file[0] for file in FILES if file}


@pytest.mark.shared
def test_the_sums_are_those_of_the_manifest(tmp_path: Path) -> None:
    if not (DATA / PAGES).exists():
        pytest.skip("the shared data is not beside the checkout")
    job = job_in(tmp_path, DATA)
    run(job)
    store = Store(job.work)
    rows = documents(store)
    manifest = json.loads((Path(job.work) / layout.MANIFEST).read_bytes())
    assert differences(rows, store, manifest) == []
    lines = {name: numbers for name, *numbers in table(rows)}
    assert all(n == dropped + other + kept for n, dropped, other, kept in lines.values())
    answers = [lines[f"`train_ai` {answer}"] for answer in ("no", "yes", "unset")]
    assert [sum(column) for column in zip(*answers, strict=True)] == lines["all"]
    assert lines["`train_ai` no"][3] == 0, "what says no is not published"
    for name in ("aipref", "content_signal", "rsl", "tdmrep", "ai_txt"):
        assert lines[f"`{name}` no"][1] > 0
    manifest["totals"]["removed"]["opted_out_by"] += 1
    (wrong,) = differences(rows, store, manifest)
    assert wrong.startswith("removed by reason")
