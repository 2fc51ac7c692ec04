"""Account and card numbers: IBANs (ISO 13616) and cards (ISO/IEC 7812), known by check digits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

_LENGTHS: Final = """
AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BI:27 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24
DE:22 DJ:27 DK:18 DO:28 EE:20 EG:29 ES:24 FI:18 FK:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27
GT:28 HN:28 HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20
LU:20 LV:21 LY:25 MC:27 MD:24 ME:22 MK:19 MN:20 MR:27 MT:31 MU:30 NI:28 NL:18 NO:15 OM:23 PK:24
PL:28 PS:29 PT:25 QA:29 RO:24 RS:22 RU:33 SA:24 SC:31 SD:18 SE:24 SI:19 SK:24 SM:27 SO:23 ST:25
SV:28 TL:23 TN:24 TR:26 UA:29 VA:22 VG:24 XK:20 YE:30
"""

_IBAN_LENGTHS: Final[Mapping[str, int]] = MappingProxyType(
    {pair[:2]: int(pair[3:]) for pair in _LENGTHS.split()}
)
"""Characters of an IBAN by country (SWIFT's registry)."""

_IBAN: Final = re.compile(r"(?<![^\W_])([A-Z]{2})[ ]?[0-9]{2}(?:[ -]?[A-Z0-9]){11,30}")
_CARD: Final = re.compile(r"(?<![0-9.,])[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}(?![0-9])")
_ALNUM: Final = re.compile(r"[A-Z0-9]")
_CARD_GROUPS: Final = frozenset(
    {(4, 4, 4, 4), (4, 6, 5), (4, 4, 4, 4, 3), (4, 6, 4), (13,), (14,), (15,), (16,), (19,)}
)
_TEST_CARDS: Final = """
4111111111111111 4242424242424242 4012888888881881 4222222222222 5555555555554444
5105105105105100 5500000000000004 378282246310005 371449635398431 6011111111111117
6011000990139424 30569309025904 38520000023237 3530111333300000 3566002020360505
"""
"""Numbers that payment services publish for tests: nobody's."""


class Account(NamedTuple):
    """A place written as an IBAN, and whether its length and check digits are right."""

    start: int
    end: int
    is_valid: bool


def accounts(text: str, start: int, end: int) -> list[Account]:
    """The IBANs written in a part of a text, whole ones and such as only look like one."""
    ibans = []
    for match in _IBAN.finditer(text, start, end):
        places = [m.start() for m in _ALNUM.finditer(text, match.start(), match.end())]
        n_characters = _IBAN_LENGTHS.get(match[1], 0)
        stop = match.end()
        if n_characters and len(places) >= n_characters:
            stop = places[n_characters - 1] + 1
            if text[stop : stop + 1].isalnum():
                stop = match.end()
        compact = "".join(_ALNUM.findall(text, match.start(), stop))
        ibans.append(
            Account(match.start(), stop, len(compact) == n_characters and _is_iban(compact))
        )
    return ibans


def _is_iban(compact: str) -> bool:
    """Modulo 97 of the number that is left when letters are numbers from 10 on (ISO 7064)."""
    if not 2 <= int(compact[2:4]) <= 98:
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def card_numbers(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Card numbers in a part of a text: divided as on a card, of a known network, right by Luhn."""
    spans = []
    for match in _CARD.finditer(text, start, end):
        groups = tuple(map(len, re.split("[ -]", match[0])))
        digits = re.sub("[ -]", "", match[0])
        if groups in _CARD_GROUPS and _is_card(digits):
            spans.append(match.span())
    return spans


def _is_card(digits: str) -> bool:
    if digits in _TEST_CARDS.split() or not _has_network(digits):
        return False
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _has_network(digits: str) -> bool:
    """Whether the first digits and the length are of a network (ISO/IEC 7812)."""
    n, two, four = len(digits), int(digits[:2]), int(digits[:4])
    if digits[0] == "4":
        return n in (13, 16, 19)
    if 51 <= two <= 55 or 2221 <= four <= 2720:
        return n == 16
    if two in (34, 37):
        return n == 15
    if two in (36, 38) or 300 <= int(digits[:3]) <= 305:
        return n == 14
    return n in (16, 19) and (two in (35, 62, 64, 65, 81) or four in (6011, 2200, 2204, 9792))
