"""A made record of every sign, in every place where it can stand, through a run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from curate.io.store import Store
from curate.robots.page_signs import SIGNS
from curate.work.tables import read_columns
from tests.looking import receipts, run
from tests.runs import job_of
from tests.small_crawl import page_html, page_text
from tests.warc_files import gzip_members, response_record

LICENCE = "https://licences.example/rsl.xml"
REFUSING = (
    '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
    '<prohibits type="usage">ai-train</prohibits></license></content></rsl>'
)
RSL_TYPE = "application/rsl+xml"

HEADERS = {
    ("aipref", "header", "no"): {"Content-Usage": "train-ai=n, search=y"},
    ("aipref", "header", "yes"): {"Content-Usage": "train-ai=y"},
    ("content_signal", "header", "no"): {"Content-Signal": "search=yes, ai-train=no"},
    ("content_signal", "header", "yes"): {"Content-Signal": "ai-train=yes"},
    ("rsl", "header", "no"): {"Link": f'<{LICENCE}>; rel="license"; type="{RSL_TYPE}"'},
    ("tdmrep", "header", "no"): {"TDM-Reservation": "1"},
    ("tdmrep", "header", "yes"): {"TDM-Reservation": "0"},
    ("noai", "header", "no"): {"X-Robots-Tag": "ccbot: noai"},
    ("noai", "header", "unset"): {"X-Robots-Tag": "gptbot: noai"},
    ("noml", "header", "no"): {"X-Robots-Tag": "noml"},
    ("noimageai", "header", "unset"): {"X-Robots-Tag": "noimageai"},
}
MARKUP = {
    ("rsl", "link", "no"): f'<link rel="license" type="{RSL_TYPE}" href="{LICENCE}">',
    ("rsl", "script", "no"): f'<script type="{RSL_TYPE}">{REFUSING}</script>',
    ("tdmrep", "meta", "no"): '<meta name="tdm-reservation" content="1">',
    ("tdmrep", "meta", "yes"): '<meta name="tdm-reservation" content="0">',
    ("noai", "meta", "no"): '<meta name="robots" content="noai">',
    ("noml", "meta", "no"): '<meta name="robots" content="noml">',
    ("noimageai", "meta", "unset"): '<meta name="robots" content="noimageai">',
}
FILES = {
    ("aipref", "robots.txt", "no"): ("robots.txt", "User-agent: *\nContent-Usage: / train-ai=n\n"),
    ("aipref", "robots.txt", "yes"): ("robots.txt", "User-agent: *\nContent-Usage: train-ai=y\n"),
    ("content_signal", "robots.txt", "no"): (
        "robots.txt",
        "User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n",
    ),
    ("rsl", "robots.txt", "no"): ("robots.txt", f"License: {LICENCE}\n"),
    ("rsl", "robots.txt", "unset"): ("robots.txt", "License: https://unknown.example/l.xml\n"),
    ("tdmrep", "tdmrep.json", "no"): (
        ".well-known/tdmrep.json",
        json.dumps([{"location": "/*", "tdm-reservation": 1}]),
    ),
    ("tdmrep", "tdmrep.json", "yes"): (
        ".well-known/tdmrep.json",
        json.dumps([{"location": "/", "tdm-reservation": 0}]),
    ),
    ("ai_txt", "ai.txt", "no"): ("ai.txt", "User-Agent: *\nDisallow: /\n"),
    ("ai_txt", "ai.txt", "yes"): (".well-known/ai.txt", "Training: allow\n"),
}
"""Sign, place and answer -> path and content of a file of the site."""

MADE = [*HEADERS, *MARKUP, *FILES]


def host_of(number: int) -> str:
    return f"https://s{number}.example"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Address -> what the stage writes of its page."""
    folder = tmp_path_factory.mktemp("sign-records")
    (folder / "in").mkdir()
    pages, files = [], [response_record(LICENCE, REFUSING, content_type=RSL_TYPE)]
    for n, key in enumerate(MADE):
        html = page_html(page_text("eng_Latn", n))
        html = html.replace("<title>", f"{MARKUP.get(key, '')}<title>")
        pages.append(
            response_record(f"{host_of(n)}/", html, http_headers=HEADERS.get(key), ordinal=n)
        )
        if key in FILES:
            path, body = FILES[key]
            files.append(
                response_record(f"{host_of(n)}/{path}", body, content_type="text/plain", ordinal=n)
            )
    pages.append(
        response_record("https://silent.example/", page_html(page_text("eng_Latn", 99)), ordinal=99)
    )
    (folder / "in" / "a.warc.gz").write_bytes(gzip_members(pages))
    (folder / "sites.warc.gz").write_bytes(gzip_members(files))
    section = {"files": [f"{folder}/sites.*"], "agents": ["CCBot"]}
    run(job_of(folder / "in", folder / "work", rights=section), until="rights")
    (receipt,) = receipts(folder / "work", "rights")
    columns = {"extract": ("url",), "rights": None}
    rows = read_columns(Store(folder / "work"), receipt.shard, columns).to_pylist()
    return {row["url"]: row for row in rows}


@pytest.mark.parametrize("key", MADE, ids=" ".join)
def test_a_sign_is_read_where_it_stands(
    key: tuple[str, str, str], said: dict[str, dict[str, Any]]
) -> None:
    sign, _, answer = key
    row = said[f"{host_of(MADE.index(key))}/"]
    assert [(s["sign"], s["place"], s["train_ai"]) for s in row["train_ai_signs"]] == [key]
    assert row["train_ai"] == answer
    assert row["opted_out_by"] == ([sign] if answer == "no" else [])


def test_a_page_without_a_sign_says_nothing(said: dict[str, dict[str, Any]]) -> None:
    row = said["https://silent.example/"]
    assert (row["train_ai"], row["train_ai_signs"], row["opted_out_by"]) == ("unset", [], [])


def test_every_kind_of_sign_has_a_record() -> None:
    assert {sign for sign, _, _ in MADE} == set(SIGNS)
