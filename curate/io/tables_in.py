"""Texts that others have extracted: JSON Lines and Parquet -> tables with our column names."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curate.errors import ConfigError, InputError
from curate.io.jsonl import rows_of
from curate.io.remote import is_remote, open_source
from curate.io.warc import Damage
from curate.io.warc_source import Source, SourceFile
from curate.schema import DOCUMENTS

SCHEMA = pa.schema(
    pa.field(column.name, column.type, nullable=column.name not in ("id", "text"))
    for column in DOCUMENTS.columns
)
"""The documents table as far as an input knows it: everything but id and text may be null."""

DEFAULT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "url": ("url", "u", "metadata.url"),
    "date": ("date", "ts", "metadata.date"),
    "snapshot": ("snapshot", "dump", "crawl_id", "collection", "metadata.dump"),
    "warc_path": ("warc_path", "file_path", "f", "metadata.file_path"),
    "warc_offset": ("warc_offset", "o", "metadata.warc_offset"),
    "record_bytes": ("record_bytes", "metadata.record_bytes"),
    "payload_bytes": ("payload_bytes", "metadata.payload_bytes"),
    "content_type": ("content_type", "metadata.content_type"),
    "html_lang": ("html_lang", "htmllang", "metadata.html_lang"),
    "encoding": ("encoding", "de", "metadata.encoding"),
    "extraction": ("extraction", "metadata.extraction"),
    "extraction_confidence": ("extraction_confidence", "metadata.extraction_confidence"),
    "page_kind": ("page_kind", "metadata.page_kind"),
    "title": ("title", "metadata.title"),
    "published": ("published", "metadata.published"),
    "author": ("author", "metadata.author"),
    "site_name": ("site_name", "metadata.site_name"),
    "description": ("description", "metadata.description"),
    "license_url": ("license_url", "metadata.license_url"),
    "canonical_url": ("canonical_url", "metadata.canonical_url"),
    "alternates": ("alternates", "metadata.alternates"),
    "opt_out": ("opt_out", "metadata.opt_out"),
    "xml": ("xml", "metadata.xml"),
    "text": ("text",),
}
"""Where our columns are looked for: names of FineWeb, FineWeb2, datatrove and HPLT, in order."""

HPLT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **DEFAULT_COLUMNS,
    "url": ("u",),
    "date": ("ts",),
    "snapshot": ("crawl_id", "collection"),
    "warc_path": ("f",),
    "warc_offset": ("o",),
    "record_bytes": ("s",),
    "payload_bytes": ("rs",),
    "content_type": ("c",),
    "html_lang": ("html_lang", "htmllang"),
    "encoding": ("de",),
    "opt_out": ("opt_out", "robots"),
}
"""The same for records of HPLT 2.0 and later alone, some of whose names say little elsewhere."""

_HPLT_NAMES = frozenset(("f", "u", "ts", "text"))
"""Records whose first one has these are HPLT's."""

_BATCH_CHARS = 64 << 20  # keeps a batch of very long texts below Arrow's 2 GiB a column
_PARQUET = b"PAR1"
_SURROGATE = re.compile("[\ud800-\udfff]")
_ABSENT = object()


def read_documents(
    path: str, columns: Mapping[str, str], batch_rows: int = 1000, *, is_hplt: bool = False
) -> Iterator[pa.Table | Damage]:
    """Read a JSON Lines or Parquet file, told apart by its first bytes.

    Args:
        path: a local file or an address; JSON Lines may be compressed with gzip or zstd.
        columns: our column -> the input's, for those that :data:`DEFAULT_COLUMNS` does not find;
            dots reach into nested objects, as in ``metadata.url``.
        batch_rows: most rows in a table.
        is_hplt: the records are HPLT's, and have to have its fields; otherwise they are taken for
            HPLT's if the first one looks like it.

    Yields:
        Tables with :data:`SCHEMA`, and a :class:`Damage` for each row or stretch left out
        (``no_text``, ``bad_json``, ``truncated``, ``corrupt``, ``too_large``, ``empty``).

    Raises:
        InputError: the file cannot be opened, or no row has the text column or one that
            ``columns`` names.
        ConfigError: ``columns`` names a column that is not ours.
    """
    batch = _Batch(path, columns, is_hplt=is_hplt)
    with open_source(path) as source:
        is_parquet = source.read(0, 4) == _PARQUET
        rows = _parquet_rows(source, batch) if is_parquet else _jsonl_rows(source)
        for item in rows:
            if isinstance(item, Damage):
                yield item
                continue
            number, offset, n_bytes, values = item
            if not batch.add(number, values):
                detail = f"row {number}: the text is null, missing or no string"
                yield Damage("no_text", path, offset, n_bytes, detail)
            if batch.n_seen == batch_rows:
                batch.require_columns()
            if batch.n_rows >= batch_rows or batch.n_chars >= _BATCH_CHARS:
                yield batch.flush()
    if batch.n_seen:
        batch.require_columns()
    if batch.n_rows:
        yield batch.flush()


def _mapping(
    columns: Mapping[str, str], known: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    unknown = sorted(set(columns) - set(DEFAULT_COLUMNS))
    if unknown:
        raise ConfigError(
            f"columns: {unknown[0]}",
            wanted=f"one of {', '.join(DEFAULT_COLUMNS)}",
            found=repr(unknown[0]),
            todo="write `columns: {our_name: their_name}`",
        )
    return {**known, **{ours: (theirs,) for ours, theirs in columns.items()}}


_Row = tuple[int, int, int, Mapping[str, Any]]


def _jsonl_rows(source: Source) -> Iterator[_Row | Damage]:
    for item in rows_of(source):
        if isinstance(item, Damage):
            yield item
        else:
            yield item.line - 1, item.offset, item.n_bytes, item.values


def _parquet_rows(source: Source, batch: _Batch) -> Iterator[_Row | Damage]:
    """Rows with the mapped columns only; a broken row group is damage, the others are read."""
    path, size = source.path, source.size
    try:
        file = pq.ParquetFile(SourceFile(source) if is_remote(path) else path)
    except (pa.ArrowException, OSError) as error:
        yield Damage("corrupt", path, 0, size, f"parquet: {error}"[:200])
        return
    with file:
        batch.note_schema(file.schema_arrow)
        batch.require_columns()
        roots = batch.roots(file.schema_arrow.names)
        first = 0
        for index in range(file.num_row_groups):
            group = file.metadata.row_group(index)
            number = first
            try:
                for block in file.iter_batches(1024, row_groups=[index], columns=roots):
                    for values in _rows(block):
                        yield number, number, 0, values
                        number += 1
            except (pa.ArrowException, OSError) as error:
                offset = group.column(0).data_page_offset
                detail = f"parquet: rows {number} to {first + group.num_rows}: {error}"
                yield Damage("corrupt", path, offset, group.total_byte_size, detail[:200])
            first += group.num_rows


def _rows(block: pa.RecordBatch) -> list[dict[str, Any]]:
    """The rows of a block; bytes of a text that are no UTF-8 become U+FFFD.

    Parquet files may hold any bytes in a column of text: not every writer looks at them.
    """
    try:
        rows: list[dict[str, Any]] = block.to_pylist()
    except UnicodeDecodeError:
        columns = [_lenient(column) for column in block.columns]
        names = block.schema.names
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    return rows


def _lenient(column: pa.Array) -> list[Any]:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        raw = column.cast(pa.large_binary()).to_pylist()
        return [None if value is None else value.decode("utf-8", "replace") for value in raw]
    values = []
    for scalar in column:
        try:
            values.append(scalar.as_py())
        except UnicodeDecodeError:
            values.append(None)  # deep inside a nested value: as good as absent
    return values


class _Batch:
    """Rows being collected, and which of the mapped columns were ever seen."""

    def __init__(self, path: str, columns: Mapping[str, str], *, is_hplt: bool) -> None:
        self._path = path
        self._columns = columns
        self._is_hplt = is_hplt
        self._mapping = _mapping(columns, HPLT_COLUMNS if is_hplt else DEFAULT_COLUMNS)
        self._required = {"text", *columns} | ({"url", "date", "warc_path"} if is_hplt else set())
        self._found: set[str] = set()
        self._names: dict[str, None] = {}
        self._values: dict[str, list[Any]] = {name: [] for name in self._mapping}
        self.n_seen = 0
        self.n_chars = 0

    @property
    def n_rows(self) -> int:
        return len(self._values["text"])

    def _look(self, row: Mapping[str, Any]) -> None:
        """Look for HPLT's names first if the first record is of its form."""
        if row.keys() >= _HPLT_NAMES:
            both = {k: (*HPLT_COLUMNS[k], *names) for k, names in DEFAULT_COLUMNS.items()}
            self._mapping = _mapping(self._columns, both)

    def add(self, number: int, row: Mapping[str, Any]) -> bool:
        """Take a row; False if it has no text."""
        if self.n_seen == 0 and not self._is_hplt:
            self._look(row)
        if self.n_seen < 100:
            self._names.update(dict.fromkeys(row))
        self.n_seen += 1
        picked = {name: self._pick(name, row) for name in self._mapping}
        text = picked["text"]
        if not isinstance(text, str):
            return False
        for name, value in picked.items():
            self._values[name].append(_READ.get(name, _string)(value))
        if self._values["id"][-1] is None:
            self._values["id"][-1] = _made_id(self._path, number)
        self.n_chars += len(text)
        return True

    def _pick(self, name: str, row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
        """The first candidate that is not null."""
        for theirs in self._mapping[name]:
            value = _look_up(row, theirs)
            if value is not _ABSENT:
                self._found.add(name)
                if value is not None:
                    return value
        return None

    def note_schema(self, schema: pa.Schema) -> None:
        """Learn from a Parquet schema which columns there are."""
        nested = {field.name: _skeleton(field.type) for field in schema}
        if not self._is_hplt:
            self._look(nested)
        self._names.update(dict.fromkeys(nested))
        for name in self._mapping:
            self._pick(name, nested)

    def roots(self, names: list[str]) -> list[str]:
        """The top-level columns that the mapping reaches into."""
        wanted = {theirs for candidates in self._mapping.values() for theirs in candidates}
        return [name for name in names if any(_reaches(theirs, name) for theirs in wanted)]

    def require_columns(self) -> None:
        """Raise InputError if a column that must be there was in no row so far."""
        for ours in sorted(self._required - self._found):
            theirs = " or ".join(self._mapping[ours])
            raise InputError(
                self._path,
                wanted=f"a column {theirs}, for {ours}",
                found=f"the columns {', '.join(self._names) or '(none)'}"[:1000],
                todo=f"map it in the input's `columns`, such as `columns: {{{ours}: content}}`",
            )

    def flush(self) -> pa.Table:
        """The rows collected so far, as a table."""
        arrays = [pa.array(self._values[field.name], field.type) for field in SCHEMA]
        for values in self._values.values():
            values.clear()
        self.n_chars = 0
        return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _look_up(row: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - any JSON value
    """``metadata.url`` -> ``row["metadata"]["url"]``; a key with a dot in it comes first."""
    if name in row:
        return row[name]
    head, dot, rest = name.partition(".")
    inner = row.get(head) if dot else None
    return _look_up(inner, rest) if isinstance(inner, Mapping) else _ABSENT


def _reaches(theirs: str, root: str) -> bool:
    return theirs == root or theirs.startswith(root + ".")


def _skeleton(kind: pa.DataType) -> Any:  # noqa: ANN401 - nested dicts
    """A struct type as nested dicts, to look names up in."""
    if pa.types.is_struct(kind):
        return {kind.field(i).name: _skeleton(kind.field(i).type) for i in range(kind.num_fields)}
    return None


def _string(value: object) -> str | None:
    """A value as a string column holds it; the first of a list; null for objects."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    is_offset = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63
    return value if is_offset and isinstance(value, int) else None


def _strings(value: object) -> list[str] | None:
    """A list as a column of lists of strings holds it; null for what is no list.

    What HPLT 2.0 says in ``robots`` becomes the sign ``robots:disallowed``, or none.
    """
    if value in ("allowed", "disallowed"):
        return ["robots:disallowed"] if value == "disallowed" else []
    if not isinstance(value, list):
        return None
    return [text for text in map(_string, value) if text is not None]


def _fraction(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return (
        float(value) if is_number and isinstance(value, int | float) and 0 <= value <= 1 else None
    )


def _alternates(value: object) -> list[dict[str, str]] | None:
    """Translations as their column holds them; what has no language or address is left out."""
    if not isinstance(value, list):
        return None
    names = ("hreflang", "url")
    rows = [{n: _string(x.get(n)) for n in names} for x in value if isinstance(x, dict)]
    return [{n: text for n, text in row.items() if text} for row in rows if all(row.values())]


_READ: Mapping[str, Callable[[object], object]] = {
    "warc_offset": _number,
    "record_bytes": _number,
    "payload_bytes": _number,
    "opt_out": _strings,
    "extraction_confidence": _fraction,
    "alternates": _alternates,
}
"""Columns that are no strings."""


def _made_id(path: str, number: int) -> str:
    """An identity for a row without one, from its place; the folder of the file is no part."""
    place = f"{PurePosixPath(path).name}\n{number}"
    return f"urn:curate:{hashlib.blake2b(place.encode(), digest_size=16).hexdigest()}"
