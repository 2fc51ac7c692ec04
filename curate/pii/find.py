"""Find personal data in many texts at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from curate.pii.candidate_spans import AT_SIGN, NUMBERS, candidates, tables
from curate.pii.digits import ascii_table
from curate.pii.email import MAX_LOCAL, email_at
from curate.pii.ip_address import v4_addresses, v6_address
from curate.pii.payment import accounts, card_numbers
from curate.pii.phone import BEHIND, CONTEXT, phone_numbers
from curate.text.flat import FlatTexts, Texts, flatten

PII_VERSION: Final = "3"
"""Raised by hand when other spans are found in the same text."""

EMAIL: Final = "email"
IP_ADDRESS: Final = "ip_address"
PHONE_NUMBER: Final = "phone_number"
IBAN: Final = "iban"
CARD_NUMBER: Final = "card_number"
KINDS: Final = (EMAIL, IP_ADDRESS, PHONE_NUMBER, IBAN, CARD_NUMBER)
DEFAULT_KINDS: Final = (EMAIL, IP_ADDRESS, PHONE_NUMBER)

_EMAIL_CONTEXT: Final = MAX_LOCAL + 1
_MAX_DOMAIN: Final = 256
_MOST_OF_ACCOUNT: Final = 44  # characters of an IBAN in groups of four
_FEWEST_OF_CARD: Final = 13


class Span(NamedTuple):
    """Personal data in a text: code points ``start`` to ``end``, and its kind."""

    start: int
    end: int
    kind: str


def find(texts: Texts, kinds: Collection[str] = DEFAULT_KINDS) -> list[list[Span]]:
    """The personal data of each text: spans that rise and do not overlap.

    What can be found: e-mail addresses, but for those of example domains (RFC 2606); public IPv4
    and IPv6 addresses, but for those that are rather versions; phone numbers, see
    :mod:`curate.pii.phone`; IBANs and card numbers, see :mod:`curate.pii.payment`. A number in what
    is written as an IBAN is no phone number, whether IBANs are wanted or not. Digits of every
    script count. Raises on no text.

    Args:
        texts: strings, a column or a flat buffer.
        kinds: those of :data:`KINDS` that are looked for.
    """
    flat = flatten(texts)
    spans_of: list[list[Span]] = [[] for _ in range(len(flat))]
    offsets = flat.offsets.tolist()
    more = IBAN in kinds or CARD_NUMBER in kinds
    places = candidates(flat.points, flat.offsets, tables(), more)
    for text, start, end, kind in places.tolist():
        begin, known = offsets[text], spans_of[text]
        for span in _judged(flat, begin, offsets[text + 1], start, end, kind, kinds):
            if span.kind == EMAIL:  # digits of an address may have been taken for a number
                while known and known[-1].end > span.start:
                    known.pop()
            if not known or known[-1].end <= span.start:
                known.append(span)
    if len(kinds) < len(KINDS):
        spans_of = [[span for span in spans if span.kind in kinds] for spans in spans_of]
    return spans_of


def _judged(
    flat: FlatTexts,
    begin: int,
    behind: int,
    start: int,
    end: int,
    kind: int,
    kinds: Collection[str],
) -> list[Span]:
    """Spans of one candidate of the text between two places of ``flat.points``."""
    first = max(begin, start - (_EMAIL_CONTEXT if kind == AT_SIGN else CONTEXT))
    last = min(behind, end + (_MAX_DOMAIN if kind == AT_SIGN else BEHIND))
    points = flat.points[first:last]
    window = points.tobytes().decode("utf-32-le", "surrogatepass")
    if not window.isascii():
        window = ascii_table()[points].tobytes().decode("utf-32-le", "surrogatepass")
    shift = first - begin
    if kind == NUMBERS:
        numbers = _in_numbers(window, start - first, end - first, kinds)
        return [Span(a + shift, b + shift, name) for a, b, name in numbers]
    is_email = kind == AT_SIGN
    span = (email_at if is_email else v6_address)(window, start - first)
    if span is None:
        return []
    return [Span(span[0] + shift, span[1] + shift, EMAIL if is_email else IP_ADDRESS)]


def _in_numbers(
    text: str, start: int, end: int, kinds: Collection[str]
) -> list[tuple[int, int, str]]:
    """The numbers in a run of digits, or the run itself, in order and without overlap."""
    phones = phone_numbers(text, start, end)
    is_dotted = text.count(".", start, end) >= 3
    is_lettered = text[max(0, start - 2) : start].rstrip(" ").isupper()  # as an IBAN begins
    is_long = end - start >= _FEWEST_OF_CARD and text[start - 1 : start] != "+"
    if not (is_dotted or is_lettered or is_long):
        return [(a, b, PHONE_NUMBER) for a, b in phones]
    kept = []
    if is_dotted:
        kept = [(a, b, IP_ADDRESS) for a, b in v4_addresses(text, start, end)]
    taken = [(a, b) for a, b, _ in kept]  # by what no other number may be a part of
    cards = []
    if is_long and (phones or CARD_NUMBER in kinds):
        cards = card_numbers(text, start, end)
    if is_lettered and (phones or cards or IBAN in kinds):
        some = accounts(text, max(0, start - _MOST_OF_ACCOUNT), len(text))
        taken += [(a, b) for a, b, _ in some]
        kept += [(a, b, IBAN) for a, b, is_valid in some if is_valid and b > start]
    for spans, kind in ((cards, CARD_NUMBER), (phones, PHONE_NUMBER)):
        free = [(a, b) for a, b in spans if not any(a < y and x < b for x, y in taken)]
        kept += [(a, b, kind) for a, b in free if kind in kinds]
        taken += free
    return sorted(kept)
