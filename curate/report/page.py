"""The HTML report: one file that works from ``file://`` and loads nothing.

What a page says is data, not markup: JSON and samples stand in it compressed, as base64, and the
script writes them as text. So nothing that comes from a crawl can become an element, whatever it
holds; the content security policy forbids every script but ours, known by its hash, and all
loading.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any

from curate.config.identified import IDENTIFIED
from curate.config.measured import (
    THRESHOLD_METRICS,
    column_of,
    in_order,
    is_score,
    range_of,
)
from curate.metrics.plain_names import FAMILY, PLAIN
from curate.report.data import LabelYield, ReportData, SizeCount
from curate.report.pack import ROOMS, Room, pack_label
from curate.report.terminal_tables import plain

MAX_BYTES = 14_000_000
"""Most bytes that the samples of a page may take."""
TRIED_LABELS = 8
"""Labels that tell whether all will fit, before all are packed."""
MAX_SIZES = 60
"""Cluster sizes of a label that are told apart; the larger ones are one."""

LICENCE = "vendor/uPlot-LICENSE.txt"
SCRIPTS = (
    "vendor/uPlot.iife.min.js",
    "data.js",
    "decide.js",
    "elements.js",
    "yaml.js",
    "chart.js",
    "handles.js",
    "overview.js",
    "labels.js",
    "samples.js",
    "family.js",
    "sections.js",
    "author.js",
    "save.js",
    "compare.js",
    "main.js",
)
STYLES = ("vendor/uPlot.min.css", "report.css")


def render_page(data: ReportData, *, against: ReportData | None = None) -> str:
    """The whole page.

    Args:
        data: the run.
        against: another one, or the same with other thresholds, to show beside it.
    """
    both = [data] if against is None else [data, against]
    rooms = [pack_samples(one, MAX_BYTES // len(both)) for one in both]
    blocks = []
    for side, (one, (room, samples)) in enumerate(zip(both, rooms, strict=True)):
        blocks.append(_block(f"run-{side}", packed(overview(one, room, list(samples)))))
        blocks += [_block(f"sample-{side}-{n}", block) for n, block in enumerate(samples.values())]
    script, style = _asset(SCRIPTS, wrap=True), _asset(STYLES)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(script, style)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(plain(data.job))} · curate report</title>\n<style>{style}</style>\n"
        f"</head>\n<body>\n{_without_script(data)}\n{''.join(blocks)}"
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _policy(script: str, style: str) -> str:
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@lru_cache(maxsize=2)
def _asset(names: tuple[str, ...], *, wrap: bool = False) -> str:
    """Files that come with curate, one after the other; scripts share one scope of their own."""
    folder = files("curate") / "data" / "report"
    texts = [(folder / name).read_text(encoding="utf-8") for name in names]
    if not wrap:
        return "\n".join(texts)
    library, *ours = texts
    licence = (folder / LICENCE).read_text(encoding="utf-8").strip()
    return (
        f"/*! uPlot\n{licence}\n*/\n{library}\n(() => {{\n'use strict';\n"
        + "\n".join(ours)
        + "\n})();\n"
    )


def _block(name: str, text: str) -> str:
    return f'<script type="application/octet-stream" id="{name}">{text}</script>\n'


def packed(value: Mapping[str, Any]) -> str:
    """A value as a block of the page holds it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), 9)).decode()


def pack_samples(data: ReportData, max_bytes: int) -> tuple[Room, dict[str, str]]:
    """How much of the samples has room, and the block of each label, most documents first.

    Every label gets the same room. Where not even the poorest lets all labels in, those with the
    fewest documents are left out; they are still in every table.
    """
    labels = [y.label for y in data.yields if y.label in data.samples]
    room, samples = ROOMS[-1], dict[str, str]()
    for room in ROOMS:
        if room is not ROOMS[-1] and _expected(data, labels, room) > 1.1 * max_bytes:
            continue
        samples = dict(_fitting(data, labels, room, max_bytes))
        if len(samples) == len(labels):
            break
    return room, samples


def _expected(data: ReportData, labels: list[str], room: Room) -> float:
    """Bytes that all blocks would take, from those of a few labels."""
    some = labels[:: max(1, len(labels) // TRIED_LABELS)]
    sizes = [len(pack_label(data.samples[x], data.configs[x], room)) for x in some]
    return len(labels) * sum(sizes) / max(len(sizes), 1)


def _fitting(
    data: ReportData, labels: list[str], room: Room, max_bytes: int
) -> Iterator[tuple[str, str]]:
    left = max_bytes
    for label in labels:
        block = pack_label(data.samples[label], data.configs[label], room)
        left -= len(block)
        if left < 0:
            return
        yield label, block


def overview(data: ReportData, room: Room, sampled: list[str]) -> dict[str, Any]:
    """All that is no sample: counts of steps and labels, and what the metrics are."""
    return {
        "job": plain(data.job),
        "title": plain(data.title),
        "version": data.version,
        "seed": data.sample.seed,
        "sampled": sampled,
        "sampleDocuments": min(room.documents, data.sample.n_documents),
        "configFolder": data.config_folder,
        "steps": [
            {
                "step": s.step,
                "rowsIn": s.rows_in,
                "rowsOut": s.rows_out,
                "dropped": s.dropped,
                "quarantined": s.quarantined,
                "noted": s.noted,
                "seconds": s.seconds,
            }
            for s in data.stages
        ],
        "metrics": {name: _metric(name, data) for name in _metrics_of(data)},
        "family": FAMILY,
        "refusing": [[plain(one.host), one.signs] for one in data.refusing],
        "labels": [_label(y, data) for y in data.yields],
        "files": [len(data.files), sum(f[1] for f in data.files), sum(f[2] for f in data.files)],
    }


def _metrics_of(data: ReportData) -> tuple[str, ...]:
    """Every metric, and the named scores that the run made or has thresholds of."""
    columns = (name for table in data.samples.values() for name in table.column_names)
    rules = (t.metric for config in data.configs.values() for t in config.resolved.thresholds)
    return in_order((*THRESHOLD_METRICS, *filter(is_score, (*columns, *rules))))


def _metric(name: str, data: ReportData) -> dict[str, Any]:
    lowest, highest = range_of(name)
    known = None if name in IDENTIFIED else data.own.get(name) or column_of(name)
    plainly = PLAIN.get(name)
    return {
        "name": "" if plainly is None else plainly.name,
        "sentence": "" if plainly is None else plainly.sentence,
        "lowest": lowest,
        "highest": highest,
        "whole": known is not None and str(known.type) == "int32",
        "unit": "fraction, 0-1" if known is None else known.unit,
        "doc": "" if known is None else known.doc,
    }


def _label(y: LabelYield, data: ReportData) -> dict[str, Any]:
    return {
        "label": y.label,
        "outcomes": y.outcomes,
        "chars": y.n_chars,
        "words": y.n_words,
        "repeated": y.n_repeated,
        "test": y.n_test,
        "passing": y.n_passing,
        "contamination": data.contamination.get(y.label),
        "sizes": _sizes(data.sizes.get(y.label, ())),
        "weights": sorted(data.weights.get(y.label, {}).items()),
    }


def _sizes(sizes: Sequence[SizeCount]) -> list[list[int]]:
    """Members, documents, those that selection drops, clusters, those published; by size."""
    rows = [[s.size, s.n_members, s.n_dropped, s.n_clusters, s.n_kept] for s in sizes]
    rest = rows[MAX_SIZES:]
    if not rest:
        return rows
    sums = [sum(column) for column in zip(*rest, strict=True)]
    return [*rows[:MAX_SIZES], [rest[0][0], *sums[1:]]]


def _without_script(data: ReportData) -> str:
    """The part of the page that a browser without script shows."""
    documents = sum(y.documents for y in data.yields)
    kept = sum(y.kept for y in data.yields)
    return (
        f'<div id="app"><h1>{escape(plain(data.job))}</h1><p>{documents:,} documents, {kept:,} '
        f"published, in {len(data.yields):,} labels; made with curate {escape(data.version)}.</p>"
        "<p>The rest of this page needs a browser of 2023 or later with its script allowed.</p>"
        "</div>"
    )
