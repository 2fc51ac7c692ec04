"""Statements of sites' files on training, by origin and time.

A page is joined with the files that stood when it was fetched: of the captures of one file the
last that is not later than the page, else the first after it. That is what
draft-ietf-aipref-attach, section 3.3, asks of a crawler: the copy that is current at the fetch.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from curate.robots.index import split_url
from curate.robots.license_terms import NAMESPACE, RSL, Terms, read_terms
from curate.robots.page_signs import Sign
from curate.robots.preferences import UNSET, YES, may_train, strictest
from curate.robots.rules import Rule, Rules, matches, normal_pattern
from curate.robots.site_files import (
    AI_TXT,
    TDMREP,
    AiTxt,
    Reservation,
    SiteUsage,
    UsageRule,
    read_ai_txt,
    robots_usage,
    tdmrep_answer,
    tdmrep_rules,
)

SITE_INDEX_VERSION: Final = "1"
"""Raised by hand when the same files and addresses give other signs."""

ROBOTS, TDM_FILE, AI_FILE, LICENSE = "robots.txt", "tdmrep.json", "ai.txt", "license"
PLACES: Final[Mapping[bytes, str]] = {
    b"/robots.txt": ROBOTS,
    b"/.well-known/tdmrep.json": TDM_FILE,
    b"/ai.txt": AI_FILE,
    b"/.well-known/ai.txt": AI_FILE,
}
"""Path of a file -> its name."""

_DATE_CHARS = len("2026-12-01T00:00:00")

Json = Any


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One answer to a request for a file of a site.

    Attributes:
        url: that was asked for.
        status: HTTP status.
        body: as served, without its content coding.
        date: ISO 8601; empty if it is not known, and then it stood always.
    """

    url: str
    status: int
    body: bytes
    date: str = ""


def place_of(url: str, body: bytes) -> str | None:
    """The name of a file that says how a site may be used; None for any other."""
    _, path = split_url(url)
    if path in PLACES:
        return PLACES[path]
    return LICENSE if NAMESPACE in body[:2048] else None


class SiteIndex:
    """Captures of files by origin; see :meth:`build`."""

    def __init__(self, agents: Sequence[str]) -> None:
        """An empty index for some agents."""
        self.agents = tuple(agents)
        self._files: dict[str, list[list[Json]]] = {}

    @classmethod
    def build(cls, files: Iterable[SiteFile], agents: Sequence[str]) -> SiteIndex:
        """Read files of sites.

        An answer that there is no file (4xx but 429) says that nothing was said then; a server
        error says nothing at all, and earlier captures go on.
        """
        index = cls(agents)
        for file in files:
            index._add(file)
        for captures in index._files.values():
            captures.sort(key=lambda capture: (capture[0], json.dumps(capture[1])))
        return index

    def _add(self, file: SiteFile) -> None:
        place = place_of(file.url, file.body)
        origin, _ = split_url(file.url)
        if place is None or origin is None or file.status >= 500 or file.status == 429:
            return
        is_there = 200 <= file.status < 300
        content = _content(place, file.body, self.agents) if is_there else None
        key = _license_key(file.url) if place == LICENSE else f"{place} {origin}"
        self._files.setdefault(key, []).append([file.date[:_DATE_CHARS], content])

    def __len__(self) -> int:
        """Files that are known, whatever they say."""
        return len(self._files)

    def signs(self, url: str, date: str) -> list[Sign]:
        """Signs in the files of its site for a page that was fetched then."""
        origin, path = split_url(url)
        if origin is None:
            return []
        signs: list[Sign] = []
        for usage in self._usages(f"{ROBOTS} {origin}", date):
            for vocabulary, text in usage.statements(path):
                signs.append(Sign(vocabulary, ROBOTS, text, may_train(vocabulary, text)))
            signs += (Sign(RSL, ROBOTS, x, self.license(x, url, date)) for x in usage.licenses)
        rules = [
            Reservation(p.encode(), a) for p, a in self._at(f"{TDM_FILE} {origin}", date) or ()
        ]
        if (answer := tdmrep_answer(rules, path)) != UNSET:
            signs.append(Sign(TDMREP, TDM_FILE, "1" if answer != YES else "0", answer))
        if ai := self._at(f"{AI_FILE} {origin}", date):
            answer = AiTxt(tuple(map(_rules, ai[0])), ai[1]).answer(path)
            if answer != UNSET:
                signs.append(Sign(AI_TXT, AI_FILE, "", answer))
        return list(dict.fromkeys(signs))

    def license(self, address: str, url: str, date: str) -> str:
        """The answer of the RSL licence at an address for a page; ``unset`` if it is not known."""
        terms = self._at(_license_key(address), date)
        return applied(((p, a) for p, a in terms or ()), url)

    def _usages(self, key: str, date: str) -> Iterator[SiteUsage]:
        for crawl, rules, licenses in self._at(key, date) or ():
            usage = tuple(UsageRule(r[0], r[1].encode("ascii"), r[2]) for r in rules)
            yield SiteUsage(_rules(crawl), usage, tuple(licenses))

    def _at(self, key: str, date: str) -> Json:
        """The content of the capture that stood at a time; None if it said nothing."""
        captures = self._files.get(key)
        if not captures:
            return None
        dates = [capture[0] for capture in captures]
        return captures[max(0, bisect_right(dates, date[:_DATE_CHARS]) - 1)][1]

    def to_bytes(self) -> bytes:
        """The index as bytes, for :meth:`from_bytes`."""
        return json.dumps([self.agents, self._files]).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> SiteIndex:
        """The index whose bytes :meth:`to_bytes` gave."""
        agents, files = json.loads(data)
        index = cls(agents)
        index._files = files
        return index


def applied(terms: Iterable[tuple[str, str]], url: str) -> str:
    """The answer of terms for a page: those of the longest pattern that matches its address."""
    origin, path = split_url(url)
    fitting: dict[int, list[str]] = {}
    for pattern, answer in terms:
        if "://" in pattern:
            own, rest = split_url(pattern)
            if own != origin:
                continue
            pattern = rest.decode("ascii") if not _has_wildcard(pattern) else _path_of(pattern)
        bare = normal_pattern((pattern or "/").encode("utf-8", "surrogatepass"))
        if matches(bare, path):
            fitting.setdefault(len(bare), []).append(answer)
    return strictest(fitting[max(fitting)]) if fitting else UNSET


def _has_wildcard(pattern: str) -> bool:
    return "*" in pattern or "$" in pattern


def _path_of(pattern: str) -> str:
    """The path of an address that is a pattern, with its special characters."""
    try:
        parts = urlsplit(pattern)
    except ValueError:
        return "/"
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _license_key(address: str) -> str:
    origin, path = split_url(address.strip())
    return f"{LICENSE} {origin}{path.decode('ascii', 'replace')}"


def _content(place: str, body: bytes, agents: Sequence[str]) -> Json:
    """A file as plain data; None if it says nothing."""
    if place == ROBOTS:
        usages = dict.fromkeys(robots_usage(body, agents).values())
        return [[_plain(u.crawl), _usage_rows(u), list(u.licenses)] for u in usages] or None
    if place == TDM_FILE:
        return [[r.pattern.decode("ascii"), r.train_ai] for r in tdmrep_rules(body)] or None
    if place == AI_FILE:
        ai = read_ai_txt(body, agents)
        return None if ai is None else [[_plain(rules) for rules in ai.rules], ai.training]
    terms: Terms = read_terms(body)
    return [list(term) for term in terms] or None


def _usage_rows(usage: SiteUsage) -> Json:
    return [[r.vocabulary, r.pattern.decode("ascii"), r.text] for r in usage.rules]


def _plain(rules: Rules) -> Json:
    return [[rule.allow, rule.pattern.decode("ascii")] for rule in rules]


def _rules(plain: Json) -> Rules:
    return tuple(Rule(allow, pattern.encode("ascii")) for allow, pattern in plain)


def sign_row(sign: Sign) -> dict[str, str]:
    """A sign as a row of a column."""
    return {name: str(value) for name, value in asdict(sign).items()}
