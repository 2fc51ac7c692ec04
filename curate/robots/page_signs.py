"""Signs in which a page, or the answer that it came in, says whether it may be trained on.

They are stored as they are said, with the place where they stand and what each says of training;
whether one drops the page is decided later. Beside the directives of
:mod:`curate.robots.opt_out` these are the headers ``Content-Usage`` (draft-ietf-aipref-attach,
section 2), ``Content-Signal`` and ``Link`` with an RSL licence, and such a licence as ``link`` or
``script`` of the page (RSL 1.0).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from curate.robots.license_terms import MEDIA_TYPE, RSL, read_terms
from curate.robots.opt_out import (
    HEADER,
    MAX_BYTES,
    NOT_RESERVED,
    TDM,
    as_ascii,
    attributes,
    directives,
)
from curate.robots.preferences import (
    AIPREF,
    CONTENT_SIGNAL,
    MAX_CHARS,
    NO,
    UNSET,
    YES,
    may_train,
)
from curate.robots.site_files import AI_TXT, TDMREP

NOAI, NOML, NOIMAGEAI = "noai", "noml", "noimageai"
LINK, SCRIPT = "link", "script"

SIGNS: Final = (AIPREF, CONTENT_SIGNAL, RSL, TDMREP, NOAI, NOML, NOIMAGEAI, AI_TXT)
"""Every kind of sign, of pages and of sites."""

HEADERS: Final = ("x-robots-tag", "tdm-reservation", "content-usage", "content-signal", "link")
"""Headers, in lower case, that may carry one."""

MAX_SIGNS: Final = 100
"""Signs of a page after these are left out, those that say no last of all."""

_OF_DIRECTIVE: Final = {
    TDM: (TDMREP, NO),
    NOT_RESERVED: (TDMREP, YES),
    NOAI: (NOAI, NO),
    NOML: (NOML, NO),
    NOIMAGEAI: (NOIMAGEAI, UNSET),
}
_LINK = re.compile(r"<([^<>]{1,2048})>((?:\s*;\s*[^,;]{1,512})*)")
_RSL_TAG = re.compile(rb"<(link|script)(?=[\s/])", re.IGNORECASE)
_RSL_BYTES: Final = MEDIA_TYPE.encode()


@dataclass(frozen=True, slots=True)
class Sign:
    """One statement.

    Attributes:
        sign: of :data:`SIGNS`.
        place: ``header``, ``meta``, ``link`` or ``script``; of a site's files their names.
        text: as it is written; of an RSL licence its address.
        train_ai: ``no``, ``yes`` or ``unset``.
    """

    sign: str
    place: str
    text: str
    train_ai: str


def page_signs(
    headers: Sequence[tuple[str, str]], page: bytes, lower: bytes | None = None
) -> tuple[list[str], list[dict[str, str]]]:
    """The columns ``opt_out`` and ``usage_signs`` of a page.

    Args:
        headers: name and value of each HTTP header of :data:`HEADERS`.
        page: as it came; a beginning of it is read.
        lower: the page in lower case, if that is at hand.
    """
    spoken = directives(headers, page, lower=lower)
    opted = sorted({word for word, _ in spoken if word != NOT_RESERVED})
    signs = [*_of_directives(spoken), *_of_headers(headers)]
    if (page.lower() if lower is None else lower).find(_RSL_BYTES, 0, MAX_BYTES) >= 0:
        signs += _licenses(as_ascii(page))
    rows = [
        {"sign": s.sign, "place": s.place, "text": s.text[:MAX_CHARS], "train_ai": s.train_ai}
        for s in dict.fromkeys(signs)
    ]
    if len(rows) > MAX_SIGNS:
        rows.sort(key=lambda row: row["train_ai"] != NO)  # many others may not hide it
    return opted, rows[:MAX_SIGNS]


def _of_directives(spoken: Iterable[tuple[str, str]]) -> Iterable[Sign]:
    """Signs among directives; one for an agent says nothing until it is known who asks."""
    for word, place in spoken:
        agent, _, bare = word.rpartition(":")
        if bare in _OF_DIRECTIVE:
            sign, answer = _OF_DIRECTIVE[bare]
            yield Sign(sign, place, word, UNSET if agent else answer)


def _of_headers(headers: Iterable[tuple[str, str]]) -> Iterable[Sign]:
    usage: list[str] = []
    for name, value in headers:
        key = name.strip().lower()
        if key == "content-usage":
            usage.append(value.strip())
        elif key == "content-signal":
            yield Sign(CONTENT_SIGNAL, HEADER, value, may_train(CONTENT_SIGNAL, value))
        elif key == "link" and MEDIA_TYPE in value.lower():
            for link in _LINK.finditer(value):
                if _is_license(link[2]):
                    yield Sign(RSL, HEADER, link[1].strip(), UNSET)
    if usage:
        text = ", ".join(usage)  # lines of one header are one Dictionary: RFC 9651, section 4.2
        yield Sign(AIPREF, HEADER, text, may_train(AIPREF, text))


def _is_license(parameters: str) -> bool:
    words = parameters.lower().replace('"', " ").replace("'", " ").replace("=", " ").split()
    return "license" in words and MEDIA_TYPE in [word.rstrip(";") for word in words]


def _licenses(page: bytes) -> Iterable[Sign]:
    lower = page.lower()
    at = n = 0
    while n < MAX_SIGNS and (tag := _RSL_TAG.search(page, at)) is not None:
        values, at = attributes(page, tag.end())
        if values.get("type", "").strip().lower() != MEDIA_TYPE:
            continue
        n += 1
        if tag[1].lower() == b"script":
            stop = lower.find(b"</script", at)
            document = page[at : stop if stop >= 0 else len(page)]
            at += len(document)
            for pattern, answer in read_terms(document.strip()):
                yield Sign(RSL, SCRIPT, pattern, answer)
        elif "license" in values.get("rel", "").lower().split() and values.get("href"):
            yield Sign(RSL, LINK, values["href"].strip(), UNSET)
