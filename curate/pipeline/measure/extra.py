"""The task of metrics of the user's own: functions of strangers to us, each in a sandbox.

A function gets a batch at a time. A batch that it does not survive is halved until the document is
known that it is about: one that takes too long, or takes the process down, has no numbers, and the
run goes on. A function that raises ends the run, with the document's id: its author wants to know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

import pyarrow as pa

from curate.engine.sandbox import Outcome, Sandbox
from curate.errors import ConfigError, EngineError, SchemaError
from curate.extra.declare import COLUMNS, PREFIX
from curate.io.commit import FAST_COMPRESSION
from curate.pipeline.measure.scores import sidecar_schema
from curate.stages.halves import in_halves
from curate.work.tables import beside, iter_columns
from curate.work.task import ShardTask, shard_task

EXTRA_ROWS = 64
"""Documents that a function is given at once: few, as they share a deadline."""

_STREAM = "answer"
"""The method that answers a sandbox: :meth:`curate.extra.declare.MetricFunction.answer`."""


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """A function of a job.

    Attributes:
        name: as the job has it.
        address: ``module:function``.
        metrics: names of the numbers that it gives.
    """

    name: str
    address: str
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExtraSettings:
    """The functions, and the processor time that each may use for a document."""

    functions: tuple[OwnFunction, ...]
    deadline_seconds: float


@lru_cache(maxsize=16)
def function_sandbox(address: str, deadline_s: float) -> Sandbox:
    """The sandbox of a function in this worker process; lives as long as the worker."""
    return Sandbox(f"{address}.{_STREAM}", deadline_s=deadline_s, memory_bytes=None)


@shard_task(ExtraSettings)
def extra_shard(task: ShardTask[ExtraSettings]) -> int:
    """Write the sidecar of all functions for one shard."""
    functions, seconds = task.settings.functions, task.settings.deadline_seconds
    columns = [PREFIX + name for function in functions for name in function.metrics]
    noted: Counter[str] = Counter()
    with task.attempt() as attempt:
        writer = attempt.writer(sidecar_schema(columns), compression=FAST_COMPRESSION, gather=True)
        reads = {"extract": ("id", "url", "text"), "identify": ("label",)}
        callers = [_Caller(function, seconds, task.shard) for function in functions]
        for batch in iter_columns(task.store, task.shard, reads, batch_rows=EXTRA_ROWS):
            for part, (table, notes) in in_halves(partial(_measured, callers), batch):
                writer.write(table)
                task.moved(part.num_rows, 0)
                noted += notes
        attempt.commit(
            rows_in=writer.rows,
            rows_out=writer.rows,
            counts={"noted": dict(sorted(noted.items()))} if noted else {},
        )
    return writer.rows


def _measured(callers: list[_Caller], batch: pa.Table) -> tuple[pa.Table, Counter[str]]:
    """The columns of all functions, and what is worth telling of them."""
    joined, noted = batch.select([]), Counter[str]()
    for caller in callers:
        values, notes = caller.values(batch.select(COLUMNS))
        named = {PREFIX + name: pa.array(column, pa.float64()) for name, column in values.items()}
        joined = beside(joined, pa.table(named))
        noted += notes
    return joined, noted


Values = dict[str, list[float | None]]


class _Caller:
    """Asks one function about the documents of one shard."""

    def __init__(self, function: OwnFunction, deadline_s: float, shard: str) -> None:
        self._function = function
        self._deadline_s = deadline_s
        self._shard = shard

    def values(self, batch: pa.Table) -> tuple[Values, Counter[str]]:
        """Name -> numbers of a batch, and what was wrong with documents that have none.

        Raises:
            ConfigError: the function cannot be loaded here, or raises for a document.
            SchemaError: its columns are not those that it declares.
        """
        outcome = self._call(batch)
        if outcome.status == "ok" and "wrong" in outcome.value:
            where, wanted, found, todo = outcome.value["wrong"]
            where = f"annotate.extra: {where}, shard {self._shard!r}"
            raise SchemaError(where, wanted=wanted, found=found, todo=todo)
        if outcome.status == "ok" and "raised" not in outcome.value:
            return self._answered(outcome.value)
        if batch.num_rows > 1:
            middle = batch.num_rows // 2
            first, notes = self.values(batch.slice(0, middle))
            second, more = self.values(batch.slice(middle))
            return {name: first[name] + second[name] for name in first}, notes + more
        return self._refused(outcome, str(batch["id"][0]))

    def _call(self, batch: pa.Table) -> Outcome:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_table(batch)
        sandbox = function_sandbox(self._function.address, self._deadline_s)
        try:
            return sandbox.call(sink.getvalue().to_pybytes())
        except EngineError as error:
            raise ConfigError(
                f"annotate.extra: {self._function.name}, shard {self._shard!r}",
                wanted="a module that can be imported where tasks run",
                found=error.found,
                todo="install its package on every machine that runs tasks, and try it there: "
                f'python -c "import {self._function.address.partition(":")[0]}"',
            ) from error

    def _answered(self, value: Mapping[str, object]) -> tuple[Values, Counter[str]]:
        values, outside = value["values"], value["outside"]
        assert isinstance(values, dict)
        assert isinstance(outside, int)
        notes = {f"{self._function.name}: impossible values": outside} if outside else {}
        return values, Counter(notes)

    def _refused(self, outcome: Outcome, document: str) -> tuple[Values, Counter[str]]:
        """One document that the function gave no numbers for."""
        if outcome.status in ("ok", "error"):
            found = outcome.value["raised"] if outcome.status == "ok" else outcome.detail
            raise ConfigError(
                f"annotate.extra: {self._function.name}, shard {self._shard!r}, "
                f"document {document}",
                wanted="numbers for every text, or None",
                found=found,
                todo="correct the function and raise its version, then run the job again: the "
                "other stages stay as they are",
            )
        nothing: Values = {name: [None] for name in self._function.metrics}
        return nothing, Counter({f"{self._function.name}: {outcome.status}": 1})
