"""Tasks of steps: a function over one shard, typed here and plain JSON on its way to a worker.

An engine carries JSON and calls functions by name, see :mod:`curate.engine.protocol`. A
:class:`ShardFunction` is what stands at both ends of that way: the driver asks it for the payload
of a shard, and the worker calls it with the payload.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import lru_cache
from types import MappingProxyType, UnionType
from typing import Any, Generic, NamedTuple, TypeVar, cast, get_args, get_origin, get_type_hints

from curate.io.commit import Attempt
from curate.io.open_store import open_store
from curate.io.process import limits
from curate.io.store import Store
from curate.work.pulse import Pulse

S = TypeVar("S")
P = TypeVar("P")
Json = Any


class Done(NamedTuple):
    """Rows that a task read, and by reason those of them that it could not process."""

    rows: int
    quarantined: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Nothing:
    """Settings of a task that has none."""


@dataclass(frozen=True, slots=True)
class ShardTask(Generic[S]):
    """One shard of a step, or of several steps that one pass over the shard serves.

    Attributes:
        store: the work folder.
        shard: id of the shard.
        bytes_in: size of its input in bytes, as planned.
        due: step -> fingerprint of its plan, for the steps that lack this shard.
        settings: what all tasks of the step are told.
        plan: what the step's plan says of this shard, as JSON; see :meth:`planned`.
        pulse: where it says how far it is; None if nobody watches.
    """

    store: Store
    shard: str
    bytes_in: int
    due: Mapping[str, str]
    settings: S
    plan: Mapping[str, Json]
    pulse: Pulse | None = None

    def moved(self, rows: int, bytes_in: int) -> None:
        """Say that so many more rows are read, and so many bytes of input in all."""
        if self.pulse is not None:
            self.pulse.moved(rows, bytes_in)

    def planned(self, kind: type[P]) -> P:
        """The step's plan of this shard, as a dataclass."""
        return from_json(kind, self.plan)

    @property
    def step(self) -> str:
        """The one step that is due."""
        (step,) = self.due
        return step

    def attempt(self, step: str | None = None) -> Attempt:
        """An attempt at this shard of a step; without a name, of the one that is due."""
        step = step or self.step
        return Attempt(
            self.store,
            step=step,
            shard=self.shard,
            fingerprint=self.due[step],
            bytes_in=self.bytes_in,
        )


@dataclass(frozen=True, slots=True)
class ShardFunction(Generic[S]):
    """A task function with the type of its settings; an engine calls it with JSON.

    Attributes:
        function: does one shard, and returns the rows that it read, or :class:`Done`.
        settings: the type of what all tasks of a step are told: a dataclass.
    """

    function: Callable[[ShardTask[S]], int | Done]
    settings: type[S]

    @property
    def name(self) -> str:
        """``module:function``, by which a worker finds it."""
        return f"{self.function.__module__}:{self.function.__qualname__}"

    def payload(
        self,
        store: Store,
        *,
        shard: str,
        bytes_in: int,
        plan: Mapping[str, Json],
        due: Mapping[str, str],
        settings: Json,
        pulse_seconds: float = 0.0,
    ) -> dict[str, Json]:
        """The payload for the worker of one shard; ``settings`` are those of :func:`to_json`."""
        return {
            "pulse_seconds": pulse_seconds,
            "work": str(store.root),
            "shard": shard,
            "bytes_in": bytes_in,
            "plan": dict(plan),
            "due": dict(due),
            "settings": settings,
            "limits": asdict(limits.limits()),
        }

    def __call__(self, payload: Mapping[str, Json]) -> dict[str, Json]:
        """Do the shard of a payload, in a worker, under the limits that came with it."""
        limits.use(limits.Limits(**payload["limits"]))
        store = open_store(payload["work"])
        pulse = Pulse(store, payload["shard"], payload["pulse_seconds"])
        task = ShardTask(
            store=store,
            shard=payload["shard"],
            bytes_in=payload["bytes_in"],
            due=payload["due"],
            settings=from_json(self.settings, payload["settings"]),
            plan=payload["plan"],
            pulse=pulse,
        )
        try:
            done = self.function(task)
        finally:
            pulse.end()
        rows, quarantined = done if isinstance(done, Done) else Done(done)
        return {"rows": rows, "quarantined": dict(quarantined)}


def shard_task(
    settings: type[S],
) -> Callable[[Callable[[ShardTask[S]], int | Done]], ShardFunction[S]]:
    """Make a function over one shard a task whose settings are of a type."""

    def task(function: Callable[[ShardTask[S]], int | Done]) -> ShardFunction[S]:
        return ShardFunction(function, settings)

    return task


def to_json(settings: object) -> dict[str, Json]:
    """A dataclass as JSON: nested ones become objects, tuples arrays."""
    assert is_dataclass(settings), settings
    assert not isinstance(settings, type), settings
    return asdict(settings)


def from_json(kind: type[P], data: Mapping[str, Json]) -> P:
    """A dataclass from JSON: nested dataclasses and tuples become themselves again.

    Keys that the dataclass does not have are left out, so that a plan may say more than a task
    reads.
    """
    known = _fields_of(cast(Json, kind))
    return kind(**{name: _value(known[name], data[name]) for name in known if name in data})


def _value(kind: Json, value: Json) -> Json:
    """A value of a field, where the field's type says more than JSON can."""
    if value is None:
        return None
    if is_dataclass(kind) and isinstance(kind, type):
        return from_json(kind, value)
    origin: Json = get_origin(kind)
    inner = get_args(kind)
    if origin is tuple:
        return tuple(_value(inner[0], item) for item in value)
    if origin is UnionType:  # X | None
        return _value(inner[0], value)
    if origin in (list, Sequence):
        return [_value(inner[0], item) for item in value]
    if origin in (dict, Mapping):
        return {key: _value(inner[1], item) for key, item in value.items()}
    return value


@lru_cache(maxsize=256)
def _fields_of(kind: Json) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.init}
