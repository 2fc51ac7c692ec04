"""Bytes -> text as the WHATWG Encoding Standard decodes them, whatever Python's codecs do."""

from __future__ import annotations

from typing import Final

from curate.encodings.decoding_steps import REPLACED
from curate.encodings.double_byte import DOUBLE_BYTE, decode_double_byte
from curate.encodings.encoding_names import (
    REPLACEMENT,
    UTF_8,
    UTF_16BE,
    UTF_16LE,
    UTF_32BE,
    UTF_32LE,
    Encoding,
)
from curate.encodings.iso_2022_jp import decode_iso_2022_jp
from curate.encodings.single_byte import decode_single_byte

_WIDE: Final = (UTF_16LE, UTF_16BE, UTF_32LE, UTF_32BE)
_OWN_REPLACED: Final = REPLACED.encode()


def decode_bytes(payload: bytes, encoding: Encoding) -> tuple[str, int]:
    """Decode all of it; never raises.

    Args:
        payload: bytes without a byte order mark.
        encoding: one of :data:`curate.encodings.encoding_names.LABELS`.

    Returns:
        The text, with U+FFFD for each error of the standard's decoder, and the number of errors.
        ``replacement`` gives no text and one error, unless there are no bytes.
    """
    if encoding == UTF_8:
        return _utf8(payload)
    if encoding == REPLACEMENT:
        return ("", 1) if payload else ("", 0)
    if encoding in _WIDE:
        return _wide(payload, encoding)
    if encoding.name in DOUBLE_BYTE:
        text = decode_double_byte(payload, encoding)
    elif encoding.is_multibyte:
        text = decode_iso_2022_jp(payload)
    else:
        text = decode_single_byte(payload, encoding)
    return text, text.count(REPLACED)


def _utf8(payload: bytes) -> tuple[str, int]:
    try:
        return payload.decode(), 0
    except UnicodeDecodeError:
        text = payload.decode(errors="replace")
    return text, text.count(REPLACED) - payload.count(_OWN_REPLACED)


def _wide(payload: bytes, encoding: Encoding) -> tuple[str, int]:
    try:
        return payload.decode(encoding.codec), 0
    except UnicodeDecodeError:
        text = payload.decode(encoding.codec, errors="replace")
    return text, text.count(REPLACED)
