"""The report: complete, escaped, and harmless in a real browser."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from pathlib import Path

import lxml.html
import pytest

from curate.report.model import LabelYield
from curate.report.page import render_page
from tests.report.report_data import DATA, EMPTY, YIELDS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HEADLESS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def test_numbers_and_labels_are_there() -> None:
    tree = lxml.html.fromstring(render_page(DATA))
    funnel = tree.xpath("//section[h2='Funnel']//tbody/tr")
    cells = [[c.text_content() for c in row] for row in funnel]
    assert cells[0][:7] == ["all labels", "111", "105", "80", "67", "87", "60.4%"]
    assert cells[1][:7] == ["arb_Arab", "100", "95", "70", "60", "80", "60.0%"]
    assert [row[0] for row in cells[1:]] == [y.label for y in YIELDS]
    steps = [r.text_content() for r in tree.xpath("//section[h2='Steps']//tbody/tr")]
    assert "2 timeout" in steps[0]
    assert "✓" in steps[0]
    sizes = tree.xpath("//section[h2='Cluster sizes']//tbody/tr[2]")[0]
    assert [c.text_content() for c in sizes] == ["arb_Arab", "60", "5", "0", "0", "0", "3", "1"]


def test_a_step_that_loses_rows_is_marked() -> None:
    broken = dataclasses.replace(DATA.stages[0], rows_out=110)
    page = render_page(dataclasses.replace(DATA, stages=(broken,)))
    assert "✗ 119 accounted for" in page


def test_page_text_is_inert() -> None:
    page = render_page(DATA)
    tree = lxml.html.fromstring(page)
    assert not tree.xpath("//script | //img | //iframe | //link | //object")
    assert not [a for e in tree.iter() for a in e.attrib if a.startswith("on")]
    assert [a.get("href") for a in tree.xpath("//a")] == ["https://a.example/?a=1&b=2"]
    assert "default-src 'none'" in page
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    for text in ("مرحبا", "你好", "สวัสดี", "𞤀𞤣𞤤𞤢𞤥"):
        assert text in page


def test_nothing_is_loaded_from_elsewhere() -> None:
    page = render_page(DATA)
    assert not re.search(r"""(src|srcset|data)\s*=\s*["']?(https?:|//)|@import|url\(""", page)


def test_thresholds_are_drawn() -> None:
    tree = lxml.html.fromstring(render_page(DATA))
    captions = [c.text_content() for c in tree.xpath("//figcaption")]
    assert captions == ["lid_confidence ≥ 0.3", "n_words ≥ 50 and ≤ 100000, 1 not measurable"]


def test_an_empty_run_is_a_page() -> None:
    assert "Funnel" in render_page(EMPTY)


def test_two_thousand_labels_stay_below_a_megabyte() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    labels = [f"{a}{b}{c}_Latn" for a in letters for b in letters for c in "abc"][:2000]
    yields = tuple(LabelYield(x, {"": 5, "n_words": 3}) for x in labels)
    page = render_page(dataclasses.replace(DATA, yields=yields))
    assert len(page.encode()) < 1_000_000
    assert labels[-1] in page


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_shows_the_table_and_runs_nothing(tmp_path: Path) -> None:
    assert CHROMIUM is not None
    page = tmp_path / "index.html"
    page.write_text(render_page(DATA), encoding="utf-8")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    shown = subprocess.run(
        [CHROMIUM, *HEADLESS, profile, "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    tree = lxml.html.fromstring(shown)
    assert len(tree.xpath("//section[h2='Funnel']//tbody/tr")) == 4
    assert tree.findtext(".//title") == 'job "<b>" · curate report'
