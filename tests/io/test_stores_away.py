"""A store that does not answer is waited for, and that is told; then the run ends in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import StoreError
from curate.io.process import limits, patience
from curate.io.store import Store
from tests.object_server import (
    BREAK,
    ObjectServer,
    Trouble,
)

pytestmark = pytest.mark.usefixtures("at_the_server")


TRIES_OF_CLIENT = 4
"""Requests that the client makes by itself before it tells of a failure; see the fixture above."""


def failures_in(seconds: float) -> int:
    """How often a store is asked that comes back after so long, counting the pauses alone."""
    begins, n = 0.0, 0
    for pause in [*patience.pauses(10_000), 0]:
        if begins >= seconds:
            return n
        n, begins = n + 1, begins + pause
    raise AssertionError


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(limits, "_say", found.append)
    return found


@given(st.floats(0, 3600))
def test_pauses_last_as_long_as_asked_and_not_one_pause_longer(seconds: float) -> None:
    found = patience.pauses(seconds)
    assert sum(found) >= seconds
    assert sum(found[:-1]) < seconds or not found
    assert found == sorted(found)
    assert max(found, default=0) <= 16


ASKED: dict[str, tuple[str, Callable[[Store], object]]] = {
    "put": ("PUT", lambda store: store.put("k", b"2")),
    "create": ("PUT", lambda store: store.create("new", b"2")),
    "get": ("GET", lambda store: store.get("k")),
    "exists": ("HEAD", lambda store: store.exists("k")),
    "list": ("GET", lambda store: store.names("below")),
    "entries": ("GET", lambda store: list(store.entries())),
    "delete": ("POST", lambda store: store.delete("k")),
    "range": ("GET", lambda store: store.path("k").open("rb").read()),
    "copy": ("PUT", lambda store: store.copy("k", "other")),
}


@pytest.mark.parametrize("what", [*ASKED])
@pytest.mark.parametrize("how", [503, BREAK])
@pytest.mark.fault("store-away", "s3")
def test_twenty_seconds_without_a_store_pass_and_are_told(
    store: Store, objects: ObjectServer, told: list[str], what: str, how: int | str
) -> None:
    store.put("k", b"1")
    method, ask = ASKED[what]
    expected = ask(store) if method in ("GET", "HEAD") else None
    trouble = Trouble(method, ".", how, times=TRIES_OF_CLIENT * failures_in(20))
    with objects.trouble(trouble):
        found = ask(store)
    assert trouble.seen == trouble.times
    assert expected is None or found == expected
    assert any("waiting for s3://" in line and "given up after 30 s" in line for line in told)


@pytest.mark.parametrize("what", [*ASKED])
@pytest.mark.fault("store-away", "s3")
def test_a_minute_without_a_store_ends_in_words_and_the_same_request_goes_on(
    store: Store, objects: ObjectServer, told: list[str], what: str
) -> None:
    store.put("k", b"1")
    method, ask = ASKED[what]
    outage = TRIES_OF_CLIENT * failures_in(60)
    with (
        objects.trouble(Trouble(method, ".", 503, times=outage)),
        pytest.raises(StoreError, match="run the same command again") as caught,
    ):
        ask(store)
    assert "503" in caught.value.found
    assert told
    ask(store)


def test_retry_seconds_are_those_of_the_job(
    store: Store, objects: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_now", limits.Limits(retry_seconds=0))
    trouble = Trouble("PUT", ".", 503, times=1000)
    with objects.trouble(trouble), pytest.raises(StoreError):
        store.put("k", b"1")
    assert trouble.seen == TRIES_OF_CLIENT
