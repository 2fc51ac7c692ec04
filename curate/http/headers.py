"""Header lines -> names and values, as forgiving as browsers and crawlers are."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LINE = re.compile(r"(?m)^([^\s:]+)[ \t]*:[ \t]*([^\r\n]*)")
_EMPTY_LINE = re.compile(rb"\n\r*\n")
_FOLD = re.compile(r"\r*\n[ \t]+")


def parse_headers(block: bytes, *, encoding: str) -> dict[str, str]:
    """``Name: value`` lines -> names in lower case; folded lines joined, repeats with a comma.

    Args:
        block: the lines, without the first (status line or version) and the empty one.
        encoding: of values beyond ASCII; bytes that do not decode become U+FFFD.
    """
    pairs = header_pairs(block, encoding=encoding)
    headers = {name.lower(): value.rstrip() for name, value in pairs}
    if len(headers) < len(pairs):
        headers = {}
        for name, value in pairs:
            key, value = name.lower(), value.rstrip()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def header_pairs(block: bytes, *, encoding: str) -> list[tuple[str, str]]:
    """The lines of headers in their order, names as written, repeats kept apart."""
    text = block.decode(encoding, errors="replace")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    return _LINE.findall(text)


def spellings(*names: str) -> Mapping[str, str]:
    """Names as they are mostly written, for :func:`pick_headers`."""
    return {spelling: name.lower() for name in names for spelling in (name, name.lower())}


def pick_headers(block: bytes, names: Mapping[str, str], *, encoding: str) -> dict[str, str]:
    """The result of :func:`parse_headers`, for some names at least, in a third of the time.

    Args:
        block: as of :func:`parse_headers`; it may begin with the end of the line before.
        names: made by :func:`spellings`.
        encoding: as of :func:`parse_headers`.
    """
    headers: dict[str, str] = {}
    for line in block.decode(encoding, errors="replace").split("\n"):
        name, _, value = line.partition(":")
        key = names.get(name)
        if key is not None and key not in headers:
            headers[key] = value.strip()
        elif key or line[:1] in (" ", "\t") or name.strip().lower() in names:
            return parse_headers(block, encoding=encoding)
    return headers


def header_end(block: bytes) -> tuple[int, int] | None:
    """Where the empty line behind headers is: the end of the last of them, and of the line itself.

    Lines end in LF, CR LF or CR CR LF.
    """
    end = block.find(b"\r\n\r\n")
    if end >= 0 and block.find(b"\n\n", 0, end) < 0 and block.find(b"\r\r", 0, end) < 0:
        return end + 2, end + 4
    match = _EMPTY_LINE.search(block)
    return (match.start() + 1, match.end()) if match else None
