"""The records of a WARC or ARC file as they are framed, with every byte of the file accounted for.

A gzip member is decoded in one go where that is possible, else read forward by the member scan;
both hand over the same records. Framing is forgiven what writers get wrong as long as it is sure
where a record ends: at its length, or with its member; what was forgiven is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from curate.errors import InputError
from curate.http.response import MAX_HEADER_BYTES
from curate.io.warc_formats import FORMATS, Format
from curate.io.warc_heads import (
    ARC_LINE,
    ARC_START,
    EMPTY_LINE,
    WARC_MARK,
    WARC_START,
    Head,
    arc_head,
    target_url,
    url_in,
    warc_head,
)
from curate.io.warc_members import BrokenMember, Member, PlainMember
from curate.io.warc_source import Source
from curate.urls.userinfo import without_userinfo

_MAX_SKIP_BYTES = 1 << 30  # a larger record is left by searching for the next, not by inflating it
_DETAIL_CHARS = 200
_HEAD_BYTES = 2048
_ARC_LINE_BYTES = 8192
_TWO_LINE_ENDS = re.compile(rb"(?:\r*\n){2}")
_LAST_LINE_ENDS = {False: re.compile(rb"(?:\r*\n){2}\Z"), True: re.compile(rb"\r*\n\Z")}
_OTHER_COMPRESSION = {
    b"\x04\x22\x4d\x18": "lz4",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x1f\x9d": "compress",
}


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


def read_frames(source: Source, max_record_bytes: int) -> Iterator[Frame | Damage]:
    """Every record of a file and every stretch of damage, in file order.

    Args:
        source: the file, compressed with gzip or zstd, or plain.
        max_record_bytes: the content of larger records is not kept.

    Raises:
        InputError: the file is compressed in another way.
    """
    if source.size == 0:
        yield Damage("empty", source.path, 0, 0, "the file has no bytes")
        return
    form = _detect(source)
    if form is None:
        detail = _shown(f"begins with {source.read(0, 40)!r}")
        yield Damage("not_a_warc", source.path, 0, source.size, detail)
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
    _refuse_other_compression(source)
    nearest = min(forms, key=lambda form: form.next_start(0))
    return nearest if nearest.next_start(0) < source.size else None


def _refuse_other_compression(source: Source) -> None:
    head = source.read(0, 8)
    for magic, name in _OTHER_COMPRESSION.items():
        if head.startswith(magic):
            raise InputError(
                source.path,
                wanted="a WARC or ARC file that is plain or compressed with gzip or zstd",
                found=f"one compressed with {name}",
                todo="compress it again, or leave it out of the job's inputs",
            )


def _shown(detail: str) -> str:
    return without_userinfo(detail)[:_DETAIL_CHARS]


def _read_member(
    source: Source, form: Format, start: int, max_record_bytes: int
) -> Iterator[Frame | Damage]:
    """All items of the member at ``start``, or the damage up to the next readable member."""
    sole = _sole_record(form, start, max_record_bytes)
    if sole is not None:
        sole.n_bytes = sole.end - start
        yield sole
    else:
        yield from _scan_member(source, form, start, max_record_bytes)


def _sole_record(form: Format, start: int, max_record_bytes: int) -> Frame | None:
    """The record of a sound member that holds exactly one: nearly every member there is.

    Whatever else is wrong or uncommon is left to :func:`_scan_member`, which alone decides about
    damage. So the two ways cannot tell different stories.
    """
    member = form.open_whole(start)
    if member is None:
        return None
    member.skip_newlines()
    if member.at_end():
        return None
    try:
        frame = _read_frame(member, 0, max_record_bytes)
    except BrokenMember:
        return None
    return frame if member.at_end() else None


def _scan_member(
    source: Source, form: Format, start: int, max_record_bytes: int
) -> Iterator[Frame | Damage]:
    """The same, reading the member forward through a small buffer."""
    done = start
    try:
        if not form.starts(start):
            reason = "truncated" if form.cut_start(start) else "junk"
            raise BrokenMember(reason, f"begins with {source.read(start, 40)!r}")
        member = form.open_chain(start)
        held: Frame | Damage | None = None
        for item in _frames(source, member, max_record_bytes):
            # The last record of a member waits until the member's checksum has been verified.
            if held is not None:
                yield held
                done += held.n_bytes
            held = _sized(item, done, member.position)
        if held is None:
            held = Frame({}, b"", start, 0, member.position)
        yield _sized(held, done, member.position)
    except BrokenMember as broken:
        after = form.next_start(max(start + 1, done))
        yield _damage(source, broken, start, done, after)


def _sized(item: Frame | Damage, done: int, end: int) -> Frame | Damage:
    """The item with the bytes of the file from ``done`` to ``end``."""
    if isinstance(item, Frame):
        item.n_bytes = end - done
        return item
    return Damage(item.reason, item.warc_path, item.warc_offset, end - done, item.detail, item.url)


def _damage(source: Source, broken: BrokenMember, start: int, done: int, after: int) -> Damage:
    reason = broken.reason
    if reason == "truncated" and after < source.size:
        reason = "corrupt"  # it is not the end of the file that is missing
    if reason == "junk" and start == 0 and after == source.size:
        reason = "not_a_warc"
    return Damage(reason, source.path, done, after - done, _shown(broken.detail), broken.url)


def _frames(source: Source, member: Member, max_record_bytes: int) -> Iterator[Frame | Damage]:
    """The records of one member. Raises BrokenMember, also after records were given.

    Where a record in the midst of others is framed wrongly, it is damage up to the next one.
    """
    ordinal = 0
    member.skip_newlines()
    while not member.at_end():
        start = member.here()
        try:
            frame = _read_frame(member, ordinal, max_record_bytes)
        except BrokenMember as broken:
            if broken.taken is None or not member.ends_record:
                raise
            goes_on = member.seek_record(broken.taken, WARC_START)
            is_cut = broken.is_short and not goes_on and member.position == source.size
            reason = "truncated" if is_cut else broken.reason
            yield Damage(reason, source.path, start, 0, _shown(broken.detail), broken.url)
            if not goes_on:
                return
        else:
            yield frame
            if not member.holds_many:
                return
        ordinal += 1


def _read_frame(member: Member, ordinal: int, max_record_bytes: int) -> Frame:
    """The record that begins here, up to the beginning of the next."""
    start = member.here()
    head = None
    try:
        head = _read_head(member, ordinal)
        frame = _read_content(member, head, ordinal, max_record_bytes)
    except BrokenMember as broken:
        broken.url = target_url(head.headers) if head else url_in(member.at_hand())
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
        if is_all or n_bytes >= MAX_HEADER_BYTES or (not is_warc and b"\n" in block):
            break
        n_bytes *= 2
    if is_warc:
        found = f"of {len(block)} bytes have no end"
        raise BrokenMember(member.short_reason if is_all else "corrupt", f"WARC headers {found}")
    detail = f"no WARC record, but {block[:40]!r}"
    if not ordinal:
        raise BrokenMember("not_a_warc", detail)
    raise BrokenMember("corrupt", detail, taken=b"")


def _head_in(block: bytes, member: Member) -> Head | None:
    """The head that begins a block, taken out of the member; None if it is not whole."""
    if block.startswith(WARC_MARK):
        end = EMPTY_LINE.search(block)
        if end is None:
            return None
        member.take_view(end.end())
        return warc_head(block[: end.start() + 1])
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
            raise BrokenMember("too_large", f"Content-Length {length} bytes")
        if length > max_record_bytes:
            return _passed_over(member, head, length, repairs)
        taken = _take(member, length)
        is_short = len(taken) < length
        if not is_short and _ends_well(member, is_arc=head.is_arc):
            return Frame(head.headers, taken, 0, ordinal, 0, 0, repairs)
        found = f"found {len(taken)} bytes" if is_short else f"{member.peek(9)!r} follows"
        detail = f"Content-Length {length}, but {found}"
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
        return ARC_LINE.match(member.peek(_ARC_LINE_BYTES).lstrip(b"\r\n")) is not None
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
