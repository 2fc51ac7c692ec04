"""Hostile pages cost their deadline at most, and the next page is served at once."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from curate.engine.sandbox import Outcome, Sandbox
from curate.html.extractors import BLOCKS, CASCADE, RESILIPARSE, TRAFILATURA
from tests.html.hostile import PAGES, THAI

DEADLINE_S = 1.5
LINES = [f"{n} {THAI * 3}" for n in range(5)]
GOOD = f"<html><body><article><p>{'</p><p>'.join(LINES)}</p></article></body></html>".encode()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    function = "curate.html.service:extract_payload"
    with Sandbox(function, deadline_s=DEADLINE_S, memory_bytes=2 << 30) as it:
        it.call(GOOD, None, 0, CASCADE)
        yield it


def _extract(sandbox: Sandbox, page: str, extractor: str) -> Outcome:
    return sandbox.call(PAGES[page]().encode(), None, 250, extractor)


@pytest.mark.parametrize("extractor", [BLOCKS, TRAFILATURA, RESILIPARSE, CASCADE])
@pytest.mark.parametrize("page", PAGES)
def test_a_hostile_page_ends_by_its_deadline(sandbox: Sandbox, page: str, extractor: str) -> None:
    payload = PAGES[page]().encode()
    outcome = sandbox.call(payload, None, 250, extractor)
    assert outcome.status in ("ok", "timeout", "memory")
    if outcome.status == "ok":
        # Text, or a page that is known to have given none.
        assert outcome.value["text"] or outcome.value["n_visible_chars"] > 250
    after = sandbox.call(GOOD, None, 0, extractor)
    assert after.value["text"].splitlines() == LINES


@pytest.mark.parametrize("page", ["many_paragraphs", "many_spans"])
def test_pages_that_take_trafilatura_minutes_are_cut(sandbox: Sandbox, page: str) -> None:
    assert _extract(sandbox, page, TRAFILATURA).status == "timeout"


def test_a_page_that_hangs_resiliparse_is_cut(sandbox: Sandbox) -> None:
    assert _extract(sandbox, "very_deep_divisions", RESILIPARSE).status == "timeout"


def test_deep_nesting_that_empties_trafilatura_is_told(sandbox: Sandbox) -> None:
    value = _extract(sandbox, "deep_divisions", TRAFILATURA).value
    assert value["text"] == ""
    assert value["n_visible_chars"] >= 20 * len(THAI)
    rescued = _extract(sandbox, "deep_divisions", CASCADE).value["text"]
    assert rescued.count(THAI) == 20


@pytest.mark.parametrize("extractor", [BLOCKS, TRAFILATURA, RESILIPARSE, CASCADE])
def test_entities_that_a_page_defines_are_not_expanded(sandbox: Sandbox, extractor: str) -> None:
    text = _extract(sandbox, "entity_bomb", extractor).value["text"]
    assert THAI in text
    assert "haha" not in text
    assert len(text) < 5_000


def test_the_page_after_a_hang_is_served_within_50_milliseconds() -> None:
    function = "curate.html.service:extract_payload"
    hang = PAGES["very_deep_divisions"]().encode()
    waits = []
    with Sandbox(function, deadline_s=0.2, memory_bytes=2 << 30) as box:
        while box.call(GOOD, None, 0, RESILIPARSE).status != "ok":
            pass
        for _ in range(5):
            assert box.call(hang, None, 0, RESILIPARSE).status == "timeout"
            start = time.monotonic()
            assert box.call(GOOD, None, 0, RESILIPARSE).status == "ok"
            waits.append(time.monotonic() - start)
    assert min(waits) < 0.05
