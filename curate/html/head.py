"""Facts that a page declares: title, date, author, site, description, licence, other addresses.

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

from curate.html.markup.declarations import (
    AUTHORS,
    DATES,
    DESCRIPTIONS,
    LICENSE,
    LINK,
    META,
    META_NAMES,
    PAGE_TYPE,
    SITES,
    TIME,
    TITLES,
)
from curate.html.markup.names import ATTRIBUTE, ATTRIBUTES
from curate.html.markup.read_page import Scanned

MAX_CHARS: Final = 2000
"""A declaration is cut after so many code points."""

MAX_ALTERNATES: Final = 200
"""Alternates of a page after these are left out."""

_YEARS = range(1990, 2100)  # nothing on the web is older
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s?"
    r"(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE | re.ASCII,
)
_NUMERIC = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)

_LOOKED_FOR = META_NAMES - {PAGE_TYPE}
_KINDS = tuple(ATTRIBUTE[name] for name in ("property", "name", "itemprop"))
_CONTENT, _REL = ATTRIBUTE["content"], ATTRIBUTE["rel"]


@dataclass(frozen=True, slots=True)
class Head:
    """Declarations of a page; None or empty where it declares nothing.

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
    links = [_values(page, token) for token in page.declarations(LINK)]
    relations = [(_words(link.get("rel", "")), link) for link in links]
    dates = [metas[name] for name in DATES if name in metas]
    moments = (_values(page, token) for token in page.declarations(TIME))
    times = (time.get("datetime", "") for time in moments if _is_published(time))
    return Head(
        title=_first(metas, TITLES) or _tidy(title),
        published=_first_date([*dates, *times, known.get("datePublished", "")]),
        author=_author(metas) or _tidy(known.get("author", "")),
        site_name=_first(metas, SITES),
        description=_first(metas, DESCRIPTIONS),
        license_url=_license(page),
        canonical_url=next((_href(x) for rel, x in relations if "canonical" in rel), None),
        alternates=tuple(_alternates(relations)),
    )


def _values(page: Scanned, token: int) -> dict[str, str]:
    """The attributes of a tag."""
    return {
        ATTRIBUTES[which]: page.value(start, stop) for which, start, stop in page.attributes(token)
    }


def _metas(page: Scanned) -> dict[str, str]:
    """Content of each kind of ``meta`` that is looked for, the first of its name."""
    values: dict[str, str] = {}
    for token in page.declarations(META):
        spans = {which: (start, stop) for which, start, stop in page.attributes(token)}
        content = spans.get(_CONTENT)
        if content is None:
            continue
        for kind in _KINDS:
            if kind in spans:
                name = page.value(*spans[kind]).strip().lower()
                if name in _LOOKED_FOR and name not in values:
                    values[name] = page.value(*content)
    return values


def _first(metas: Mapping[str, str], names: Sequence[str]) -> str | None:
    given = (metas[name] for name in names if name in metas)
    return next((tidy for text in given if (tidy := _tidy(text))), None)


def _author(metas: Mapping[str, str]) -> str | None:
    """A name; the address of a profile is none."""
    names = [name for name in AUTHORS if "://" not in metas.get(name, "")]
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
    for token in page.declarations(LICENSE):
        spans = {which: (start, stop) for which, start, stop in page.attributes(token)}
        start, stop = spans[_REL]
        if b"license" in page.raw[start:stop].lower().split():
            return _href(_values(page, token))
    return None


def _is_published(time: Mapping[str, str]) -> bool:
    return "datepublished" in _words(time.get("itemprop", "").lower())


def _first_date(texts: Sequence[str]) -> str | None:
    return next((date for text in texts if (date := declared_date(text))), None)


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
            when = parsedate_to_datetime(text)
            return when.isoformat() if _can_be(when) else None
        if match.re is _NUMERIC or match[4] is None:
            day = datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC)
            return day.date().isoformat() if _can_be(day) else None
        year, month, day_of, hour, minute, second = (int(match[i] or 0) for i in range(1, 7))
        when = datetime(year, month, day_of, hour, minute, second)
        zone = (match[7] or "").upper().replace("UTC", "Z").replace("GMT", "Z")
        if len(zone) == len("+0100"):
            zone = f"{zone[:3]}:{zone[3:]}"
        return when.isoformat() + zone if _can_be(when) else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _can_be(when: datetime) -> bool:
    return when.year in _YEARS
