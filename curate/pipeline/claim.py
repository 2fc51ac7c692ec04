"""The work folder and its job: one folder, one job, and what ``--rerun`` sets aside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from curate.config.deciding import deciding
from curate.config.job import FieldChange, JobConfig, diff_jobs
from curate.config.load import dump_yaml, load_yaml
from curate.config.measured import SCORE_STEPS
from curate.errors import ConfigError, JobMismatchError, StoreError
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.configs import remove_tree
from curate.pipeline.snapshots import is_growth, take_in
from curate.pipeline.step import committed
from curate.stages import ORDER

FOLDERS: Mapping[str, tuple[str, ...]] = {
    "extract": ("documents", "quarantine"),
    "identify": ("language", "stopwords"),
    "annotate": ("metrics",),
    "sign": ("bands",),
    "pii": ("pii",),
    "score": ("scores",),
    "classify": ("classify",),
    "perplexity": ("perplexity",),
    "contamination": ("contamination",),
    "tune": ("tune", "stopwords", "language_configs"),
    "cluster": ("clusters",),
    "screen": ("screen",),
    "select": ("verdict",),
    "rebalance": ("weights",),
    "emit": ("emit", "corpus", *layout.OTHER_VIEWS, *layout.OTHER_CORPORA),
    "report": ("report",),
}
"""Stage -> the folders that hold its results. Statistics of reference corpora are in none: they
depend on no stage, and are made again by themselves when their files or settings change."""


def claim(store: Store, job: JobConfig, *, rerun: str | None = None) -> None:
    """Make the work folder this job's, or check that it is.

    Args:
        store: the work folder.
        job: the resolved job.
        rerun: a stage to make again, with what follows from it and from the changes of the job.

    Raises:
        StoreError: the folder cannot be written or its job not be read.
        JobMismatchError: the folder belongs to a job with other settings.
        ConfigError: ``rerun`` is no stage.
    """
    if rerun is not None and rerun not in ORDER:
        raise ConfigError(
            f"--rerun {rerun}",
            wanted=f"a stage: {', '.join(ORDER)}",
            found=repr(rerun),
            todo="name one of these",
        )
    store.check_writable()
    before = recorded_settings(store)
    if before is not None and not committed(store, "extract"):
        set_aside(store, "extract")  # nothing was done yet, so nothing speaks against another job
        before = None
    changes = [] if before is None else diff_jobs(before, job.result_settings())
    grown = [c for c in changes if c.path == "snapshots" and is_growth(c.old, c.new)]
    if grown and rerun != ORDER[0]:
        changes = [c for c in changes if c not in grown]
    stages = _stages(changes)
    first = min(stages, key=ORDER.index, default=ORDER[-1])
    if changes and (rerun is None or ORDER.index(rerun) > ORDER.index(first)):
        raise JobMismatchError(
            f"work folder {store.root}",
            wanted="the job it was begun with (job.yaml there)",
            found="another job:\n          " + "\n          ".join(str(c) for c in changes),
            todo=f"use another work folder, or add `--rerun {first}` to make that stage and "
            "what follows again",
        )
    if rerun is not None:
        for stage in sorted({rerun, *stages}, key=ORDER.index, reverse=True):
            set_aside(store, stage)
    if grown:
        take_in(store, job.result_settings())
    if before is None or changes or grown:
        record(store, job)


def _stages(changes: list[FieldChange]) -> set[str]:
    """The stages that the changes concern.

    A folder of language configs is named late here: the fingerprints of its parts decide whether
    `annotate` or `cluster` must be made again too.
    """
    return {"select" if c.path == "language_configs" else c.stage or "extract" for c in changes}


def recorded_settings(store: Store) -> dict[str, Any] | None:
    """Settings of the job that the folder belongs to; None if it is new."""
    if not store.exists(layout.JOB):
        return None
    data, positions = load_yaml(store.path(layout.JOB))
    if not isinstance(data, dict):
        raise StoreError(
            positions[()],
            wanted="the job that this work folder was begun with",
            found=f"{data!r}"[:80],
            todo="restore the file, or use another work folder",
        )
    return deciding(data)


def record(store: Store, job: JobConfig) -> None:
    """Write the resolved job into the folder."""
    plain: dict[str, Any] = json.loads(json.dumps(job.recorded()))
    head = "# The resolved job of this work folder, written by curate. Do not edit.\n"
    store.put(layout.JOB, (head + dump_yaml(plain)).encode())


UNTOUCHED: Mapping[str, frozenset[str]] = {
    "identify": frozenset({"sign", "pii", "contamination", "screen"}),
    "annotate": frozenset({"sign", "pii", *SCORE_STEPS, "cluster", "screen"}),
    "sign": frozenset({"pii", *SCORE_STEPS, "screen"}),
    "pii": frozenset({*SCORE_STEPS, "tune", "cluster", "screen", "select", "rebalance"}),
    **{
        step: frozenset({*SCORE_STEPS, "tune", "cluster", "screen"} - {step})
        for step in SCORE_STEPS
    },
    "tune": frozenset({"screen"}),
    "cluster": frozenset({"screen"}),
}
"""Stage -> later stages that do not read it: signatures need the text alone, clusters no
metric, scores the text and its label, `screen` the addresses alone, and of personal data `emit`
alone."""


def set_aside(store: Store, stage: str, *, keep_published: bool = False) -> None:
    """Remove the results of a stage and of what follows from it, each folder in one step.

    Args:
        store: the work folder.
        stage: the first stage.
        keep_published: leave the corpus and the report that stand, and remove only what they were
            made from.
    """
    kept = UNTOUCHED.get(stage, frozenset())
    for name in reversed([x for x in ORDER[ORDER.index(stage) :] if x not in kept]):
        for folder in FOLDERS[name]:
            if keep_published and folder in _PUBLISHED:
                inner = [x for x in layout.STEPS.values() if x.startswith(f"{folder}/")]
                for step in inner:
                    remove_tree(store.move_away(step))
            else:
                remove_tree(store.move_away(folder))


_PUBLISHED = (layout.CORPUS, *layout.OTHER_CORPORA, layout.REPORT)
