"""Addresses lose what only their owner may know, and nothing else."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import InputError
from curate.redact import redact, redact_all, redact_text, reveal, without_userinfo

PLAIN = [
    "/data/a@b/x.warc.gz?token=1",
    "https://a.example/f.warc.gz",
    "https://a.example/f?part=2&design=4&file=a.jsonl#x",
    "https://a.example/f@home?mail=me@a.example",
    "s3://bucket/key@x?sig=1",
    "abfs://container@account.example/x",
    "https://a.example/f?key=crawl/a.warc.gz",
]
SECRET = [
    ("http://me:word@a.example/f", "http://a.example/f"),
    ("https://token@a.example:8080/f", "https://a.example:8080/f"),
    ("ftp://me:p%40ss@a.example/d/*.warc.gz", "ftp://a.example/d/*.warc.gz"),
    ("http://me:w@rd@a.example/f?x=1", "http://a.example/f?x=1"),
    ("s3://KEY:SECRET@bucket/x", "s3://bucket/x"),
    (
        "https://b.example/f?versionId=7&X-Amz-Algorithm=A&X-Amz-Signature=0a&X-Amz-Expires=9",
        "https://b.example/f?versionId=7",
    ),
    ("https://b.example/f?Expires=1&Signature=x&Key-Pair-Id=K", "https://b.example/f"),
    ("https://b.example/f?AWSAccessKeyId=A&Signature=x&Expires=1", "https://b.example/f"),
    ("https://b.example/f?x-goog-signature=ab#top", "https://b.example/f#top"),
    ("https://b.example/f?sv=2024&sp=r&se=2&sig=a%2Bb&comp=x", "https://b.example/f?comp=x"),
    ("https://b.example/f?access_token=1&a=2", "https://b.example/f?a=2"),
    ("https://b.example/f?key=AIzaSyD-0123456789_abcdef", "https://b.example/f"),
    ("https://b.example/f?%53ignature=1", "https://b.example/f"),
]


@pytest.mark.parametrize("address", PLAIN)
def test_what_is_no_secret_stays(address: str) -> None:
    assert redact(address) == address
    assert redact_text(f"input '{address}', here") == f"input '{address}', here"


@pytest.mark.parametrize(("address", "shown"), SECRET)
def test_secrets_go_and_the_job_gives_them_back(address: str, shown: str) -> None:
    assert redact(address) == shown
    assert redact_text(f"url=URL('{address}')") == f"url=URL('{shown}')"
    assert reveal(shown, ["https://other.example/f", address]) == address
    assert redact_all({"input": [address, 1], "more": (address, None)}) == {
        "input": [shown, 1],
        "more": (shown, None),
    }


def test_an_address_behind_a_label_is_one() -> None:
    named = "fra_Latn=https://me:word@b.example/f?a=1&Signature=x"
    assert redact(named) == "fra_Latn=https://b.example/f?a=1"
    assert redact_all([named]) == ["fra_Latn=https://b.example/f?a=1"]


def test_a_file_that_a_pattern_gives_gets_the_patterns_user_back() -> None:
    pattern = "ftp://me:word@a.example/d/**/*.warc.gz"
    assert reveal("ftp://a.example/d/e/x.warc.gz", [pattern]) == (
        "ftp://me:word@a.example/d/e/x.warc.gz"
    )
    assert reveal("ftp://b.example/d/x.warc.gz", [pattern]) == "ftp://b.example/d/x.warc.gz"
    assert reveal("/data/x.warc.gz", [pattern]) == "/data/x.warc.gz"


def test_no_error_has_a_secret_in_any_part_nor_after_a_border_of_processes() -> None:
    address = "http://me:word@a.example/f?X-Amz-Signature=0a1b"
    error = InputError(f"input {address!r}", wanted=address, found=address, todo=address)
    for shown in (str(error), repr(error), str(pickle.loads(pickle.dumps(error)))):
        assert "word" not in shown
        assert "0a1b" not in shown
        assert "http://a.example/f" in shown


SAFE = st.text(st.characters(codec="utf-8", exclude_characters="/?#@ \t\n\r'\"<>&="), min_size=1)


@given(SAFE, SAFE, SAFE.map(lambda x: "w0rd" + x))
def test_redacting_twice_changes_nothing_and_no_password_stays(
    host: str, user: str, password: str
) -> None:
    shown = redact(f"https://{user}:{password}@{host}/f?a=1&token={password}")
    assert redact(shown) == shown
    assert shown == f"https://{host}/f?a=1"


# ---- addresses of pages ----------------------------------------------------------

GONE = {
    "https://me:secret@host.example/a": "https://host.example/a",
    "http://me@host.example/": "http://host.example/",
    "http://me:word@host.example/?session=5": "http://host.example/?session=5",
    "http://me:two words@host.example/": "http://host.example/",
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
    st.text(st.characters(exclude_characters="/?#\\@")),
    st.text("ab/?#@:", max_size=12),
)
def test_a_secret_is_in_no_address(secret: str, rest: str) -> None:
    found = without_userinfo(f"https://me:xyz{secret}@host.example/{rest}")
    assert found.startswith("https://host.example/")
    assert "xyz" not in found
