"""How far a reading of bytes looks like text in any language at all.

A wrong encoding gives letters too. But it puts capitals behind small letters, signs and letters of
another script into words, and rows of accented letters where a word should be; or it gives
characters that do not exist. This counts them, and knows no language but the letters of those of
Latin script.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from curate.html.alphabets import foreign

_ENOUGH: Final = 4096
"""Characters of words that are not ASCII; more would not change the answer, and costs."""

_WORD: Final = re.compile("[A-Za-z]?[^\x00-\x7f](?:[A-Za-z]?[^\x00-\x7f])*[A-Za-z]?")

# The kinds: A a Latin of ASCII, L l other Latin, G g other scripts with capitals, h without,
# s a sign that stands in no word, b no character, and a full stop for what says nothing.
_LETTER: Final = "aAlLgGh"
_IMPLAUSIBLE: Final = re.compile(
    f"[lL]{{3,}}|(?<=[alg])[LG]|(?<=[{_LETTER}])s+(?=[{_LETTER}])|b|(?<=[aAlL])[gGh]|(?<=[gGh])[aAlL]"
)

_IN_WORDS: Final = frozenset("\u2019\u2018\xb7\xad\u200c\u200d")
"""Apostrophes, the point of Catalan, soft hyphens and joiners."""

_SIGNS_END: Final = 0x2E00  # the signs of East Asia stand between letters
_SIGNS_OF_ABJADS: Final = range(0x0590, 0x0E80)  # and so do some from Hebrew to Thai


class _Kinds(dict[int, str]):
    """Code point -> kind, found out once."""

    def __missing__(self, code_point: int) -> str:
        kind = self[code_point] = _kind(chr(code_point))
        return kind


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if character.isascii():
        return {"Ll": "a", "Lu": "A"}.get(category, ".")
    if character == "\ufffd" or category in ("Cc", "Cn", "Co", "Cs"):
        return "b"
    if character in _IN_WORDS:
        return "."
    if category in ("Ll", "Lu", "Lt"):
        small = "l" if unicodedata.name(character, "").startswith("LATIN") else "g"
        return small if category == "Ll" else small.upper()
    if category == "Lo" and ord(character) in _SIGNS_OF_ABJADS:
        return "h"
    is_sign = category[0] in "SNP" or category == "Lm" or character in "ªº"
    if is_sign and ord(character) < _SIGNS_END and ord(character) not in _SIGNS_OF_ABJADS:
        return "s"
    return "."


_KINDS: Final = _Kinds()


def implausible(text: str) -> float:
    """Share of the non-ASCII characters that stand where no language has them, 0 to 1.

    To it is added the share of the Latin letters that no one language writes: 2 is the worst.
    """
    words = _words(text)
    n_other = len(words) - len(words.encode("ascii", "ignore"))
    if not n_other:
        return 0.0
    n_misplaced = sum(map(len, _IMPLAUSIBLE.findall(words.translate(_KINDS))))
    return n_misplaced / n_other + foreign(words)


def _words(text: str) -> str:
    """The words that are not ASCII, or the first of them, one a line."""
    lines: list[str] = []
    for at in range(0, len(text), _ENOUGH):
        lines += _WORD.findall(text[at : at + _ENOUGH])
        if sum(map(len, lines)) > _ENOUGH:
            break
    return "\n".join(lines)[: 2 * _ENOUGH]
