"""Digests that small records carry of themselves, so that damage is found whenever one is read.

A digest says that a record is as it was written. It does not say who wrote it: whoever changes a
record on purpose can work out the digest again. What stands against that is that records name each
other, a seal its plan and receipts and a receipt its files, and that ``curate verify`` compares
them all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from curate.errors import StoreError

DIGEST = "digest"
_DIGITS = 16
_LINE = "# digest: "
_OTHER = "other content than was written here: it is damaged, or was edited"


def short_digest(data: bytes) -> str:
    """Sixteen hex digits of the SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()[:_DIGITS]


def with_digest(body: Mapping[str, Any]) -> dict[str, Any]:
    """A record, and its digest as the last of its fields."""
    return {**body, DIGEST: digest_of(body)}


def digest_of(body: Mapping[str, Any]) -> str:
    """The digest of a JSON object: the same however it is spaced and its fields are ordered."""
    return short_digest(json.dumps(body, sort_keys=True).encode())


def without_digest(
    raw: Mapping[str, Any], *, where: str, todo: str, is_needed: bool = False
) -> dict[str, Any]:
    """The record that has a digest, once it has been compared.

    Args:
        raw: as :func:`with_digest` gave it, read back.
        where: names the record.
        todo: what to do about a damaged one.
        is_needed: False for records of versions that wrote none; these are taken as they are.

    Raises:
        StoreError: the digest is another one, or is needed and missing.
    """
    body = dict(raw)
    digest = body.pop(DIGEST, None)
    if (digest is None and is_needed) or (digest is not None and digest != digest_of(body)):
        raise _damaged(where, todo)
    return body


def json_with_digest(body: Mapping[str, Any], *, indent: int | None = None) -> bytes:
    """A record as JSON, with its digest."""
    return json.dumps(with_digest(body), ensure_ascii=False, indent=indent).encode()


def read_json(data: bytes, *, where: str, todo: str, keys: Sequence[str] = ()) -> dict[str, Any]:
    """The record that :func:`json_with_digest` wrote.

    Args:
        data: the record.
        where: its name, for the message.
        todo: what to do if it is damaged.
        keys: that it must have; one without them is another record, copied over this one.

    Raises:
        StoreError: it is damaged.
    """
    try:
        raw = json.loads(data)
    except ValueError as error:
        raise _damaged(where, todo) from error
    if not isinstance(raw, dict):
        raise _damaged(where, todo)
    if any(key not in raw for key in keys):
        raise _damaged(where, todo)
    return without_digest(raw, where=where, todo=todo)


def text_with_digest(text: str) -> bytes:
    """A text in which ``#`` begins a comment, and its digest in the last line."""
    return f"{text}{_LINE}{short_digest(text.encode())}\n".encode()


def check_text(data: bytes, *, where: str, todo: str) -> bool:
    """Compare a text with the digest in its last line; False if it has none, as of old versions.

    Raises:
        StoreError: it is another one.
    """
    head, mark, digest = data.rpartition(_LINE.encode())
    if not mark:
        return False
    if digest != short_digest(head).encode() + b"\n":
        raise _damaged(where, todo)
    return True


def bytes_with_digest(data: bytes) -> bytes:
    """Bytes of any kind, and their digest behind them."""
    return data + _LINE.encode() + short_digest(data).encode() + b"\n"


def read_bytes(data: bytes, *, where: str, todo: str) -> bytes:
    """The bytes given to :func:`bytes_with_digest`; or old bytes without one, as they are.

    Raises:
        StoreError: they are damaged.
    """
    n = len(_LINE) + _DIGITS + 1
    return data[:-n] if check_text(data, where=where, todo=todo) else data


def _damaged(where: str, todo: str) -> StoreError:
    return StoreError(where, wanted="what curate wrote there", found=_OTHER, todo=todo)
