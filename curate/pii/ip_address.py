"""Public IP addresses, and what only looks like one: versions, sections, times."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address
from typing import Final

_FOUR: Final = re.compile(
    r"(?<![A-Za-z0-9_.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![A-Za-z0-9_]|\.[0-9]|\.[A-Za-z]{1,4}\b)"
)
_SIX: Final = re.compile(r"[0-9A-Fa-f:.]*")
_AT_EDGE: Final = re.compile(r"[A-Za-z0-9_:.]")
_MIN_DIGITS: Final = 7
"""``1.2.3.4`` is more often a section; ``8.8.8.8`` needs a word that says what it is."""

_IS_ADDRESS: Final = re.compile(
    r"\bipv?4?\b|host|server|\bdns|ping|proxy|netmask|gateway|resolver|traceroute|client|address"
    r"|адрес|сервер|айпи|服务器|伺服器|地址|位址|アドレス|サーバ|عنوان|الخادم|آدرس|سرور"
    r"|सर्वर|पता|เซิร์ฟเวอร์|ที่อยู่|서버|주소|שרת|כתובת|διακομιστ|διεύθυνση|adresse|dirección|endereço|indirizzo"
    r"|adres|địa chỉ|máy chủ|sunucu|alamat|serwer|servidor|serveur",
    re.IGNORECASE,
)
_IS_VERSION: Final = re.compile(
    r"(?<![^\W\d_])(?:v|ver|vers|version\w*|release|rel|build\w*|firmware|driver\w*|treiber|pilote|patch"
    r"|hotfix|kernel|plugin|software|bios|revision|rev|section|sections|chapter|clause|paragraph|para|art"
    r"|article|artikel|abschnitt|kapitel|ziffer|kap|update\w*|upgrade\w*|ec|enzyme|protease|kinase|gost|nr"
    r"|no|num|number|nummer|numéro|número|numero|oid|item|table|tabelle|fig|figure|ausgabe|édition"
    r"|versión|versão|verze|wersj\w*|versio\w*|sürüm\w*|versi\w*|phiên bản|bản|toleo|verzió\w*"
    r"|compila\w*|kompil\w*"
    r"|верси\w*|версі\w*|сборк\w*|збірк\w*|раздел\w*|глава|пункт|п|обновлени\w*|прошивк\w*|релиз\w*"
    r"|έκδοση\w*|إصدار|الإصدار|نسخه|نسخة|گونه|संस्करण|वर्शन|সংস্করণ|பதிப்பு|גרסה|גירסה)(?![^\W\d_])"
    r"|版本|バージョン|版|编译|เวอร์ชัน|รุ่น|ລຸ້ນ|버전|빌드|ဗားရှင်း|កំណែ|[§№#]",
    re.IGNORECASE,
)
_SPEAKS_OF_ONE: Final = re.compile(
    r"(?<![^\W\d_])(?:from|at|by|to|via|for|against|banned|blocked|user|visitor|login|von|aus|bei|an|durch"
    r"|depuis|par|de|desde|da|dal|van|vanaf|från|fra|od|z|ze|от|с|со|на|від|з|από|من|از|से|থেকে|dari|từ"
    r"|kutoka|src|dst|source|destination|peer|node|listen|bind|inet|addr|a)[\s:=\[(]{1,3}$|来自|從|から|จาก"
    r"|에서|[\[(=@,;\"'>|]\s?$|://$",
    re.IGNORECASE,
)
_FOLLOWED_AS_ONE: Final = re.compile(
    r":[0-9]{2,5}(?![0-9.])|/(?:[89]|[12][0-9]|3[0-2])(?![0-9])| - - \["
)
_PART_BEFORE: Final = re.compile(r"[\w.)]-$|[\w]/$|[~^]$|[=<>]=$")
_ENZYME: Final = re.compile(r"[1-7]\.[12]?[0-9]\.[0-9]{1,2}\.[0-9]{1,3}")
"""Numbers of the Enzyme Commission: class, subclass, sub-subclass, serial number."""

_NAME_BEFORE: Final = re.compile(r"(?<![^\W\d_])[A-Z][A-Za-z]+ $")
_END_OF_CLAUSE: Final = re.compile(r"[;!?。！？\n]|[^\W\d_]{5}\.\s")
_NEAR: Final = 24
_SMALL: Final = 31
"""No number of a day or month, and few of versions, are greater."""


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
    """Whether four numbers are an address and no version, section, enzyme or date."""
    end = start + len(address)
    before = text[max(0, start - 40) : start]
    if _PART_BEFORE.search(before):
        return False
    clause = before[max((m.end() for m in _END_OF_CLAUSE.finditer(before)), default=0) :]
    says_address = _IS_ADDRESS.search(clause) is not None
    if _IS_VERSION.search(clause[-_NEAR:]) and not _is_nearer(clause):
        return False
    if sum(c != "." for c in address) < _MIN_DIGITS:
        return says_address
    if says_address or _FOLLOWED_AS_ONE.match(text, end):
        return True
    if _ENZYME.fullmatch(address):
        return False
    if _SPEAKS_OF_ONE.search(before):
        return True
    if not clause.strip():
        return not _is_small(address)
    return _is_wide(address) and _NAME_BEFORE.search(before) is None


def _is_nearer(clause: str) -> bool:
    """Whether a word for an address stands behind the last word for a version."""
    # none, where the part that was searched began inside a longer word that ends as one of these
    last = max((match.end() for match in _IS_VERSION.finditer(clause)), default=0)
    return any(match.start() >= last for match in _IS_ADDRESS.finditer(clause))


def _is_small(address: str) -> bool:
    return all(int(number) <= _SMALL for number in address.split("."))


def _is_wide(address: str) -> bool:
    """Versions begin with a small number, or go on with a zero; few have two great ones."""
    first, second, *others = map(int, address.split("."))
    return first > _SMALL and second > 9 and max(second, *others) > 99


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
    written = match[0].rstrip(".:") if not match[0].endswith("::") else match[0]
    before, after = text[start - 1 : start], text[start + len(written) : start + len(written) + 1]
    if _AT_EDGE.match(before) or (_AT_EDGE.match(after) and after not in ".:"):
        return None
    try:
        parsed = IPv6Address(written)
    except ValueError:
        return None
    if not parsed.is_global or int(parsed) >> 125 != 1:
        return None
    return start, start + len(written)
