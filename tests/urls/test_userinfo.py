"""User names and passwords leave addresses; everything else stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.urls.userinfo import without_userinfo

GONE = {
    "https://me:secret@host.example/a": "https://host.example/a",
    "http://me@host.example/": "http://host.example/",
    "FTP://me:@host.example:21/x@y": "FTP://host.example:21/x@y",
    "http://a:b@c:d@host.example/?q=e@f": "http://host.example/?q=e@f",
    "http://me:ไทย@host.example": "http://host.example",
    "http://me:%40@[2001:db8::1]:80/": "http://[2001:db8::1]:80/",
    "https://archive.example/2012/http://me:secret@host.example/": (
        "https://archive.example/2012/http://host.example/"
    ),
    "begins with b'http://me:secret@host.example/ 192.0.2.1'": (
        "begins with b'http://host.example/ 192.0.2.1'"
    ),
}
STAYS = (
    "https://host.example/@name",
    "https://host.example?mail=a@b.example",
    "https://host.example#a@b",
    "mailto:a@b.example",
    "https://host.example/http://other.example/@name",
    "https://host.example:80/a:b@c",
    "a@b",
    "",
    "urn:uuid:1@2",
    "https://ไทย.example/หน้า@1",
)


@pytest.mark.parametrize(("url", "left"), GONE.items())
def test_what_goes(url: str, left: str) -> None:
    assert without_userinfo(url) == left


@pytest.mark.parametrize("url", STAYS)
def test_what_stays(url: str) -> None:
    assert without_userinfo(url) == url


@given(
    st.text(st.characters(exclude_characters="/?#\\@ \t\r\n", exclude_categories=["Z", "C"])),
    st.text("ab/?#@:", max_size=12),
)
def test_a_secret_is_in_no_address(secret: str, rest: str) -> None:
    found = without_userinfo(f"https://me:xyz{secret}@host.example/{rest}")
    assert found.startswith("https://host.example/")
    assert "xyz" not in found
