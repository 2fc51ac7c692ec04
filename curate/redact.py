"""Addresses without what only their owner may know: user info, and signatures in the query.

What is written anywhere - a plan, a table, a message - holds an address in this form. Two
addresses are the same file if they are equal in it, so one that was signed anew is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"]+")
_USER = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)@")
# In a page's address \ ends the authority too. Deeper in it, as in an archive's of a page that it
# holds, only name and password together are told from other uses of the sign.
# Of the web's own schemes browsers take any number of slashes, and none, for two.
_PAGE_USER = re.compile(
    r"\A(\s*(?:(?:https?|ftp|wss?):[/\\]*|(?:[a-z][a-z0-9+.-]{0,40}:)?[/\\]{2,}))[^/?#\\]*@",
    re.IGNORECASE,
)
_INNER_USER = re.compile(r"(?<=://)[^/?#\\@\s:]*:[^/?#\\\s]*@")
_LABELLED = re.compile(r"^\w+=(?=[A-Za-z][A-Za-z0-9+.-]*://)")  # as references name labels
_CONTAINER = re.compile(r"^(abfss?|wasbs?)://[^:@/]*@", re.IGNORECASE)  # a container, and no user
_SECRET = re.compile(
    r"x-(amz|goog|oss|cos|obs|tos|bce|ms)-"
    r"|signature|token|secret|passw|credential|access-?_?key|api-?_?key|accessid|key-pair-id"
    r"|(^|[-_.])(sig|pass|pwd|auth|authorization|session|jwt|hmac|policy|expires|expiry)([-_.]|$)",
    re.IGNORECASE,
)
_AZURE = frozenset(
    (
        *("sv", "ss", "srt", "sp", "se", "st", "spr", "sr", "si", "sip", "sdd", "ses"),
        *("skoid", "sktid", "skt", "ske", "sks", "skv"),
    )
)
_API_KEY = re.compile(r"[A-Za-z0-9_-]{16,}")


def redact(address: str) -> str:
    """An address without user info, and without the parts of its query that sign it.

    >>> redact("https://me:secret@a.example/f.warc.gz?part=2&X-Amz-Signature=0a1b")
    'https://a.example/f.warc.gz?part=2'

    A path stays as it is. Azure's ``abfs://container@account`` names a container and keeps it.
    """
    if "://" not in address:
        return address
    if labelled := _LABELLED.match(address):
        return labelled.group() + redact(address[labelled.end() :])
    if not _CONTAINER.match(address):
        address = _USER.sub(r"\1", address)
    head, mark, query = address.partition("?")
    if not mark or not head.lower().startswith(("http://", "https://")):
        return address
    query, hash_, fragment = query.partition("#")
    parts = query.split("&")
    names = [unquote(part.partition("=")[0]) for part in parts]
    is_azure = "sig" in names
    kept = [
        part
        for name, part in zip(names, parts, strict=True)
        if not (_is_secret(name, part.partition("=")[2]) or (is_azure and name in _AZURE))
    ]
    return head + ("?" + "&".join(kept) if kept else "") + hash_ + fragment


def _is_secret(name: str, value: str) -> bool:
    return bool(_SECRET.search(name)) or (name == "key" and bool(_API_KEY.fullmatch(value)))


def without_userinfo(text: str) -> str:
    """A page's address without user name and password; its query is what was asked for, and stays.

    >>> without_userinfo("https://me:secret@a.example/@me?session=5")
    'https://a.example/@me?session=5'

    In other text the addresses that name a user with a password lose both.
    """
    if "@" not in text:
        return text
    return _INNER_USER.sub("", _PAGE_USER.sub(r"\1", text))


def redact_text(text: str) -> str:
    """A message with every address in it as :func:`redact` gives it."""
    if "://" not in text:
        return text
    return _ADDRESS.sub(_redacted, text)


def _redacted(match: re.Match[str]) -> str:
    address = match.group().rstrip("'),.;:")
    return redact(address) + match.group()[len(address) :]


def redact_all(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Plain data with every address in it as :func:`redact` gives it."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: redact_all(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(redact_all(inner) for inner in value)
    return value


def reveal(address: str, patterns: Iterable[str]) -> str:
    """The address that can be read, of one that was written.

    Args:
        address: as :func:`redact` gave it.
        patterns: addresses and patterns of the job, with their secrets.
    """
    for pattern in patterns:
        if pattern != address and redact(pattern) == address:
            return pattern
    for pattern in patterns:
        user = _USER.match(pattern)
        host, _, rest = address.partition("://")[2].partition("/")
        if user is None or _CONTAINER.match(pattern):
            continue
        theirs = pattern[user.end() :].partition("/")[0]
        if user.group(1) + theirs == address.partition("://")[0] + "://" + host:
            return f"{user.group(0)}{host}/{rest}"
    return address
