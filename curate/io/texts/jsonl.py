"""JSON Lines, plain or packed with gzip, zstd, bzip2 or xz, as rows; what cannot be read is damage.

Offsets are those of the decompressed text, so they are the same whatever compressed it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from curate.io.damage import BrokenMember, Damage
from curate.io.packed import BehindMembersError, packing_of, unpacked
from curate.io.remote.read import open_source
from curate.io.source import Source

MAX_LINE_BYTES = 256 << 20
"""A longer line is damage: no document is that long, and a bomb is."""

_BLOCK_BYTES = 1 << 20
_DETAIL_CHARS = 200
_BOM = b"\xef\xbb\xbf"


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


def rows_of(source: Source, memory_mb: int | None = None) -> Iterator[Row | Damage]:
    """As :func:`read_rows`, of a file that is open already.

    Args:
        source: the file.
        memory_mb: MiB that its decompression may hold; None for what the format allows.
    """
    if source.size == 0:
        yield Damage("empty", source.path, 0, 0, "the file has no bytes")
    is_first = True
    for line in _split_lines(_blocks(source, memory_mb)):
        item = _parse(source.path, line)
        if item is None:
            continue
        if is_first and isinstance(item, Damage) and (whole := _no_lines(source, line)):
            yield whole
            return
        is_first = False
        yield item


def _no_lines(source: Source, line: _Line) -> Damage | None:
    """One damage for a whole file that begins as one JSON value over many lines; else None.

    No line of such a file is an object, and each would be told of.
    """
    begin = (line.data or b"").removeprefix(_BOM).strip()
    if begin not in (b"{", b"[") and not (begin.startswith(b"[{") and begin.endswith(b",")):
        return None
    what = "an object over several lines" if begin == b"{" else "an array over several lines"
    how = "jq -c ." if begin == b"{" else "jq -c '.[]'"
    detail = f"line {line.number}: {what}; an object a line is wanted: `{how} FILE > FILE.jsonl`"
    return Damage("bad_json", source.path, line.offset, source.size, detail)


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
        if isinstance(values, list) and values and isinstance(values[0], dict):
            problem += "; `jq -c '.[]' FILE > FILE.jsonl` makes lines of an array"
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
    data = b"".join(kept) if n_bytes <= MAX_LINE_BYTES else None
    if n_bytes and isinstance(broken, BehindMembersError):
        yield _Line(number, offset, n_bytes, data)  # whole: what is wrong comes behind it
        number, offset, n_bytes = number + 1, offset + n_bytes, 0
    if n_bytes or broken:
        yield _Line(number, offset, n_bytes, data, broken)


def _blocks(source: Source, memory_mb: int | None) -> Iterator[bytes]:
    """The decompressed bytes. Raises BrokenMember after the last good ones."""
    packing = packing_of(source.read(0, 8))
    if packing is not None:
        yield from unpacked(source, packing, memory_mb)
    else:
        for at in range(0, source.size, _BLOCK_BYTES):
            yield source.read(at, _BLOCK_BYTES)
