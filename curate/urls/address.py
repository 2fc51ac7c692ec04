"""One form of an address, in which lists and pages are compared.

Scheme, user name and port go; the host is lower case Unicode without trailing dots, whether it was
written as such, percent-encoded or in Punycode (RFC 3492); the rest is percent-decoded and in case
folded NFKC. Addresses come from strangers: nothing here raises on any string.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

_SCHEME = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")
_AUTHORITY_END = re.compile(r"[/?#]")
_PORT = re.compile(r":[0-9]*$")
_ALL_DOTS = str.maketrans("。．｡", "...")  # separators of labels: UTS #46
_IN_HOST = str.maketrans("/?#@", "----")
_BLANKS = "".join(map(chr, range(0x21))) + "\x7f"
_NO_BLANKS = str.maketrans("", "", "\t\n\r")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")

_MAX_DECODINGS: Final = 3
"""``%2573ex`` is ``%73ex`` is ``sex``; deeper nesting is not met."""

MAX_CHARS: Final = 8192
"""Longer addresses are cut: servers take no longer ones."""


def canonical(url: str) -> tuple[str, str]:
    """Host and rest of an address, as lists and pages are compared.

    ``"HTTP://user@www.B%C3%BCcher.example.:80/A?b#c"`` -> ``("www.bücher.example", "/a?b#c")``.
    What has no scheme begins with the host. A character that is neither ASCII, letter, mark nor
    digit becomes a space, which separates words.
    """
    text = url[:MAX_CHARS].strip(_BLANKS).translate(_NO_BLANKS).replace("\\", "/")
    text = text[match.end() :] if (match := _SCHEME.match(text)) else text
    authority_end = _AUTHORITY_END.search(text)
    end = authority_end.start() if authority_end else len(text)
    return _host(text[:end]), _folded(text[end:])


def _host(authority: str) -> str:
    host = authority.rpartition("@")[2]
    if host.startswith("["):  # IPv6
        return host.partition("]")[0].lower() + "]"
    host = _folded(_PORT.sub("", host)).translate(_IN_HOST)
    if "xn--" in host:
        labels = [_folded(_unicode_label(label)) for label in host.split(".")]
        host = ".".join(labels).translate(_IN_HOST)
    return host.rstrip(".")


def _unicode_label(label: str) -> str:
    """``xn--bcher-kva`` -> ``bücher``; a label that is no Punycode stays."""
    if not label.startswith("xn--") or not label.isascii() or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def _folded(text: str) -> str:
    """Percent-decoded, NFKC and case folded."""
    for _ in range(_MAX_DECODINGS):
        if "%" not in text:
            break
        text = unquote(text, errors="replace")
    if text.isascii():
        return text.lower()
    return _NOT_ASCII.sub(_letter_or_space, folded_word(text.translate(_ALL_DOTS)))


def folded_word(text: str) -> str:
    """Case folded NFKC: how words are compared in every script."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", text)


def _letter_or_space(match: re.Match[str]) -> str:
    return match[0] if is_letter(match[0]) else " "


@lru_cache(maxsize=1 << 14)
def is_letter(character: str) -> bool:
    """Whether a character is part of words: a letter, a mark or a digit."""
    return unicodedata.category(character)[0] in "LMN"
