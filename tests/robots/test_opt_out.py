"""Opting out: headers and metas, in pages that may be hostile."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.robots.opt_out import DIRECTIVES, MAX_BYTES, NO_AGENTS, TDM, opt_out

HEADERS = {
    "one": ([("X-Robots-Tag", "noindex")], ["noindex"]),
    "several": (
        [("x-robots-tag", "NoAI, noimageai ,noarchive")],
        ["noai", "noarchive", "noimageai"],
    ),
    "noml": ([("X-Robots-Tag", "noml")], ["noml"]),
    "folded": ([("X-Robots-Tag", "noarchive,  noai")], ["noai", "noarchive"]),
    "none is two": ([("X-Robots-Tag", "none")], ["nofollow", "noindex"]),
    "all is nothing": ([("X-Robots-Tag", "all")], []),
    "for one agent": (
        [("X-Robots-Tag", "googlebot: noindex, nofollow")],
        ["googlebot:nofollow", "googlebot:noindex"],
    ),
    "for two agents": (
        [("X-Robots-Tag", "noai, otherbot: noindex, CCBot: nofollow")],
        ["noai", "nofollow", "otherbot:noindex"],
    ),
    "two headers": (
        [("X-Robots-Tag", "a: noindex"), ("X-Robots-Tag", "noai")],
        ["a:noindex", "noai"],
    ),
    "limits and dates": (
        [("X-Robots-Tag", "max-snippet:-1, unavailable_after: 25 Jun 2010 15:00:00 PST, noai")],
        ["noai"],
    ),
    "a reservation": ([("TDM-Reservation", "1")], [TDM]),
    "no reservation": ([("tdm-reservation", "0")], []),
    "other headers": ([("Content-Type", "noindex"), ("Server", "x")], []),
}

PAGES = {
    "a meta": ('<meta name="robots" content="noindex,nofollow">', ["nofollow", "noindex"]),
    "other quotes and case": ("<META CONTENT='NOAI' NAME=Robots />", ["noai"]),
    "no quotes": ("<meta name=robots content=noai>", ["noai"]),
    "line breaks": ('<meta\n name = "robots"\n content\t=\t"noai"\n>', ["noai"]),
    "entities": ('<meta name="robots" content="no&#97;i&#44;noindex">', ["noai", "noindex"]),
    "noml": ('<meta name="robots" content="noml">', ["noml"]),
    "an agent of no list": (
        '<meta name="ChatGPT-User" content="noindex, noai">',
        ["chatgpt-user:noai", "chatgpt-user:noindex"],
    ),
    "an agent of tomorrow": (
        '<meta name="x2_bot.v3" content="none,max-snippet:-1">',
        ["x2_bot.v3:nofollow", "x2_bot.v3:noindex"],
    ),
    "an agent that may all": ('<meta name="somebot" content="all">', []),
    "a name with other words": ('<meta name="somebot" content="noindex is a word">', []),
    "blanks for commas": ('<meta name="robots" content="noai noimageai">', ["noai", "noimageai"]),
    "a sentence": ('<meta name="robots" content="please noai">', []),
    "for a header": (
        '<meta http-equiv="X-Robots-Tag" content="noai, b: noml">',
        ["b:noml", "noai"],
    ),
    "another header": ('<meta http-equiv="refresh" content="noai">', []),
    "an agent": ('<meta name="GPTBot" content="noindex">', ["gptbot:noindex"]),
    "our agent": ('<meta name="CCBot" content="noindex">', ["noindex"]),
    "no agent": ('<meta name="description" content="noindex">', []),
    "another key": ('<meta property="robots" content="noindex">', []),
    "a reservation": ('<meta name="tdm-reservation" content="1">', [TDM]),
    "no reservation": ('<meta name="tdm-reservation" content="0">', []),
    "more than one": (
        "<meta name=robots content=noai><meta name=robots content=noindex>",
        ["noai", "noindex"],
    ),
    "a greater-than sign": ('<meta content="a > b, noai" name="robots">', ["noai"]),
    "the first of two attributes": ('<meta name="robots" content="all" content="noai">', []),
    "a comment": ('<!-- <meta name="robots" content="noai"> -->', []),
    "behind a comment": ('<!-- > --><meta name="robots" content="noai">', ["noai"]),
    "an empty comment": ('<!--><meta name="robots" content="noai">', ["noai"]),
    "a script": ('<script>"<meta name=robots content=noai>"</script>', []),
    "behind a script": ('<SCRIPT src=x></Script ><meta name="robots" content="noai">', ["noai"]),
    "a title": ("<title><meta name=robots content=noai></title>", []),
    "a longer name": ('<metadata name="robots" content="noai">', []),
    "Thai around it": ('<title>สวัสดี</title><meta name="robots" content="noai">', ["noai"]),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("headers", "signs"), HEADERS.values(), ids=HEADERS.keys())
def test_headers(headers: list[tuple[str, str]], signs: list[str]) -> None:
    assert opt_out(headers, b"", agents=["CCBot"]) == signs


@pytest.mark.parametrize(("page", "signs"), PAGES.values(), ids=PAGES.keys())
def test_pages(page: str, signs: list[str]) -> None:
    head = f"<!doctype html><html><head><meta charset=utf-8>{page}<p>x"
    assert opt_out([], head.encode(), agents=["CCBot"]) == signs


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1251"])
def test_other_encodings(encoding: str) -> None:
    assert opt_out([], '<meta name="robots" content="noai">'.encode(encoding)) == ["noai"]


def test_header_and_page_are_one_list() -> None:
    page = b"<meta name=robots content='noindex, noai'>"
    assert opt_out([("X-Robots-Tag", "noindex")], page) == ["noai", "noindex"]


HOSTILE = {
    "open comments": b"<!--" * MAX_BYTES,
    "open metas": b"<meta " * MAX_BYTES,
    "metas within metas": b"<meta<meta/" * MAX_BYTES,
    "open quotes": b"<meta a=\"b c='d " * MAX_BYTES,
    "open scripts": b"<script " * MAX_BYTES,
    "closed and opened": b"</script <script>" * MAX_BYTES,
    "blanks": b"<meta" + b" " * MAX_BYTES,
    "equal signs": b"<meta " + b"=" * MAX_BYTES,
    "blanks before equal signs": (b"<meta a" + b" " * 4000) * 100,
    "commas": b"<meta name=robots content='" + b",:" * MAX_BYTES,
    "angles": b"<" * MAX_BYTES,
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_pages_are_read_at_once(page: bytes) -> None:
    start = time.perf_counter()
    opt_out([], page)
    assert time.perf_counter() - start < 2


@given(
    st.lists(st.tuples(st.sampled_from(["X-Robots-Tag", "tdm-reservation"]), st.text(max_size=30))),
    st.lists(
        st.sampled_from(
            [*"<>='\"/! \n-x", "<meta ", "name=", "content=", "robots", "noai", "<!--", "-->", "&#"]
        )
    ).map("".join),
)
def test_nothing_makes_it_fail(headers: list[tuple[str, str]], page: str) -> None:
    for sign in opt_out(headers, page.encode()):
        assert sign == TDM or sign.rpartition(":")[2] in DIRECTIVES


def test_names_are_in_the_form_in_which_they_are_compared() -> None:
    assert all(name == name.lower() for name in NO_AGENTS | DIRECTIVES)
