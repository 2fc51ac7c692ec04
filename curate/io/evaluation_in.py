"""Texts of evaluation sets: from JSON Lines, Parquet, or text with an item a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curate.errors import InputError
from curate.io.jsonl import rows_of
from curate.io.packed import packing_of
from curate.io.remote import is_remote, open_source
from curate.io.warc import Damage
from curate.io.warc_source import Source, SourceFile

_PARQUET = b"PAR1"
_BLOCK_BYTES = 1 << 20


def read_texts(path: str, fields: Sequence[str] = ()) -> Iterator[str]:
    """The texts of one file, each by itself.

    Args:
        path: a local file or an address. Parquet is known by its first bytes, JSON Lines by their
            first character, and JSON Lines may be packed with gzip, zstd, bzip2 or xz.
        fields: names of the fields that are wanted, with dots into objects; empty for all texts of
            an item, those in lists and objects too. ``question + answer`` is one text of both.

    Raises:
        InputError: the file cannot be read as a whole, or no item has a text in ``fields``.
    """
    found = False
    with open_source(path) as source:
        begin = source.read(0, 8)
        items: Iterable[Any]
        if begin[:4] == _PARQUET:
            items = _parquet_items(source)
        elif packing_of(begin) or begin.lstrip(b"\xef\xbb\xbf \n")[:1] == b"{":
            items = _json_items(source)
        else:
            fields, items = (), _lines(source)
        for item in items:
            for text in _texts(item, fields):
                found = True
                yield text
    if not found:
        wanted = f"texts in the fields {', '.join(fields)}" if fields else "at least one text"
        raise _error(path, wanted, "none in the whole file")


def _error(path: str, wanted: str, found: str) -> InputError:
    todo = "correct `sets` or `fields` in the job's `decontaminate`"
    return InputError(path, wanted=wanted, found=found, todo=todo)


def _json_items(source: Source) -> Iterator[Mapping[str, Any]]:
    for row in rows_of(source):
        if isinstance(row, Damage):
            raise _error(source.path, "JSON Lines, an object a line", row.detail)
        yield row.values


def _parquet_items(source: Source) -> Iterator[Mapping[str, Any]]:
    try:
        with pq.ParquetFile(SourceFile(source) if is_remote(source.path) else source.path) as file:
            for batch in file.iter_batches(1024):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _error(source.path, "a Parquet file that can be read", str(error)[:200]) from error


def _lines(source: Source) -> Iterator[str]:
    rest, at = b"", 0
    while block := source.read(at, _BLOCK_BYTES):
        at += len(block)
        *lines, rest = (rest + block).split(b"\n")
        yield from (_decoded(source.path, line) for line in lines)
    yield _decoded(source.path, rest)


def _decoded(path: str, line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _error(path, "JSON Lines, Parquet, or text in UTF-8", str(error)) from error


def _texts(item: object, fields: Sequence[str]) -> Iterator[str]:
    """The texts of an item, or of some of its fields."""
    if not fields:
        yield from _all_texts(item)
    for field in fields:
        parts = [_all_texts(_at(item, name.strip().split("."))) for name in field.split("+")]
        if len(parts) == 1:
            yield from parts[0]
        elif joined := "\n".join(chain.from_iterable(parts)):
            yield joined


def _at(item: object, path: Sequence[str]) -> object:
    for i, name in enumerate(path):
        if isinstance(item, list):
            return [_at(part, path[i:]) for part in item]
        item = item.get(name) if isinstance(item, Mapping) else None
    return item


def _all_texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _all_texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _all_texts(part)
