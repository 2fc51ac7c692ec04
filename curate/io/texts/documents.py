"""Texts that others have extracted: JSON Lines and Parquet -> tables with our column names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import pyarrow as pa

from curate.errors import ConfigError, InputError
from curate.io.damage import Damage
from curate.io.made_ids import made_id
from curate.io.remote.read import open_source
from curate.io.source import Source
from curate.io.texts.column_names import DEFAULT_COLUMNS, HPLT_COLUMNS, SCHEMA
from curate.io.texts.id_hashes import IdHashes
from curate.io.texts.jsonl import rows_of
from curate.io.texts.kept import KeptColumns
from curate.io.texts.parquet_rows import MAGIC, ParquetRows, rows_of_block, skeleton, without_giants
from curate.io.texts.values import (
    ABSENT,
    MAYBE,
    as_alternates,
    as_boolean,
    as_fraction,
    as_number,
    as_signs,
    as_string,
    as_strings,
    as_text,
    is_possible,
    look_up,
)
from curate.redact import without_userinfo

TEXTS_VERSION = "1"
"""Raised when rows become other documents than they did."""

_HPLT_NAMES = frozenset(("f", "u", "ts", "text"))
"""Records whose first one has these are HPLT's."""

_BATCH_CHARS = 8 << 20  # all of them are held several times on their way


@dataclass(frozen=True, slots=True)
class TextInput:
    """How an input of texts is read.

    Attributes:
        columns: our column -> the input's, for those that :data:`DEFAULT_COLUMNS` does not find;
            dots reach into nested objects, as in ``metadata.url``.
        keep: further columns of the input that are kept, by the same names.
        is_hplt: the records are HPLT's, and have to have its fields; otherwise they are taken for
            HPLT's if the first one looks like it.
        place: what tells the file from others, for ids of rows without one; None for its name.
        memory_mb: MiB that its decompression may hold; None for what the format allows.
        tidy: what gives a text its stored form.
        batch_rows: most rows in a table.
        max_chars: most code points of a text; longer ones are damage, ``too_large``.
    """

    columns: Mapping[str, str]
    keep: Sequence[str] = ()
    is_hplt: bool = False
    place: str | None = None
    memory_mb: int | None = None
    tidy: Callable[[str], str] = str
    batch_rows: int = 1000
    max_chars: int | None = None


def read_documents(
    path: str, columns: Mapping[str, str], batch_rows: int = 1000, *, is_hplt: bool = False
) -> Iterator[pa.Table | Damage]:
    """Read a JSON Lines or Parquet file: see :class:`DocumentReader`, which can do more."""
    how = TextInput(columns, is_hplt=is_hplt, batch_rows=batch_rows)
    return DocumentReader(path, how).tables()


class DocumentReader:
    """A JSON Lines or Parquet file, told apart by its first bytes.

    Args:
        path: a local file or an address; JSON Lines may be packed with gzip, zstd, bzip2 or xz.
        how: see :class:`TextInput`.

    Attributes:
        kept: the kept columns.
        noted: what happened -> how often, of what changes no row.
        given_ids: hashes of the ids that the input itself gave.

    Raises:
        ConfigError: ``columns`` names a column that is not ours.
    """

    def __init__(self, path: str, how: TextInput) -> None:
        self._path = path
        self._how = how
        self.noted: Counter[str] = Counter()
        self.kept = KeptColumns(path, how.keep)
        self._batch = _Batch(path, how, self.kept, self.noted)

    @property
    def given_ids(self) -> IdHashes:
        """Of all tables so far."""
        return self._batch.given_ids

    def tables(self) -> Iterator[pa.Table | Damage]:
        """Read the file.

        Yields:
            Tables with :data:`SCHEMA` and the kept columns, and a :class:`Damage` for each row or
            stretch left out (``no_text``, ``bad_json``, ``truncated``, ``corrupt``, ``too_large``,
            ``empty``).

        Raises:
            InputError: the file cannot be opened, or no row has the text column or one that
                ``columns`` names, or a kept column has values of types that do not agree.
        """
        batch = self._batch
        with open_source(self._path) as source:
            is_parquet = source.read(0, 4) == MAGIC
            rows = self._parquet(source) if is_parquet else self._jsonl(source)
            while (item := next(rows, None)) is not None:
                if isinstance(item, Damage):
                    yield item
                    continue
                if (lack := batch.add(item)) is not None:
                    at = f"row {item.number}" if is_parquet else f"line {item.number + 1}"
                    detail = f"{at}: {lack[1]}"
                    yield Damage(lack[0], source.path, item.offset, item.n_bytes, detail)
                item = None  # a large text stands in the batch alone
                if batch.n_seen == self._how.batch_rows:
                    batch.require_columns()
                if batch.n_rows >= self._how.batch_rows or batch.n_chars >= _BATCH_CHARS:
                    yield batch.flush()
        if batch.n_seen:
            batch.require_columns()
        if batch.n_rows:
            yield batch.flush()

    def _jsonl(self, source: Source) -> Iterator[_Row | Damage]:
        for item in rows_of(source, self._how.memory_mb):
            if isinstance(item, Damage):
                yield item
            else:
                yield _Row(item.line - 1, item.offset, item.n_bytes, item.values)

    def _parquet(self, source: Source) -> Iterator[_Row | Damage]:
        """Rows with the mapped columns only."""
        try:
            file = ParquetRows(source)
        except (pa.ArrowException, OSError) as error:
            yield Damage("corrupt", source.path, 0, source.size, f"parquet: {error}"[:200])
            return
        with file:
            self.kept.note_schema(file.schema)
            self._batch.note_schema(file.schema)
            roots = self._batch.roots(file.schema.names)
            blocks = file.blocks(roots, self._how.batch_rows)
            while (item := next(blocks, None)) is not None:
                if isinstance(item, Damage):
                    yield item
                    continue
                rows = self._rows_of(source.path, *item)
                item = None  # what is read next must not stand beside it
                yield from rows

    def _rows_of(self, path: str, first: int, block: pa.RecordBatch) -> Iterator[_Row | Damage]:
        block, giants = without_giants(block)
        typed = self.kept.arrays(block)
        rows = rows_of_block(block)[::-1]
        del block
        for number in range(first, first + len(rows)):
            at = number - first
            if at in giants:
                rows.pop()
                yield Damage("too_large", path, number, 0, f"row {number}: a text above the limit")
            else:
                yield _Row(number, number, 0, rows.pop(), typed[at] if typed else ())


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


class _Row(NamedTuple):
    """One row: its number from 0, where it stands, its values, and those kept in their types."""

    number: int
    offset: int
    n_bytes: int
    values: Mapping[str, Any]
    typed: Sequence[Any] = ()


class _Batch:
    """Rows being collected, and which of the mapped columns were ever seen."""

    def __init__(self, path: str, how: TextInput, kept: KeptColumns, noted: Counter[str]) -> None:
        self._path = path
        self._place = PurePosixPath(path).name if how.place is None else how.place
        self._columns = how.columns
        self._is_hplt = how.is_hplt
        self._tidy = how.tidy
        self._max_chars = how.max_chars
        self._kept = kept
        self._noted = noted
        self._mapping = _mapping(how.columns, HPLT_COLUMNS if how.is_hplt else DEFAULT_COLUMNS)
        hplt = {"url", "date", "warc_path"} if how.is_hplt else set()
        self._required = {"text", *how.columns} | hplt
        self._present: set[str] = set()
        self._names: dict[str, None] = {}
        self._values: dict[str, list[Any]] = {name: [] for name in self._mapping}
        self._schema = pa.schema([*SCHEMA, *kept.fields()])
        self.given_ids = IdHashes()
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

    def add(self, row: _Row) -> tuple[str, str] | None:
        """Take a row; if it has no text, or too much of it, which of the two and what is wrong."""
        values = row.values
        if self.n_seen == 0 and not self._is_hplt:
            self._look(values)
        if self.n_seen < 100:
            self._names.update(dict.fromkeys(values))
        self.n_seen += 1
        picked = {name: self._pick(name, values) for name in self._mapping}
        text = as_text(picked["text"])
        if text is None:
            return "no_text", "the text is null, missing or no string"
        most = self._max_chars
        if most is not None and len(text := self._tidied(text, most)) > most:
            return "too_large", f"{len(text)} characters of text, of at most {most}"
        for name, value in picked.items():
            self._values[name].append(_READ.get(name, as_string)(value))
        self._values["text"][-1] = text if most is not None else self._tidy(text)
        self._mend_last(row.number)
        self._kept.add(values, row.typed)
        self.n_chars += len(text)
        return None

    def _tidied(self, text: str, most: int) -> str:
        """The text in its stored form, unless it is too long for any."""
        return text if len(text) > most else self._tidy(text)

    def _mend_last(self, number: int) -> None:
        """An id for the row that has none, no password, and no date that cannot be."""
        ids, urls, dates = (self._values[name] for name in ("id", "url", "date"))
        if ids[-1] is None:
            ids[-1] = made_id(self._place, number)
        else:
            self.given_ids.add(ids[-1])
        if urls[-1] is not None:
            urls[-1] = without_userinfo(urls[-1])
        if dates[-1] is not None and not is_possible(dates[-1]):
            dates[-1] = None
            self._noted[IMPOSSIBLE_DATE] += 1

    def _pick(self, name: str, row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
        """The first candidate that is not null."""
        for theirs in self._mapping[name]:
            value = look_up(row, theirs)
            if value is not ABSENT:
                self._present.add(name)
                if value is not None:
                    return value
        return None

    def note_schema(self, schema: pa.Schema) -> None:
        """Learn from a Parquet schema which columns there are.

        Raises:
            InputError: one that must be there is not; what maps and texts hold, rows will tell.
        """
        self._schema = pa.schema([*SCHEMA, *self._kept.fields()])
        nested = {field.name: skeleton(field.type) for field in schema}
        if not self._is_hplt:
            self._look(nested)
        self._names.update(dict.fromkeys(nested))
        for name, candidates in self._mapping.items():
            seen = [look_up(nested, theirs) for theirs in candidates]
            if any(value is not ABSENT and value is not MAYBE for value in seen):
                self._present.add(name)
        may_be = {
            name
            for name, candidates in self._mapping.items()
            if any(look_up(nested, theirs) is MAYBE for theirs in candidates)
        }
        self.require_columns(but=may_be)

    def roots(self, names: Sequence[str]) -> list[str]:
        """The top-level columns that the mapping and the kept columns reach into."""
        paths = {theirs for candidates in self._mapping.values() for theirs in candidates}
        paths.update(self._kept.names)
        return [name for name in names if any(_reaches(theirs, name) for theirs in paths)]

    def require_columns(self, but: frozenset[str] | set[str] = frozenset()) -> None:
        """Raise InputError if a column that must be there was in no row so far."""
        for ours in sorted(self._required - self._present - but):
            theirs = " or ".join(self._mapping[ours])
            raise InputError(
                self._path,
                wanted=f"a column {theirs}, for {ours}",
                found=f"the columns {', '.join(self._names) or '(none)'}"[:1000],
                todo=f"map it in the input's `columns`, such as `columns: {{{ours}: content}}`",
            )

    def flush(self) -> pa.Table:
        """The rows collected so far, as a table."""
        arrays = []
        for field in SCHEMA:
            values, self._values[field.name] = self._values[field.name], []
            arrays.append(pa.array(values, field.type))
        self.n_chars = 0
        return pa.Table.from_arrays([*arrays, *self._kept.flush()], schema=self._schema)


def _reaches(theirs: str, root: str) -> bool:
    return theirs == root or theirs.startswith(root + ".")


IMPOSSIBLE_DATE = "impossible_date"

_READ: Mapping[str, Callable[[object], object]] = {
    "warc_offset": as_number,
    "record_bytes": as_number,
    "payload_bytes": as_number,
    "encoding_conflict": as_boolean,
    "extraction_confidence": as_fraction,
    "alternates": as_alternates,
    "opt_out": as_strings,
    "usage_signs": as_signs,
    "license_conflict": as_boolean,
    "truncated": as_boolean,
}
"""Columns that are no strings."""
