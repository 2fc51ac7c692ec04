"""Addresses without the user name and password that some carry."""

from __future__ import annotations

import re

# The authority ends at the first of / ? # and \, and its last @ ends the user information. Deeper
# in an address, as in an archive's of an archived page, only name and password together are told
# from other uses of the sign.
# Of the web's own schemes browsers take any number of slashes, and none, for two.
_OWN = re.compile(
    r"\A(\s*(?:(?:https?|ftp|wss?):[/\\]*|(?:[a-z][a-z0-9+.-]{0,40}:)?[/\\]{2,}))[^/?#\\\r\n]*@",
    re.I,
)
_INNER = re.compile(r"(?<=://)[^/?#\\@\s:]*:[^/?#\\\s]*@")


def without_userinfo(text: str) -> str:
    """``https://user:secret@host/`` -> ``https://host/``; other text, and other ``@``, stays."""
    if "@" not in text:
        return text
    return _INNER.sub("", _OWN.sub(r"\1", text))
