"""Addresses without the user name and password that some carry."""

from __future__ import annotations

import re

# The authority ends at the first of / ? # and \, and its last @ ends the user information. Deeper
# in an address, as in an archive's of an archived page, only name and password together are told
# from other uses of the sign.
_OWN = re.compile(r"\A(\s*[A-Za-z][A-Za-z0-9+.-]{0,40}:[/\\]{2,})[^/?#\\\s]*@")
_INNER = re.compile(r"(?<=://)[^/?#\\@\s:]*:[^/?#\\\s]*@")


def without_userinfo(text: str) -> str:
    """``https://user:secret@host/`` -> ``https://host/``; other text, and other ``@``, stays."""
    if "@" not in text:
        return text
    return _INNER.sub("", _OWN.sub(r"\1", text))
