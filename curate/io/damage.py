"""Bytes of an input that cannot be read: as they are met, and as they are told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that are no readable record.

    Attributes:
        reason: ``truncated``, ``corrupt``, ``junk``, ``too_large``, ``not_a_warc`` or ``empty``.
        n_bytes: how many bytes of the file were lost.
        detail: what the decoder or parser said.
        url: of the record, if its headers could be read.
    """

    reason: str
    warc_path: str
    warc_offset: int
    n_bytes: int
    detail: str
    url: str = ""


class BrokenMember(Exception):
    """The bytes at hand are no whole member or record; caught by the scan, never by users.

    Attributes:
        reason: as of a damage.
        detail: what was found.
        url: of the record, if its headers could be read.
        taken: what was read of the record when its framing turned out wrong, so that the next one
            may be in it; None if the bytes themselves are broken.
        is_short: whether the record goes on behind what there is.
        is_arc: whether it is one of an ARC file.
    """

    def __init__(
        self, reason: str, detail: str, *, taken: bytes | None = None, is_short: bool = False
    ) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.url = ""
        self.taken = taken
        self.is_short = is_short
        self.is_arc = False
