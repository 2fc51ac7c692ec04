"""Dates as given, impossible ones known; objects that stand as text."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.io.texts.values import ABSENT, as_string, is_possible, look_up


@given(st.datetimes(min_value=datetime.datetime(1000, 1, 1)))
def test_every_moment_of_the_calendar_is_possible_in_every_usual_form(
    moment: datetime.datetime,
) -> None:
    for form in (
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%d %H:%M:%S.%f",
        "%Y-%m-%dT%H:%M:%S+05:30",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%Y%m%d%H%M%S",
        "%Y%m%d",
        "%Y-%j",
        "%Y-%m",
        "%Y",
        "%G-W%V-%u",
        "%a, %d %b %Y %H:%M:%S GMT",
    ):
        assert is_possible(moment.strftime(form)), moment.strftime(form)


@pytest.mark.parametrize(
    "date",
    ["5 février 2024", "05/02/2024", "٢٠٢٤-٠٢-٠٥", "2024年2月5日", "1707127200", "1707127200000"],
)
def test_what_is_no_form_that_we_know_is_left_to_its_reader(date: str) -> None:
    assert is_possible(date)


@pytest.mark.parametrize(
    "date",
    [
        "2024-02-30",
        "2023-02-29T00:00:00+00:00",
        "0000-00-00T00:00:00Z",
        "0000-00-00 00:00:00",
        "9999-99-99",
        "99999999",
        "2024-13",
        "2024-13-01",
        "2024-00-10",
        "2024-367",
        "2024-W54",
        "0000",
        "2024-02-29T25:00:00Z",
        "2024-02-29T10:61:00Z",
        "20240230101500",
        "20240229251500",
        "Mon, 35 Feb 2024 10:00:00 GMT",
        "",
        "N/A",
        "null",
        "unknown",
    ],
)
def test_what_no_calendar_has_is_impossible(date: str) -> None:
    assert not is_possible(date)


def test_a_time_with_a_zone_is_told_in_utc() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=9))
    moment = datetime.datetime(2024, 2, 21, 8, 30, tzinfo=zone)
    assert as_string(moment) == "2024-02-20T23:30:00Z"


def test_an_object_that_stands_as_text_is_looked_into() -> None:
    row = {"metadata": '{"url": "http://a.example/", "in": {"n": 1}}', "other": "{broken", "n": 5}
    assert look_up(row, "metadata.url") == "http://a.example/"
    assert look_up(row, "metadata.in.n") == 1
    for name in ("metadata.none", "other.url", "n.url", "none.url"):
        assert look_up(row, name) is ABSENT
    assert look_up({"metadata.url": 1, "metadata": {"url": 2}}, "metadata.url") == 1
