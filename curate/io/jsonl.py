"""JSON Lines, plain or compressed with gzip or zstd, as rows; what cannot be read is damage.

Offsets are those of the decompressed text, so they are the same whatever compressed it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from curate.io.remote import open_source
from curate.io.warc import Damage
from curate.io.warc_members import BrokenMember, GzipMember
from curate.io.warc_source import Source, SourceFile

MAX_LINE_BYTES = 256 << 20
"""A longer line is damage: no document is that long, and a bomb is."""

_BLOCK_BYTES = 1 << 20
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_DETAIL_CHARS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One JSON object and where it stands; ``line`` counts from 1, ``offset`` is in bytes."""

    line: int
    offset: int
    n_bytes: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Line:
    """One line; no data if it is too long, ``broken`` if the stream broke off inside it."""

    number: int
    offset: int
    n_bytes: int
    data: bytes | None
    broken: BrokenMember | None = None


def read_rows(path: str) -> Iterator[Row | Damage]:
    """Every line of a JSON Lines file: a row, or damage with its line and offset.

    Empty lines are passed over. Damage has the reasons ``bad_json`` (no JSON, no UTF-8, or no
    object), ``too_large``, ``truncated``, ``corrupt`` and ``empty``.

    Raises:
        InputError: the file cannot be opened, or a server stopped answering.
    """
    with open_source(path) as source:
        yield from rows_of(source)


def rows_of(source: Source) -> Iterator[Row | Damage]:
    """As :func:`read_rows`, of a file that is open already."""
    if source.size == 0:
        yield Damage("empty", source.path, 0, 0, "the file has no bytes")
    for line in _split_lines(_blocks(source)):
        item = _parse(source.path, line)
        if item is not None:
            yield item


def _parse(path: str, line: _Line) -> Row | Damage | None:
    where = f"line {line.number}"
    if line.broken is not None:
        detail = f"{where}: {line.broken.detail}"
        return Damage(line.broken.reason, path, line.offset, line.n_bytes, detail)
    if line.data is None:
        detail = f"{where}: more than {MAX_LINE_BYTES} bytes"
        return Damage("too_large", path, line.offset, line.n_bytes, detail)
    if not line.data.strip():
        return None
    try:
        values = json.loads(line.data.decode("utf-8-sig" if line.offset == 0 else "utf-8"))
    except (ValueError, RecursionError) as error:
        problem = str(error)
    else:
        if isinstance(values, dict):
            return Row(line.number, line.offset, line.n_bytes, values)
        problem = f"an object is wanted, not {type(values).__name__}"
    detail = f"{where}: {problem}"[:_DETAIL_CHARS]
    return Damage("bad_json", path, line.offset, line.n_bytes, detail)


def _split_lines(blocks: Iterator[bytes]) -> Iterator[_Line]:
    """Lines of a stream of blocks; a line above the limit is counted and not kept."""
    number, offset = 1, 0
    kept: list[bytes] = []
    n_bytes = 0
    broken: BrokenMember | None = None
    try:
        for block in blocks:
            pieces = block.split(b"\n")
            for piece in pieces[:-1]:
                n_bytes += len(piece) + 1
                data = b"".join([*kept, piece]) if n_bytes <= MAX_LINE_BYTES else None
                yield _Line(number, offset, n_bytes, data)
                number, offset = number + 1, offset + n_bytes
                kept, n_bytes = [], 0
            n_bytes += len(pieces[-1])
            if n_bytes <= MAX_LINE_BYTES:
                kept.append(pieces[-1])
            else:
                kept.clear()
    except BrokenMember as error:
        broken = error
    if n_bytes or broken:
        data = b"".join(kept) if n_bytes <= MAX_LINE_BYTES else None
        yield _Line(number, offset, n_bytes, data, broken)


def _blocks(source: Source) -> Iterator[bytes]:
    """The decompressed bytes. Raises BrokenMember after the last good ones."""
    head = source.read(0, 4)
    if head.startswith(_GZIP):
        yield from _gzip_blocks(source)
    elif head == _ZSTD:
        yield from _zstd_blocks(source)
    else:
        for at in range(0, source.size, _BLOCK_BYTES):
            yield source.read(at, _BLOCK_BYTES)


def _gzip_blocks(source: Source) -> Iterator[bytes]:
    at = 0
    while at < source.size:
        member = GzipMember(source, at)
        while block := member.take_some():
            yield block
        at = member.position


def _zstd_blocks(source: Source) -> Iterator[bytes]:
    try:
        with pa.input_stream(SourceFile(source), compression="zstd") as stream:
            while block := stream.read(_BLOCK_BYTES):
                yield block
    except (OSError, pa.ArrowException) as error:
        reason = "truncated" if "runcated" in str(error) else "corrupt"
        raise BrokenMember(reason, f"zstd: {error}") from error
