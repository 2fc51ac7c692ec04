"""The numbers and files of a manifest, added up anew from receipts."""

from __future__ import annotations

from typing import Any

from curate.io import layout
from curate.io.digests import read_json
from curate.io.store import Store
from curate.pipeline.emit.publish import corpus_files
from curate.pipeline.emit.view import View
from curate.pipeline.emit.views import view_in
from curate.pipeline.report.count import outcome_counts
from curate.pipeline.verify.findings import Findings
from curate.report.data import KEPT
from curate.work.plan import load_plan, planned_steps
from curate.work.seal import Totals, iter_receipts, sealed

_A_ROW_EACH = ("identify", "annotate", "sign", "pii", "cluster", "select", "rebalance")
"""Steps whose tables have a row for every document."""

_TWINS = ("rows", "bytes", "sha256", "label", "subset", "bin", "index")


def check_sums(store: Store, stage: str, manifest: dict[str, Any], findings: Findings) -> None:
    """Compare the manifest of a current corpus with the receipts; not if these are damaged."""
    if findings.problems:
        return
    _check_files(store, stage, manifest, findings)
    _check_shards(store, findings)
    if stage == "emit":
        _check_report(store, manifest, findings)
    totals = manifest["totals"]
    extracted = Totals.of(iter_receipts(store, "extract"))
    for name, expected in (
        ("records", extracted.rows_in),
        ("documents", extracted.rows_out),
        ("skipped", dict(extracted.dropped)),
        ("quarantined", dict(extracted.quarantined)),
    ):
        findings.differs(f"manifest.json: {name}", expected, totals[name])
    if sealed(store, "report") is not None:
        outcomes = outcomes_of(store)
        findings.differs("manifest.json: published", outcomes.pop(KEPT, 0), totals["published"])
        findings.differs("manifest.json: removed", outcomes, dict(totals["removed"]))
    for name, fact in _view_of(stage, manifest).facts(store).items():
        findings.differs(f"manifest.json: {name}", fact, manifest.get(name))


def _view_of(stage: str, manifest: dict[str, Any]) -> View:
    return view_in(manifest)(stage, layout.CORPUS)


def _check_shards(store: Store, findings: Findings) -> None:
    """Steps that go through the document shards have to have gone through all of them."""
    documents = _shards(store, "extract")
    extracted = sealed(store, "extract")
    for step in (*planned_steps(store),) if extracted is not None else ():
        shards, totals = _shards(store, step), sealed(store, step)
        if totals is None or not (shards & documents or step in _A_ROW_EACH):
            continue
        key = layout.plan_key(step)
        findings.differs(f"{key}: shards that extract has not", [], sorted(shards - documents))
        findings.differs(f"{key}: shards left out", [], sorted(documents - shards))
        if step in _A_ROW_EACH and extracted is not None:
            findings.differs(f"{step}: documents", extracted.rows_out, totals.rows_in)


def _shards(store: Store, step: str) -> set[str]:
    plan = load_plan(store, step)
    return set() if plan is None else {shard.id for shard in plan.shards}


def _check_report(store: Store, manifest: dict[str, Any], findings: Findings) -> None:
    data = store.get(layout.REPORT_STATS)
    if data is not None:
        said = read_json(data, where=layout.REPORT_STATS, todo="", keys=("totals",))
        findings.differs(f"{layout.REPORT_STATS}: totals", manifest["totals"], said["totals"])


def outcomes_of(store: Store) -> dict[str, int]:
    """Reason -> documents, over all labels; those that are kept under the name of that."""
    counts: dict[str, int] = {}
    for row in outcome_counts(store).to_pylist():
        counts[row["outcome"]] = counts.get(row["outcome"], 0) + row["n_documents"]
    return counts


def _check_files(store: Store, stage: str, manifest: dict[str, Any], findings: Findings) -> None:
    """Files of the manifest against those of the receipts, in both directions."""
    in_receipts = {entry["path"]: entry for entry in corpus_files(store, _view_of(stage, manifest))}
    named = {entry["path"]: entry for entry in manifest["files"]}
    for path in sorted(in_receipts.keys() - named.keys()):
        findings.problems.append(f"{path}: in the receipts and not in the manifest")
    for path in sorted(named.keys() - in_receipts.keys()):
        findings.problems.append(f"{path}: in the manifest and not in the receipts")
    for path in sorted(named.keys() & in_receipts.keys()):
        for name in _TWINS:
            what = f"manifest.json: {name} of {path}"
            findings.differs(what, in_receipts[path].get(name), named[path].get(name))
