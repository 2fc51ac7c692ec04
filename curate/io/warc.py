"""WARC and WET files -> records, with every byte of the file accounted for.

Every record gives exactly one item: a :class:`Record` worth extracting, a :class:`Skipped` with
its reason, or a :class:`Damage`. Their ``n_bytes`` add up to the size of the file. A record is
returned only after its member's checksum was verified, so a cut or flipped file never yields half
a page. A gzip member is decoded in one go where that is possible, else read forward by the member
scan; both hand over the same items. Formats are told apart by their first bytes, never by the name
of the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from curate.io.remote import open_source
from curate.io.warc_http import (
    HTML_TYPES,
    MAX_HEADER_BYTES,
    BadCodingError,
    decode_body,
    looks_like_html,
    media_type,
    opt_out_headers,
    parse_headers,
    parse_response,
)
from curate.io.warc_members import FORMATS, BrokenMember, Format, Member, PlainMember
from curate.io.warc_source import Source

MAX_RECORD_BYTES = 64 << 20
"""Largest record and largest decoded body, in bytes. Common Crawl cuts bodies at 1 or 5 MiB."""

_MAX_SKIP_BYTES = 1 << 30  # a larger record is left by searching for the next, not by inflating it
_DETAIL_CHARS = 200


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record worth extracting, undecoded.

    Attributes:
        id: ``WARC-Record-ID`` as written, or ``urn:curate:`` with a hash of the file's base name
            and the record's place in it.
        url: ``WARC-Target-URI`` without angle brackets.
        date: ``WARC-Date`` as written.
        warc_path: the file, as given to :func:`read_warc`.
        warc_offset: where the record's member begins in the file, in bytes.
        kind: ``response``, or ``conversion`` for the text records of WET files.
        payload: HTTP body without transfer and content codings, or the text of a conversion.
        http_content_type: HTTP ``Content-Type``; for a conversion the record's, UTF-8 if it
            names no charset.
        n_bytes: bytes of the file that the record takes.
        opt_out_headers: HTTP headers by which a server opts out, one pair for each.
    """

    id: str
    url: str
    date: str
    warc_path: str
    warc_offset: int
    kind: str
    payload: bytes
    http_content_type: str | None
    n_bytes: int = 0
    opt_out_headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A whole record that was read and left out.

    Attributes:
        reason: ``not_a_response``, ``not_http``, ``http_status``, ``not_html``, ``not_text``,
            ``empty_body``, ``too_large``, ``transfer_encoding``, ``content_encoding`` or
            ``no_record`` (an empty member or a dictionary frame).
    """

    reason: str
    warc_path: str
    warc_offset: int
    url: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that are no readable record.

    Attributes:
        reason: ``truncated``, ``corrupt``, ``junk``, ``too_large``, ``not_a_warc`` or ``empty``.
        n_bytes: how many bytes of the file were lost.
        detail: what the decoder or parser said.
    """

    reason: str
    warc_path: str
    warc_offset: int
    n_bytes: int
    detail: str


@dataclass(frozen=True, slots=True)
class _Raw:
    """A record as framed: WARC headers in lower case; no content if it was too large to keep."""

    headers: Mapping[str, str]
    content: bytes | None
    offset: int
    ordinal: int
    end: int


def read_warc(
    path: str, *, max_record_bytes: int = MAX_RECORD_BYTES
) -> Iterator[Record | Skipped | Damage]:
    """Read a WARC or WET file, compressed with gzip, with zstd, or plain, in file order.

    A file cut exactly between two members looks whole; only its expected size can tell.

    Args:
        path: a local file, or an address such as ``s3://bucket/x.warc.gz``.
        max_record_bytes: larger records and bodies are skipped as ``too_large``.

    Yields:
        One item for each record and each stretch of damage.

    Raises:
        InputError: the file cannot be opened, or a server stopped answering.
        OSError: reading failed half-way; nothing is wrong with the records before.
    """
    with open_source(path) as source:
        if source.size == 0:
            yield Damage("empty", path, 0, 0, "the file has no bytes")
            return
        form = _detect(source)
        if form is None:
            detail = f"begins with {source.read(0, 40)!r}"
            yield Damage("not_a_warc", path, 0, source.size, detail)
            return
        at = 0
        while at < source.size:
            for item in _read_member(source, form, at, max_record_bytes):
                yield item
                at += item.n_bytes


def _detect(source: Source) -> Format | None:
    """The format of the first member, else of the first one behind leading junk."""
    forms = [form(source) for form in FORMATS]
    for form in forms:
        if form.starts(0) or form.cut_start(0):
            return form
    nearest = min(forms, key=lambda form: form.next_start(0))
    return nearest if nearest.next_start(0) < source.size else None


def _read_member(
    source: Source, form: Format, start: int, max_record_bytes: int
) -> Iterator[Record | Skipped | Damage]:
    """All items of the member at ``start``, or the damage up to the next readable member."""
    sole = _sole_record(form, start, max_record_bytes)
    if sole is not None:
        yield _judge(source.path, sole, sole.end - start, max_record_bytes)
    else:
        yield from _scan_member(source, form, start, max_record_bytes)


def _sole_record(form: Format, start: int, max_record_bytes: int) -> _Raw | None:
    """The record of a sound member that holds exactly one: nearly every member there is.

    Whatever else is wrong or uncommon is left to :func:`_scan_member`, which alone decides about
    damage. So the two ways cannot tell different stories.
    """
    member = form.open_whole(start)
    if member is None:
        return None
    try:
        records = _frame_records(member, max_record_bytes)
        first = next(records, None)
        return first if next(records, None) is None else None
    except BrokenMember:
        return None


def _scan_member(
    source: Source, form: Format, start: int, max_record_bytes: int
) -> Iterator[Record | Skipped | Damage]:
    """The same, reading the member forward through a small buffer."""
    done = start
    try:
        if not form.starts(start):
            reason = "truncated" if form.cut_start(start) else "junk"
            raise BrokenMember(reason, f"begins with {source.read(start, 40)!r}")
        member = form.open(start)
        held: _Raw | None = None
        for raw in _frame_records(member, max_record_bytes):
            # The last record of a member waits until the member's checksum has been verified.
            if held is not None:
                yield _judge(source.path, held, held.end - done, max_record_bytes)
                done = held.end
            held = raw
        if held is None:
            yield Skipped("no_record", source.path, start, "", member.position - done)
        else:
            yield _judge(source.path, held, member.position - done, max_record_bytes)
    except BrokenMember as broken:
        after = form.next_start(max(start + 1, done))
        yield _damage(source, broken, start, done, after)


def _damage(source: Source, broken: BrokenMember, start: int, done: int, after: int) -> Damage:
    reason = broken.reason
    if reason == "truncated" and after < source.size:
        reason = "corrupt"  # it is not the end of the file that is missing
    if reason == "junk" and start == 0 and after == source.size:
        reason = "not_a_warc"
    return Damage(reason, source.path, done, after - done, broken.detail[:_DETAIL_CHARS])


def _frame_records(member: Member, max_record_bytes: int) -> Iterator[_Raw]:
    """The records of one member. Raises BrokenMember, also after records were given."""
    ordinal = 0
    member.skip_newlines()
    while not member.at_end():
        headers = _read_headers(member, ordinal)
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 19):
            raise BrokenMember("corrupt", f"Content-Length is {length[:40]!r}")
        content = _read_content(member, int(length), max_record_bytes)
        _require_end(member, int(length))
        member.skip_newlines()
        if isinstance(member, PlainMember):
            member.end_here()
        yield _Raw(headers, content, member.start, ordinal, member.position)
        ordinal += 1
        if not member.holds_many:
            return


def _read_headers(member: Member, ordinal: int) -> dict[str, str]:
    """WARC headers up to the empty line (ISO 28500, 4)."""
    n_bytes = 2048
    while True:
        head = member.peek(n_bytes)
        if not head.startswith(b"WARC/"):
            reason = "corrupt" if ordinal else "not_a_warc"
            raise BrokenMember(reason, f"no WARC record, but {head[:40]!r}")
        for mark in (b"\r\n\r\n", b"\n\n"):
            end = head.find(mark)
            if end >= 0:
                member.take(end + len(mark))
                return parse_headers(head[head.find(b"\n") + 1 : end], encoding="utf-8")
        if len(head) < n_bytes:
            raise BrokenMember(member.short_reason, "the WARC headers have no end")
        if n_bytes >= MAX_HEADER_BYTES:
            raise BrokenMember("corrupt", f"WARC headers above {MAX_HEADER_BYTES} bytes")
        n_bytes *= 2


def _read_content(member: Member, length: int, max_record_bytes: int) -> bytes | None:
    """The content block; None if it was passed over because it is too large."""
    if length <= max_record_bytes:
        content = member.take(length)
        n_bytes = len(content)
    elif length <= _MAX_SKIP_BYTES or isinstance(member, PlainMember):
        content = None
        n_bytes = member.skip(length)
    else:
        raise BrokenMember("too_large", f"Content-Length {length} bytes")
    if n_bytes < length:
        raise BrokenMember(member.short_reason, f"Content-Length {length}, found {n_bytes} bytes")
    return content


def _require_end(member: Member, length: int) -> None:
    """Two line ends close a record; anything else says that its length is wrong."""
    tail = member.peek(9)
    rest = tail.lstrip(b"\r\n")[:5]
    if not tail.startswith(b"\r\n\r\n") and not b"WARC/".startswith(rest):
        raise BrokenMember("corrupt", f"Content-Length {length}, but {tail!r} follows")


def _judge(path: str, raw: _Raw, n_bytes: int, max_record_bytes: int) -> Record | Skipped:
    """A record, or why not."""
    headers = raw.headers
    url = headers.get("warc-target-uri", "").removeprefix("<").removesuffix(">")
    kind = headers.get("warc-type", "").lower()
    content_type: str | None = None
    payload = b""
    if kind not in ("response", "conversion"):
        reason = "not_a_response"
    elif raw.content is None:
        reason = "too_large"
    elif kind == "conversion":
        reason, payload, content_type = _judge_conversion(headers, raw.content)
    else:
        reason, payload, content_type = _judge_response(headers, raw.content, max_record_bytes)
    if reason:
        return Skipped(reason, path, raw.offset, url, n_bytes)
    identity = headers.get("warc-record-id") or _made_id(path, raw.offset, raw.ordinal)
    date = headers.get("warc-date", "")
    found = Record(identity, url, date, path, raw.offset, kind, payload, content_type, n_bytes)
    signs = opt_out_headers(raw.content or b"") if kind == "response" else ()
    return replace(found, opt_out_headers=signs) if signs else found


def _judge_conversion(headers: Mapping[str, str], content: bytes) -> tuple[str, bytes, str | None]:
    """(reason to skip or "", text, its content type)."""
    content_type = headers.get("content-type", "text/plain")
    if media_type(content_type) != "text/plain":
        return "not_text", b"", None
    if not content.strip():
        return "empty_body", b"", None
    if "charset" not in content_type.lower():
        content_type = "text/plain; charset=utf-8"  # what WET files hold
    return "", content, content_type


def _judge_response(
    headers: Mapping[str, str], content: bytes, max_record_bytes: int
) -> tuple[str, bytes, str | None]:
    """(reason to skip or "", body, HTTP content type)."""
    response = parse_response(content)
    if response is None:
        return "not_http", b"", None
    if response.status != 200:
        return "http_status", b"", None
    content_type = response.headers.get("content-type")
    known = media_type(headers.get("warc-identified-payload-type")) or media_type(content_type)
    if known is not None and known not in HTML_TYPES:
        return "not_html", b"", None
    cut = "warc-truncated" in headers
    try:
        body = decode_body(response, max_bytes=max_record_bytes, cut=cut)
    except BadCodingError as error:
        return error.reason, b"", None
    if not body.strip():
        return "empty_body", b"", None
    if known is None and not looks_like_html(body):
        return "not_html", b"", None
    return "", body, content_type


def _made_id(path: str, offset: int, ordinal: int) -> str:
    """An identity for a record without one, from its place; the folder of the file is no part."""
    place = f"{PurePosixPath(path).name}\n{offset}\n{ordinal}"
    return f"urn:curate:{hashlib.blake2b(place.encode(), digest_size=16).hexdigest()}"
