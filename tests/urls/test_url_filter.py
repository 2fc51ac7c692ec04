"""The URL filter: what is on a list is hit in every spelling, and what merely looks so is not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import ConfigError
from curate.urls.address import canonical
from curate.urls.filter import UrlFilter, _canonical_batch, _string
from curate.urls.suffixes import registered_domain

DOMAINS = [
    "bad.example",
    "bücher.example",
    "пример.рф",
    "co.uk",
    "例え.テスト",
    "10.1.2.3",
    "deep.bad.org",
]
FILTER = UrlFilter.from_lists(
    domains=DOMAINS,
    urls=["http://www.site.org/porn/", "site.org/a?id=3", "host-only.org", "site.org/Ünï"],
    words=["sex", "секс", "सेक्स", "เซ็กซ์", "性", "𞤀𞤣𞤤𞤢𞤥"],
    soft_words=["hot", "girls", "горячие"],
)

HITS = {
    "the domain": ("http://bad.example/", "domain"),
    "a subdomain": ("http://a.b.bad.example/", "domain"),
    "upper case, port and trailing dot": ("HTTPS://WWW.BAD.Example.:8080/x", "domain"),
    "behind a user name": ("http://ok.com@bad.example/", "domain"),
    "without a scheme": ("bad.example/x", "domain"),
    "with a relative scheme": ("//bad.example/x", "domain"),
    "percent-encoded host": ("http://b%61d.example/", "domain"),
    "backslashes": ("http:\\\\bad.example\\x", "domain"),
    "blanks around and within": (" http://bad.ex\nample/ ", "domain"),
    "Punycode": ("http://www.xn--bcher-kva.example/", "domain"),
    "Unicode": ("http://BÜCHER.example", "domain"),
    "a host in Cyrillic": ("http://пример.рф/", "domain"),
    "the same in Punycode": ("http://sub.xn--e1afmkfd.xn--p1ai/", "domain"),
    "a full-width dot": ("http://例え。テスト/", "domain"),
    "an IP address": ("http://10.1.2.3:80/", "domain"),
    "below a third-level entry": ("http://x.deep.bad.org/", "domain"),
    "a public suffix itself": ("http://co.uk/", "domain"),
    "the address": ("http://site.org/porn", "url"),
    "below the address": ("https://www.site.org/porn/1?x=y", "url"),
    "the address with more parameters": ("http://site.org/a?id=3&b=1#top", "url"),
    "case and encoding of a path": ("http://site.org/%C3%9CN%C3%AF/x", "url"),
    "an address that is a host": ("http://www.host-only.org/x/y", "url"),
    "a word in the path": ("http://a.com/free-SEX_now", "word:sex"),
    "a word in the host": ("http://sex.a.com/", "word:sex"),
    "a word in the query": ("http://a.com/?q=sex", "word:sex"),
    "a percent-encoded word": ("http://a.com/%73ex", "word:sex"),
    "a word encoded twice": ("http://a.com/%2573ex", "word:sex"),
    "a full-width word": ("http://a.com/ｓｅｘ", "word:sex"),
    "a word in Cyrillic": ("http://a.com/СЕКС-фото", "word:секс"),
    "the same, encoded": ("http://a.com/%D1%81%D0%B5%D0%BA%D1%81", "word:секс"),
    "a word in Devanagari": ("http://a.com/सेक्स", "word:सेक्स"),
    "a word in Thai": ("http://a.com/เซ็กซ์/1", "word:เซ็กซ์"),
    "a word in Adlam": ("http://a.com/𞤀𞤣𞤤𞤢𞤥", "word:𞤢𞤣𞤤𞤢𞤥"),
    "a word in a Punycode host": ("http://xn--e1aktc.com", "word:секс"),
    "two soft words": ("http://hot.com/girls", "soft_words:hot,girls"),
    "two soft words, one in Cyrillic": ("http://a.com/girls/горячие", "soft_words:girls,горячие"),
}

PASSES = {
    "YouTube": "https://www.youtube.com/watch?v=1",
    "Essex": "https://www.essex.ac.uk/Sussex/Middlesex",
    "Scunthorpe": "http://scunthorpe.gov.uk/penistone",
    "a longer name": "http://notbad.example/",
    "a name that goes on": "http://bad.example.org/",
    "the name in a path": "http://ok.com/bad.example",
    "the name as a user": "http://bad.example@ok.com/",
    "below a public suffix": "http://shop.co.uk/",
    "a longer path": "http://site.org/pornography",
    "a path above": "http://site.org/",
    "another parameter": "http://site.org/a?id=33",
    "one soft word": "http://hot.com/",
    "one soft word twice": "http://hot.com/hot",
    "another IP address": "http://110.1.2.3/",
    "a parent of an entry": "http://bad.org/",
    "nothing": "",
    "no address at all": "http://",
    "broken Punycode": "http://xn--\x00\uffff.com/xn--",
    "broken percent signs": "http://a.com/%zz%",
    "IPv6": "http://[2001:db8::1]:80/x",
    "a lone surrogate": "http://a.com/\ud800",
}


@pytest.mark.parametrize(("url", "hit"), HITS.values(), ids=HITS.keys())
def test_listed_addresses_are_hit(url: str, hit: str) -> None:
    assert FILTER.check([url]) == [hit]


@pytest.mark.parametrize("url", PASSES.values(), ids=PASSES.keys())
def test_others_pass(url: str) -> None:
    assert FILTER.check([url]) == [None]


def test_a_batch_is_its_rows() -> None:
    urls = [url for url, _ in HITS.values()] + list(PASSES.values())
    each = [FILTER.check([url])[0] for url in urls]
    assert FILTER.check(urls) == each
    column = pa.array([u.encode("utf-8", "replace").decode() for u in urls] + [None])
    assert FILTER.check(column) == [*each, None]
    assert FILTER.check(pa.chunked_array([column.slice(0, 5), column.slice(5)])) == [*each, None]
    assert FILTER.check([]) == []


def test_an_empty_filter_hits_nothing() -> None:
    empty = UrlFilter.from_lists()
    assert empty.check(["http://bad.example/sex", None]) == [None, None]


def test_substrings_hit_inside_words_if_asked_for() -> None:
    parts = UrlFilter.from_lists(words=["sex"], substrings=["sex", "tube"])
    urls = ["http://essex.ac.uk", "http://youtube.com", "http://sex.com", "http://a.com"]
    assert parts.check(urls) == ["substring:sex", "substring:tube", "word:sex", None]


def test_more_soft_words_can_be_asked_for() -> None:
    three = UrlFilter.from_lists(soft_words=["a", "b", "c"], min_soft_words=3)
    assert three.check(["http://x.org/a/b/a", "http://x.org/a-b-c"]) == [None, "soft_words:a,b,c"]
    with pytest.raises(ConfigError, match="at least 1"):
        UrlFilter.from_lists(min_soft_words=0)


def test_a_line_of_several_words_is_refused() -> None:
    with pytest.raises(ConfigError, match="one word a line"):
        UrlFilter.from_lists(words=["two words"])


LINES = {
    "plain": ["listed.example"],
    "bytes that end in CRLF": [b"listed.example\r\n"],
    "a byte order mark": ["\ufefflisted.example\n"],
    "a hosts file": ["127.0.0.1 localhost", "0.0.0.0\tother.example listed.example # why"],
    "an ad blocker's rule": ["! title", "||listed.example^"],
    "a wildcard": ["*.listed.example"],
    "a leading dot": [".listed.example"],
    "an address": ["https://LISTED.example:443/"],
    "comments and empty lines": ["# a", "", "   ", "; b", "listed.example  # c"],
    "no UTF-8": [b"\xff\xfe.org", b"listed.example"],
}


@pytest.mark.parametrize("lines", LINES.values(), ids=LINES.keys())
def test_every_form_of_list_is_read(lines: list[str | bytes]) -> None:
    found = UrlFilter.from_lists(domains=lines)
    urls = ["http://www.listed.example/", "http://localhost/", "http://example/", "http://why/"]
    assert found.check(urls) == ["domain", None, None, None]


def test_a_host_in_punycode_is_listed_in_every_form() -> None:
    found = UrlFilter.from_lists(domains=["xn--bcher-kva.example", "a.xn--p1ai"])
    urls = ["http://bücher.example", "http://www.XN--BCHER-KVA.example", "http://a.рф"]
    assert found.check(urls) == ["domain"] * 3


def test_bytes_hold_the_whole_filter() -> None:
    whole = UrlFilter.from_lists(
        domains=DOMAINS, urls=["a.org/b"], words=["x"], soft_words=["y", "z"], substrings=["ö"]
    )
    again = UrlFilter.from_bytes(whole.to_bytes())
    assert again.fingerprint == whole.fingerprint
    urls = [
        "http://bad.example",
        "http://a.org/b",
        "http://x.org/x",
        "http://y.org/z",
        "http://ö.at",
    ]
    assert again.check(urls) == whole.check(urls)
    assert all(whole.check(urls))


def test_the_order_of_lines_does_not_matter_but_their_content_does() -> None:
    one = UrlFilter.from_lists(domains=["a.org", "b.org", "a.org"])
    assert one.fingerprint == UrlFilter.from_lists(domains=["b.org", "a.org"]).fingerprint
    assert one.fingerprint != UrlFilter.from_lists(domains=["a.org"]).fingerprint
    assert one.fingerprint != UrlFilter.from_lists(urls=["a.org", "b.org"]).fingerprint


PIECES = (
    "http: // / HTTPS :// @ : 80 . .. www. WWW a Z com ? # & = - -- xn-- XN-- _ % %41 \\ [ ] é +"
)
SPELLINGS = st.sampled_from([*PIECES.split(), " "])


@given(st.lists(SPELLINGS, max_size=12).map("".join))
def test_the_kernel_has_the_form_that_python_has(url: str) -> None:
    data, spans = _canonical_batch([url])
    host, rest, end = spans[0]
    assert (_string(data, host, rest), _string(data, rest, end)) == canonical(url)


@given(st.text(st.characters(), max_size=40))
def test_no_string_makes_it_fail(url: str) -> None:
    host, rest = canonical(url)
    assert not set("/?#@") & set(host)
    assert len(FILTER.check([url, f"http://{url}"])) == 2
    assert isinstance(rest, str)


@given(st.sampled_from(DOMAINS[:2]), st.from_regex(r"\A[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){0,3}\Z"))
def test_all_below_a_domain_is_hit(domain: str, below: str) -> None:
    assert FILTER.check([f"https://{below}.{domain}/{below}"]) == ["domain"]


def test_a_large_list_takes_ten_bytes_an_entry() -> None:
    large = UrlFilter.from_lists(domains=(f"site{i}.example" for i in range(200_000)))
    index = large._tables[0][1]
    assert (large.domains.nbytes + index.nbytes) / 200_000 < 12
    urls = [f"http://www.site{i * 7}.example/some/path/page-{i}.html?x=1" for i in range(50_000)]
    hits = large.check(urls)
    assert [hit == "domain" for hit in hits] == [i * 7 < 200_000 for i in range(50_000)]
    assert np.all(np.diff(large.domains.astype(object)) > 0)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("http://a.b.example.co.uk/x", "example.co.uk"),
        ("http://user@WWW.Example.COM.:80/", "example.com"),
        ("http://xn--e1afmkfd.xn--p1ai/", "пример.рф"),
        ("http://me.blogspot.com/", "blogspot.com"),
        ("http://127.0.0.1/", None),
        ("http://co.uk/", None),
        ("", None),
    ],
)
def test_the_registered_domain(url: str, domain: str | None) -> None:
    assert registered_domain(url) == domain
