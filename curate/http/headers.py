"""Header lines -> names and values, as forgiving as browsers and crawlers are."""

from __future__ import annotations

import re

_LINE = re.compile(r"(?m)^([^\s:]+)[ \t]*:[ \t]*([^\r\n]*)")
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
    """The same lines in their order, names as written, repeats kept apart."""
    text = block.decode(encoding, errors="replace")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    return _LINE.findall(text)
