"""Dates as given; None for those that no calendar has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.io.warc.dates import known_date

AS_GIVEN = (
    "2024-02-29T10:00:00Z", "2024-02-29T10:00:00.123456789Z", "2024-02-29T10:00:00+02:00",
    "2016-12-31T23:59:60Z", "2024-02-29", "2024-02", "2024", "2024-02-29 10:00:00",
    "2024-02-29T10:00Z", "1996-10-20T00:00:00Z",
)  # fmt: skip
MADE = {
    "20080509154634": "2008-05-09T15:46:34Z",
    "200805091546": "2008-05-09T15:46:00Z",
    "20080509154634123": "2008-05-09T15:46:34Z",
    "Wed, 21 Feb 2024 10:00:00 GMT": "2024-02-21T10:00:00Z",
    " 2024-02-29T10:00:00Z ": "2024-02-29T10:00:00Z",
}
IMPOSSIBLE = (
    "", "-", "0000-00-00T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
    "2024-01-01T25:00:00Z", "20080231000000", "yesterday", "٢٠٢٤-٠٢-٢٩T10:00:00Z", "2024-00",
    "1708509600", "31/12/2024", "2024-02-30",
)  # fmt: skip


@pytest.mark.parametrize("text", AS_GIVEN)
def test_dates_stay_as_given(text: str) -> None:
    assert known_date(text) == text


@pytest.mark.parametrize(("text", "made"), MADE.items())
def test_other_forms_become_iso_8601(text: str, made: str) -> None:
    assert known_date(text) == made


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_what_is_no_date(text: str) -> None:
    assert known_date(text) is None


@given(st.one_of(st.text(max_size=30), st.text("0123456789-T:Z.+ ", max_size=30)))
def test_any_text(text: str) -> None:
    found = known_date(text)
    assert found is None or known_date(found) == found
