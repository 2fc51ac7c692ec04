"""One record at the beginning of a member: by its length or, where that is wrong, by its member."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from curate.http.headers import header_end
from curate.http.response import MAX_HEADER_BYTES
from curate.io.damage import BrokenMember
from curate.io.warc.heads import (
    ARC_LINE,
    ARC_START,
    WARC_MARK,
    WARC_START,
    Head,
    arc_head,
    begins_record,
    target_url,
    url_in,
    warc_head,
)
from curate.io.warc.members import Member, PlainMember, WholeMember

_MAX_SKIP_BYTES = 1 << 30  # a larger record is left by searching for the next, not by inflating it
_HEAD_BYTES = 2048
_ARC_LINE_BYTES = 8192
_LOOKED_BYTES = 8192  # of a broken record, for its address
_TWO_LINE_ENDS = re.compile(rb"(?:\r*\n){2}")
_LAST_LINE_ENDS = {False: re.compile(rb"(?:\r*\n){2}\Z"), True: re.compile(rb"\r*\n\Z")}


@dataclass(slots=True)
class Frame:
    """One record as framed.

    Attributes:
        headers: WARC headers in lower case; none for a member that holds no record.
        content: the content block; None if it was too large to keep.
        offset: where the member begins that holds the record's first byte.
        ordinal: how many records are before it in that member, or in those read with it.
        end: the first byte of the file that is not needed for it.
        n_bytes: bytes of the file that it takes.
        repairs: what was wrong with its framing and did not matter.
        is_short: whether its length promised more than the member holds.
    """

    headers: Mapping[str, str]
    content: bytes | memoryview | None
    offset: int
    ordinal: int
    end: int
    n_bytes: int = 0
    repairs: tuple[str, ...] = ()
    is_short: bool = False


def usual_record(member: WholeMember, max_record_bytes: int) -> Frame | None:
    """The record of a member in which nothing is odd, in a few steps: reading is mostly this."""
    view = member.view
    head = bytes(view[:_HEAD_BYTES])
    end = header_end(head) if head.startswith(WARC_MARK) else None
    if end is None:
        return None
    parsed = warc_head(head[: end[0]])
    length = parsed.headers.get("content-length", "")
    n_bytes = int(length) if length.isascii() and length.isdigit() and len(length) < 19 else -1
    if end[1] + n_bytes + 4 != len(view) or not 0 <= n_bytes <= max_record_bytes:
        return None
    if bytes(view[-4:]) != b"\r\n\r\n":
        return None
    content = view[end[1] : end[1] + n_bytes]
    return Frame(parsed.headers, content, member.start, 0, member.position, 0, parsed.repairs)


def read_frame(member: Member, ordinal: int, max_record_bytes: int) -> Frame:
    """The record that begins here, up to the beginning of the next."""
    start = member.here()
    head = None
    try:
        head = _read_head(member, ordinal)
        frame = _read_content(member, head, ordinal, max_record_bytes)
    except BrokenMember as broken:
        broken.url = target_url(head.headers) if head else url_in(member.at_hand()[:_LOOKED_BYTES])
        broken.is_arc = head is not None and head.is_arc
        raise
    member.skip_newlines()
    if isinstance(member, PlainMember):
        member.end_here()
    frame.offset, frame.end = start, member.position
    if member.n_joined:
        frame.repairs += ("members_joined",)
    return frame


def _read_head(member: Member, ordinal: int) -> Head:
    """WARC headers up to the empty line (ISO 28500, 4), or the line of an ARC record."""
    n_bytes = _HEAD_BYTES
    while True:
        block = member.peek(n_bytes)
        is_all = len(block) < n_bytes
        head = _head_in(block, member)
        if head is not None:
            return head
        if is_all and member.join_next():
            continue
        is_warc = block.startswith(WARC_MARK)
        if is_warc and WARC_START.search(block):
            raise BrokenMember("corrupt", "WARC headers have no end before the next record")
        if is_all or n_bytes >= MAX_HEADER_BYTES or (not is_warc and b"\n" in block):
            break
        n_bytes *= 2
    if is_warc:
        problem = f"of {len(block)} bytes have no end"
        raise BrokenMember(member.short_reason if is_all else "corrupt", f"WARC headers {problem}")
    detail = f"no WARC record, but {block[:40]!r}"
    if not ordinal:
        raise BrokenMember("not_a_warc", detail)
    raise BrokenMember("corrupt", detail, taken=b"")


def _head_in(block: bytes, member: Member) -> Head | None:
    """The head that begins a block, taken out of the member; None if it is not whole."""
    if block.startswith(WARC_MARK):
        end = header_end(block)
        if end is None:
            return None
        member.take_view(end[1])
        return warc_head(block[: end[0]])
    line = ARC_LINE.match(block)
    if line is None:
        return None
    member.take_view(line.end())
    return arc_head(line)


def _read_content(member: Member, head: Head, ordinal: int, max_record_bytes: int) -> Frame:
    """The content block, by its length or, if that is wrong, up to the end of the member."""
    length, repairs = _length_of(head)
    taken: bytes | memoryview = b""
    detail = f"Content-Length is {head.headers.get('content-length', '')[:40]!r}"
    is_short = False
    if length is not None:
        if length > _MAX_SKIP_BYTES and not isinstance(member, PlainMember):
            behind = b"" if ordinal else None  # after others in a member the next one is looked for
            raise BrokenMember("too_large", f"Content-Length {length} bytes", taken=behind)
        if length > max_record_bytes:
            return _passed_over(member, head, length, repairs)
        taken = _take(member, length)
        is_short = len(taken) < length
        if not is_short and _ends_well(member, is_arc=head.is_arc):
            return Frame(head.headers, taken, 0, ordinal, 0, 0, repairs)
        problem = f"found {len(taken)} bytes" if is_short else f"{member.peek(9)!r} follows"
        detail = f"Content-Length {length}, but {problem}"
        if is_short and not member.ends_record:
            raise BrokenMember(member.short_reason, detail)
    if ordinal or member.n_joined or not member.ends_record:
        raise BrokenMember("corrupt", detail, taken=bytes(taken), is_short=is_short)
    rest = _rest_of_member(
        member, head, bytes(taken), detail, max_record_bytes, joins=length is None
    )
    kind = "content_length_missing" if length is None else "content_length_wrong"
    return Frame(head.headers, rest, 0, ordinal, 0, 0, (*repairs, kind), is_short)


def _length_of(head: Head) -> tuple[int | None, tuple[str, ...]]:
    """The length that is claimed, None if there is none, and what is odd about it."""
    text = head.headers.get("content-length", "")
    if text.isascii() and text.isdigit():
        return int(text[:30]), head.repairs
    values = {value.strip() for value in text.split(",")}
    value = values.pop()
    if not values and value.isascii() and value.isdigit():
        return int(value[:30]), (*head.repairs, "content_length_repeated")
    return None, head.repairs


def _take(member: Member, length: int) -> bytes | memoryview:
    """So many bytes, from further members if this one has too few; fewer if there are none."""
    taken = member.take_view(length)
    if len(taken) == length or not member.ends_record:
        return taken
    whole = bytearray(taken)
    while len(whole) < length and member.join_next():
        whole += member.take(length - len(whole))
    return bytes(whole)


def _passed_over(member: Member, head: Head, length: int, repairs: tuple[str, ...]) -> Frame:
    """A record that is too large to keep."""
    n_bytes = member.skip(length)
    while n_bytes < length and member.join_next():
        n_bytes += member.skip(length - n_bytes)
    if n_bytes < length:
        raise BrokenMember(member.short_reason, f"Content-Length {length}, found {n_bytes} bytes")
    if not _ends_well(member, is_arc=head.is_arc):
        raise BrokenMember("corrupt", f"Content-Length {length}, but {member.peek(9)!r} follows")
    return Frame(head.headers, None, 0, 0, 0, 0, repairs)


def _ends_well(member: Member, *, is_arc: bool) -> bool:
    """Two line ends close a record, one an ARC record; else its length is wrong."""
    tail = member.peek(9)
    if not is_arc:
        return (
            tail[:4] == b"\r\n\r\n"
            or WARC_MARK.startswith(tail.lstrip(b"\r\n")[:5])
            or _TWO_LINE_ENDS.match(tail) is not None
        )
    if tail.strip(b"\r\n"):
        return begins_record(member.peek(_ARC_LINE_BYTES).lstrip(b"\r\n"))
    return True


def _rest_of_member(
    member: Member, head: Head, taken: bytes, detail: str, max_record_bytes: int, *, joins: bool
) -> bytes:
    """Everything up to the end of the member, which no other record shares."""
    rest = bytearray(taken)
    while True:
        block = member.take_some()
        rest += block
        if len(rest) > max_record_bytes + _HEAD_BYTES:
            raise BrokenMember("too_large", f"{detail}, and the member is large")
        if not block and not (joins and member.join_next()):
            break
    if (ARC_START if head.is_arc else WARC_START).search(rest):
        raise BrokenMember("corrupt", detail, taken=bytes(rest))
    closing = _LAST_LINE_ENDS[head.is_arc].search(rest, max(0, len(rest) - 8))
    return bytes(rest[: closing.start()] if closing else rest)
