"""A made-up run with many scripts and hostile page text."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

import numpy as np
import pyarrow as pa

from curate import schema
from curate.config.identified import IDENTIFIED, LID, URL_NAMES
from curate.config.language import LanguageConfig, LanguageConfigs
from curate.metrics import METRICS
from curate.report.model import (
    Bounds,
    ConfigInForce,
    Example,
    LabelYield,
    ReportData,
    SampleSettings,
    SizeCount,
    StageLine,
)

HOSTILE = (
    '<script>document.title="owned"</script>"><img src=x onerror=alert(1)> --></script><!-- '
    "\u202eevil\u202c \x00\x1b[2J\x1b[31mred\x07 مرحبا 你好 สวัสดี 𞤀𞤣𞤤𞤢𞤥"
)

PROVENANCE = {
    "method": "by hand: # no comment",
    "reference": 'a book </script> "quoted"',
    "notes": ["𞤀𞤣𞤤𞤢𞤥 line\u2028break\u0085 \u202eturned \\n \ufeff 'x': [1, {"],
}

CONFIGS = LanguageConfigs(
    {
        name: LanguageConfig.model_validate({"label": name, "provenance": PROVENANCE, **said})
        for name, said in {
            "_default": {
                "stopwords": ["the"],
                "thresholds": [
                    {"metric": "lid_confidence", "min": 0.3},
                    {"metric": "dup_line_fraction", "max": 0.3},
                    {"metric": "n_words", "min": 50, "max": 100000},
                ],
            },
            "_script/Thai": {"thresholds": [{"metric": "dup_line_fraction", "inherit": False}]},
            "arb_Arab": {
                "stopwords": ["في", "من", "على", "می\u200cشود", "no", "null"],
                "thresholds": [
                    {"metric": "n_words", "min": 40},
                    {"metric": "mean_word_chars", "min": 2, "max": 9, "why": "short: words"},
                ],
            },
        }.items()
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


def first_broken(config: LanguageConfig, row: dict[str, Any]) -> str | None:
    """The metric of the first threshold that a row without nulls breaks."""
    for t in config.thresholds:
        if t.metric in row and not (t.min or 0) <= row[t.metric] <= (t.max or np.inf):
            return t.metric
    return None


def sample_table(label: str, n: int, *, seed: int = 0, text: str = HOSTILE) -> pa.Table:
    """A sample of ``n`` documents with made-up metrics that follow the rules of ``CONFIGS``."""
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
    columns["lid_confidence"] = pa.array(np.sqrt(chance.uniform(0, 1, n)))
    columns["mean_word_chars"] = pa.array(chance.normal(5, 1.5, n).clip(1))
    columns["own_word_fraction"] = pa.nulls(n, pa.float64())
    columns[URL_NAMES] = pa.nulls(n, pa.bool_())
    config = CONFIGS.for_label(label)
    rows = pa.table({m: columns[m] for m in (LID, *METRICS)}).to_pylist()
    drops = [first_broken(config, row) for row in rows]
    compared = np.array(columns["lid_confidence"]) >= config.lid_threshold()
    first = chance.uniform(size=n) < 0.8
    columns |= {
        "cluster_size": pa.array(np.where(first, 1, 3), pa.int64(), mask=~compared),
        "drop_reason": pa.array(drops, pa.string()),
        "is_representative": first & compared,
        "key": np.arange(n, dtype=np.uint64),
        "url": [f"https://site{i % 5}.example/{i}?<b>&x=1" for i in range(n)],
        "text": pa.array([f"{i} {text}" for i in range(n)]),
        "is_extra": np.zeros(n, bool),
    }
    return pa.table(columns)


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
