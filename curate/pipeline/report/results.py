"""The receipts and counts of a finished run, as data for report, card and terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curate import __version__
from curate.config.language import LanguageConfig
from curate.io.digests import json_with_digest, short_digest
from curate.io.store import Store
from curate.pipeline.decide.rebalance import SIZES
from curate.pipeline.emit.current import CurrentFile, current_files
from curate.pipeline.emit.view import View
from curate.pipeline.extract.input_changes import repeated_ids
from curate.pipeline.report.count import outcome_counts, summed
from curate.pipeline.report.sample import merged
from curate.pipeline.rights.task import HOSTS, HOSTS_SCHEMA
from curate.report.data import (
    DUPLICATE,
    KEPT,
    Bounds,
    ConfigInForce,
    Example,
    LabelYield,
    RefusingHost,
    ReportData,
    SampleSettings,
    SizeCount,
    StageLine,
)
from curate.rights.removal import Kind, kind_of
from curate.stage_table import with_columns, with_lines
from curate.work.configs import RunConfigs
from curate.work.exchange import added_up, read_all
from curate.work.plan import load_plan
from curate.work.seal import add_counts, iter_receipts, sealed, sorted_counts
from curate.work.sidecars import own_columns
from curate.work.tables import read_columns, read_row

EXAMPLE_CHARS = 600
EXAMPLE_SHARDS = 100
MOST_HOSTS = 20


def collect(
    store: Store,
    name: str,
    configs: RunConfigs,
    sizes: pa.Table,
    weights: Mapping[str, Mapping[int, int]],
    sample: SampleSettings,
    view: View,
) -> ReportData:
    """Everything the report shows, from receipts, counts and a sample of document rows.

    ``view`` is the one whose files it is about.
    """
    yields = yields_of(outcome_counts(store), _test_rows(store, view.stage))
    loaded = configs.loaded["thresholds"]
    in_force = {y.label: ConfigInForce.of(loaded, y.label) for y in yields}
    resolved = {label: config.resolved for label, config in in_force.items()}
    stages = tuple(stage_lines(store))
    quarantined: dict[str, int] = {}
    for line in stages:
        add_counts(quarantined, line.quarantined)
    return ReportData(
        job=name,
        version=__version__,
        stages=stages,
        yields=yields,
        sizes=_sizes(sizes),
        weights=weights,
        configs=in_force,
        config_folder=configs.folder("thresholds").name,
        samples=samples(store, sample),
        sample=sample,
        kept=tuple(examples(store, resolved, kept=True)),
        dropped=tuple(examples(store, resolved, kept=False)),
        quarantined=sorted_counts(quarantined),
        contamination=_contamination(store),
        files=tuple(_files(store, view)),
        own=own_columns(store),
        refusing=_refusing(store),
    )


def stage_lines(store: Store) -> Iterable[StageLine]:
    """One line per sealed step that the user knows as a stage."""
    for step in with_lines():
        totals = sealed(store, step)
        if totals is not None:
            yield StageLine(
                step,
                totals.rows_in,
                totals.rows_out,
                totals.dropped,
                totals.quarantined,
                round(totals.seconds, 1),
                {**totals.noted, **_repeated(store, step)},
            )


def _repeated(store: Store, step: str) -> dict[str, int]:
    """Documents whose id, given by the input, is another one's too."""
    repeated = repeated_ids(store) if step == "extract" else None
    return {"repeated_id": repeated.n_documents} if repeated is not None and repeated.n_ids else {}


def yields_of(outcomes: pa.Table, tests: Mapping[str, int]) -> tuple[LabelYield, ...]:
    """The yield of each label, most documents first.

    Args:
        outcomes: columns of :data:`curate.pipeline.report.count.OUTCOMES`.
        tests: label -> documents in the test split.
    """
    by_label: dict[str, list[dict[str, object]]] = {}
    for row in outcomes.to_pylist():
        by_label.setdefault(row["label"], []).append(row)
    yields = []
    for label, rows in by_label.items():
        kept = [r for r in rows if r["outcome"] == KEPT]
        yields.append(
            LabelYield(
                label=label,
                outcomes={str(r["outcome"]): _int(r["n_documents"]) for r in rows},
                n_chars=sum(_int(r["n_chars"]) for r in kept),
                n_repeated=sum(_int(r["n_repeated"]) for r in kept),
                n_test=tests.get(label, 0),
                n_words=sum(_int(r["n_words"]) for r in kept),
                n_passing=sum(_int(r["n_passing"]) for r in rows),
            )
        )
    return tuple(sorted(yields, key=lambda y: (-y.documents, y.label)))


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _test_rows(store: Store, stage: str) -> dict[str, int]:
    tests: dict[str, int] = {}
    for current in _emitted(store, stage):
        if current.file.get("subset") == "test":
            add_counts(tests, {current.file["label"]: current.entry.rows})
    return tests


def _sizes(sizes: pa.Table) -> dict[str, tuple[SizeCount, ...]]:
    by_label: dict[str, list[SizeCount]] = {}
    for label, *counts in zip(*(sizes[name].to_pylist() for name in SIZES.names), strict=True):
        by_label.setdefault(label, []).append(SizeCount(*counts))
    return {label: tuple(rows) for label, rows in by_label.items()}


def samples(store: Store, sample: SampleSettings) -> dict[str, pa.Table]:
    """label -> the documents of it that the report shows."""
    parts = pa.concat_tables(read_all(store, "report.sample", "data"))
    return merged(parts, n_documents=sample.n_documents, n_texts=sample.n_texts)


def _contamination(store: Store) -> dict[str, float]:
    listed: dict[str, int] = {}
    without: dict[str, int] = {}
    for receipt in iter_receipts(store, "identify"):
        add_counts(listed, receipt.counts.get("listed", {}))
        add_counts(without, receipt.counts.get("without_own_words", {}))
    return {label: without.get(label, 0) / n for label, n in listed.items()}


def _refusing(store: Store) -> tuple[RefusingHost, ...]:
    """The hosts with the most documents that a sign forbids to train on."""
    if sealed(store, "rights") is None:
        return ()
    add = partial(summed, schema=HOSTS_SCHEMA, n_keys=2)
    counts = added_up(read_all(store, "rights", HOSTS), add)
    most = counts.group_by("host").aggregate([("n_documents", "max")])
    order = [("n_documents_max", "descending"), ("host", "ascending")]
    most = most.sort_by(order)["host"].slice(0, MOST_HOSTS).to_pylist()
    signs: dict[str, dict[str, int]] = {host: {} for host in most}
    for row in counts.filter(pc.is_in(counts["host"], pa.array(most, pa.string()))).to_pylist():
        signs[row["host"]][row["sign"]] = row["n_documents"]
    return tuple(RefusingHost(host, said) for host, said in signs.items())


def _emitted(store: Store, stage: str) -> list[CurrentFile]:
    """Files of the corpus; none if what was decided has not been published."""
    return [] if sealed(store, stage) is None else current_files(store, stage)


def _files(store: Store, view: View) -> Iterable[tuple[str, int, int]]:
    files = _emitted(store, view.stage)
    paths = ((view.path_of(x.file, x.form), x.entry.rows, x.entry.bytes) for x in files)
    return sorted(paths)


def examples(
    store: Store, configs: Mapping[str, LanguageConfig], *, kept: bool, n: int = 3
) -> list[Example]:
    """Up to ``n`` documents of different labels (kept) or different reasons (dropped).

    Looks no further than the first shards that hold so many; duplicates come last, since they
    show the least.
    """
    chosen: dict[str, tuple[str, int]] = {}
    spare: list[tuple[str, int]] = []
    plan = load_plan(store, "rebalance")
    assert plan is not None
    for shard in plan.shards[:EXAMPLE_SHARDS]:
        for name, row in _first_rows(store, shard.id, kept=kept):
            if name in chosen or name == DUPLICATE:
                spare.append((shard.id, row))
            else:
                chosen[name] = (shard.id, row)
        if len(chosen) >= n:
            break
    picked = [*chosen.values(), *spare][:n]
    return [_example(store, shard_id, row, configs) for shard_id, row in picked]


def _first_rows(store: Store, shard: str, *, kept: bool) -> Iterable[tuple[str, int]]:
    """The first two rows of each label (kept) or of each reason (dropped) in a shard."""
    columns = {"identify": ("label",), "rebalance": ("removal_reason",)}
    table = read_columns(store, shard, columns)
    gone = table["removal_reason"]
    rows = pc.indices_nonzero(pc.is_null(gone) if kept else pc.is_valid(gone)).to_pylist()
    names = table["label" if kept else "removal_reason"].to_pylist()
    seen: dict[str, int] = {}
    for row in rows:
        name = names[row]
        if kind_of(name) is Kind.WITHDRAWN:  # nobody is shown it any more
            continue
        seen[name] = seen.get(name, 0) + 1
        if seen[name] <= 2:
            yield name, row


def _example(store: Store, shard: str, row: int, configs: Mapping[str, LanguageConfig]) -> Example:
    document = document_row(store, shard, row)
    reason = document["removal_reason"] or ""
    threshold = configs[document["label"]].threshold(reason) if reason else None
    return Example(
        id=document["id"],
        url=document["url"] or "",
        label=document["label"],
        reason=reason,
        text=document["text"][:EXAMPLE_CHARS],
        value=document.get(reason),
        bounds=Bounds(reason, threshold.min, threshold.max) if threshold else None,
    )


def document_row(store: Store, shard: str, row: int) -> dict[str, Any]:
    """One document with all its columns; sidecars of stages that have not run are left out."""
    document: dict[str, Any] = {}
    for step in with_columns():
        if sealed(store, step) is not None:
            document.update(read_row(store, shard, row, {step: None}))
    return document


def totals_of(data: ReportData) -> dict[str, object]:
    """Numbers for the manifest: records in, documents, and what became of them."""
    first = next(line for line in data.stages if line.step == "extract")
    outcomes: dict[str, int] = {}
    for label in data.yields:
        add_counts(outcomes, label.outcomes)
    published = outcomes.pop(KEPT, 0)
    return {
        "records": first.rows_in,
        "skipped": dict(first.dropped),
        "quarantined": dict(first.quarantined),
        "documents": first.rows_out,
        "published": published,
        "removed": sorted_counts(outcomes),
    }


def stats_json(data: ReportData, page: str = "") -> bytes:
    """The yields as JSON, for other programs, with the digest of the page that shows them."""
    body = {
        "job": data.job,
        "curate": data.version,
        "totals": totals_of(data),
        "labels": [
            {
                "label": y.label,
                "documents": y.documents,
                "identified": y.identified,
                "deduplicated": y.deduplicated,
                "kept": y.kept,
                "repeated": y.n_repeated,
                "test": y.n_test,
                "n_chars": y.n_chars,
                "contamination_fraction": data.contamination.get(y.label),
                "outcomes": dict(y.outcomes),
            }
            for y in data.yields
        ],
        "mixture": {"unit": data.mixture_unit, "labels": [asdict(x) for x in data.mixture]},
        "page": short_digest(page.encode()),
    }
    return json_with_digest(body, indent=1) + b"\n"
