r"""Repair: mojibake, entities, control characters and table debris, before anything is measured.

The repairs are ftfy's (Speer, https://doi.org/10.5281/zenodo.2591652) with the settings of FineWeb2
(arXiv 2506.20920): ligatures, character widths and curly quotes stay as they are. ftfy repeats
its steps until nothing changes, which takes time quadratic in the length of lines such as ``Ã``
and many ``ƒ``, or ``&`` and many ``amp;``: a line of a megabyte would take most of a day. Here the
steps of a line are bounded, so that time is linear; where ftfy settles within the bound, the
result is ftfy's.

FineWeb2 repairs after it has filtered, so that its filters measure the damage; repair here comes
first.
"""

from __future__ import annotations

import re
import sys
from typing import Final

import ftfy
from ftfy import chardata, fixes
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad

from curate.text.normalize import normalize_text

REPAIR_VERSION: Final = f"2 ftfy {ftfy.__version__}"
"""Goes into the fingerprint of every step that repairs."""

# A piece of a line that is repaired as one. ftfy's own limit is a million, but the codec for
# surrogates written as UTF-8 is quadratic in it.
PIECE_CHARS: Final = 20_000

# Text that was misread k times has grown 2^k-fold or more: real damage settles in fewer rounds.
_ROUNDS: Final = 12
_PASSES: Final = 4

# Every alternative of ftfy's pattern of bad sequences needs a character of these classes or one
# of `_RARE_LETTERS` (a test takes the pattern apart to prove it). Not among them are the lower
# case accented letters, most Greek and Cyrillic letters, dashes, apostrophe and ellipsis.
_SIGN_CLASSES: Final = (
    *("c1", "bad", "upper_accented", "box", "start_punctuation", "end_punctuation"),
    *("currency", "numeric"),
)
_RARE_LETTERS: Final = "ŒœЂØÙ°"
SIGNS: Final = "".join(MOJIBAKE_CATEGORIES[name] for name in _SIGN_CLASSES) + _RARE_LETTERS
"""A character class: text without any of these is not mojibake for ftfy."""

_REMOVED: Final = "".join(map(chr, chardata.CONTROL_CHARS))
_OTHER: Final = "&\ud800-\udfff\x80-\x9f" + re.escape(_REMOVED)

_SUSPECT = re.compile(f"[{SIGNS}{_OTHER}]")
_NO_LETTER_OF_MOJIBAKE = re.compile(f"[{_OTHER}]")

# `&amp;amp;lt;` loses one layer a round: all but the last are taken off at once.
_NESTED_AMPERSAND = re.compile("&(?:(?:amp|AMP|#0{0,20}38|#[xX]0{0,20}26);){2,}")

_DEBRIS = re.compile(r"(?m)^ *\|[ |]*(?:\n|\Z)")


def repair(text: str) -> str:
    r"""``text`` repaired and normalised; what is not damaged comes back as it was.

    ``"cafÃ©"`` -> ``"café"``, ``"ПриРІРµС‚"`` -> ``"Привет"``, ``"&eacute;"`` -> ``"é"`` unless a
    ``<`` came before, ``"\x93"`` -> ``"“"``; lines of nothing but ``|`` and spaces are
    removed; the rest is :func:`curate.text.normalize.normalize_text`. Idempotent, and linear in
    the length of ``text``. A document that does not settle is normalised and no more.
    """
    repaired = _pass(text)
    if repaired == text:
        return repaired
    for _ in range(_PASSES):
        again = _pass(repaired)
        if again == repaired:
            return repaired
        repaired = again
    plain = normalize_text(text)
    return plain if plain == text else repair(plain)


def _pass(text: str) -> str:
    return normalize_text(without_table_debris(fix_lines(text)))


def without_table_debris(text: str) -> str:
    """``text`` without the lines that hold nothing but ``|`` and spaces, left over from tables."""
    return _DEBRIS.sub("", text) if "|" in text else text


def fix_lines(text: str) -> str:
    """The text as ftfy repairs it, line by line; lines that cannot be damaged are not looked at."""
    parts: list[str] = []
    angle = text.find("<")
    angle = sys.maxsize if angle < 0 else angle
    position = 0
    while (suspect := _SUSPECT.search(text, position)) is not None:
        start = text.rfind("\n", position, suspect.start()) + 1 or position
        stop = text.find("\n", suspect.start()) + 1 or len(text)
        parts.append(text[position:start])
        while start < stop:
            end = stop if stop - start <= PIECE_CHARS else _cut(text, start)
            parts.append(_fix_piece(text[start:end], unescape=angle >= end))
            start = end
        position = stop
    parts.append(text[position:])
    return "".join(parts)


def _cut(text: str, start: int) -> int:
    """Where a long line is cut: after its last space within reach, if it has one."""
    end = start + PIECE_CHARS
    return text.rfind(" ", start + PIECE_CHARS // 2, end) + 1 or end


def _fix_piece(text: str, *, unescape: bool) -> str:
    """A piece of a line after as many rounds as it takes; as it came if they are too many."""
    if _NO_LETTER_OF_MOJIBAKE.search(text) is None and not is_bad(text):
        return text
    fixed = text
    for _ in range(_ROUNDS):
        before = fixed
        if unescape:
            fixed = fixes.unescape_html(_NESTED_AMPERSAND.sub("&amp;", fixed))
        fixed = _decode(fixed)
        fixed = fixes.fix_c1_controls(fixed)
        fixed = fixes.fix_surrogates(fixed)
        fixed = fixes.remove_terminal_escapes(fixed)
        fixed = fixes.remove_control_chars(fixed)
        if fixed == before:
            return fixed
    return text


def _decode(text: str) -> str:
    """``text`` read in the encoding it was meant in, as often as it was misread."""
    for _ in range(_ROUNDS):
        before = text
        text = _decode_once(text)
        if text == before:
            break
    return text


def _decode_once(text: str) -> str:
    """One step of ``ftfy.fix_encoding``, which has no limit on their number."""
    if text.isascii() or not is_bad(text):
        return text
    encodings = [e for e in chardata.CHARMAP_ENCODINGS if chardata.possible_encoding(text, e)]
    for encoding in encodings:
        try:
            return _as_utf8(text.encode(encoding), encoding)
        except UnicodeDecodeError:
            continue
    if chardata.UTF8_DETECTOR_RE.search(text):
        decoded = fixes.decode_inconsistent_utf8(text)
        if decoded != text:
            return decoded
    if "latin-1" in encodings:
        try:
            return text.encode("latin-1").decode("windows-1252")
        except UnicodeDecodeError:
            pass
    return fixes.fix_c1_controls(text)


def _as_utf8(data: bytes, encoding: str) -> str:
    """Bytes as the UTF-8 they were, with the bytes that got lost on the way put back.

    Raises:
        UnicodeDecodeError: they are no UTF-8.
    """
    if encoding != "macroman" and chardata.ALTERED_UTF8_RE.search(data):
        data = fixes.restore_byte_a0(data)
    if encoding.startswith("sloppy"):
        data = fixes.replace_lossy_sequences(data)
    variants = b"\xed" in data or b"\xc0" in data
    return data.decode("utf-8-variants" if variants else "utf-8")
