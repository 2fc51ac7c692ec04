"""The index of robots.txt files: looked up by scheme, host and port."""

from __future__ import annotations

import random

import pytest

from curate.errors import ConfigError
from curate.robots.index import RobotsIndex, RobotsRecord, split_url

AGENTS = ("CCBot", "GPTBot")
BODY = b"user-agent: ccbot\ndisallow: /private\n\nuser-agent: *\ndisallow: /no-bots\n"

RECORDS = [
    RobotsRecord("https://example.org/robots.txt", 200, BODY, "2024-02-01"),
    RobotsRecord(
        "https://example.org/robots.txt", 200, b"user-agent: *\ndisallow: /", "2024-01-01"
    ),
    RobotsRecord("http://example.org:8080/robots.txt", 404, b"user-agent: *\ndisallow: /"),
    RobotsRecord("https://down.example/robots.txt", 503, b""),
    RobotsRecord("https://busy.example/robots.txt", 429, b""),
    RobotsRecord("https://moved.example/robots.txt", 301, b""),
    RobotsRecord("https://bücher.example./robots.txt", 200, BODY),
    RobotsRecord("https://x.example/blog/robots.txt", 200, b"user-agent: *\ndisallow: /"),
    RobotsRecord("nonsense", 200, BODY),
]

ANSWERS = {
    "https://example.org/": (True, True),
    "https://example.org:443/private/x#y": (False, True),
    "HTTPS://Example.ORG/no-bots": (True, False),
    "https://user@example.org/private": (False, True),
    "http://example.org/private": (None, None),
    "http://example.org:8080/private": (True, True),
    "https://sub.example.org/private": (None, None),
    "https://down.example/": (False, False),
    "https://busy.example/": (False, False),
    "https://moved.example/": (True, True),
    "https://xn--bcher-kva.example/private": (False, True),
    "https://x.example/": (None, None),
    "no address": (None, None),
    "": (None, None),
}


@pytest.fixture(params=["as it was", "from bytes", "in another order"])
def index(request: pytest.FixtureRequest) -> RobotsIndex:
    records = list(RECORDS)
    if request.param == "in another order":
        random.Random(1).shuffle(records)
    built = RobotsIndex.build(records, AGENTS)
    return RobotsIndex.from_bytes(built.to_bytes()) if request.param == "from bytes" else built


@pytest.mark.parametrize(("url", "answers"), ANSWERS.items(), ids=ANSWERS.keys())
def test_addresses_are_looked_up_by_origin(
    index: RobotsIndex, url: str, answers: tuple[bool | None, ...]
) -> None:
    assert index.allowed(url) == dict(zip(AGENTS, answers, strict=True))


def test_a_batch_names_the_agents_that_may_not_read(index: RobotsIndex) -> None:
    urls = [
        "https://example.org/private",
        "https://down.example/",
        "https://moved.example/",
        "x",
        None,
    ]
    assert index.disallowed(urls) == [["CCBot"], ["CCBot", "GPTBot"], [], None, None]
    assert len(index) == 6


def test_server_errors_may_forbid_nothing() -> None:
    index = RobotsIndex.build(RECORDS, AGENTS, unreachable_disallows=False)
    assert index.allowed("https://down.example/") == {"CCBot": True, "GPTBot": True}


def test_sites_with_equal_rules_share_them() -> None:
    records = [RobotsRecord(f"https://h{i}.example/robots.txt", 200, BODY) for i in range(1000)]
    index = RobotsIndex.build(records, AGENTS)
    assert len(index) == 1000
    assert len(index._rules) == 1


def test_an_agent_must_be_named() -> None:
    with pytest.raises(ConfigError, match="at least one agent"):
        RobotsIndex.build(RECORDS, ())


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("http://A.org", "http://a.org", b"/"),
        ("http://a.org:80?q", "http://a.org", b"/?q"),
        ("https://a.org:80/ä", "https://a.org:80", b"/%C3%A4"),
        ("http://[::1]:80/x", "http://[::1]", b"/x"),
        ("http:///x", None, b"/"),
        ("mailto:a@b.org", None, b"/"),
    ],
)
def test_addresses_are_split(url: str, origin: str | None, path: bytes) -> None:
    assert split_url(url) == (origin, path)
