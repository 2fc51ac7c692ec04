"""Which tags of a page may declare something about it. A kernel.

A page has hundreds of tags of ``meta``, ``link`` and ``a``, and a few of them are asked for. They
are told by the hashes of what they say. What has a character reference or other than ASCII in it
may be one: whoever reads them looks again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.markup.attributes import FROM, MASK32, TO, WHICH
from curate.html.markup.decorators import inner, kernel, whole
from curate.html.markup.names import ATTRIBUTE, FNV_PRIME, FNV_START, fnv1a
from curate.html.markup.tags import TAG
from curate.html.markup.tokenizer import ATTR, ATTR_STOP, KIND, RAW_TEXT, START_TAG
from curate.html.markup.tokenizer import WHAT as TAG_OF

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

META, LINK, TIME, LICENSE, LINKED_DATA = range(5)
"""Kinds of declarations: a name that is looked for, an address of the page, a date, an address of
a licence, and the content of a script of JSON-LD."""

N_KINDS: Final = 5

MOST: Final = 2000
"""Declarations of one kind after these are left out, but for JSON-LD."""

TITLES: Final = ("og:title", "twitter:title", "dc.title", "dcterms.title")
AUTHORS: Final = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author")
SITES: Final = ("og:site_name", "application-name", "al:ios:app_name")
DESCRIPTIONS: Final = ("description", "og:description", "dc.description", "twitter:description")
DATES: Final = (
    *("article:published_time", "og:article:published_time", "datepublished", "dc.date.issued"),
    *("dcterms.issued", "dcterms.created", "dc.date", "dcterms.date", "citation_publication_date"),
    *("parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "date"),
)
PAGE_TYPE: Final = "og:type"
META_NAMES: Final = frozenset((*TITLES, *AUTHORS, *SITES, *DESCRIPTIONS, *DATES, PAGE_TYPE))
"""Names of a ``meta`` that is looked for."""

_SLOTS: Final = 128
_AMPERSAND = 0x26
_META, _LINK, _TIME, _A, _AREA = TAG["meta"], TAG["link"], TAG["time"], TAG["a"], TAG["area"]
_SCRIPT = TAG["script"]
_REL, _TYPE, _CONTENT = ATTRIBUTE["rel"], ATTRIBUTE["type"], ATTRIBUTE["content"]
_PROPERTY, _NAME, _ITEMPROP = ATTRIBUTE["property"], ATTRIBUTE["name"], ATTRIBUTE["itemprop"]
_CANONICAL, _ALTERNATE, _IS_LICENSE = (
    fnv1a(word) for word in (b"canonical", b"alternate", b"license")
)
_PUBLISHED, _LD_JSON = fnv1a(b"datepublished"), fnv1a(b"application/ld+json")
_PERHAPS: Final = -1  # in place of a hash


@lru_cache(maxsize=1)
def meta_names() -> I64:
    """int64[128], the hashes of :data:`META_NAMES` by open addressing, 0 where there is none."""
    hashes = np.zeros(_SLOTS, np.int64)
    for name in META_NAMES:
        slot = fnv1a(name.encode()) & (_SLOTS - 1)
        while hashes[slot]:
            slot = (slot + 1) & (_SLOTS - 1)
        hashes[slot] = fnv1a(name.encode())
    return hashes


@inner
def _next_word(src: U8, at: int, stop: int) -> tuple[int, int]:
    """Hash of the word in lower case that begins at or behind ``at``, and its end.

    -1 if something in it may stand for something else; the hash of nothing if there is none.
    """
    while at < stop and src[at] <= 0x20:
        at += 1
    word = FNV_START
    while at < stop and src[at] > 0x20:
        byte = whole(src[at])
        if byte == _AMPERSAND or byte >= 0x80:
            return _PERHAPS, stop
        if 0x41 <= byte <= 0x5A:
            byte |= 0x20
        word = ((word ^ byte) * FNV_PRIME) & MASK32
        at += 1
    return word, at


@inner
def _has_word(src: U8, at: int, stop: int, first: int, second: int) -> bool:
    """One of two words is in a value, or may be."""
    while at < stop:
        word, at = _next_word(src, at, stop)
        if word in (first, second, _PERHAPS):
            return True
    return False


@inner
def _is_name(src: U8, at: int, stop: int, names: I64) -> bool:
    """A value is one of the names, or may be."""
    word, end = _next_word(src, at, stop)
    if word == _PERHAPS:
        return True
    while end < stop and src[end] <= 0x20:
        end += 1
    if end < stop:
        return bool(src[end] == _AMPERSAND or src[end] >= 0x80)
    mask = len(names) - 1
    slot = word & mask
    while names[slot]:
        if names[slot] == word:
            return True
        slot = (slot + 1) & mask
    return False


@inner
def _is_meta(src: U8, token: I32, attrs: I32, names: I64) -> bool:
    """A ``meta`` with a content and a name that is looked for."""
    has_content = has_name = False
    for place in range(token[ATTR], token[ATTR_STOP]):
        which, start, stop = attrs[place, WHICH], whole(attrs[place, FROM]), whole(attrs[place, TO])
        if which == _CONTENT:
            has_content = True
        elif which in (_PROPERTY, _NAME, _ITEMPROP):
            has_name = has_name or _is_name(src, start, stop, names)
    return has_content and has_name


@inner
def _says(src: U8, token: I32, attrs: I32, which: int, first: int, second: int) -> bool:
    """An attribute of the tag has one of two words, or may have it."""
    for place in range(token[ATTR], token[ATTR_STOP]):
        if attrs[place, WHICH] == which:
            start, stop = whole(attrs[place, FROM]), whole(attrs[place, TO])
            return _has_word(src, start, stop, first, second)
    return False


@inner
def _kind_of(src: U8, at: int, tokens: I32, attrs: I32, names: I64) -> int:
    """The kind of declaration that a token may be; -1 if it is none."""
    token = tokens[at]
    tag = token[TAG_OF]
    if token[KIND] == RAW_TEXT:
        is_script = tag == _SCRIPT and at > 0
        if is_script and _says(
            src, tokens[at - 1], attrs, whole(_TYPE), whole(_LD_JSON), whole(_LD_JSON)
        ):
            return LINKED_DATA
    elif token[KIND] != START_TAG:
        return -1
    elif tag == _META and _is_meta(src, token, attrs, names):
        return META
    elif tag == _TIME and _says(
        src, token, attrs, whole(_ITEMPROP), whole(_PUBLISHED), whole(_PUBLISHED)
    ):
        return TIME
    elif tag == _LINK and _says(
        src, token, attrs, whole(_REL), whole(_CANONICAL), whole(_ALTERNATE)
    ):
        return LINK
    return -1


@inner
def _add(kind: int, token: int, counts: I64, declared: I32, n: int) -> int:
    """One more, unless there are enough of its kind; the new number of all."""
    if kind != LINKED_DATA and counts[kind] >= MOST:
        return n
    counts[kind] += 1
    declared[n, 0], declared[n, 1] = kind, token
    return n + 1


@kernel
def find_declarations(
    src: U8, tokens: I32, attrs: I32, names: I64, counts: I64, declared: I32
) -> int:
    """Fill ``found`` with kind and token of each; their number.

    Args:
        src: the page.
        tokens: int32[n, 8].
        attrs: int32[m, 3].
        names: see :func:`meta_names`.
        counts: int64[N_KINDS] of zeros, receives how many there are of each kind.
        declared: int32[capacity, 2]; one for each token and ``MOST`` of each kind always fit.
    """
    n = 0
    for at in range(len(tokens)):
        token = tokens[at]
        kind = _kind_of(src, at, tokens, attrs, names)
        if kind >= 0:
            n = _add(whole(kind), at, counts, declared, n)
        is_link = token[TAG_OF] in (_LINK, _A, _AREA) and token[KIND] == START_TAG
        if is_link and _says(
            src, token, attrs, whole(_REL), whole(_IS_LICENSE), whole(_IS_LICENSE)
        ):
            n = _add(whole(LICENSE), at, counts, declared, n)
    return n
