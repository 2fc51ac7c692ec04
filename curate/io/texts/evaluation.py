"""Texts of evaluation sets: from JSON, Parquet, tables of text, or text with an item a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from curate.errors import InputError
from curate.io.damage import BrokenMember, Damage
from curate.io.packed import packing_of, unpacked
from curate.io.remote.read import is_remote, open_source
from curate.io.source import Source, SourceFile
from curate.io.texts.evaluation_table import DELIMITERS, TableError, header_delimiter, table_items
from curate.io.texts.jsonl import rows_of

_PARQUET = b"PAR1"
_PACKED: Final = (".gz", ".gzip", ".zst", ".zstd", ".bz2", ".xz")
_BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_JSON_NAMES: Final = (".json", ".jsonl", ".ndjson")
_OTHERS: Final = (
    *(".arrow", ".feather", ".ipc", ".avro", ".orc", ".npy", ".npz", ".pkl", ".pickle", ".pt"),
    *(".zip", ".tar", ".tgz", ".lz4", ".7z", ".xls", ".xlsx", ".ods", ".sqlite"),
    *(".xml", ".html", ".yaml", ".yml", ".toml", ".tfrecord", ".db"),
)
"""Endings of forms that are not read; their lines would be taken for items."""

FORMS: Final = "JSON Lines, a JSON array or object, Parquet, CSV, TSV, or text in UTF-8"


@dataclass(slots=True)
class Contents:
    """The contents that were read so far.

    Attributes:
        n_items: rows, objects or lines.
        fields: those of the fields asked for that some item has.
        has_fields: whether any file had items with fields; a line of text has none.
    """

    n_items: int = 0
    fields: set[str] = field(default_factory=set)
    has_fields: bool = False


def read_texts(
    path: str, fields: Sequence[str] = (), contents: Contents | None = None
) -> Iterator[str]:
    """The texts of one file, each by itself.

    Args:
        path: a local file or an address. Parquet is known by its first bytes and JSON by its first
            character; CSV and TSV by the ending of the name, or by a first line that names the
            fields. All but Parquet may be packed with gzip, zstd, bzip2 or xz. Other text is an
            item a line, to which fields do not apply.
        fields: names of the fields that are wanted, with dots into objects; empty for all texts of
            an item, those in lists and objects too. ``question + answer`` is one text of both.
        contents: is told what is in the file.

    Raises:
        InputError: the file cannot be read as a whole or is of another form, or no item has a text
            in ``fields``.
    """
    contents = Contents() if contents is None else contents
    has_text = False
    with open_source(path) as source:
        for item in _items(source, fields):
            contents.n_items += 1
            if isinstance(item, str):
                texts = _all_texts(item)
            else:
                contents.has_fields = True
                texts = _texts(item, fields, contents.fields)
            for text in texts:
                has_text = True
                yield text
    if not has_text:
        needed = f"texts in the fields {', '.join(fields)}" if fields else "at least one text"
        raise _error(path, needed, "none in the whole file")


def field_names(fields: Sequence[str]) -> list[str]:
    """The single names in fields, such as two in ``question + answer``."""
    return [name.strip() for field in fields for name in field.split("+")]


def _error(path: str, wanted: str, found: str) -> InputError:
    todo = "correct `sets` or `fields` in the job's `decontaminate`"
    return InputError(path, wanted=wanted, found=found, todo=todo)


def _items(source: Source, fields: Sequence[str]) -> Iterable[Any]:
    """Objects with fields, or lines of text."""
    name = _plain_name(source.path)
    if name.endswith(_OTHERS):
        raise _error(source.path, FORMS, f"a file that ends in {name[name.rindex('.') :]}")
    begin = source.read(0, 4)
    if begin == _PARQUET:
        return _parquet_items(source)
    head = _head(source)
    first = head.lstrip(_BLANK)[:1]
    if first == b"{" and not name.endswith(tuple(DELIMITERS)):
        return _json_items(source, head)
    if (first == b"[" or name.endswith(_JSON_NAMES)) and not name.endswith(tuple(DELIMITERS)):
        items = _whole_json(source, is_sure=name.endswith(_JSON_NAMES))
        return _lines(source) if items is None else items
    delimiter = next((d for ending, d in DELIMITERS.items() if name.endswith(ending)), None)
    if delimiter is None and fields:
        delimiter = header_delimiter(_decoded(source.path, _first_line(head)), field_names(fields))
    if delimiter is not None:
        return _table_items(source, delimiter, fields)
    return _lines(source)


def _plain_name(path: str) -> str:
    """The name in lower case, without the ending of a compression and what follows a ``?``."""
    name = path.split("?")[0].lower() if "://" in path else path.lower()
    return next((name.removesuffix(end) for end in _PACKED if name.endswith(end)), name)


def _blocks(source: Source) -> Iterator[bytes]:
    """The content, decompressed."""
    packing = packing_of(source.read(0, 8))
    if packing is None:
        for at in range(0, source.size, _BLOCK_BYTES):
            yield source.read(at, _BLOCK_BYTES)
        return
    try:
        yield from unpacked(source, packing)
    except BrokenMember as error:
        raise _error(source.path, f"{FORMS}, in a whole {packing} file", error.detail) from error


def _head(source: Source) -> bytes:
    """The first bytes of the content; fewer where it breaks off."""
    head = b""
    for block in _blocks(source):
        head += block
        if len(head) >= _HEAD_BYTES:
            break
    return head[:_HEAD_BYTES]


def _first_line(head: bytes) -> bytes:
    line = head.split(b"\n", 1)[0]
    return b"" if len(line) == _HEAD_BYTES else line  # cut within a character, and no header


def _json_items(source: Source, head: bytes) -> Iterable[Any]:
    """Items of JSON Lines; or of one object over several lines."""
    try:
        json.loads(_first_line(head).decode("utf-8-sig"))
    except ValueError:
        items = _whole_json(source, is_sure=False)
        if items is not None:
            return items
    return _rows(source)


def _rows(source: Source) -> Iterator[Mapping[str, Any]]:
    for row in rows_of(source):
        if isinstance(row, Damage):
            raise _error(source.path, "JSON Lines, an object a line", row.detail)
        yield row.values


def _whole_json(source: Source, *, is_sure: bool) -> list[Any] | None:
    """The items of an array, or the one object; None if it is no JSON and need not be."""
    try:
        content = json.loads(b"".join(_blocks(source)).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        if is_sure:
            raise _error(source.path, "a JSON array or JSON Lines", str(error)[:200]) from error
        return None
    items = content if isinstance(content, list) else [content]
    return [item for item in items if item is not None]


def _table_items(
    source: Source, delimiter: str, fields: Sequence[str]
) -> Iterator[Mapping[str, str]]:
    text = _decoded(source.path, b"".join(_blocks(source)))
    try:
        yield from table_items(text, delimiter, field_names(fields))
    except TableError as error:
        raise _error(source.path, error.wanted, error.found) from error


def _parquet_items(source: Source) -> Iterator[Mapping[str, Any]]:
    try:
        with pq.ParquetFile(SourceFile(source) if is_remote(source.path) else source.path) as file:
            for batch in file.iter_batches(1024):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _error(source.path, "a Parquet file that can be read", str(error)[:200]) from error


def _lines(source: Source) -> Iterator[str]:
    rest = b""
    for block in _blocks(source):
        *lines, rest = (rest + block).split(b"\n")
        yield from (_decoded(source.path, line) for line in lines if line.strip())
    if rest.strip():
        yield _decoded(source.path, rest)


def _decoded(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _error(path, FORMS, str(error)) from error


def _texts(item: object, fields: Sequence[str], seen: set[str]) -> Iterator[str]:
    """The texts of an item, or of some of its fields, whose names go to ``seen``."""
    if not fields:
        yield from _all_texts(item)
    for one in fields:
        names = field_names([one])
        values = [_at(item, [name] if _has(item, name) else name.split(".")) for name in names]
        seen.update(name for name, value in zip(names, values, strict=True) if value is not None)
        parts = [_all_texts(value) for value in values]
        if len(parts) == 1:
            yield from parts[0]
        elif joined := "\n".join(chain.from_iterable(parts)):
            yield joined


def _has(item: object, name: str) -> bool:
    return isinstance(item, Mapping) and name in item


def _at(item: object, path: Sequence[str]) -> object:
    """The value at a path; None if nothing is there."""
    for i, name in enumerate(path):
        if isinstance(item, list):
            values = [value for part in item if (value := _at(part, path[i:])) is not None]
            return values or None
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
