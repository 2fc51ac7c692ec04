"""Find personal data in many texts at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from curate.pii.address import v4_addresses, v6_address
from curate.pii.candidates import AT_SIGN, COLONS, candidates, kinds
from curate.pii.digits import ascii_numbers
from curate.pii.email import MAX_LOCAL, email_at
from curate.pii.phone import phone_numbers
from curate.text.flat import FlatTexts, Texts, flatten

PII_VERSION: Final = "1"
"""Raised by hand when other spans are found in the same text."""

EMAIL: Final = "email"
IP_ADDRESS: Final = "ip_address"
PHONE_NUMBER: Final = "phone_number"
KINDS: Final = (EMAIL, IP_ADDRESS, PHONE_NUMBER)

_CONTEXT: Final = 48
_EMAIL_CONTEXT: Final = MAX_LOCAL + 1
_MAX_DOMAIN: Final = 256


class Span(NamedTuple):
    """Personal data in a text: code points ``start`` to ``end``, and its kind."""

    start: int
    end: int
    kind: str


def find(texts: Texts) -> list[list[Span]]:
    """The personal data of each text: spans that rise and do not overlap.

    What is found: e-mail addresses, but for those of example domains (RFC 2606); public IPv4 and
    IPv6 addresses, but for those that are rather versions; phone numbers, see
    :mod:`curate.pii.phone`. Digits of every script count. Raises on no text.

    Args:
        texts: strings, a column or a flat buffer.
    """
    flat = flatten(texts)
    found: list[list[Span]] = [[] for _ in range(len(flat))]
    places = candidates(flat.points, flat.offsets, kinds())
    for text, start, end, kind in places.tolist():
        begin = int(flat.offsets[text])
        known = found[text]
        for span in _judged(flat, text, start, end, kind):
            placed = Span(span.start - begin, span.end - begin, span.kind)
            if not known or known[-1].end <= placed.start:
                known.append(placed)
            elif placed.kind == EMAIL:  # digits of an address that were taken for a number
                while known and known[-1].end > placed.start:
                    known.pop()
                known.append(placed)
    return found


def _judged(flat: FlatTexts, text: int, start: int, end: int, kind: int) -> Iterator[Span]:
    """Spans of one candidate, in places of ``flat.points``."""
    context = _EMAIL_CONTEXT if kind == AT_SIGN else _CONTEXT
    first = max(int(flat.offsets[text]), start - context)
    last = min(int(flat.offsets[text + 1]), end + (_MAX_DOMAIN if kind == AT_SIGN else 8))
    points = flat.points[first:last].tobytes()
    window = ascii_numbers(points.decode("utf-32-le", "surrogatepass"))
    if kind == AT_SIGN:
        span = email_at(window, start - first)
        spans, name = [span] if span else [], EMAIL
    elif kind == COLONS:
        span = v6_address(window, start - first)
        spans, name = [span] if span else [], IP_ADDRESS
    else:
        spans, name = v4_addresses(window, start - first, end - first), IP_ADDRESS
        if not spans:
            spans, name = phone_numbers(window, start - first, end - first), PHONE_NUMBER
    for a, b in spans:
        yield Span(first + a, first + b, name)
