"""Examples in the place of personal data: the same one for the same value, whatever the order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import xxhash

from curate.pii.digits import ascii_numbers, in_digits_of, zero_of
from curate.pii.find import CARD_NUMBER, EMAIL, IBAN, IP_ADDRESS, Span

_EMAILS: Final = ("email@example.com", "firstname.lastname@example.org")
"""The two that FineWeb2 puts in (arXiv 2506.20920, A.8)."""

_NETWORKS: Final = ("192.0.2", "198.51.100", "203.0.113")
"""Networks for documentation (RFC 5737); those for IPv6 are below 2001:db8:: (RFC 3849)."""


def mask(text: str, spans: Sequence[Span]) -> tuple[str, list[Span]]:
    """The text with an example in the place of each span, and where the examples are in it.

    An example is chosen by the hash of the value, so one address is everywhere the same example,
    in every document and every run, and two addresses of one document mostly are two. Digits are
    written in the script of the value. Examples are never found again: masking twice changes
    nothing.

    Args:
        text: the text the spans are of.
        spans: rising, without overlap, in code points.
    """
    parts: list[str] = []
    placed: list[Span] = []
    done = length = 0
    for start, end, kind in spans:
        value = text[start:end]
        example = replacement(value, kind)
        parts += (text[done:start], example)
        length += start - done
        placed.append(Span(length, length + len(example), kind))
        length += len(example)
        done = end
    return "".join([*parts, text[done:]]), placed


def replacement(value: str, kind: str) -> str:
    """The example for one value: of its kind, and belonging to nobody."""
    plain = ascii_numbers(value).lower()
    if kind == EMAIL:
        return _EMAILS[_choice(plain, len(_EMAILS))]
    zero = zero_of(value)
    if kind == IP_ADDRESS:
        if ":" in plain:
            return f"2001:db8::{1 + _choice(plain, 0xFFFE):x}"
        picked = _choice(plain, len(_NETWORKS) * 254)
        return in_digits_of(zero, f"{_NETWORKS[picked // 254]}.{1 + picked % 254}")
    digits = "".join(c for c in plain if c in "0123456789")
    if kind == CARD_NUMBER:  # no network's cards begin with 0
        return in_digits_of(zero, f"0000 0000 0000 {_choice(digits, 10_000):04d}")
    if kind == IBAN:  # no country has the code XX, and no IBAN the check digits 00
        compact = "".join(c for c in plain if c.isalnum())
        return in_digits_of(zero, f"XX00 0000 0000 0000 {_choice(compact, 10_000):04d}")
    return in_digits_of(zero, f"+1-202-555-01{_choice(digits, 100):02d}")


def _choice(value: str, n: int) -> int:
    return int(xxhash.xxh3_64_intdigest(value.encode("utf-8", "surrogatepass")) % n)
