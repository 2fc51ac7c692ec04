"""Big5, EUC-JP, EUC-KR, GB18030 (and GBK) and Shift_JIS as the web reads them.

Python's codecs, which are in C, read nearly all. Where one gives up, the step of the standard gives
the character, or says how few bytes are no character; where one gives another character than the
standard, that character is exchanged afterwards, since no other bytes give it. The two places where
other bytes do (``AMBIGUOUS``) are read step by step.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Final

from curate.encodings import decoding_steps
from curate.encodings.corrections import DIFFERENT
from curate.encodings.decoding_steps import REPLACED, Step
from curate.encodings.encoding_names import Encoding

_STEPS: Final[dict[str, Step]] = {
    "big5": decoding_steps.big5,
    "euc-jp": decoding_steps.euc_jp,
    "euc-kr": decoding_steps.euc_kr,
    "gb18030": decoding_steps.gb18030,
    "gbk": decoding_steps.gb18030,
    "shift_jis": decoding_steps.shift_jis,
}

DOUBLE_BYTE: Final = frozenset(_STEPS)

AMBIGUOUS: Final[dict[str, tuple[bytes, ...]]] = {
    "big5": (b"\xa2\x41", b"\xa2\x42"),
    "euc-jp": (b"\x8f\xa2\xb7",),
}
"""Bytes whose character in Python other bytes give too, there rightly."""

_CP932_ONLY: Final = dict.fromkeys("\uf8f0\uf8f1\uf8f2\uf8f3", REPLACED)  # A0 and FD to FF


def _exchanged(name: str) -> dict[str, str]:
    if name == "shift_jis":
        return _CP932_ONLY
    rows = DIFFERENT.get("gb18030" if name == "gbk" else name, {})
    ambiguous = AMBIGUOUS.get(name, ())
    return {seen: right for pair, (seen, right) in rows.items() if pair not in ambiguous}


_EXCHANGED: Final = {name: _exchanged(name) for name in _STEPS}
_TRANSLATIONS: Final = {name: str.maketrans(rows) for name, rows in _EXCHANGED.items()}


def decode_double_byte(payload: bytes, encoding: Encoding) -> str:
    """The characters of bytes; U+FFFD for each error of the standard's decoder."""
    name = encoding.name
    if any(mark in payload for mark in AMBIGUOUS.get(name, ())):
        return _step_by_step(payload, _STEPS[name])
    text = payload.decode(encoding.codec, _error_handler_name(name))
    if any(character in text for character in _EXCHANGED[name]):
        return text.translate(_TRANSLATIONS[name])
    return text


def _step_by_step(payload: bytes, step: Step) -> str:
    characters: list[str] = []
    at = 0
    while at < len(payload):
        character, at = step(payload, at)
        characters.append(character)
    return "".join(characters)


def _error_handler_name(name: str) -> str:
    return f"curate.encodings.{name}"


def _error_handler(step: Step) -> Callable[[UnicodeError], tuple[str, int]]:
    """Takes one character at the place where the codec gave up, and all errors right behind it."""

    def handle(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        data, end = error.object, len(error.object)
        text, at = step(data, error.start)
        n_errors = 0
        while text == REPLACED:
            n_errors, start = n_errors + 1, at
            if at >= end:
                return REPLACED * n_errors, at
            text, at = step(data, at)
        return (REPLACED * n_errors, start) if n_errors else (text, at)

    return handle


for _name, _step in _STEPS.items():
    codecs.register_error(_error_handler_name(_name), _error_handler(_step))
