"""What a page says of itself: title, date, author, site, description, licence, other addresses.

Only what is declared is told, and as it is declared: nothing is guessed from the text, and a date
that cannot be, or of which day and month could be exchanged, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import numpy as np

from curate.html.markup import attributes, scan
from curate.html.markup.names import ATTRIBUTE, ATTRIBUTES
from curate.html.markup.read import Scanned
from curate.html.markup.tags import TAG

MAX_CHARS: Final = 2000
"""A declaration is cut after so many code points."""

MAX_ALTERNATES: Final = 200
"""Alternates of a page after these are left out."""

_MOST_TAGS = 2000  # of each kind are looked at
_YEARS = range(1990, 2100)  # nothing on the web is older
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s?"
    r"(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE | re.ASCII,
)
_NUMERIC = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)

_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title")
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author")
_SITES = ("og:site_name", "application-name", "al:ios:app_name")
_DESCRIPTIONS = ("description", "og:description", "dc.description", "twitter:description")
_DATES = (
    *("article:published_time", "og:article:published_time", "datepublished", "dc.date.issued"),
    *("dcterms.issued", "dcterms.created", "dc.date", "dcterms.date", "citation_publication_date"),
    *("parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "date"),
)
_LOOKED_FOR = frozenset((*_TITLES, *_AUTHORS, *_SITES, *_DESCRIPTIONS, *_DATES))
_OTHERS = (
    *("viewport", "robots", "generator", "theme-color", "keywords", "twitter:card", "og:type"),
    *("og:url", "og:image", "og:locale", "og:image:width", "og:image:height", "og:updated_time"),
    *("twitter:image", "twitter:site", "fb:app_id", "article:tag", "article:section"),
    *("article:modified_time", "msapplication-tilecolor", "msapplication-tileimage"),
)
_PLAIN_NAMES = {name.encode(): name for name in (*_LOOKED_FOR, *_OTHERS)}
_KINDS = tuple(ATTRIBUTE[name] for name in ("property", "name", "itemprop"))
_CONTENT = ATTRIBUTE["content"]


@dataclass(frozen=True, slots=True)
class Head:
    """What a page declares; None or empty where it declares nothing.

    Attributes:
        title: for others to show, else the ``title`` element.
        published: ISO 8601, a day or a time, in the form in which it is declared.
        author: as it is written.
        site_name: as it is written.
        description: as it is written.
        license_url: the address under ``rel=license``, as it is written.
        canonical_url: as it is written, as the next.
        alternates: language and address of each translation.
    """

    title: str | None = None
    published: str | None = None
    author: str | None = None
    site_name: str | None = None
    description: str | None = None
    license_url: str | None = None
    canonical_url: str | None = None
    alternates: tuple[tuple[str, str], ...] = ()


def read_head(page: Scanned, title: str, known: Mapping[str, str] | None = None) -> Head:
    """The declarations of a page.

    Args:
        page: its tokens.
        title: text of its ``title``.
        known: what its JSON-LD says, if that was read: ``datePublished``, ``author``.
    """
    metas = _metas(page)
    known = known or {}
    links = list(_of(page, "link", "rel", (b"canonical", b"alternate")))
    relations = [(_words(link.get("rel", "")), link) for link in links]
    dates = (metas.get(name, "") for name in _DATES)
    published = _of(page, "time", "itemprop", (b"datepublished",))
    times = (time.get("datetime", "") for time in published if _is_published(time))
    return Head(
        title=_first(metas, _TITLES) or _tidy(title),
        published=_first_date([*dates, *times, known.get("datePublished", "")]),
        author=_author(metas) or _tidy(known.get("author", "")),
        site_name=_first(metas, _SITES),
        description=_first(metas, _DESCRIPTIONS),
        license_url=_license(page),
        canonical_url=next((_href(x) for rel, x in relations if "canonical" in rel), None),
        alternates=tuple(_alternates(relations)),
    )


def _of(
    page: Scanned, name: str, attribute: str, words: Sequence[bytes]
) -> Iterator[dict[str, str]]:
    """The attributes of the elements of this name of which one attribute may hold such a word."""
    which = ATTRIBUTE[attribute]
    for _, found in page.told(name)[:_MOST_TAGS]:
        raw = next((page.raw[start:stop].lower() for x, start, stop in found if x == which), b"")
        if b"&" in raw or any(word in raw for word in words):
            yield _values(page, found)


def _values(page: Scanned, found: Sequence[Sequence[int]]) -> dict[str, str]:
    return {ATTRIBUTES[which]: page.value(start, stop) for which, start, stop in found}


def _metas(page: Scanned) -> dict[str, str]:
    """Content of each kind of ``meta`` that is looked for, the first of its name."""
    found: dict[str, str] = {}
    for _, found_spans in page.told("meta")[:_MOST_TAGS]:
        spans = {which: (start, stop) for which, start, stop in found_spans}
        content = spans.get(_CONTENT)
        if content is None:
            continue
        for kind in _KINDS:
            if kind in spans:
                name = _meta_name(page, *spans[kind])
                if name in _LOOKED_FOR and name not in found:
                    found[name] = page.value(*content)
    return found


def _meta_name(page: Scanned, start: int, stop: int) -> str:
    """In lower case; nearly all are plain letters, and the bytes of most are told at once."""
    raw = page.raw[start:stop]
    known = _PLAIN_NAMES.get(raw)
    return page.value(start, stop).strip().lower() if known is None else known


def _first(metas: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((text for name in names if (text := _tidy(metas.get(name, "")))), None)


def _author(metas: Mapping[str, str]) -> str | None:
    """A name; the address of a profile is none."""
    names = [name for name in _AUTHORS if "://" not in metas.get(name, "")]
    return _first(metas, names)


def _tidy(text: str) -> str | None:
    return " ".join(text.split())[:MAX_CHARS] or None


def _words(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())


def _href(link: Mapping[str, str]) -> str | None:
    return "".join(link.get("href", "").split())[:MAX_CHARS] or None


def _alternates(
    relations: Sequence[tuple[frozenset[str], Mapping[str, str]]],
) -> Iterator[tuple[str, str]]:
    n = 0
    for relation, link in relations:
        language, address = link.get("hreflang", "").strip(), _href(link)
        if "alternate" in relation and language and address and n < MAX_ALTERNATES:
            yield language[:64], address
            n += 1


def _license(page: Scanned) -> str | None:
    """The first address that stands under ``rel=license``, of whatever element."""
    places = np.flatnonzero(page.attrs[:, attributes.WHICH] == ATTRIBUTE["rel"])
    spans = page.attrs[places, 1:].tolist()
    is_license: dict[bytes, bool] = {}  # a page has few relations, and each of them often
    for place, (start, stop) in zip(places.tolist(), spans, strict=True):
        raw = page.raw[start:stop]
        if raw not in is_license:
            is_license[raw] = b"license" in raw.lower().split()
        if not is_license[raw]:
            continue
        token = int(np.searchsorted(page.tokens[:, scan.ATTR], place, side="right")) - 1
        if page.tokens[token, scan.WHAT] in (TAG["a"], TAG["link"], TAG["area"]):
            return _href(_values(page, page.attributes(token)))
    return None


def _is_published(time: Mapping[str, str]) -> bool:
    return "datepublished" in _words(time.get("itemprop", "").lower())


def _first_date(texts: Sequence[str]) -> str | None:
    return next((found for text in texts if (found := declared_date(text))), None)


def declared_date(text: str) -> str | None:
    """A date in ISO 8601 if ``text`` is one that can be, else None.

    ISO 8601 with or without a time, eight digits, and the form of RFC 5322 are understood; nothing
    before 1990. Whether it is after the day of the fetch is not known here.
    """
    text = " ".join(text.split())[:64]
    if not text or not text.isascii():
        return None
    match = _ISO.fullmatch(text) or _NUMERIC.fullmatch(text)
    try:
        if match is None:
            found = parsedate_to_datetime(text)
            return found.isoformat() if _can_be(found) else None
        if match.re is _NUMERIC or match[4] is None:
            day = datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC)
            return day.date().isoformat() if _can_be(day) else None
        year, month, day_of, hour, minute, second = (int(match[i] or 0) for i in range(1, 7))
        found = datetime(year, month, day_of, hour, minute, second)
        zone = (match[7] or "").upper().replace("UTC", "Z").replace("GMT", "Z")
        if len(zone) == len("+0100"):
            zone = f"{zone[:3]}:{zone[3:]}"
        return found.isoformat() + zone if _can_be(found) else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _can_be(when: datetime) -> bool:
    return when.year in _YEARS
