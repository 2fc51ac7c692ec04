"""The records of every step against each other: plan, receipts, seal, packed receipts, ranges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curate.errors import CurateError
from curate.io import layout
from curate.io.commit import file_sha256
from curate.io.digests import read_json, short_digest
from curate.io.receipt import FileEntry, Receipt, unpack
from curate.io.store import Store
from curate.pipeline.emit.current import replaced_keys
from curate.pipeline.extract.scrub import BEFORE
from curate.pipeline.verify.findings import Findings
from curate.stage_table import views
from curate.work.collect import is_collected, shuffles
from curate.work.plan import Plan, fingerprint, load_plan, planned_steps
from curate.work.ranges import index_of
from curate.work.seal import Totals, committed, load_receipt, load_seal


def rests_on(plan: Plan) -> dict[str, str]:
    """Step -> fingerprint, of the steps whose results a plan's step reads."""
    return {
        name.removeprefix("after "): str(mark)
        for name, mark in plan.fields.items()
        if name.startswith("after ")
    }


def check_steps(store: Store, needed: set[str], findings: Findings) -> None:
    """Check all steps of a work folder.

    Args:
        store: the work folder.
        needed: steps that the corpus rests on, which have to be finished.
        findings: is told.
    """
    marks: dict[str, str] = {}
    for step in dict.fromkeys((*planned_steps(store), *sorted(needed))):
        plan = _plan(store, step, findings)
        if plan is None:
            if step in needed or store.names(layout.folder_of(step)):
                _tell_lack(store, step, is_needed=step in needed, findings=findings)
            continue
        marks[step] = plan.fingerprint
        _check_plan(plan, marks, is_needed=step in needed, findings=findings)
        _check_step(store, plan, is_needed=step in needed, findings=findings)


def _plan(store: Store, step: str, findings: Findings) -> Plan | None:
    key = layout.plan_key(step)
    try:
        plan = load_plan(store, step)
    except CurateError as error:
        findings.problems.append(f"{key}: {error.found}")
        findings.known.add(key)
        return None
    if plan is not None:
        findings.known.add(key)
        findings.differs(f"{key}: step", step, plan.step)
    return plan


def _tell_lack(store: Store, step: str, *, is_needed: bool, findings: Findings) -> None:
    key = layout.plan_key(step)
    left = [layout.seal_key(step)] if store.exists(layout.seal_key(step)) else []
    left += sorted(committed(store, step)) + store.names(layout.data_folder(step))
    if (is_needed or left) and key not in findings.known:
        findings.problems.append(f"{key}: missing")


def _check_plan(plan: Plan, marks: dict[str, str], *, is_needed: bool, findings: Findings) -> None:
    key = layout.plan_key(plan.step)
    findings.differs(f"{key}: fingerprint", fingerprint(plan.fields), plan.fingerprint)
    twice = [name for name, n in Counter(s.id for s in plan.shards).items() if n > 1]
    if twice:
        findings.problems.append(f"{key}: shard {twice[0]} twice")
    for step, mark in rests_on(plan).items():
        if step in marks and marks[step] != mark:
            if is_needed:
                findings.differs(f"{key}: what was made of {step}", marks[step], mark)
            else:
                findings.notes.append(f"{plan.step}: made of another {step} than there is")


def _check_step(store: Store, plan: Plan, *, is_needed: bool, findings: Findings) -> None:
    step = plan.step
    ids = [shard.id for shard in plan.shards]
    have = committed(store, step)
    for name in sorted(have - set(ids)):
        findings.problems.append(f"{layout.receipt_key(step, name)}: of no shard of the plan")
    seal = _seal(store, plan, findings)
    if seal is None:
        if is_needed:
            findings.problems.append(f"{layout.seal_key(step)}: missing")
        elif not set(ids) - have:
            findings.notes.append(f"{layout.seal_key(step)}: missing; the next run writes it")
        else:
            findings.notes.append(f"{step}: not finished; its corpus does not rest on it")
        ids = [name for name in ids if name in have]
    receipts = _receipts(store, plan, ids, findings)
    if seal is None:
        for receipt in receipts:
            _check_files(store, receipt, findings)
        return
    totals = Totals.of(_compared(store, seal, step, receipts, findings))
    if not findings.problems:
        findings.differs(f"{layout.seal_key(step)}: totals", _plain(totals), dict(seal["totals"]))
    _check_ranges(store, step, seal, findings)


def _plain(totals: Totals) -> dict[str, Any]:
    return {name: dict(x) if isinstance(x, dict) else x for name, x in asdict(totals).items()}


def _seal(store: Store, plan: Plan, findings: Findings) -> dict[str, Any] | None:
    key = layout.seal_key(plan.step)
    try:
        seal = load_seal(store, plan.step)
    except CurateError as error:
        findings.problems.append(f"{key}: {error.found}")
        findings.known.add(key)
        return None
    if seal is not None:
        findings.known.add(key)
        findings.differs(f"{key}: step", plan.step, seal["step"])
        findings.differs(f"{key}: fingerprint", plan.fingerprint, seal["fingerprint"])
        if "plan" in seal:
            findings.differs(f"{key}: digest of the plan", plan.digest, seal["plan"])
    return seal


def _receipts(
    store: Store, plan: Plan, ids: Iterable[str], findings: Findings
) -> Iterator[Receipt]:
    """The receipts in ``_commits``, as far as they can be read, one at a time."""
    for name in ids:
        key = layout.receipt_key(plan.step, name)
        findings.known.add(key)
        findings.receipts += 1
        try:
            receipt = load_receipt(store, plan.step, name, needs_digest=plan.has_digest)
        except CurateError as error:
            findings.problems.append(f"{plan.step} {name}: {error.found}")
            continue
        for what, expected, said in (
            ("step", plan.step, receipt.step),
            ("shard", name, receipt.shard),
            ("fingerprint", plan.fingerprint, receipt.fingerprint),
        ):
            findings.differs(f"{key}: {what}", expected, said)
        yield receipt


def _compared(
    store: Store, seal: dict[str, Any], step: str, receipts: Iterator[Receipt], findings: Findings
) -> Iterator[Receipt]:
    """The receipts that a seal holds together, each compared with its file and its data."""
    packed = _packed(store, seal, step, findings)
    for receipt in receipts:
        _check_files(store, receipt, findings)
        if packed is not None:
            twin = next((x for x in packed if x.shard == receipt.shard), None)
            if twin != receipt:
                key = layout.receipt_key(step, receipt.shard)
                findings.problems.append(f"{key}: another receipt than the stage was sealed with")
        yield receipt
    if packed is not None and next(packed, None) is not None:
        findings.problems.append(
            f"{layout.seal_key(step)}: sealed with more receipts than there are"
        )


def _packed(
    store: Store, seal: dict[str, Any], step: str, findings: Findings
) -> Iterator[Receipt] | None:
    digest = seal.get("receipts")
    if digest is None:
        return None
    key = layout.receipts_key(step, digest)
    findings.known.add(key)
    data = store.get(key)
    if data is None or short_digest(data) != digest:
        findings.problems.append(f"{key}: {'missing' if data is None else 'other bytes'}")
        return None
    return unpack(data, where=key)


def _check_ranges(store: Store, step: str, seal: dict[str, Any], findings: Findings) -> None:
    """The index of row ranges, against one that is made again of the receipts."""
    digest = seal.get("ranges")
    if digest is None:
        return
    key = layout.ranges_key(step, digest)
    findings.known.add(key)
    data = store.get(key)
    if data is None or short_digest(data) != digest:
        findings.problems.append(f"{key}: {'missing' if data is None else 'other bytes'}")
        return
    packed = _packed(store, seal, step, findings)
    index = None if packed is None else index_of(packed)
    if index is not None and index != data and not _table(index).equals(_table(data)):
        findings.problems.append(f"{key}: other rows than the receipts say")


def _table(data: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(data))


def _check_files(store: Store, receipt: Receipt, findings: Findings) -> None:
    step = receipt.step
    if is_collected(store, step):
        _check_collected(store, step, findings)
        if step in shuffles():
            return
    stage = step.split(".")[0]
    gone = replaced_keys(store, stage) if stage in views() else frozenset[str]()
    for entry in receipt.files:
        findings.known.add(entry.key)
        if entry.key in gone:  # others took its place, and it goes when these are published
            continue
        attempts = (receipt.attempt, *receipt.counts.get(BEFORE, ()))
        if not any(f"/{receipt.shard}-{attempt}" in entry.key for attempt in attempts):
            findings.problems.append(f"{entry.key}: not a file of shard {receipt.shard}")
            continue
        findings.problems += _check_file(store, entry, is_deep=findings.is_deep)


def _check_collected(store: Store, step: str, findings: Findings) -> None:
    key = layout.collected_key(step)
    if key in findings.known:
        return
    findings.known.add(key)
    try:
        read_json(store.get(key) or b"", where=key, todo="", keys=("why", "files"))
    except CurateError as error:
        findings.problems.append(f"{key}: {error.found}")
    if step not in shuffles():
        findings.problems.append(f"{key}: the data of this step are never deleted")


def _check_file(store: Store, entry: FileEntry, *, is_deep: bool) -> Iterator[str]:
    path = store.path(entry.key)
    if not path.is_file():
        yield f"{entry.key}: missing"
    elif path.stat().st_size != entry.bytes or file_sha256(path) != entry.sha256:
        yield f"{entry.key}: another SHA-256"
    elif is_deep and entry.key.endswith(".parquet"):
        try:
            with path.open("rb") as file:
                rows = sum(batch.num_rows for batch in pq.ParquetFile(file).iter_batches())
        except (OSError, pa.ArrowException) as error:
            yield f"{entry.key}: {str(error).splitlines()[0][:100]}"
            return
        if rows != entry.rows:
            yield f"{entry.key}: {rows} rows, wanted {entry.rows}"
