"""One step of each decoder of the Encoding Standard: the character that begins at a byte.

A step is exact and slow. :mod:`curate.encodings.double_byte` asks it where Python's codec gives up,
and for whole pages only where Python's codec gives another character than it should.
"""

from __future__ import annotations

from collections.abc import Callable

from curate.encodings.corrections import DIFFERENT, MISSING

Step = Callable[[bytes, int], tuple[str, int]]
"""Bytes and a position in them -> the character there, or U+FFFD, and the position after it."""

REPLACED = "\ufffd"


def euc_kr(data: bytes, at: int) -> tuple[str, int]:
    """Encoding Standard, 14.1.1."""
    if data[at] < 0x80:
        return chr(data[at]), at + 1
    return _pair(data, at, "euc-kr", "cp949")


def big5(data: bytes, at: int) -> tuple[str, int]:
    """Encoding Standard, 12.1.1."""
    if data[at] < 0x80:
        return chr(data[at]), at + 1
    return _pair(data, at, "big5", "big5hkscs")


def gb18030(data: bytes, at: int) -> tuple[str, int]:
    """Encoding Standard, 10.2.1; it reads GBK too."""
    first = data[at]
    if first < 0x80:
        return chr(first), at + 1
    if first == 0x80:
        return "\u20ac", at + 1
    rest = data[at + 1 : at + 4]
    if first == 0xFF or not rest or not 0x30 <= rest[0] <= 0x39:
        return _pair(data, at, "gb18030", "gb18030")
    if len(rest) > 1 and not 0x81 <= rest[1] <= 0xFE:
        return REPLACED, at + 1
    if len(rest) > 2 and not 0x30 <= rest[2] <= 0x39:
        return REPLACED, at + 1
    if len(rest) < 3:
        return REPLACED, len(data)
    character = _character(data[at : at + 4], "gb18030", "gb18030")
    return character or REPLACED, at + 4


def shift_jis(data: bytes, at: int) -> tuple[str, int]:
    """Encoding Standard, 13.3.1."""
    lead = data[at]
    if lead <= 0x80:
        return chr(lead), at + 1
    if 0xA1 <= lead <= 0xDF:
        return chr(0xFF61 - 0xA1 + lead), at + 1
    return _pair(data, at, "shift_jis", "cp932", leads_from=0x81, leads_to=0xFC, not_lead=0xA0)


def euc_jp(data: bytes, at: int) -> tuple[str, int]:
    """Encoding Standard, 13.1.1. JIS X 0208 is read out of Shift_JIS, which has all of it."""
    lead = data[at]
    if lead < 0x80:
        return chr(lead), at + 1
    if not (lead in (0x8E, 0x8F) or 0xA1 <= lead <= 0xFE):
        return REPLACED, at + 1
    size = 2
    if lead == 0x8F and at + 1 < len(data) and 0xA1 <= data[at + 1] <= 0xFE:
        size = 3
    sequence = data[at : at + size]
    if len(sequence) < size:
        return REPLACED, len(data)
    character = _jis_x_0208(sequence) or _character(sequence, "euc-jp", "euc-jp")
    return _found(character, sequence, at)


def _pair(
    data: bytes,
    at: int,
    name: str,
    codec: str,
    *,
    leads_from: int = 0x81,
    leads_to: int = 0xFE,
    not_lead: int = 0xFF,
) -> tuple[str, int]:
    lead = data[at]
    if not leads_from <= lead <= leads_to or lead == not_lead:
        return REPLACED, at + 1
    pair = data[at : at + 2]
    if len(pair) < 2:
        return REPLACED, len(data)
    return _found(_character(pair, name, codec), pair, at)


def _found(character: str | None, sequence: bytes, at: int) -> tuple[str, int]:
    """A sequence that means nothing does not swallow an ASCII byte at its end."""
    if character:
        return character, at + len(sequence)
    return REPLACED, at + len(sequence) - (sequence[-1] < 0x80)


def _character(sequence: bytes, name: str, codec: str) -> str | None:
    if sequence[-1] < 0x30:
        return None  # no encoding of these has it as a last byte; to be told so costs more
    different = DIFFERENT.get(name, {}).get(sequence)
    if different:
        return different[1]
    missing = MISSING.get(name, {}).get(sequence)
    if missing:
        return missing
    try:
        character = sequence.decode(codec)
    except UnicodeDecodeError:
        return None
    return None if character[-1].isascii() else character


def _jis_x_0208(pair: bytes) -> str | None:
    if len(pair) != 2 or pair[0] < 0xA1 or not 0xA1 <= pair[1] <= 0xFE:
        return None
    lead, trail = divmod((pair[0] - 0xA1) * 94 + pair[1] - 0xA1, 188)
    other = (lead + (0x81 if lead < 0x1F else 0xC1), trail + (0x40 if trail < 0x3F else 0x41))
    try:
        return bytes(other).decode("cp932")
    except UnicodeDecodeError:
        return None
