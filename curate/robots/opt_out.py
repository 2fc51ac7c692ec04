"""Signs by which a page opts out: X-Robots-Tag, robots metas and TDM reservations.

Read are the header and meta of Google's robots specification, with the directives ``noai`` and
``noimageai`` that image sites added and ``noml`` (noml.info), and the TDM Reservation Protocol of
the W3C community group (TDMRep, 2024). Written as an ``http-equiv`` or without commas they are
understood too: who refuses is not asked for grammar. A page may be hostile: a bounded beginning is
read in one pass.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterable, Sequence
from typing import Final

Headers = Iterable[tuple[str, str]]

MAX_BYTES: Final = 256 << 10
"""Of a page: metas stand at its beginning."""

DIRECTIVES: Final = frozenset(
    (
        *("noindex", "nofollow", "noarchive", "nosnippet", "noimageindex"),
        *("noai", "noimageai", "noml"),
    )
)
"""Directives to report; ``none`` is ``noindex`` and ``nofollow``. The others limit previews."""

NO_AGENTS: Final = frozenset(
    (
        *("description", "keywords", "author", "title", "subject", "topic", "abstract", "summary"),
        *("generator", "viewport", "referrer", "rating", "copyright", "language", "distribution"),
        *("application-name", "theme-color", "color-scheme", "classification", "category"),
        *("news_keywords", "page-topic", "revisit-after", "date", "publisher", "creator"),
    )
)
"""Metas that describe a page. Any other name whose content is nothing but directives is taken for
an agent's, as any is in a header: a list of agents would be out of date the day it is made."""

TDM: Final = "tdm_reservation"
NOT_RESERVED: Final = "tdm_no_reservation"
HEADER, META = "header", "meta"

_MAX_TAG: Final = 4096
_ANY: Final = frozenset(("", "robots", "*"))
_LIMITS = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")
_OTHER_WORDS: Final = frozenset(
    (
        *("all", "none", "index", "follow", "archive", "snippet", "imageindex", "ai", "imageai"),
        *(
            "noodp",
            "noydir",
            "nocache",
            "notranslate",
            "indexifembedded",
            "noyaca",
            "nositelinkssearchbox",
        ),
    )
)
_SEPARATOR = re.compile("[,;\uff0c\u3001\u060c]")
_INVISIBLE = re.compile("[\0\u00ad\u200b-\u200f\u2060\ufeff]")
_QUOTES = " \t\n\r\f\v\u00a0\"'\u201c\u201d"
_AGENT = re.compile(r"[a-z][\w.-]{1,63}")
_WORD = re.compile(rb"no(?:ai|ml|ne|index|follow|archive|snippet|image)|tdm")
_CODED = re.compile(rb"&|\0|\xc2\xad|\xe2\x80|\xe2\x81|\xef\xbb")
_OPENING = re.compile(
    rb"<(?:(!--)|(script|style|title|textarea|template|xmp|iframe)(?=[\s/>])|meta(?=[\s/]))", re.I
)
_ATTRIBUTE = re.compile(
    rb"""[\s/]*(?:(>)|([^\s"'>/=][^\s>/=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?|.)""",
    re.DOTALL,
)


def opt_out(headers: Headers, page: bytes, *, agents: Sequence[str] = ()) -> list[str]:
    """The signs that a response carries, sorted, each once.

    Args:
        headers: name and value of every HTTP header.
        page: the page, or its beginning; :data:`MAX_BYTES` of it are read.
        agents: names, such as ``CCBot``, whose directives are taken as meant for all.

    Returns:
        Directives of :data:`DIRECTIVES` and ``tdm_reservation``; those for one other agent with
        its name, as in ``googlebot:noindex``.
    """
    signs = directives(headers, page, agents=agents)
    return sorted({directive for directive, _ in signs if directive != NOT_RESERVED})


def directives(
    headers: Headers, page: bytes, *, agents: Sequence[str] = (), lower: bytes | None = None
) -> list[tuple[str, str]]:
    """Each sign of :func:`opt_out`, and :data:`NOT_RESERVED`, with its place: header or meta.

    ``lower`` is the page in lower case, if that is at hand.
    """
    ours = _ANY | {agent.lower() for agent in agents}
    signs: list[tuple[str, str]] = []
    for name, value in headers:
        if name.strip().lower() == "x-robots-tag":
            signs += ((word, HEADER) for word in _of_header(value, ours))
        elif name.strip().lower() == "tdm-reservation":
            signs += ((word, HEADER) for word in _reservation(value))
    head = as_ascii(page)
    if lower is None or b"\0" in page[:4] or head is not page:
        lower = head.lower()
    for name, content, is_header in _metas(head) if _may_speak(lower) else ():
        if name == "tdm-reservation":
            signs += ((word, META) for word in _reservation(content))
        elif is_header and name == "x-robots-tag":
            signs += ((word, META) for word in _of_header(content, ours))
        elif name and not is_header and (name in ours or _is_agent(name, content)):
            named = _named(_split(content), "" if name in ours else name)
            signs += ((word, META) for word in named)
    return signs


def _split(value: str) -> list[str]:
    """Parts between commas, and what else is written for them."""
    return _SEPARATOR.split(_INVISIBLE.sub("", value))


def _reservation(value: str) -> list[str]:
    parts = {part.strip(_QUOTES) for part in value.split(",")}
    return [TDM] if "1" in parts else [NOT_RESERVED] if "0" in parts else []


def _is_agent(name: str, content: str) -> bool:
    """Whether a meta speaks to an agent: it holds directives and nothing else."""
    if name in NO_AGENTS or not _AGENT.fullmatch(name):
        return False
    words = [w.partition(":")[0].strip().lower() for w in _words(_split(content))]
    return bool(words) and all(w in DIRECTIVES or w in _OTHER_WORDS or w in _LIMITS for w in words)


def _words(parts: Iterable[str]) -> list[str]:
    """Parts between commas; one that is all directives with blanks between them, word by word."""
    words: list[str] = []
    for part in parts:
        inner = part.lower().split()
        if len(inner) > 1 and all(w in DIRECTIVES or w in _OTHER_WORDS for w in inner):
            words += inner
        else:
            words.append(part)
    return words


def _of_header(value: str, ours: frozenset[str]) -> Iterable[str]:
    """``googlebot: nofollow, noai``: an agent holds for what follows it in the header."""
    agent = ""
    for part in _split(value):
        before, colon, after = part.partition(":")
        before = before.strip().lower()
        if colon and before not in _LIMITS:
            agent = "" if before in ours else before
            part = after
        yield from _named([part], agent)


def _named(parts: Iterable[str], agent: str) -> Iterable[str]:
    prefix = f"{agent}:" if agent else ""
    for part in _words(parts):
        word = part.strip(_QUOTES).lower()
        for directive in ("noindex", "nofollow") if word == "none" else (word,):
            if directive in DIRECTIVES:
                yield prefix + directive


def as_ascii(page: bytes, most: int = MAX_BYTES) -> bytes:
    """The beginning of a page in an encoding that agrees with ASCII on tags."""
    page = page[:most]
    if page.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return page.decode("utf-16", "replace").encode("utf-8", "replace")
    if b"\0" in page[:4]:
        return page.replace(b"\0", b"")  # UTF-16 without a mark; tags are ASCII in it
    return page


def _may_speak(lower: bytes) -> bool:
    """Whether a ``meta``, in a comment or not, has a word that a sign needs.

    A quarter of the time of reading every tag, and most pages end here.
    """
    at = lower.find(b"<meta")
    while at >= 0:
        end = lower.find(b"<meta", at + 5)
        tag = lower[at : min(at + _MAX_TAG, len(lower) if end < 0 else end)]
        close = tag.find(b">")
        if close >= 0 and tag.count(b'"', 0, close) % 2 == 0 and tag.find(b"'", 0, close) < 0:
            tag = tag[:close]
        if _WORD.search(tag) or (_CODED.search(tag) and _WORD.search(_plain(tag))):
            return True
        at = end
    return False


def _plain(tag: bytes) -> bytes:
    text = _INVISIBLE.sub("", html.unescape(tag.decode("utf-8", "replace")))
    return text.lower().encode("utf-8", "replace")


def _metas(page: bytes) -> Iterable[tuple[str, str, bool]]:
    """Name, in lower case, content, and whether it stands for a header, of every meta.

    Those in comments, scripts and the like are none.
    """
    at = 0
    while (opening := _OPENING.search(page, at)) is not None:
        if opening[1]:
            at = _behind(page, b"-->", opening.start() + 2)
        elif opening[2]:
            closing = re.compile(b"</" + opening[2] + rb"(?=[\s/>])", re.I)
            end = closing.search(page, opening.end())
            at = end.end() if end else len(page)
        else:
            values, at = attributes(page, opening.end())
            is_header = not values.get("name") and "http-equiv" in values
            name = values["http-equiv"] if is_header else values.get("name", "")
            for one in name.lower().split(","):
                yield one.strip(), values.get("content", ""), is_header


def _behind(page: bytes, mark: bytes, start: int) -> int:
    end = page.find(mark, start)
    return len(page) if end < 0 else end + len(mark)


def attributes(page: bytes, start: int) -> tuple[dict[str, str], int]:
    """The attributes of a tag, the first of each name, and where the tag ends."""
    values: dict[str, str] = {}
    at, stop = start, min(len(page), start + _MAX_TAG)
    while at < stop:
        match = _ATTRIBUTE.match(page, at, stop)
        if match is None:
            break
        at = match.end()
        if match[1]:
            return values, at
        if match[2]:
            raw = match[3] or match[4] or match[5] or b""
            name = match[2].decode("latin-1").lower()
            values.setdefault(name, html.unescape(raw.decode("utf-8", "replace")))
    return values, max(at, start)
