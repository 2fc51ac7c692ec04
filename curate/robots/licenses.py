"""The licence that a page declares for itself, from its markup as it came.

Statements are looked for in ``link``, ``meta`` and JSON-LD, and in anchors: those with
``rel=license``, and those to a licence of documents that stand in a footer or behind a word for
licence. Licences of programs count only where they are declared, since every second footer names
that of the site's software; and those of pictures are theirs. Two strong statements that differ are
a conflict, and then no licence is told.

A page has to hold ``licen`` where a statement would have it, or the address of a licence, before
anything else is done with it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from curate.robots.license_names import license_of_name, license_of_url
from curate.robots.opt_out import attributes

LINK, META, JSON_LD, ANCHOR = "link", "meta", "json_ld", "anchor"
HEAD, BODY, FOOTER = "head", "body", "footer"

MAX_STATEMENTS: Final = 200
"""Statements of a page after these are not read."""

_NEEDLE: Final = b"licen"
_MOST_NEEDLES: Final = 5000
_AROUND: Final = 64
_DECLARES = re.compile(
    rb"rel\s*=\s*[\"']?[a-z \t]{0,40}licen|[\"']licen[sc]e[\"']|name\s*=\s*licen"
    rb"|[\"'=](?:dc|dcterms|og|cc|citation|dc\.rights)[.:_]licen"
    rb"|(?:opendatacommons\.org|gnu\.org|artlibre\.org)/licen"
    rb"|etalab\.gouv\.fr/[a-z0-9./-]{0,40}licen|open-government-licen"
)
_ADDRESS: Final = b"creativecommons.org"
_RIGHTS_OF: Final = b".rights"
_HEAD_BYTES: Final = 8 << 10
_MOST_BYTES: Final = 8 << 20
_SCRIPT_BYTES: Final = 1 << 19
_BEFORE_BYTES: Final = 160
_DEPTH: Final = 12
_TAG = re.compile(
    rb"<(?:(!--)|(script|style|textarea|xmp|template)(?=[\s/>])|(meta|link|a|area)(?=[\s/])"
    rb"|(/?footer|body|/head)(?=[\s/>])|(/?(?:div|section))(?=[\s/>]))",
    re.IGNORECASE,
)
_RIGHTS: Final = frozenset(
    (
        *("license", "licence", "dc.rights", "dc.rights.license", "dc.rights.uri", "dc.license"),
        *("dcterms.license", "dcterms.rights", "dcterms.rights.uri", "rights", "copyright"),
        *("cc:license", "xhtmlrights", "og:license", "citation_license", "rights-standard"),
    )
)
_FOOTER_NAME = re.compile(r"(?:^|[\s_-])(?:site)?-?(?:foot(?:er)?|colophon|copyright)(?:$|[\s_-])")
_WORDS: Final = re.compile(
    "licen|lisens|lizenz|licenc|licenz|llicèn|licença|lisans|lisens|litsen|lisenss|lisenssi|leyfi"
    "|лиценз|ліценз|лицензия|ліцензія|лиценц|άδεια|αδεια|ライセンス|라이선스|라이센스|许可|許可|授權|授权"
    "|رخص|ترخيص|مجوز|پروانه|רישיון|रहित|लाइसेंस|अनुज्ञप्ति|লাইসেন্স|உரிம|లైసెన్స్|สัญญาอนุญาต|giấy phép"
    "|ლიცენზ|լիցենզ|ፈቃድ|leseni|lisensya|lesen",
    re.IGNORECASE,
)
_NOT_TEXTS: Final = frozenset(
    (
        *("imageobject", "photograph", "audioobject", "videoobject", "mediaobject", "3dmodel"),
        *("softwareapplication", "softwaresourcecode", "webapplication", "mobileapplication"),
        *("musicrecording", "offer", "product", "person", "organization", "governmentpermit"),
    )
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about the licence of a page.

    Attributes:
        license: SPDX identifier.
        how: ``link``, ``meta``, ``json_ld`` or ``anchor``.
        part: ``head``, ``body`` or ``footer``.
        is_declared: said in so many words (``rel=license``, a meta, JSON-LD), not only linked.
    """

    license: str
    how: str
    part: str
    is_declared: bool

    @property
    def where(self) -> str:
        """``anchor:footer``."""
        return f"{self.how}:{self.part}"


@dataclass(frozen=True, slots=True)
class PageLicense:
    """A page's licence: SPDX identifier or None, where it stands, and whether others contradict.

    ``conflict`` is None where there was no page to read.
    """

    license: str | None = None
    where: str | None = None
    conflict: bool | None = False


NONE: Final = PageLicense()


def page_license(page: bytes, lower: bytes | None = None) -> PageLicense:
    """The licence that a page declares.

    Args:
        page: as it came, in an encoding that agrees with ASCII on tags.
        lower: it in lower case, if that is at hand.
    """
    lower = page.lower() if lower is None else lower
    if len(page) > _MOST_BYTES or not _may_declare(lower):
        return NONE
    statements = []
    for statement in _statements(page, lower):
        statements.append(statement)
        if len(statements) >= MAX_STATEMENTS:
            break
    return decided(statements)


def _may_declare(lower: bytes) -> bool:
    """Whether a page has what a statement needs; comments of programs name licences too."""
    if lower.find(_ADDRESS) >= 0 or lower.find(_RIGHTS_OF, 0, _HEAD_BYTES) >= 0:
        return True
    at = lower.find(_NEEDLE)
    for _ in range(_MOST_NEEDLES):
        if at < 0:
            return False
        if _DECLARES.search(lower, max(0, at - _AROUND), at + _AROUND):
            return True
        at = lower.find(_NEEDLE, at + len(_NEEDLE))
    return True


def decided(statements: Iterable[Statement]) -> PageLicense:
    """The licence of the strongest statements: those declared, else the anchors."""
    all_of_them = list(statements)
    strong = [x for x in all_of_them if x.is_declared] or all_of_them
    if not strong:
        return NONE
    names = {x.license for x in strong}
    first = strong[0]
    if len(names) > 1:
        return PageLicense(None, first.where, True)
    return PageLicense(first.license, first.where, False)


@dataclass(slots=True)
class _Place:
    """Where in the page a reader is."""

    in_head: bool = True
    footers: int = 0
    depth: int = 0
    named_at: int = -1

    @property
    def part(self) -> str:
        is_footer = self.footers > 0 or self.named_at >= 0
        return HEAD if self.in_head else FOOTER if is_footer else BODY


def _statements(page: bytes, lower: bytes) -> Iterator[Statement]:
    place = _Place()
    at = 0
    while (tag := _TAG.search(page, at)) is not None:
        if tag[1]:
            at = _behind(lower, b"-->", tag.start() + 2)
        elif tag[2]:
            values, begin = attributes(page, tag.end())
            stop = lower.find(b"</" + tag[2].lower(), begin)
            at = stop if stop >= 0 else len(page)
            if values.get("type", "").strip().lower() == "application/ld+json":
                yield from _of_json(page[begin:at], place.part)
        elif tag[3]:
            values, at = attributes(page, tag.end())
            name = tag[3].lower()
            if name == b"meta":
                yield from _of_meta(values, place.part)
            else:
                before = page[max(0, tag.start() - _BEFORE_BYTES) : tag.start()]
                yield from _of_link(values, name, place.part, before)
        else:
            at = _moved(place, page, tag)


def _moved(place: _Place, page: bytes, tag: re.Match[bytes]) -> int:
    """Follow a tag that begins or ends a part; where to read on."""
    name = (tag[4] or tag[5]).lower()
    if name in (b"body", b"/head"):
        place.in_head = False
    elif name == b"footer":
        place.in_head, place.footers = False, place.footers + 1
    elif name == b"/footer":
        place.footers = max(0, place.footers - 1)
    elif name.startswith(b"/"):
        place.depth = max(0, place.depth - 1)
        if place.depth <= place.named_at:
            place.named_at = -1
    else:
        place.in_head = False
        values, at = attributes(page, tag.end())
        named = f"{values.get('id', '')} {values.get('class', '')}".lower()
        if place.named_at < 0 and _FOOTER_NAME.search(named):
            place.named_at = place.depth
        place.depth += 1
        return at
    return tag.end()


def _of_link(values: dict[str, str], name: bytes, part: str, before: bytes) -> Iterator[Statement]:
    address = values.get("href", "")
    is_rel = "license" in values.get("rel", "").lower().split()
    known = license_of_url(address)
    if known is None:
        return
    spdx, is_for_documents = known
    how = LINK if name == b"link" else ANCHOR
    if is_rel:
        yield Statement(spdx, how, part, True)
    elif how == ANCHOR and is_for_documents and (part == FOOTER or _says_license(before)):
        yield Statement(spdx, how, part, False)


def _says_license(before: bytes) -> bool:
    """Whether a word for licence stands shortly before."""
    text = before.decode("utf-8", "ignore")
    return _WORDS.search(html.unescape(text)) is not None


def _of_meta(values: dict[str, str], part: str) -> Iterator[Statement]:
    name = (values.get("name") or values.get("property") or values.get("itemprop") or "").lower()
    content = values.get("content", "") or values.get("href", "")
    if name.strip() not in _RIGHTS or not content:
        return
    known = license_of_url(content)
    spdx = known[0] if known else license_of_name(content)
    if spdx:
        yield Statement(spdx, META, part, True)


def _of_json(script: bytes, part: str) -> Iterator[Statement]:
    """``license`` of the things in JSON-LD, but for pictures, sounds and programs."""
    if b"licen" not in script.lower() or len(script) > _SCRIPT_BYTES:
        return
    try:
        data: Any = json.loads(script.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return
    for spdx in _licenses_in(data, 0):
        yield Statement(spdx, JSON_LD, part, True)


def _licenses_in(data: Any, depth: int) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if depth > _DEPTH:
        return
    if isinstance(data, list):
        for entry in data[:MAX_STATEMENTS]:
            yield from _licenses_in(entry, depth + 1)
    if not isinstance(data, dict) or _types(data) & _NOT_TEXTS:
        return
    for key, value in data.items():
        if key == "license":
            yield from _named_by(value)
        elif isinstance(value, dict | list):
            yield from _licenses_in(value, depth + 1)


def _types(data: dict[str, Any]) -> set[str]:
    kinds = data.get("@type", ())
    listed = kinds if isinstance(kinds, list) else [kinds]
    return {str(kind).rpartition("/")[2].lower() for kind in listed}


def _named_by(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        for entry in value[:10]:
            yield from _named_by(entry)
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url") or value.get("name") or ""
    if isinstance(value, str) and value:
        known = license_of_url(value)
        spdx = known[0] if known else license_of_name(value)
        if spdx:
            yield spdx


def _behind(page: bytes, mark: bytes, start: int) -> int:
    end = page.find(mark, start)
    return len(page) if end < 0 else end + len(mark)
