"""Models tried before a run trusts them, in a child process that a malformed one may take down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache

from curate.classify import ModelSpec, labels_told
from curate.engine.sandbox import Outcome, Sandbox
from curate.errors import ModelError

_FUNCTION = "curate.classify.trial:try_model"
_SECONDS = 1800.0
"""Processor time a model may take to be loaded and to answer; the largest take minutes."""

_WHAT = {
    "crash": "it took down the process that read it",
    "timeout": "it did not answer in time",
    "memory": "memory ran out",
    "error": "its reader failed",
}


def try_models(specs: Sequence[ModelSpec]) -> list[tuple[str, ...]]:
    """The labels of models, each of which has been loaded on the CPU and has answered.

    Raises:
        ModelError: one cannot be used, and why.
    """
    if not specs:
        return []
    with Sandbox(_FUNCTION, deadline_s=_SECONDS, memory_bytes=None, calls_per_child=1) as sandbox:
        return [_labels(spec, sandbox.call(asdict(spec))) for spec in specs]


def _labels(spec: ModelSpec, outcome: Outcome) -> tuple[str, ...]:
    if outcome.status != "ok":
        raise ModelError(
            spec.model,
            wanted=f"a model that can be read as `{spec.kind}`",
            found=f"{_WHAT[outcome.status]}: {outcome.detail}",
            todo="fetch or export the model again; if it is whole, give the machine more memory",
        )
    if "error" in outcome.value:
        where, expected, actual, todo = outcome.value["error"]
        raise ModelError(where, wanted=expected, found=actual, todo=todo)
    return tuple(outcome.value["labels"])


@lru_cache(maxsize=16)
def labels_of(spec: ModelSpec) -> tuple[str, ...]:
    """The model's labels; it is loaded, in a child, only if no file says them."""
    return labels_told(spec) or try_models([spec])[0]
