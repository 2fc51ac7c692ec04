"""E-mail addresses (RFC 5321, RFC 6531): found at their ``@``, kept apart from the text around."""

from __future__ import annotations

import re
from functools import cache
from string import ascii_letters, digits
from typing import Final

_ASCII_LOCAL: Final = ascii_letters + digits + "!#$%&'*+/=?^_`{|}~.-"
_ANY_LOCAL: Final = re.compile(r"[\w!#$%&'*+/=?^_`{|}~.-]+\Z")
_ASCII_DOMAIN: Final = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24})"
)
_ANY_DOMAIN: Final = re.compile(r"(?:[\w-]{1,63}[.．])+[^\W\d_][\w\u0300-\u036f]{1,23}")
_EDGE: Final = ".'`!#$%&*+/=?^{|}~-"
"""May be part of a local part, but at its beginning is more likely to belong to the text."""

_NOBODYS: Final = ("example", "example.com", "example.net", "example.org")
_EXAMPLES: Final = tuple(f".{name}" for name in (*_NOBODYS, "test", "invalid", "localhost"))
"""Domains that belong to nobody (RFC 2606), which is what masked addresses have."""

_FILES: Final = frozenset({"css", "html", "jpg", "js", "php", "png", "txt", "webp"})
"""Endings of file names, such as ``icon@2x.png``; those that are no top-level domain."""

_RUNS_ON: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Scripts without blanks: a letter of theirs before an address belongs to the sentence."""

MAX_LOCAL: Final = 64


def email_at(text: str, at: int) -> tuple[int, int] | None:
    """The address whose ``@`` stands at ``text[at]``, as a span of ``text``; None if it is none.

    A part in ASCII ends where the ASCII ends, since languages without blanks write on directly.
    """
    start = _local_start(text, at)
    end = _domain_end(text, at + 1)
    if start is None or end is None:
        return None
    domain = text[at + 1 : end].lower()
    last = domain.rsplit(".", 1)[-1]
    if f".{domain}".endswith(_EXAMPLES) or last in _FILES:
        return None
    if domain.isascii() and last not in _top_level():
        return None
    return start, end


def _local_start(text: str, at: int) -> int | None:
    before = text[max(0, at - MAX_LOCAL) : at]
    rest = before.rstrip(_ASCII_LOCAL)
    if len(rest) == len(before):
        match = _ANY_LOCAL.search(before)
        if match is None or _RUNS_ON.search(match[0]):
            return None
        rest = before[: match.start()]
    local = before[len(rest) :].lstrip(_EDGE)
    if not local or local.endswith(".") or ".." in local:
        return None
    is_cut = not rest and at > MAX_LOCAL and text[at - MAX_LOCAL - 1].isalnum()
    return None if is_cut else at - len(local)


def _domain_end(text: str, start: int) -> int | None:
    match = _ASCII_DOMAIN.match(text, start)
    if match is None:
        match = _ANY_DOMAIN.match(text, start)
        return None if match is None or _RUNS_ON.search(match[0]) else match.end()
    end = match.end()
    after = text[end : end + 1]
    if after.isascii() and (after.isalnum() or after == "_"):
        return None  # such as a@b.c0: cut at a place where nothing ends
    return end


@cache
def _top_level() -> frozenset[str]:
    """Every top-level domain of the public suffix list that comes with tldextract."""
    from tldextract import TLDExtract  # imports an HTTP client, which costs a tenth of a second

    tlds = TLDExtract(suffix_list_urls=(), cache_dir=None).tlds
    last = {suffix.rsplit(".", 1)[-1] for suffix in tlds}
    return frozenset(last | {name.encode("idna").decode() for name in last if not name.isascii()})
