"""A made-up run with many scripts and hostile page text."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate import schema
from curate.config.identified import IDENTIFIED, URL_NAMES
from curate.config.language import LanguageConfig, LanguageConfigs
from curate.metrics import METRICS
from curate.report.data import (
    Bounds,
    ConfigInForce,
    Example,
    LabelYield,
    ReportData,
    SampleSettings,
    SizeCount,
    StageLine,
)
from curate.stages.select import mark_drop_reason

HOSTILE = (
    '<script>document.title="owned"</script>"><img src=x onerror=alert(1)> --></script><!-- '
    "\u202eevil\u202c \x00\x1b[2J\x1b[31mred\x07 مرحبا 你好 สวัสดี 𞤀𞤣𞤤𞤢𞤥"
)

PROVENANCE = {
    "method": "by hand: # no comment",
    "reference": 'a book </script> "quoted"',
    "notes": ["𞤀𞤣𞤤𞤢𞤥 line\u2028break\u0085 \u202eturned \\n \ufeff 'x': [1, {"],
}

_SETTINGS: dict[str, dict[str, Any]] = {
    "_default": {
        "stopwords": ["the"],
        "thresholds": [
            {"metric": "lid_confidence", "min": 0.3},
            {"metric": "dup_line_fraction", "max": 0.3},
            {"metric": "n_words", "min": 50, "max": 100000},
        ],
    },
    "_script/Thai": {"thresholds": [{"metric": "dup_line_fraction", "inherit": False}]},
    "tha_Thai": {"thresholds": [{"metric": "own_word_fraction", "min": 0.5}]},
    "arb_Arab": {
        "stopwords": ["في", "من", "على", "می\u200cشود", "no", "null"],
        "thresholds": [
            {"metric": "n_words", "min": 40},
            {"metric": "mean_word_chars", "min": 2, "max": 9, "why": "short: words"},
        ],
    },
}
CONFIGS = LanguageConfigs(
    {
        name: LanguageConfig.model_validate({"label": name, "provenance": PROVENANCE, **settings})
        for name, settings in _SETTINGS.items()
    }
)

YIELDS = (
    LabelYield(
        "arb_Arab",
        {"": 60, "duplicate": 25, "lid_confidence": 5, "n_words": 10},
        9000,
        80,
        3,
        1500,
        70,
    ),
    LabelYield("tha_Thai", {"": 7, "n_words": 2, "dup_line_fraction": 1}, 700, 7, 0, 100, 7),
    LabelYield("fuv_Adlm", {"lid_confidence": 1}),
)


def sample_table(label: str, n: int, *, seed: int = 0, text: str = HOSTILE) -> pa.Table:
    """A sample of ``n`` documents with made-up metrics, decided by ``CONFIGS``."""
    chance = np.random.default_rng(seed)
    columns: dict[str, Any] = {
        "label": [label] * n,
        "top_labels": pa.array(
            [[{"label": label, "confidence": 0.9}, {"label": "pes_Arab", "confidence": 0.1}]] * n,
            schema.TOP_LABELS,
        ),
    }
    for name in (*IDENTIFIED, *METRICS):
        whole = name in METRICS and str(METRICS[name].dtype) == "int32"
        values = chance.lognormal(5, 1.5, n).astype(int) if whole else chance.beta(1.2, 5, n)
        columns[name] = pa.array(values)
    columns["lid_confidence"] = np.sqrt(chance.uniform(0, 1, n))
    columns["mean_word_chars"] = chance.normal(5, 1.5, n).clip(1)
    columns["own_word_fraction"] = pa.nulls(n, pa.float64())
    columns[URL_NAMES] = pa.nulls(n, pa.bool_())
    if label == "tha_Thai":
        columns["own_word_fraction"] = chance.uniform(0, 1, n)
        columns[URL_NAMES] = np.arange(n) % 2 == 0
    table = on_bounds(pa.table(columns))
    drops = mark_drop_reason(table, configs=CONFIGS)["drop_reason"].to_pylist()
    drops[5:6] = ["url_filter"]  # a screen, which no threshold changes
    compared = pc.greater_equal(table["lid_confidence"], CONFIGS.for_label(label).lid_threshold())
    compared = compared.to_numpy(zero_copy_only=False)
    first = chance.uniform(size=n) < 0.8
    more = {
        "cluster_size": pa.array(np.where(first, 1, 3), pa.int64(), mask=~compared),
        "drop_reason": pa.array(drops, pa.string()),
        "is_representative": pa.array(first & compared),
        "key": pa.array(np.arange(n, dtype=np.uint64)),
        "url": pa.array([f"https://site{i % 5}.example/{i}?<b>&x=1" for i in range(n)]),
        "text": pa.array([f"{i} {text}" for i in range(n)]),
        "is_extra": pa.array(np.zeros(n, bool)),
    }
    for name, values in more.items():
        table = table.append_column(name, values)
    return table


def on_bounds(table: pa.Table) -> pa.Table:
    """Values at a bound, next to it, and unmeasured, in the first rows."""
    odd = {
        "dup_line_fraction": [0.3, np.nextafter(0.3, 1)],
        "n_words": [40, 39, 41, None],
        "mean_word_chars": [9.0, 2.0, np.nextafter(2.0, 0), None, np.nextafter(9.0, 10)],
        "own_word_fraction": [0.5, np.nextafter(0.5, 0), 0.1, None],
    }
    for name, values in odd.items():
        place = table.schema.get_field_index(name)
        if table[name].null_count < table.num_rows:
            changed = [*values, *table[name].to_pylist()[len(values) :]][: table.num_rows]
            table = table.set_column(place, name, pa.array(changed, table.schema.field(name).type))
    return table


DATA = ReportData(
    job='job "<b>"',
    version="0.1.0",
    stages=(
        StageLine("extract", 120, 111, {"http_status": 7}, {"timeout": 2}, 3.0, {"repaired": 4}),
        StageLine("identify", 111, 111, {}, {}),
    ),
    yields=YIELDS,
    sizes={"arb_Arab": (SizeCount(1, 60, 20, 60, 40), SizeCount(2, 10, 2, 5, 4))},
    weights={"arb_Arab": {1: 1, 2: 3}},
    configs={y.label: ConfigInForce.of(CONFIGS, y.label) for y in YIELDS},
    config_folder="language_configs-0123456789abcdef",
    samples={"arb_Arab": sample_table("arb_Arab", 100), "tha_Thai": sample_table("tha_Thai", 10)},
    sample=SampleSettings(),
    kept=(Example("<urn:uuid:1>", "https://a.example/?a=1&b=2", "arb_Arab", "", HOSTILE),),
    dropped=(
        Example(
            "2",
            "javascript:alert(1)",
            "tha_Thai",
            "n_words",
            HOSTILE,
            12.0,
            Bounds("n_words", 50, None),
        ),
        Example("3", "", "arb_Arab", "mean_word_chars", "", None, Bounds("mean_word_chars", 2, 9)),
    ),
    quarantined={"timeout": 2},
    files=(
        ("data/arb_Arab/train/000_00000.parquet", 57, 12345),
        ("data/arb_Arab/test/000_00000.parquet", 3, 345),
        ("data/tha_Thai_removed/train/000_00000.parquet", 3, 999),
    ),
)

EMPTY = ReportData(job="empty", version="0.1.0", stages=(), yields=())


def block(page: str, name: str) -> bytes:
    """What a block of a page holds, unpacked."""
    found = re.search(f'<script type="application/octet-stream" id="{name}">([^<]*)</script>', page)
    assert found is not None, name
    return zlib.decompress(base64.b64decode(found[1]))


def run_of(page: str, side: int = 0) -> Any:  # noqa: ANN401 - JSON
    """The overview of one side of a page."""
    return json.loads(block(page, f"run-{side}"))
