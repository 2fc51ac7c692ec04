"""The records of a WARC or ARC file as they are framed, with every byte of the file accounted for.

A gzip member is decoded in one go where that is possible, else read forward by the member scan;
both hand over the same records. Framing is forgiven what writers get wrong as long as it is sure
where a record ends: at its length, or with its member; what was forgiven is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.errors import InputError
from curate.io.damage import BrokenMember, Damage
from curate.io.source import Source
from curate.io.warc.formats import FORMATS, Format
from curate.io.warc.framing import Frame as Frame
from curate.io.warc.framing import read_frame, usual_record
from curate.io.warc.heads import ARC_START, WARC_START
from curate.io.warc.members import Member
from curate.redact import without_userinfo

_DETAIL_CHARS = 200
_OTHER_COMPRESSION = {
    "lz4": re.compile(rb"\x04\x22\x4d\x18"),
    "bzip2": re.compile(rb"BZh[1-9]\x31\x41\x59\x26\x53\x59"),
    "xz": re.compile(rb"\xfd7zXZ\0"),
}


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
    head = source.read(0, 16)
    for name, magic in _OTHER_COMPRESSION.items():
        if magic.match(head):
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
    usual = usual_record(member, max_record_bytes)
    if usual is not None:
        return usual
    member.skip_newlines()
    if member.at_end():
        return None
    try:
        frame = read_frame(member, 0, max_record_bytes)
    except BrokenMember:
        return None
    return frame if member.at_end() else None


def _scan_member(
    source: Source, form: Format, start: int, max_record_bytes: int
) -> Iterator[Frame | Damage]:
    """The frames of a member, reading it forward through a small buffer."""
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
            frame = read_frame(member, ordinal, max_record_bytes)
        except BrokenMember as broken:
            if broken.taken is None or not member.ends_record:
                raise
            begin = ARC_START if broken.is_arc else WARC_START
            goes_on = member.seek_record(broken.taken, begin)
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
