"""The script of the page decides as the engine does, in a real browser, whatever the documents."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings

from curate.config.language import LanguageConfigs
from curate.report.data import LID, ConfigInForce, LabelYield
from curate.report.pack import ROOMS, pack_label
from curate.report.page import SCRIPTS, overview, packed
from curate.stages.coded import as_floats
from curate.stages.rebalance import removal_codes
from tests.report.browser import Browser, chromium, needs_chromium
from tests.report.random_runs import RandomRun, drop_reasons, reached, runs
from tests.report.report_data import DATA

pytestmark = needs_chromium

NEAR = 1 / 500
"""A bound that was not in force may take a value for itself that is so near to it."""
TINY, HUGE = 2.0**-20, 2.0**42
"""Beyond them the page does not tell values apart, but where a bound in force does."""

HARNESS = """
async function answers(blocks, asked) {
  document.body.replaceChildren(...Object.entries(blocks).map(([id, text]) => {
    const block = document.createElement('script');
    Object.assign(block, { type: 'application/octet-stream', id, textContent: text });
    return block;
  }));
  const run = await loadRun(0);
  const found = {};
  for (const [label, tried] of Object.entries(asked)) {
    const sample = await loadSample(run, label);
    const said = (rules, lidChanged) => {
      const verdict = decide(sample, rules, run.order, lidChanged);
      const passing = { ...sample, flags: sample.flags.map(() => REPRESENTATIVE | COMPARED) };
      return {
        dropped: Array.from(verdict.first, (_, i) => reasonOf(
          passing, { ...verdict, compared: verdict.compared.map(() => 1) }, i)),
        removed: Array.from(verdict.first, (_, i) => reasonOf(sample, verdict, i)),
        passes: Array.from(verdict.passes),
        published: Array.from(verdict.published),
      };
    };
    const inForce = rulesOf(sample.config.rules, run.order);
    const rules = rulesOf(tried, run.order);
    const lid = (x) => (x.get(LID) || { min: null }).min;
    found[label] = [said(inForce, false), said(rules, lid(rules) !== lid(inForce))];
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """An empty page with the scripts that decide."""
    folder = files("curate") / "data" / "report"
    scripts = [name for name in SCRIPTS if name in ("data.js", "decide.js")]
    texts = [(folder / name).read_text(encoding="utf-8") for name in scripts]
    with chromium(tmp_path_factory.mktemp("chromium")) as browser:
        browser.run("\n".join([*texts, HARNESS]))
        yield browser


def asked(page: Browser, run: RandomRun) -> dict[str, list[dict[str, Any]]]:
    """What the page says of each label: under the rules in force, and under those tried."""
    shown = {label: run.shown(label) for label in run.tables}
    data = dataclasses.replace(
        DATA,
        yields=tuple(LabelYield(label, {}) for label in shown),
        samples=shown,
        configs={label: ConfigInForce.of(run.in_force, label) for label in shown},
    )
    room = ROOMS[0]
    blocks = {"run-0": packed(overview(data, room, list(shown)))}
    for place, (label, table) in enumerate(shown.items()):
        blocks[f"sample-0-{place}"] = pack_label(table, data.configs[label], room)
    tried = {label: rules_of(run.tried, label) for label in shown}
    found = page.run(f"answers({json.dumps(blocks)}, {json.dumps(tried)})")
    assert isinstance(found, dict)
    return found


def rules_of(configs: LanguageConfigs, label: str) -> list[dict[str, Any]]:
    thresholds = configs.for_label(label).thresholds
    return [t.model_dump(exclude_defaults=True) for t in thresholds]


def decided(
    table: pa.Table, configs: LanguageConfigs, compared: np.ndarray[Any, Any]
) -> dict[str, list[Any]]:
    """The same of one label, as the engine decides it.

    Documents that were not compared before have no duplicates, as the page says.
    """
    reasons = drop_reasons(table, configs)
    was = table["cluster_size"].is_valid().to_numpy()
    stands = table["is_representative"].to_numpy() | ~was
    codes, names = removal_codes(reasons, compared, stands)
    removed = [*(names[code] if code >= 0 else "" for code in codes.tolist())]
    return {
        "dropped": [x or "" for x in reasons.to_pylist()],
        "removed": removed,
        "passes": [int(x is None) for x in reasons.to_pylist()],
        "published": [int(x == "") for x in removed],
    }


def is_near(table: pa.Table, row: int, configs: LanguageConfigs, label: str) -> bool:
    """Whether a document has a value that is not at a bound but next to one."""
    for threshold in configs.for_label(label).thresholds:
        value = as_floats(table[threshold.metric])[row]
        for bound in (threshold.min, threshold.max):
            if bound is None or value == bound:
                continue
            if abs(value - bound) <= max(NEAR * bound, TINY) or min(value, bound) >= HUGE:
                return True
    return False


# what would explain a failure traces every line, which takes most of the time
@settings(phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink])
@given(run=runs())
def test_the_page_decides_as_the_engine_does(page: Browser, run: RandomRun) -> None:
    found = asked(page, run)
    for label, table in run.tables.items():
        was = table["cluster_size"].is_valid().to_numpy()
        in_force, tried = found[label]
        assert in_force == decided(table, run.in_force, was), "rules in force decide exactly"
        before, after = (c.for_label(label).threshold(LID) for c in (run.in_force, run.tried))
        is_same = (before and before.min) == (after and after.min)
        compared = was if is_same else reached(table, run.tried, label)
        wanted = decided(table, run.tried, compared)
        for row in range(table.num_rows):
            page_says = {name: values[row] for name, values in tried.items()}
            engine_says = {name: values[row] for name, values in wanted.items()}
            if not is_near(table, row, run.tried, label):
                assert page_says == engine_says, f"{label}, row {row}"
