"""The end-to-end benchmark runs over a few pages, and counts what it should."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from curate.io.warc import Record, read_warc
from tests.benchmarks import end_to_end, end_to_end_tables, processes
from tests.benchmarks.end_to_end_pages import (
    SAMPLE,
    Page,
    copied,
    crawl_of,
    read_pages,
    shuffled,
    write_crawl,
)
from tests.benchmarks.end_to_end_thresholds import published_by_code

LINES = {
    "eng": ["one two three four five six", "seven eight nine ten eleven twelve"],
    "tha": ["มนุษย์ทั้งหลาย เกิดมามีอิสระ และเสมอภาคกัน", "ในเกียรติศักดิ์ และสิทธิ ต่างมีเหตุผล"],
    "hin": ["सभी मनुष्यों को गौरव और अधिकारों", "के मामले में जन्मजात स्वतन्त्रता प्राप्त"],
    "arb": ["يولد جميع الناس أحرارا متساوين", "في الكرامة والحقوق وقد وهبوا عقلا"],
    "cmn": ["人人生而自由，在尊严和权利上，一律平等。", "他们赋有理性，和良心，并应以兄弟相待。"],
    "got": ["𐌰𐍄𐍄𐌰 𐌿𐌽𐍃𐌰𐍂 𐌸𐌿 𐌹𐌽 𐌷𐌹𐌼𐌹𐌽𐌰𐌼", "𐍅𐌴𐌹𐌷𐌽𐌰𐌹 𐌽𐌰𐌼𐍉 𐌸𐌴𐌹𐌽 𐌵𐌹𐌼𐌰𐌹"],
}
"""Text of a page in two paragraphs."""


def page_of(lines: list[str]) -> str:
    paragraphs = "".join(f"<p class=a>{line} <b>{line[::-1]}</b></p>" for line in lines)
    return f"<html><body><nav>home</nav>{paragraphs}</body></html>"


@pytest.mark.parametrize("language", LINES)
def test_a_shuffled_page_has_the_same_characters_in_another_order(language: str) -> None:
    html = page_of(LINES[language])
    found = shuffled(html, random.Random(3))
    assert found != html
    assert sorted(found) == sorted(html)
    assert found.startswith("<html><body><nav>home</nav><p class=a>")
    assert found.count("<b>") == 2


def test_copies_have_addresses_and_bytes_of_their_own() -> None:
    page = Page("https://a.example.org/", page_of(LINES["eng"]).encode(), "text/html")
    pages = list(crawl_of([page], 9))
    assert pages[0] == page
    assert len({one.url for one in pages}) == len({one.body for one in pages}) == 9
    near = copied(page, 4)  # every fourth is left as it is
    assert near.body == page.body + b"<!-- 4 -->"
    assert near.url == "https://a.example.org/?copy=4"


def test_a_crawl_is_read_back_page_by_page(tmp_path: Path) -> None:
    pages = read_pages([SAMPLE])[:7]
    paths = write_crawl(pages, tmp_path, 3)
    read = [item for path in paths for item in read_warc(str(path))]
    records = [item for item in read if isinstance(item, Record)]
    assert {(item.url, item.payload) for item in records} == {(p.url, p.body) for p in pages}


def test_thresholds_have_the_codes_of_the_model() -> None:
    found = published_by_code()
    assert found["de"] == found["deu"]
    assert "der" in found["de"]["stopwords"]
    assert "qq" not in found


_BURN = """
import json, subprocess, sys, time
told = json.load(open(sys.argv[-1]))
burn = "import time\\nwhile time.process_time() < 0.5: pass"
if told["orphan"]:  # killed as soon as it has a child, which then belongs to nobody
    burn = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}])"
held = b"x" * (told["mib"] << 20)
subprocess.run([sys.executable, "-c", burn], check=True)
json.dump({"n": 1}, open(told["result"], "w"))
sys.exit(told["code"])
"""


@pytest.mark.parametrize("orphan", [False, True])
def test_cpu_of_descendants_counts_even_if_their_parent_is_gone(*, orphan: bool) -> None:
    settings: dict[str, Any] = {"orphan": orphan, "mib": 64, "code": 0}
    used = processes.run([sys.executable, "-c", _BURN], settings)
    assert used.told == {"n": 1}
    assert 0.5 <= used.cpu < 5
    if not orphan:  # else it ends before it is looked at a second time
        assert 64 < used.largest_mib < 1000
        assert used.tree_mib > 64


def test_a_program_that_fails_is_no_result() -> None:
    with pytest.raises(RuntimeError, match="ended with 7"):
        processes.run([sys.executable, "-c", _BURN], {"orphan": False, "mib": 1, "code": 7})


def test_own_cpu_is_in_the_family() -> None:
    assert processes.family(os.getpid())[0] == os.getpid()
    assert processes.tree_cpu(os.getpid()) > 0


@pytest.mark.timeout(240)
def test_ten_pages_without_datatrove(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "results.json"
    arguments = ["--pages", "12", "--rounds", "1", "--no-scaling", "--data", str(tmp_path)]
    arguments += ["--sides", "compat", "resiliparse"]
    results = end_to_end.main([*arguments, "--out", str(out)])
    assert out.read_text(encoding="utf-8").startswith("{")
    printed = capsys.readouterr().out
    assert "## " not in printed.replace("# From WARC to corpus", "")
    assert list(results["used"]) == [
        "curate, `compat: fineweb2`",
        "curate, `resiliparse`, own identifier",
    ]
    for (run,) in results["used"].values():
        assert run["told"]["counts"]["documents"] == 12
        stages = run["told"]["cpu"]
        assert {"start", "extract", "emit", "report"} <= set(stages)
        assert any(name.startswith("identify+annotate+sign") for name in stages)
        assert min(stages.values()) >= 0
        assert sum(stages.values()) == pytest.approx(run["cpu"], rel=0.3)
        assert 50 < run["largest_mib"] < 3000


def test_ratios_are_of_medians_and_leave_the_start_out() -> None:
    def used(cpu: float, stages: dict[str, float]) -> dict[str, Any]:
        return {
            "cpu": cpu,
            "wall": cpu,
            "largest_mib": 1.0,
            "tree_mib": 2.0,
            "told": {"cpu": stages, "counts": {}},
        }

    ours = "curate, x"
    results: dict[str, Any] = {
        "pages": 110,
        "few_pages": 10,
        "f1": {"x": 0.5},
        "extractors": {"datatrove": "datatrove's call", ours: "x"},
        "few": {ours: used(2.0, {"start": 1.5, "extract": 0.5})},
        "used": {
            "datatrove": [used(c, {"start": 10.0, "Trafilatura": c - 10}) for c in (120, 65, 64)],
            ours: [used(7.0, {"start": 1.5, "extract": 5.5})],
        },
    }
    _, (theirs, mine) = end_to_end_tables.speed(results)
    assert theirs[2:6] == ["1.7", "1.0", "2.0", "1.0"]  # 110 / 65, 110 / 55
    assert mine[1:6] == ["0.500", "15.7", "9.3", "20.0", "10.0"]  # 110 / 7, 100 / 5
    head, rows = end_to_end_tables.stages(results)
    assert head == ["CPU seconds", "datatrove", ours]
    assert rows[0] == ["start", "10.00", "2.00"]
    assert rows[1] == ["reading, addresses, extraction", "55.00", "5.00"]
