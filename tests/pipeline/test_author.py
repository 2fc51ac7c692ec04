"""Author mode to its end: drag in the page, save, select with it, and find what was predicted."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.ask.rerun import load_recorded
from curate.config.language import LanguageConfigs
from curate.io.store import Store
from curate.pipeline.report.count import outcome_counts
from curate.pipeline.run import RunResult, run_job
from tests.looking import decide, publish, run
from tests.report.browser import Browser, chromium, needs_chromium
from tests.runs import job_of
from tests.small_crawl import PATTERNS, WORDS

N_DOCUMENTS = {"eng_Latn": 1600, "rus_Cyrl": 500}
SAMPLE_DOCUMENTS = 400


CONFIG = """
label: _default
thresholds:
  - {metric: lid_confidence, min: 0.3}
  - {metric: dup_line_fraction, max: 0.3}
  - {metric: n_words, min: 50, max: 100000}
  - {metric: mean_word_chars, min: 3, max: 12}
provenance: {method: by hand, reference: this test}
"""


def write_documents(path: Path) -> Path:
    """Documents of one to thirty sentences, a third of them with lines that repeat."""
    chance = random.Random(5)
    rows: list[dict[str, Any]] = []
    for label, n in N_DOCUMENTS.items():
        first, second = WORDS[label]
        for number in range(n):
            lines = [
                chance.choice(PATTERNS[label]).format(
                    a=f"{chance.choice(first)} {chance.randrange(10**6)}",
                    b=chance.choice(second),
                    n=chance.randrange(10**6),
                )
                for _ in range(chance.randint(1, 30))
            ]
            if chance.random() < 0.33:
                lines += chance.choices(lines, k=chance.randint(1, len(lines)))
            url = f"https://{label}.example/{number}"
            rows.append({"id": f"{label}-{number}", "url": url, "text": "\n".join(lines)})
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=300)
    return path


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with a sample of a quarter of its English documents."""
    folder = tmp_path_factory.mktemp("author")
    source = write_documents(folder / "documents.parquet")
    configs = folder / "configs"
    configs.mkdir()
    (configs / "_default.yaml").write_text(CONFIG, encoding="utf-8")
    job = job_of(
        f"{source.parent}/*.parquet",
        folder / "work",
        name="author",
        language_configs=str(configs),
        report={"seed": 7, "sample_documents": SAMPLE_DOCUMENTS},
    )
    run(job)
    return folder / "work"


def totals_of(work: Path, label: str) -> dict[str, int]:
    rows = [r for r in outcome_counts(Store(work)).to_pylist() if r["label"] == label]
    return {
        "documents": sum(r["n_documents"] for r in rows),
        "passing": sum(r["n_passing"] for r in rows),
        "published": sum(r["n_documents"] for r in rows if not r["outcome"]),
    }


def dragged(browser: Browser, work: Path, label: str) -> tuple[str, dict[str, tuple[float, float]]]:
    """Move three bounds of a label; the file that the page offers, and what it predicts."""
    browser.size(1300, 900)
    browser.open(work / "report" / "index.html", f"#/label/{label}")
    browser.wait("document.querySelectorAll('.handle').length > 5")
    for metric, bound, by in (
        ("n_words", "min", 22),
        ("dup_line_fraction", "max", -25),
        ("mean_word_chars", "max", -60),
    ):
        browser.drag(f'.handle[data-metric="{metric}"][data-bound="{bound}"]', by)
    found = {}
    for name in ("passing", "published"):
        data = browser.run(f"({{...document.querySelector('#now-{name}').dataset}})")
        found[name] = (float(data["value"]), float(data["error"]))
    browser.run(
        "[...document.querySelectorAll('button')].find(b => b.textContent === 'Save as YAML')"
        ".click()"
    )
    return str(browser.run("document.querySelector('#yaml').value")), found


@needs_chromium
@pytest.mark.parametrize("label", ["eng_Latn", "rus_Cyrl"])
def test_predicted_and_real_yield_agree(work: Path, tmp_path: Path, label: str) -> None:
    before = totals_of(work, label)
    with chromium(tmp_path / "profile") as browser:
        text, predicted = dragged(browser, work, label)
        assert browser.problems == []
    configs = tmp_path / "my_configs"  # as the page says
    (in_force,) = (work / "_run").glob("language_configs-*")
    shutil.copytree(in_force, configs)
    (configs / f"{label}.yaml").write_text(text, encoding="utf-8")
    edited = LanguageConfigs.load(configs).for_label(label)
    assert edited.provenance.method == "edited"
    copied = Path(shutil.copytree(work, tmp_path / "copy"))
    decide(copied, configs)
    decided = publish(copied)
    after = totals_of(copied, label)
    for name, (value, error) in predicted.items():
        moved = abs(after[name] - before[name])
        assert moved > 0.05 * before["documents"], name
        # The error is two standard deviations of what changes sides; three and a half are allowed.
        assert abs(value - after[name]) <= 1.8 * error + 1, (name, value, error, after)
        assert error < 0.06 * before["documents"]
    _agree_within_binomial(decided, label, predicted["published"][0])


def _agree_within_binomial(decided: RunResult, label: str, value: float) -> None:
    """The cruder bound: as if every document of the sample had been drawn for its yield alone."""
    assert decided.data is not None
    (found,) = (y for y in decided.data.yields if y.label == label)
    share = found.kept / found.documents
    deviation = np.sqrt(share * (1 - share) / min(SAMPLE_DOCUMENTS, found.documents))
    assert abs(value / found.documents - share) <= 3.5 * deviation


def test_the_documents_of_the_page_are_judged_as_the_run_judged_them(work: Path) -> None:
    data = run_job(load_recorded(str(work))).data
    assert data is not None
    table = data.samples["eng_Latn"]
    config = data.configs["eng_Latn"].resolved
    assert sum(not x for x in table["is_extra"].to_pylist()) == SAMPLE_DOCUMENTS
    for row in table.to_pylist():
        broken = [
            t.metric
            for t in config.thresholds
            if row[t.metric] is None
            or (t.min is not None and row[t.metric] < t.min)
            or (t.max is not None and row[t.metric] > t.max)
        ]
        assert row["drop_reason"] == (broken[0] if broken else None)
