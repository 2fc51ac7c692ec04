"""Find personal data in many texts at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from curate.pii.address import v4_addresses, v6_address
from curate.pii.candidates import AT_SIGN, COLONS, candidates, kinds
from curate.pii.digits import ascii_table
from curate.pii.email import MAX_LOCAL, email_at
from curate.pii.phone import BEHIND, CONTEXT, PHONE, judge_numbers, phone_tables
from curate.text.flat import FlatTexts, Texts, flatten

PII_VERSION: Final = "1"
"""Raised by hand when other spans are found in the same text."""

EMAIL: Final = "email"
IP_ADDRESS: Final = "ip_address"
PHONE_NUMBER: Final = "phone_number"
KINDS: Final = (EMAIL, IP_ADDRESS, PHONE_NUMBER)

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
    if len(places):
        places = judge_numbers(flat.points, flat.offsets, places, phone_tables())
    offsets = flat.offsets.tolist()
    done = 0  # behind the last number that was an address
    for text, start, end, kind in places.tolist():
        begin, known = offsets[text], found[text]
        if kind == PHONE:
            if end > done and (not known or known[-1].end <= start - begin):
                known.append(Span(start - begin, end - begin, PHONE_NUMBER))
            continue
        for span in _judged(flat, begin, offsets[text + 1], start, end, kind):
            if kind == AT_SIGN:  # digits of an address may have been taken for a number
                while known and known[-1].end > span.start:
                    known.pop()
            else:
                done = end
            if not known or known[-1].end <= span.start:
                known.append(span)
    return found


def _judged(
    flat: FlatTexts, begin: int, behind: int, start: int, end: int, kind: int
) -> Iterator[Span]:
    """Spans of one candidate of the text between two places of ``flat.points``."""
    first = max(begin, start - (_EMAIL_CONTEXT if kind == AT_SIGN else CONTEXT))
    last = min(behind, end + (_MAX_DOMAIN if kind == AT_SIGN else BEHIND))
    points = flat.points[first:last]
    window = points.tobytes().decode("utf-32-le", "surrogatepass")
    if not window.isascii():
        window = ascii_table()[points].tobytes().decode("utf-32-le", "surrogatepass")
    if kind == AT_SIGN:
        span = email_at(window, start - first)
        spans, name = [span] if span else [], EMAIL
    elif kind == COLONS:
        span = v6_address(window, start - first)
        spans, name = [span] if span else [], IP_ADDRESS
    else:
        spans, name = v4_addresses(window, start - first, end - first), IP_ADDRESS
    for a, b in spans:
        yield Span(first + a - begin, first + b - begin, name)
