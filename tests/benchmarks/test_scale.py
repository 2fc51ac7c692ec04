"""The page on size says what was measured, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.benchmarks.scale import (
    ALL,
    ONE,
    PAGE,
    RATES,
    ROOT,
    Measured,
    Rate,
    cpu_rows,
    filled,
    request_rows,
)


def test_the_page_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page, Measured.load()) == page, "run python -m tests.benchmarks.scale --write"


@pytest.mark.parametrize("rate", RATES)
def test_rates_stand_where_they_are_quoted_from(rate: Rate) -> None:
    assert rate.figure in (ROOT / rate.page).read_text(encoding="utf-8")


def test_core_hours_are_what_documents_times_microseconds_give() -> None:
    rows = {row[0]: row for row in cpu_rows(Measured.load())}
    _, _, us, one, every = rows["extraction, `blocks`, crawled pages"]
    assert us == pytest.approx(1e6 / 596)
    assert one == pytest.approx(2.64e9 / 596 / 3600)
    assert every == pytest.approx(96 * one)


def test_requests_of_a_shuffle_grow_with_the_square() -> None:
    found = {what: (one, every) for what, _, one, every in request_rows()}
    one, every = found["ranges of `cluster`"]
    assert every == pytest.approx(96**2 * one)
    assert one == pytest.approx(2 * 2.64e9 / 8e5 * 2.64e9 / 1e6)
    assert found["input files"] == (90_000, 96 * 90_000)


def test_fewer_clusters_are_less_text() -> None:
    assert replace(ONE, clusters=ONE.clusters / 2).published_bytes == ONE.published_bytes / 2
    assert ALL.blocks > ONE.blocks
