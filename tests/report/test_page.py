"""The report as a file: complete, within its budget, and without any markup of a crawl's."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import zlib
from importlib.resources import files
from pathlib import Path

import lxml.html
import numpy as np
import pyarrow as pa
import pytest

from curate.report.data import ConfigInForce, LabelYield, ReportData
from curate.report.pack import EXTRA, ROOMS, host_of, pack_label, plain_text, runners_up
from curate.report.page import MAX_BYTES, MAX_SIZES, SCRIPTS, render_page
from curate.report.value_codes import encode
from tests.report.report_data import CONFIGS, DATA, EMPTY, YIELDS, block, run_of, sample_table

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LABELS = [f"{a}{b}{c}_Latn" for a in LETTERS for b in LETTERS for c in "abc"]


def many_labels(n: int, documents: int) -> ReportData:
    """A run of so many labels with samples of so many documents each, as varied as real ones."""
    # Some tables serve many labels: compressed one by one, so that it makes no difference.
    tables = [noisy_table(documents, seed=i) for i in range(4)]
    return dataclasses.replace(
        DATA,
        yields=tuple(
            LabelYield(x, {"": 900_000 - i, "n_words": 3}) for i, x in enumerate(LABELS[:n])
        ),
        configs={x: ConfigInForce.of(CONFIGS, x) for x in LABELS[:n]},
        samples={x: tables[i % len(tables)] for i, x in enumerate(LABELS[:n])},
    )


def noisy_table(n: int, *, seed: int) -> pa.Table:
    table = sample_table("eng_Latn", n, seed=seed, text="")
    chance = np.random.default_rng(seed)
    texts = ["".join(chance.choice(list("कखगघचछजझटठडढतथदधनपफबभमयरल "), 400)) for _ in range(n)]
    return table.set_column(table.schema.get_field_index("text"), "text", pa.array(texts))


def test_counts_are_those_of_the_run() -> None:
    run = run_of(render_page(DATA))
    assert [row["label"] for row in run["labels"]] == [y.label for y in YIELDS]
    first = run["labels"][0]
    assert first["outcomes"] == dict(YIELDS[0].outcomes)
    assert (first["chars"], first["words"], first["repeated"], first["passing"]) == (
        9000,
        1500,
        80,
        70,
    )
    assert first["sizes"] == [[1, 60, 20, 60, 40], [2, 10, 2, 5, 4]]
    assert first["weights"] == [[1, 1], [2, 3]]
    assert run["steps"][0]["noted"] == {"repaired": 4}
    assert run["sampled"] == ["arb_Arab", "tha_Thai"]


def test_nothing_of_a_crawl_is_markup() -> None:
    page = render_page(DATA)
    tree = lxml.html.fromstring(page)
    assert not tree.xpath("//img | //iframe | //link | //object | //a | //*[@style]")
    assert not [a for e in tree.iter() for a in e.attrib if a.startswith("on")]
    kinds = [s.get("type") for s in tree.xpath("//script")]
    assert kinds == ["application/octet-stream"] * 3 + [None]
    for script in tree.xpath("//script[@type]"):
        assert re.fullmatch("[A-Za-z0-9+/=]+", script.text)
    assert tree.findtext(".//title") == 'job "<b>" · curate report'
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)


def test_the_policy_names_our_script_and_style_alone() -> None:
    page = render_page(DATA)
    tree = lxml.html.fromstring(page)
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    said = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for kind, text in (
        ("script-src", page[page.rindex("<script>") + 8 : page.rindex("</script>")]),
        ("style-src", page[page.index("<style>") + 7 : page.index("</style>")]),
    ):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert said[kind] == f"'sha256-{digest}'"
    assert said["default-src"] == said["connect-src"] == said["base-uri"] == "'none'"
    assert "unsafe" not in policy


def test_every_script_is_in_the_page_and_short() -> None:
    folder = Path(str(files("curate"))) / "data" / "report"
    ours = {p.name for p in folder.glob("*.js")}
    assert ours == {name for name in SCRIPTS if "/" not in name}
    assert max(len(p.read_text(encoding="utf-8").splitlines()) for p in folder.glob("*.js")) < 400
    assert "The above copyright notice and this permission notice" in render_page(DATA)


def test_nothing_is_loaded_from_elsewhere() -> None:
    page = render_page(DATA)
    assert not re.search(r"""(src|srcset)\s*=\s*["']?(https?:|//)|@import|url\(""", page)


def test_a_block_holds_codes_texts_and_config() -> None:
    body = block(render_page(DATA), "sample-0-0")
    length = int.from_bytes(body[:4], "little")
    head = json.loads(body[4 : 4 + length])
    assert head["n"] == 100
    assert "own_word_fraction" not in head["metrics"]  # all null: nothing to show
    place = head["metrics"].index("n_words")
    at = 4 + length + 200 * place
    low, high = (np.frombuffer(body[at + i : at + i + 100], np.uint8) for i in (0, 100))
    codes = low.astype(int) + 256 * high.astype(int)
    values = DATA.samples["arb_Arab"]["n_words"].to_numpy().astype(float)
    assert codes.tolist() == encode(values, [(40, None)]).tolist()
    assert head["texts"][0][:2] == [0, "https://site0.example/0?<b>&x=1"]
    assert "สวัสดี" in head["texts"][0][2]
    assert "\u202e" not in head["texts"][0][2]
    assert head["config"]["layers"] == ["arb_Arab", "_default"]
    assert head["config"]["stopwords"] == ["في", "من", "على", "می\u200cشود", "no", "null"]
    assert [r["metric"] for r in head["config"]["parent"]] == [
        "lid_confidence",
        "dup_line_fraction",
        "n_words",
    ]


def test_the_same_data_give_the_same_page() -> None:
    assert render_page(DATA) == render_page(DATA)


def test_two_sides_are_in_one_page() -> None:
    other = dataclasses.replace(DATA, title="other", yields=YIELDS[:1])
    page = render_page(DATA, against=other)
    assert run_of(page, 1)["title"] == "other"
    assert len(run_of(page, 1)["labels"]) == 1
    block(page, "sample-1-0")


def test_an_empty_run_is_a_page() -> None:
    assert run_of(render_page(EMPTY))["labels"] == []


def test_two_hundred_labels_stay_below_fifteen_megabytes() -> None:
    page = render_page(many_labels(200, 1000))
    assert len(page.encode()) < 15_000_000
    run = run_of(page)
    assert len(run["sampled"]) == 200
    assert run["sampleDocuments"] >= 400


def test_of_two_thousand_labels_the_largest_have_samples() -> None:
    data = many_labels(len(LABELS), 150)
    page = render_page(data)
    assert len(page.encode()) < MAX_BYTES + 1_000_000
    run = run_of(page)
    assert len(run["labels"]) == len(LABELS) == 2028
    assert 200 < len(run["sampled"]) < 2028
    assert run["sampled"] == LABELS[: len(run["sampled"])]


def test_larger_clusters_are_one_line() -> None:
    sizes = tuple(dataclasses.replace(DATA.sizes["arb_Arab"][1], size=i) for i in range(2, 102))
    run = run_of(render_page(dataclasses.replace(DATA, sizes={"arb_Arab": sizes})))
    found = run["labels"][0]["sizes"]
    assert len(found) == MAX_SIZES + 1
    assert found[-1] == [2 + MAX_SIZES, 400, 80, 200, 160]


def test_a_poorer_room_keeps_the_first_documents_and_all_extra_ones() -> None:
    table = sample_table("arb_Arab", 900)
    extra = np.arange(900) >= 890
    table = table.set_column(table.schema.get_field_index("is_extra"), "is_extra", pa.array(extra))
    body = pack_label(table, DATA.configs["arb_Arab"], ROOMS[-1])
    inner = zlib.decompress(base64.b64decode(body))
    head = json.loads(inner[4 : 4 + int.from_bytes(inner[:4], "little")])
    n = ROOMS[-1].documents + 10
    assert head["n"] == n
    assert len(head["texts"]) == ROOMS[-1].texts + 10
    flags = np.frombuffer(inner[-3 * n : -2 * n], np.uint8)
    assert (flags & EXTRA > 0).sum() == 10


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.example.org/a?b", "example.org"),
        ("http://user@xn--mgbh0fb.example:80/", "xn--mgbh0fb.example"),
        ("no address", ""),
        ("http://[bad/", ""),
        (None, ""),
    ],
)
def test_host_of(url: str | None, host: str) -> None:
    assert host_of(url) == host


def test_plain_text_keeps_what_scripts_need() -> None:
    assert plain_text("a\u0000b\u202ec\nd \ud800 می\u200cخواهم") == "a b c d می\u200cخواهم"


def test_runners_up_are_counted_without_extra_documents() -> None:
    table = sample_table("arb_Arab", 10)
    extra = np.arange(10) >= 8
    table = table.set_column(table.schema.get_field_index("is_extra"), "is_extra", pa.array(extra))
    ((name, n, other, _),) = runners_up(table)
    assert (name, n, other) == ("pes_Arab", 8, 0.1)
