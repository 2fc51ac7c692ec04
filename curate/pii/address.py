"""Public IP addresses, and what only looks like one: versions, sections, times."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address
from typing import Final

_FOUR: Final = re.compile(
    r"(?<![A-Za-z0-9_.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![A-Za-z0-9_]|\.[0-9])"
)
_SIX: Final = re.compile(r"[0-9A-Fa-f:.]*")
_AT_EDGE: Final = re.compile(r"[A-Za-z0-9_:.]")
_MIN_DIGITS: Final = 7
"""``1.2.3.4`` is more often a section; ``8.8.8.8`` needs a word that says what it is."""

_IS_ADDRESS: Final = re.compile(
    r"\bip|host|server|\bdns|ping|proxy|netmask|gateway|адрес|сервер|服务器|地址|アドレス|عنوان"
    r"|सर्वर|เซิร์ฟเวอร์|서버|주소|שרת|διακομιστ",
    re.IGNORECASE,
)
_IS_VERSION: Final = re.compile(
    r"(?:\bv|\bver|version|release|build|firmware|section|chapter|clause|update|rev|versión|versão"
    r"|verze|wersja|версия|версії|версии|сборка|раздел|版本|バージョン|ver\.|إصدار|الإصدار|संस्करण"
    r"|เวอร์ชัน|버전|גרסה|έκδοση|§|№)\.?:? *$",
    re.IGNORECASE,
)


def v4_addresses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Public IPv4 addresses in ``text[start:end]``; the rest of ``text`` says what they are.

    Private, loopback, documentation and other reserved addresses are nobody's and stay
    (RFC 6890). A number with leading zeros is no address.
    """
    return [
        match.span()
        for match in _FOUR.finditer(text, start, end)
        if _is_public(match[0]) and _is_meant(text, match.start(), match[0])
    ]


def _is_public(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return parsed.is_global and not parsed.is_multicast


def _is_meant(text: str, start: int, address: str) -> bool:
    before = text[max(0, start - 40) : start]
    if _IS_VERSION.search(before):
        return False
    n_digits = sum(c != "." for c in address)
    return n_digits >= _MIN_DIGITS or _IS_ADDRESS.search(before) is not None


def v6_address(text: str, colon: int) -> tuple[int, int] | None:
    """The public IPv6 address around a colon of it.

    Only 2000::/3, from which all public addresses are given out (RFC 4291), counts: ``dead::beef``
    and the like are program text.
    """
    start = colon
    while start > 0 and text[start - 1] in "0123456789abcdefABCDEF":
        start -= 1
    match = _SIX.match(text, start)
    assert match is not None
    found = match[0].rstrip(".:") if not match[0].endswith("::") else match[0]
    before, after = text[start - 1 : start], text[start + len(found) : start + len(found) + 1]
    if _AT_EDGE.match(before) or (_AT_EDGE.match(after) and after not in ".:"):
        return None
    try:
        parsed = IPv6Address(found)
    except ValueError:
        return None
    if not parsed.is_global or int(parsed) >> 125 != 1:
        return None
    return start, start + len(found)
