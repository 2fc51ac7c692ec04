"""The report in a real browser: what it shows, what dragging does, and that it stays inert."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from curate.config.language import LanguageConfig, LanguageConfigs, Threshold
from curate.report.data import ConfigInForce, RefusingHost, ReportData
from curate.report.page import render_page
from tests.report.browser import Browser, chromium, needs_chromium
from tests.report.report_data import CONFIGS, DATA, PROVENANCE, sample_table

pytestmark = needs_chromium

LABEL = "#/label/arb_Arab"
LEAST_WORDS = '.handle[data-metric="n_words"][data-bound="min"]'
STRICTER = LanguageConfigs(
    {
        **CONFIGS.files,
        "arb_Arab": CONFIGS.files["arb_Arab"].model_copy(
            update={"thresholds": (Threshold(metric="n_words", min=200),)}
        ),
    }
)
MOST_LINES = '.handle[data-metric="dup_line_fraction"][data-bound="max"]'


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("page"), DATA)


def written(folder: Path, data: ReportData, against: ReportData | None = None) -> Path:
    path = folder / "index.html"
    path.write_text(render_page(data, against=against), encoding="utf-8")
    return path


def opened(browser: Browser, page: Path, place: str = "", *, width: int = 1300) -> Browser:
    """A page that has just been opened, without what was logged or edited before."""
    browser.ask("Page.navigate", url="about:blank")
    browser.size(width, 900)
    browser.problems.clear()
    browser.requests.clear()
    browser.open(page, place)
    if place:
        browser.wait("document.querySelectorAll('.handle').length > 2")
    return browser


def number(browser: Browser, selector: str) -> float:
    return float(browser.run(f"document.querySelector({json.dumps(selector)}).dataset.value"))


def value_of(browser: Browser, handle: str) -> str:
    element = f"document.querySelector({json.dumps(handle)})"
    return str(browser.run(f"{element}.getAttribute('aria-valuetext')"))


def texts(browser: Browser, selector: str) -> list[str]:
    """The texts of all elements that a selector finds."""
    found = f"[...document.querySelectorAll({json.dumps(selector)})].map(e => e.textContent)"
    return list(browser.run(found))


def press(browser: Browser, text: str) -> None:
    browser.run(
        f"[...document.querySelectorAll('button')].find(b => b.textContent === {json.dumps(text)})"
        ".click()"
    )
    browser.frame()


def saved(browser: Browser) -> str:
    """The YAML that the page offers, with its dialog closed again."""
    press(browser, "Save as YAML")
    text = str(browser.run("document.querySelector('#yaml').value"))
    press(browser, "Close")
    return text


def test_the_overview_shows_counts_and_labels(browser: Browser, page: Path) -> None:
    opened(browser, page)
    funnel = browser.run("[...document.querySelectorAll('.funnel li')].map(l => l.innerText)")
    assert [line.split("\n")[0] for line in funnel] == [
        "records",
        "documents",
        "identified",
        "deduplicated",
        "published",
        "after repetition",
    ]
    assert "67" in funnel[4]
    assert texts(browser, ".labels tbody a") == ["arb_Arab", "tha_Thai", "fuv_Adlm"]
    assert "2 timeout" in browser.text("#steps")
    assert "4 repaired" in browser.text("#steps")


def test_labels_are_sorted_and_filtered(browser: Browser, page: Path) -> None:
    opened(browser, page)
    labels = "[...document.querySelectorAll('.labels tbody a')].map(a => a.textContent)"
    press(browser, "label")
    assert browser.run(labels) == ["arb_Arab", "fuv_Adlm", "tha_Thai"]
    press(browser, "label")
    assert browser.run(labels) == ["tha_Thai", "fuv_Adlm", "arb_Arab"]
    assert browser.run("document.querySelector('[aria-sort]').innerText") == "label"
    browser.run(
        "(() => { const i = document.querySelector('#label-filter'); i.value = 'thai';"
        " i.dispatchEvent(new Event('input')); })()"
    )
    assert browser.run(labels) == ["tha_Thai"]


def test_languages_have_their_names_in_english_and_their_own(browser: Browser, page: Path) -> None:
    opened(browser, page)
    names = "[...document.querySelectorAll('.labels .name')].map(a => a.innerText.trim())"
    assert browser.run(names)[:2] == ["Arabic · العربية", "Thai · ไทย"]
    own = "[...document.querySelectorAll('.labels .name bdi')].map(a => [a.lang, a.dir])"
    assert browser.run(own)[:2] == [["ar-Arab", "auto"], ["th-Thai", "auto"]]
    browser.run(
        "(() => { const i = document.querySelector('#label-filter'); i.value = 'ไทย';"
        " i.dispatchEvent(new Event('input')); })()"
    )
    assert texts(browser, ".labels tbody a") == ["tha_Thai"]


@pytest.mark.parametrize("label", ["arb_Arab", "tha_Thai"])
def test_the_page_decides_as_the_engine_does(browser: Browser, page: Path, label: str) -> None:
    """Values on bounds, next to them, unmeasured, exempt, and documents on a list."""
    opened(browser, page, f"#/label/{label}")
    drops = DATA.samples[label]["drop_reason"].to_pylist()
    rows = browser.run(
        "[...document.querySelectorAll('#why table')[0].querySelectorAll('tbody tr')]"
        ".map(r => [...r.children].slice(0, 3).map(c => c.textContent))"
    )

    metrics = [t.metric for t in CONFIGS.for_label(label).thresholds]
    shown = {metric: int(first) for metric, _, first in rows}
    assert shown == {m: drops.count(m) for m in metrics}
    assert sum(shown.values()) > 4


def test_metrics_have_plain_names_and_help_opens_by_touch(browser: Browser, page: Path) -> None:
    opened(browser, page, "#/label/arb_Arab")
    card = ".card[data-metric=n_words]"
    assert browser.text(f"{card} h3") == "number of words"
    assert browser.text(f"{card} summary") == "n_words"
    browser.run(f"document.querySelector('{card} summary').click()")
    assert "Words; punctuation marks are none." in browser.text(f"{card} .about p")


def test_one_factor_moves_the_limits_of_repeated_phrases(browser: Browser, tmp_path: Path) -> None:
    limits = {"top_2gram_char_fraction": 0.2, "dup_5gram_char_fraction": 0.16}
    rules = [{"metric": metric, "max": most} for metric, most in limits.items()]
    whole = {"label": "_default", "provenance": PROVENANCE, "thresholds": rules}
    configs = LanguageConfigs({"_default": LanguageConfig.model_validate(whole)})
    in_force = {label: ConfigInForce.of(configs, label) for label in DATA.configs}
    opened(browser, written(tmp_path, dataclasses.replace(DATA, configs=in_force)))
    browser.run("location.hash = '#/label/arb_Arab'")
    browser.wait("document.querySelector('#family-factor')")
    browser.frame()
    assert "together they drop" in browser.text(".card.family .note")
    browser.run(
        "(() => { const i = document.querySelector('#family-factor'); i.value = '0.5';"
        " i.dispatchEvent(new Event('change')); })()"
    )
    browser.frame()
    (config,) = list(yaml.safe_load_all(saved(browser)))
    moved = {rule["metric"]: rule["max"] for rule in config["thresholds"]}
    assert moved == {metric: most / 2 for metric, most in limits.items()}
    assert not texts(browser, ".card.family .handle"), "the parts stand under `advanced`"
    browser.run("document.querySelector('.card.family details').open = true")
    browser.wait("document.querySelectorAll('.card.family .handle').length === 4")


def test_dragging_a_bound_changes_numbers_and_texts(browser: Browser, page: Path) -> None:
    opened(browser, page, LABEL)
    before = number(browser, "#now-published")
    assert before == DATA.yields[0].kept
    browser.drag(LEAST_WORDS, 40)
    least = float(value_of(browser, LEAST_WORDS))
    assert least > 60
    words = DATA.samples["arb_Arab"]["n_words"].to_pylist()
    assert number(browser, "#now-published") < before
    assert browser.text("#n-changes") == "1"
    kept, gone = texts(browser, ".near.inside .why b"), texts(browser, ".near.outside .why b")
    assert kept
    assert gone
    assert all(float(x.replace("\u202f", "")) >= least for x in kept)
    assert all(float(x.replace("\u202f", "")) < least for x in gone)
    breaks = sum(w is None or w < least for w in words)
    row = browser.run(
        "[...document.querySelectorAll('#why tbody tr')]"
        ".find(r => r.textContent.startsWith('n_words')).children[1].lastChild.textContent"
    )
    assert int(row) == breaks
    press(browser, "Undo all")
    assert number(browser, "#now-published") == before
    assert value_of(browser, LEAST_WORDS) == "40"


def test_every_key_of_a_slider_works(browser: Browser, page: Path) -> None:
    opened(browser, page, LABEL)
    browser.run(f"document.querySelector({json.dumps(MOST_LINES)}).focus()")
    seen = [value_of(browser, MOST_LINES)]
    for key in ("ArrowRight", "ArrowLeft", "PageDown", "PageUp", "Delete", "ArrowLeft", "End"):
        browser.key(key)
        seen.append(value_of(browser, MOST_LINES))
    start, right, left, down, up, off, again, end = seen
    assert start == "0.3"
    assert float(right) > 0.3
    assert float(left) == pytest.approx(0.3, abs=0.01)
    assert float(down) < 0.3
    assert float(up) == pytest.approx(0.3, abs=0.01)
    assert off == end == "off"
    assert float(again) > 0.3
    assert browser.run("document.activeElement.getAttribute('role')") == "slider"


def test_the_tab_key_reaches_everything(browser: Browser, page: Path) -> None:
    opened(browser, page, LABEL)
    browser.run("document.querySelector('header a').focus()")
    reached = set()
    for _ in range(24):
        browser.key("Tab")
        reached.add(
            browser.run(
                "(() => { const e = document.activeElement; return e.getAttribute('aria-label') ||"
                " e.textContent.slice(0, 20); })()"
            )
        )
    assert {"Overview", "Save as YAML", "n_words, least value kept", "min of n_words"} <= reached


def test_a_screen_reader_finds_the_sliders(browser: Browser, page: Path) -> None:
    opened(browser, page, LABEL)
    nodes = browser.ask("Accessibility.getFullAXTree")["nodes"]
    sliders = {
        n["name"]["value"]: n["value"]["value"]
        for n in nodes
        if n.get("role", {}).get("value") == "slider" and not n.get("ignored")
    }
    assert sliders["n_words, least value kept"] == 40
    assert "mean_word_chars, greatest value kept" in sliders
    assert "lid_confidence, greatest value kept" not in sliders


def test_an_edited_label_is_marked_in_the_table(browser: Browser, page: Path) -> None:
    opened(browser, page, LABEL)
    browser.run(f"document.querySelector({json.dumps(LEAST_WORDS)}).focus()")
    browser.key("ArrowRight")
    browser.go("#/")
    assert texts(browser, ".labels .change") == [" edited"]
    browser.go(LABEL)
    browser.wait("document.querySelectorAll('.handle').length > 2")
    assert float(value_of(browser, LEAST_WORDS)) > 40
    press(browser, "Undo all")
    browser.go("#/")
    assert texts(browser, ".labels .change") == []


def test_a_number_can_be_typed(browser: Browser, page: Path) -> None:
    opened(browser, page, LABEL)
    browser.run(
        "(() => { const i = document.querySelector('[aria-label=\"min of n_words\"]');"
        " i.value = '123'; i.dispatchEvent(new Event('change')); })()"
    )
    browser.frame()
    assert value_of(browser, LEAST_WORDS) == "123"


def test_what_is_saved_holds_the_edits_and_nothing_else(browser: Browser, page: Path) -> None:
    opened(browser, page, LABEL)
    before = yaml.safe_load(saved(browser))
    assert before["stopwords"] == ["في", "من", "على", "می\u200cشود", "no", "null"]
    assert before["thresholds"] == [
        {"metric": "n_words", "min": 40},
        {"metric": "mean_word_chars", "min": 2, "max": 9, "why": "short: words"},
    ]
    browser.run(f"document.querySelector({json.dumps(MOST_LINES)}).focus()")
    browser.key("Delete")
    browser.run(f"document.querySelector({json.dumps(LEAST_WORDS)}).focus()")
    browser.key("ArrowRight")
    after = yaml.safe_load(saved(browser))
    least = float(value_of(browser, LEAST_WORDS))
    assert after["thresholds"] == [
        {"metric": "dup_line_fraction", "inherit": False},
        {"metric": "n_words", "min": least},
        {"metric": "mean_word_chars", "min": 2, "max": 9, "why": "short: words"},
    ]
    said = after["provenance"]
    assert said["method"] == "edited"
    assert said["documents"] == 100
    assert said["notes"][:2] == [
        "dup_line_fraction: max 0.3 to none",
        f"n_words: min 40 to {least:g}",
    ]
    origin = 'by hand: # no comment; a book </script> "quoted"'
    assert said["notes"][2:] == [f"edited from arb_Arab.yaml: {origin}", PROVENANCE["notes"][0]]


def test_nothing_is_asked_for_and_nothing_is_refused(browser: Browser, page: Path) -> None:
    opened(browser, page)
    for place in (LABEL, "#/label/tha_Thai", "#/label/none_Zzzz", "#/"):
        browser.go(place)
        browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        browser.frame()
    assert browser.problems == []
    assert {url.split("#")[0] for url in browser.requests} == {page.as_uri()}


def test_hostile_text_stays_text(browser: Browser, page: Path) -> None:
    opened(browser, page, LABEL)
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    browser.wait("document.querySelectorAll('article').length > 3")
    assert browser.run("document.title").startswith("arb_Arab · job")
    assert browser.run("document.querySelectorAll('main img, main script').length") == 0
    quote = browser.text("article blockquote")
    assert '<script>document.title="owned"</script>' in quote
    assert not set(quote) & set("\u202e\x00\x1b\x07")
    attributes = "(e => [e.dir, e.lang, e.localName])(document.querySelector('blockquote bdi'))"
    assert browser.run(attributes) == ["auto", "ar-Arab", "bdi"]
    links = browser.run("[...document.querySelectorAll('article a')].map(a => a.protocol)")
    assert set(links) == {"https:"}


def test_hosts_that_say_no_are_listed_as_text(browser: Browser, tmp_path: Path) -> None:
    hosts = (RefusingHost("<b>evil</b>.example", {"aipref": 1200, "noai": 3}),)
    opened(browser, written(tmp_path, dataclasses.replace(DATA, refusing=hosts)))
    said = browser.text("#refusing")
    assert "<b>evil</b>.example" in said
    assert "aipref" in said
    assert "3 noai" in said
    opened(browser, written(tmp_path, DATA))
    assert browser.run("document.querySelector('#refusing')") is None


@pytest.mark.parametrize("place", ["", LABEL, "#/label/tha_Thai"])
def test_a_phone_shows_it_without_scrolling_sideways(
    browser: Browser, page: Path, place: str
) -> None:
    opened(browser, page, place, width=375)
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    browser.frame()
    assert browser.run("document.documentElement.scrollWidth") <= 375


def test_two_sides_are_compared(browser: Browser, tmp_path: Path) -> None:
    kept = dataclasses.replace(DATA.yields[0], outcomes={"": 90, "n_words": 10})
    other = dataclasses.replace(
        DATA,
        title="another",
        yields=(kept, *DATA.yields[1:]),
        samples={"arb_Arab": sample_table("arb_Arab", 50, seed=5)},
        configs={**DATA.configs, "arb_Arab": ConfigInForce.of(STRICTER, "arb_Arab")},
    )
    page = written(tmp_path, DATA, other)
    opened(browser, page)
    browser.go("#/compare")
    row: list[Any] = browser.run(
        "[...[...document.querySelectorAll('#by-label tbody tr')]"
        ".find(r => r.textContent.startsWith('arb_Arab')).children].map(c => c.textContent)"
    )
    assert row[1:8] == ["100", "100", "60", "90", "60.0\u202f%", "90.0\u202f%", "+30.0"]
    assert "B: another" in browser.text("#sides")
    browser.go(LABEL)
    browser.wait("document.querySelectorAll('.handle').length > 2")
    assert "n_words≥ 40≥ 200" in browser.text("#compared")
    assert browser.run("document.querySelectorAll('.card[data-metric=n_words] .mark').length") == 1
    assert browser.problems == []
