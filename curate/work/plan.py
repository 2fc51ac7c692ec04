"""Plans: what a step will do, written once, under the fingerprint of all that decides its result.

A later run with another fingerprint is refused and told the differing fields.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from curate import failpoints
from curate.errors import InputError, JobMismatchError, StoreError
from curate.io import layout
from curate.io.digests import (
    DIGEST,
    digest_of,
    with_digest,
    without_digest,
)
from curate.io.store import Store
from curate.stage_table import steps, views

Json = Any

AFTER = "after "
"""How a plan begins the name of the field with the fingerprint of a step that it read."""
_PLAN_REMEDY = "make the stage again: curate run JOB --rerun STAGE"


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """One shard of a step: its id, the size of its input in bytes, and what its task is told."""

    id: str
    bytes_in: int = 0
    payload: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The work of a step; written once with put-if-absent and never recomputed.

    Attributes:
        step: its name.
        fingerprint: of ``fields``.
        fields: everything that decides its result.
        shards: what there is to do.
        has_digest: False for a plan of a version that wrote none, nor receipts with one.
    """

    step: str
    fingerprint: str
    fields: Mapping[str, Json]
    shards: tuple[ShardPlan, ...]
    has_digest: bool = field(default=True, compare=False)

    def to_json(self) -> bytes:
        """Canonical JSON with its digest."""
        body = with_digest(self._body())
        return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1).encode()

    @property
    def digest(self) -> str:
        """The digest that its seal knows it by."""
        return digest_of(self._body())

    def _body(self) -> dict[str, Json]:
        return {name: x for name, x in asdict(self).items() if name != "has_digest"}

    @staticmethod
    def from_json(data: bytes, *, where: str) -> Plan:
        """Read a plan back.

        Raises:
            StoreError: it is not one, or not as it was written.
        """
        try:
            raw = json.loads(data)
            body = without_digest(raw, where=where, todo=_PLAN_REMEDY)
            body["shards"] = tuple(ShardPlan(**s) for s in body["shards"])
            return Plan(**body, has_digest=DIGEST in raw)
        except (ValueError, TypeError, KeyError) as error:
            raise StoreError(
                where,
                wanted="a plan in JSON",
                found=f"{type(error).__name__}: {error}",
                todo=_PLAN_REMEDY,
            ) from error


def fingerprint(fields: Mapping[str, Json]) -> str:
    """Sixteen hex digits of the canonical JSON of ``fields``."""
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def require_work_folder(store: Store) -> None:
    """Check that a folder belongs to a job.

    Raises:
        InputError: it does not.
    """
    if not store.exists(layout.JOB):
        raise InputError(
            str(store.root),
            wanted="a work folder, which has a job.yaml",
            found="a folder without one" if store.root.is_dir() else "no such folder",
            todo="name the folder that the job's `work` says",
        )


def load_plan(store: Store, step: str) -> Plan | None:
    """The step's plan, if it has been planned."""
    key = layout.plan_key(step)
    data = store.get(key)
    return None if data is None else Plan.from_json(data, where=str(store.path(key)))


def planned_steps(store: Store) -> Iterator[str]:
    """Names of the steps that may have a plan, in order; of rounds only those that have one."""
    for step in steps():
        if step in layout.UNIONS:
            yield from _rounds(store, step)
        yield step
        if step in views():
            yield from rewrites_of(store, step)


def rewrites_of(store: Store, stage: str) -> Iterator[str]:
    """The steps in which files of a view were written again, in order."""
    number = 1
    while store.exists(layout.plan_key(layout.rewrite_of(stage, number))):
        yield layout.rewrite_of(stage, number)
        number += 1


def _rounds(store: Store, step: str) -> Iterator[str]:
    number = 0
    while store.exists(layout.plan_key(layout.round_of(step, number))):
        yield layout.round_of(step, number)
        number += 1
    if number:
        yield from (f"{step}.{end}" for end in layout.UNION_ENDS)


def planned_shards(store: Store, step: str) -> Sequence[ShardPlan]:
    """The shards of a step that has been planned."""
    plan = load_plan(store, step)
    assert plan is not None, step
    return plan.shards


def ensure_plan(
    store: Store,
    step: str,
    fields: Mapping[str, Json],
    make_shards: Callable[[], Sequence[ShardPlan]],
) -> Plan:
    """The step's plan: the one on disk if its fingerprint is this one's, else a new one.

    Raises:
        JobMismatchError: the step was planned with other settings or other code.
    """
    digest = fingerprint(fields)
    plan = load_plan(store, step)
    if plan is None:
        new_plan = Plan(step, digest, dict(fields), tuple(make_shards()))
        store.create(layout.plan_key(step), new_plan.to_json())
        failpoints.reach(f"{step}.after_plan")
        plan = load_plan(store, step)
        assert plan is not None
    if plan.fingerprint != digest:
        raise _mismatch(store, step, plan, fields)
    return plan


def _mismatch(store: Store, step: str, plan: Plan, fields: Mapping[str, Json]) -> JobMismatchError:
    from curate.config.job import (
        diff_jobs,  # of workers, which refuse nothing, it is half the start
    )

    changes = diff_jobs(dict(plan.fields), dict(fields))
    stage = step.split(".")[0]
    return JobMismatchError(
        f"stage {stage!r} in work folder {store.root}",
        wanted="the settings and code it was begun with",
        found="; ".join(str(c) for c in changes) or "another fingerprint",
        todo=f"add `--rerun {stage}` to make it and what follows again, or use another work folder",
    )
