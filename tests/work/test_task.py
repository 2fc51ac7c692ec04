"""Settings of tasks and what plans say of shards: to JSON and back, whatever is in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import hypothesis.strategies as st
from hypothesis import given

from curate.work.task import Nothing, from_json, shard_task, to_json


@dataclass(frozen=True, slots=True)
class Inner:
    """A nested dataclass."""

    name: str
    pair: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Settings:
    """Every kind of field that settings have."""

    text: str
    share: float
    inner: Inner
    several: tuple[Inner, ...]
    by_name: Mapping[str, tuple[str, ...]]
    maybe: Inner | None = None
    rest: tuple[int, ...] = field(default=())


texts = st.text(max_size=5)
inners = st.builds(Inner, texts, st.tuples(st.integers(), st.integers()))
settings = st.builds(
    Settings,
    texts,
    st.floats(allow_nan=False),
    inners,
    st.lists(inners, max_size=3).map(tuple),
    st.dictionaries(texts, st.lists(texts, max_size=2).map(tuple), max_size=3),
    st.none() | inners,
    st.lists(st.integers(), max_size=3).map(tuple),
)


@given(settings)
def test_settings_come_back_as_they_were(told: Settings) -> None:
    wire = json.loads(json.dumps(to_json(told)))
    assert from_json(Settings, wire) == told


def test_a_plan_may_say_more_than_a_task_reads_and_leave_out_what_has_a_default() -> None:
    data = {"name": "a", "pair": [1, 2], "of a later version": True}
    assert from_json(Inner, data) == Inner("a", (1, 2))
    whole = {"text": "", "share": 0.5, "inner": data, "several": [data], "by_name": {}}
    assert from_json(Settings, whole) == Settings(
        "", 0.5, Inner("a", (1, 2)), (Inner("a", (1, 2)),), {}
    )


def test_a_task_is_found_by_its_name() -> None:
    @shard_task(Nothing)
    def one(task: object) -> int:
        raise AssertionError(task)

    assert one.name == f"{__name__}:{one.function.__qualname__}"
