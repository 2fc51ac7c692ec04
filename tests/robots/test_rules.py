"""robots.txt: the examples of RFC 9309 and the cases that Google's parser is published with."""

from __future__ import annotations

import time

import protego
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.robots.rules import MAX_BYTES, is_allowed, matches, normal_path, normal_pattern, parse

RFC = b"""\
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""

LONGEST = b"User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"


def may(body: str | bytes, agent: str, path: str) -> bool:
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return is_allowed(parse(data, [agent])[agent], normal_path(path))


@pytest.mark.parametrize(
    ("agent", "path", "allowed"),
    [
        ("foobot", "/", False),
        ("FooBot", "/example/page.html", True),
        ("foobot", "/example/page.htm", False),
        ("foobot", "/example/allowed.gif", True),
        ("barbot", "/example/page.html", False),
        ("bazbot", "/example/page.html", False),
        ("bazbot", "/picture.gif", True),
        ("quxbot", "/example/", True),
        ("otherbot", "/example/", False),
        ("otherbot", "/publications/x", True),
        ("otherbot", "/publications/x.gif", True),  # 14 octets win over 6
        ("otherbot", "/x.gif", False),
        ("otherbot", "/x.gif?y", True),
        ("foobot", "/robots.txt", True),
    ],
)
def test_the_simple_example_of_the_rfc(agent: str, path: str, allowed: bool) -> None:  # noqa: FBT001 - a table
    assert may(RFC, agent, path) is allowed


def test_the_longest_match_of_the_rfc() -> None:
    assert may(LONGEST, "foobot", "/example/page/x")
    assert not may(LONGEST, "foobot", "/example/page/disallowed.gif")


CASES = {
    "groups of one agent are merged": (
        "user-agent: a\ndisallow: /x\n\nuser-agent: b\ndisallow: /\n\nuser-agent: A\ndisallow: /y",
        "a",
        {"/x": False, "/y": False, "/z": True},
    ),
    "both groups of all agents apply": (
        "user-agent: *\ndisallow: /x\nuser-agent: c\ndisallow: /\nuser-agent: *\ndisallow: /y",
        "a",
        {"/x": False, "/y": False, "/z": True},
    ),
    "a named group replaces that of all": (
        "user-agent: *\ndisallow: /\nuser-agent: a\ndisallow: /x",
        "a",
        {"/x": False, "/y": True},
    ),
    "allow wins a tie": ("user-agent: *\ndisallow: /x\nallow: /x", "a", {"/x": True}),
    "allow after disallow": (
        "user-agent: *\ndisallow: /\nallow: /p/",
        "a",
        {"/p/x": True, "/q": False},
    ),
    "an empty disallow forbids nothing": ("user-agent: *\ndisallow:", "a", {"/": True}),
    "rules before any agent are ignored": (
        "disallow: /\nuser-agent: b\ndisallow:/",
        "a",
        {"/": True},
    ),
    "other keys do not end a group": (
        "user-agent: a\ncrawl-delay: 9\nsitemap: http://x/\nuser-agent: b\ndisallow: /",
        "a",
        {"/": False},
    ),
    "versions of agents": ("user-agent: a/1.2 (x)\ndisallow: /", "a", {"/": False}),
    "a star with more": ("user-agent: * comment\ndisallow: /", "a", {"/": False}),
    "a star with letters is no star": ("user-agent: *a\ndisallow: /", "a", {"/": True}),
    "agents with digits": ("user-agent: AI2Bot\ndisallow: /", "ai2bot", {"/": False}),
    "a longer name is another agent": ("user-agent: ab\ndisallow: /", "a", {"/": True}),
    "misspelt keys": ("useragent: a\ndissallow: /x\ndisalow: /y", "a", {"/x": False, "/y": False}),
    "keys in any case": ("USER-AGENT: a\nDISALLOW: /x", "a", {"/x": False}),
    "a colon forgotten": ("user-agent a\ndisallow /x", "a", {"/x": False}),
    "paths have case": ("user-agent: a\ndisallow: /X", "a", {"/x": True, "/X": False}),
    "stars": ("user-agent: a\ndisallow: /*.php?*id=", "a", {"/b/c.php?id=": False, "/c.php": True}),
    "pieces follow each other": (
        "user-agent: a\ndisallow: /x*ab*b*c",
        "a",
        {"/xabc": True, "/xabbc": False},
    ),
    "a dollar ends": ("user-agent: a\ndisallow: /x$", "a", {"/x": False, "/x/": True}),
    "a dollar within is itself": (
        "user-agent: a\ndisallow: /x$y",
        "a",
        {"/x$y": False, "/x": True},
    ),
    "a star before a dollar": (
        "user-agent: a\ndisallow: /*.gif$",
        "a",
        {"/a.gif": False, "/.gifs": True},
    ),
    "a literal star": ("user-agent: a\ndisallow: /%2A", "a", {"/*": False, "/x": True}),
    "Unicode": ("user-agent: a\ndisallow: /ツ", "a", {"/%E3%83%84": False, "/ツ": False}),
    "Thai": ("user-agent: a\ndisallow: /ที่", "a", {"/ที่/": False, "/ที": True}),
    "Adlam, escaped": ("user-agent: a\ndisallow: /%f0%9e%a4%80", "a", {"/𞤀": False}),
    "escapes without need": ("user-agent: a\ndisallow: /%62%61z", "a", {"/baz": False}),
    "reserved escapes stay": (
        "user-agent: a\ndisallow: /a%2Fb",
        "a",
        {"/a/b": True, "/a%2fb": False},
    ),
    "queries": ("user-agent: a\ndisallow: /?q=", "a", {"/?q=1": False, "/": True}),
    "carriage returns": (
        "user-agent: a\rdisallow: /x\r\rallow: /x/y\r",
        "a",
        {"/x": False, "/x/y": True},
    ),
    "CRLF and comments": ("# x\r\nuser-agent: a # y\r\ndisallow: /x # z\r\n", "a", {"/x": False}),
    "a byte order mark": ("\ufeffuser-agent: a\ndisallow: /x", "a", {"/x": False}),
    "an empty file": ("", "a", {"/": True}),
    "a page instead": ("<!doctype html>\n<p>User-agent: a", "a", {"/": True}),
}


@pytest.mark.parametrize(("body", "agent", "paths"), CASES.values(), ids=CASES.keys())
def test_rules_of_every_kind(body: str, agent: str, paths: dict[str, bool]) -> None:
    assert {path: may(body, agent, path) for path in paths} == paths


def test_bytes_that_are_no_utf8_are_compared_as_they_are() -> None:
    assert not may(b"user-agent: a\ndisallow: /\xe9t\xe9", "a", "/%E9t%e9")
    assert may(b"user-agent: a\ndisallow: /\xe9t\xe9", "a", "/été")


def test_no_more_than_the_limit_is_read_and_no_half_line() -> None:
    head = b"user-agent: a\ndisallow: /x\n"
    filler = b"#" * (MAX_BYTES - len(head) - 13) + b"\n"
    assert not may(head + filler + b"disallow: /y", "a", "/y")
    assert may(head + filler + b"disallow: /yes", "a", "/y")
    assert not may(head + filler + b"disallow: /yes", "a", "/x")


@pytest.mark.parametrize(
    "pattern", ["/" + "*a" * 2000 + "b", "*" * 5000 + "x$", "/" + "a*" * 3000 + "$"]
)
def test_hostile_patterns_are_matched_at_once(pattern: str) -> None:
    path = normal_path("/" + "a" * 20_000)
    start = time.perf_counter()
    matches(normal_pattern(pattern.encode()), path)
    assert time.perf_counter() - start < 1


PATHS = st.lists(st.sampled_from(["/", "a", "b", "?", "=", "é", "%41", "."]), max_size=6).map(
    "".join
)
PATTERNS = st.lists(st.sampled_from(["/", "a", "b", "*", "?", "é", "."]), max_size=6).map("".join)


@given(st.lists(st.tuples(st.booleans(), PATTERNS, st.booleans()), max_size=5), PATHS)
def test_answers_are_those_of_protego(rules: list[tuple[bool, str, bool]], path: str) -> None:
    lines = [f"{'Allow' if a else 'Disallow'}: /{p}{'$' * e}" for a, p, e in rules]
    body = "\n".join(["User-agent: *", *lines])
    theirs = protego.Protego.parse(body).can_fetch(f"http://x.org/{path}", "a")
    assert may(body, "a", f"/{path}") is theirs


@given(st.binary(max_size=200), st.text(max_size=20))
def test_no_file_makes_it_fail(body: bytes, path: str) -> None:
    for rules in parse(body, ["a", "ccbot"]).values():
        assert is_allowed(rules, normal_path(path)) in (True, False)
