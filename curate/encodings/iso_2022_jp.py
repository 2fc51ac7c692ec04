"""ISO-2022-JP, whose bytes mean what the last escape sequence says; Encoding Standard, 13.2.1."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from curate.encodings.decoding_steps import REPLACED
from curate.encodings.double_byte import decode_double_byte
from curate.encodings.encoding_names import LABELS

_EUC_JP: Final = LABELS["euc-jp"]
_ESCAPE: Final = re.compile(rb"\x1b(\([BIJ]|\$[@B])?")
_PAIRS: Final = re.compile(
    rb"((?:[\x21-\x7e]{2})+)|[\x21-\x7e]?[^\x21-\x7e]|[\x21-\x7e]", re.DOTALL
)
_HIGH: Final = bytes(byte | 0x80 for byte in range(0x100))
_NOT_ASCII: Final = re.compile("[\x0e\x0f\x80-\xff]")


def decode_iso_2022_jp(payload: bytes) -> str:
    """The characters of bytes; U+FFFD for each error of the standard's decoder."""
    pieces: list[str] = []
    reader: Callable[[bytes], str] = _ascii
    at = 0
    is_escape_only = False  # the last thing read was an escape sequence
    for escape in _ESCAPE.finditer(payload):
        if escape.start() > at:
            pieces.append(reader(payload[at : escape.start()]))
            is_escape_only = False
        at = escape.end()
        if escape[1] is None:
            pieces.append(REPLACED)
            is_escape_only = False
            continue
        if is_escape_only:
            pieces.append(REPLACED)  # nothing stands between two: the standard makes it visible
        reader = _READERS[escape[1]]
        is_escape_only = True
    pieces.append(reader(payload[at:]))
    return "".join(pieces)


def _ascii(part: bytes) -> str:
    return _NOT_ASCII.sub(REPLACED, part.decode("latin-1"))


def _roman(part: bytes) -> str:
    return _ascii(part).replace("\\", "\xa5").replace("~", "\u203e")


def _katakana(part: bytes) -> str:
    return "".join(chr(0xFF40 + byte) if 0x21 <= byte <= 0x5F else REPLACED for byte in part)


def _jis_x_0208(part: bytes) -> str:
    pieces: list[str] = []
    for match in _PAIRS.finditer(part):
        pairs = match[1]
        pieces.append(decode_double_byte(pairs.translate(_HIGH), _EUC_JP) if pairs else REPLACED)
    return "".join(pieces)


_READERS: Final[dict[bytes, Callable[[bytes], str]]] = {
    b"(B": _ascii,
    b"(J": _roman,
    b"(I": _katakana,
    b"$@": _jis_x_0208,
    b"$B": _jis_x_0208,
}
