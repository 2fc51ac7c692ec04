"""Text of others as it may stand on a terminal or in a table: what steers either is written out.

A file name, a key of a job or a page may hold an escape sequence that clears the screen, or a mark
that turns the order of what follows. Joiners and other invisible characters that spelling needs
stay as they are.
"""

from __future__ import annotations

import re

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_STEERS = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_BIDI}]")
_BREAKS = re.compile(r"[\n\t]")


def visible(text: str) -> str:
    r"""A text whose control, line and bidirectional characters are shown; \n and \t stay.

    >>> visible("a\x1b[2Jb\u202ec")
    'a\\x1b[2Jb\\u202ec'
    """
    return _STEERS.sub(_written_out, text)


def visible_line(text: str) -> str:
    r"""As :func:`visible`, of a text that has to stay on one line."""
    return _BREAKS.sub(_written_out, visible(text))


def _written_out(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape", "backslashreplace").decode("ascii")
