"""Run one task in this process, and carry its value or error home as JSON."""

from __future__ import annotations

import errno
import json
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

from curate import errors
from curate.engine import memory
from curate.engine.protocol import Outcome, Task
from curate.importing import uncollected
from curate.redact import redact_text

WHOLE_JOB = (
    errors.ConfigError,
    errors.ModelError,
    errors.SchemaError,
    errors.StoreError,
    errors.JobMismatchError,
)
"""Errors that every other shard would meet too: the run stops at the first."""

_MAY_PASS = (errors.EngineError, errors.StoreError)
"""Errors that may be the machine's or the store's for a moment: such a task is tried once more."""

_NO_STACK = ("can't start new thread", "Failed to launch worker thread")
"""Messages of Python and Arrow where there is no room for the stack of a thread."""


def resolve(function: str) -> Callable[..., Any]:
    """``"module:function"`` -> the function."""
    module, _, name = function.partition(":")
    if module not in sys.modules:
        with uncollected():
            import_module(module)
    resolved: Callable[..., Any] = getattr(sys.modules[module], name)
    return resolved


def run_json(request: str) -> str:
    """Run the task in ``request``; the answer is JSON whatever happens."""
    task = json.loads(request)
    if "memory_bytes" in task:
        memory.limit(task["memory_bytes"])
    started = time.monotonic()
    answer: dict[str, Any]
    try:
        answer = {"value": resolve(task["function"])(task["payload"])}
        json.dumps(answer)  # a value that is no JSON is the task's failure, not the worker's
    except Exception as error:
        answer = _failure(error)
    answer["seconds"] = round(time.monotonic() - started, 3)
    return json.dumps(answer)


def _failure(error: Exception) -> dict[str, Any]:
    """The answer for an error: in the user's words, unless memory is what was wanting."""
    needs_memory = _is_of_memory(error)
    if isinstance(error, errors.CurateError) and not needs_memory:
        return {
            "failure": str(error),
            "error": [type(error).__name__, error.where, error.wanted, error.found, error.todo],
            "transient": isinstance(error, _MAY_PASS),
        }
    return {
        "failure": f"{type(error).__name__}: {error}"[:500],
        "detail": traceback.format_exc()[-8000:],
        "transient": needs_memory or isinstance(error, OSError),
        "needs_memory": needs_memory,
    }


def _is_of_memory(error: BaseException | None) -> bool:
    """Whether memory ran out, also where that was told as something else, such as a bad file."""
    while error is not None:
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
            return True
        if any(said in str(error) for said in _NO_STACK):
            return True
        error = error.__cause__
    return False


def request_of(task: Task, **limits: int | None) -> str:
    """The JSON that :func:`run_json` takes.

    Args:
        task: the task.
        limits: ``memory_bytes``, where the process that runs it may have a limit.
    """
    return json.dumps({"function": task.function, "payload": task.payload, **limits})


def outcome_of(task: Task, answer: str, attempts: int) -> tuple[Outcome, bool]:
    """Read an answer; the flag says that trying again may help."""
    raw = json.loads(answer)
    error = None
    if "error" in raw:
        kind, where, wanted, found, todo = raw["error"]
        error = getattr(errors, kind, errors.CurateError)(
            where, wanted=wanted, found=found, todo=todo
        )
    outcome = Outcome(
        key=task.key,
        value=raw.get("value"),
        failure=None if raw.get("failure") is None else redact_text(raw["failure"]),
        detail=redact_text(raw.get("detail", "")),
        error=error,
        attempts=attempts,
        seconds=raw["seconds"],
        needs_memory=raw.get("needs_memory", False),
    )
    return outcome, bool(raw.get("transient")) and attempts < 2


def needs_memory(answer: str) -> bool:
    """Whether the answer is that memory ran out."""
    return bool(json.loads(answer).get("needs_memory"))


def stop_if_hopeless(outcome: Outcome) -> None:
    """Raise the task's error if every other task would fail in the same way."""
    if isinstance(outcome.error, WHOLE_JOB):
        raise outcome.error


def longest_first(tasks: list[Task]) -> list[Task]:
    """Largest input first, so that the last tasks to end are short ones."""
    return sorted(tasks, key=lambda t: (-t.bytes_in, t.key))
