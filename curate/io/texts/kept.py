"""Columns of the user's own that are kept beside ours, and the one type that each has.

In a document shard a kept column stands in the type of its Parquet file, or as JSON where the input
has no types; which of the two, and the type, is in the shard's receipt. All shards agree on a type
before anything is published.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import InputError
from curate.io.texts.values import ABSENT, as_string, look_up

PREFIX: Final = "kept."
"""Begins the name of a kept column in a document shard, where other tables join it."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST: Final = 1 << 63


class KeptColumns:
    """The kept columns of one shard while it is being read.

    Args:
        path: the input, for errors.
        names: of the columns; dots reach into nested objects.
    """

    def __init__(self, path: str, names: Sequence[str]) -> None:
        self._path = path
        self.names = tuple(names)
        self._native: dict[str, pa.DataType] = {}
        self._types: dict[str, pa.DataType] = {name: pa.null() for name in names}
        self._values: dict[str, list[Any]] = {name: [] for name in names}

    def note_schema(self, schema: pa.Schema) -> None:
        """Learn from a Parquet schema which of the columns have a type of their own there."""
        for name in self.names:
            kind = _typed(schema, name)
            if kind is not None:
                self._native[name] = self._types[name] = plain_type(kind)

    def arrays(self, block: pa.RecordBatch) -> list[list[Any]]:
        """For each row of a block the values of the columns that are typed there."""
        columns = []
        for name, kind in self._native.items():
            try:
                column = _reached(block, name).cast(kind)
            except pa.ArrowException as error:
                raise InputError(
                    f"columns.keep: {name}",
                    wanted="a column whose values can be kept",
                    found=f"{kind} in {self._path}: {error}"[:300],
                    todo="leave it out of `columns.keep`",
                ) from error
            columns.append([x if x.is_valid else None for x in column])
        return [list(row) for row in zip(*columns, strict=True)] if columns else []

    def add(self, row: Mapping[str, Any], typed: Sequence[Any]) -> None:
        """Take the values of one row.

        Raises:
            InputError: a value is of another type than those before it.
        """
        for name, value in zip(self._native, typed, strict=True):
            self._values[name].append(value)
        for name in self.names:
            if name not in self._native:
                self._values[name].append(self._as_json(name, look_up(row, name)))

    def _as_json(self, name: str, value: object) -> str | None:
        if value is ABSENT or value is None:
            return None
        before = self._types[name]
        kind = type_of(value)
        if kind != before:
            self._types[name] = _agreed(name, [(before, self._path), (kind, self._path)])
        text = json.dumps(value, ensure_ascii=False, default=as_string)
        return text if text.isascii() else _SURROGATE.sub("\ufffd", text)

    def fields(self) -> list[pa.Field]:
        """The columns as they stand in the shard."""
        return [pa.field(PREFIX + n, self._native.get(n, pa.string())) for n in self.names]

    def flush(self) -> list[pa.Array]:
        """The values taken since the last call."""
        arrays = [pa.array(self._values[n], self._native.get(n, pa.string())) for n in self.names]
        self._values = {name: [] for name in self.names}
        return arrays

    def for_receipt(self) -> dict[str, Any]:
        """For the receipt: name -> type in words, the type itself, whether it stands as JSON."""
        return {
            name: {
                "type": str(kind),
                "schema": packed_schema(pa.schema([(name, kind)])),
                "json": name not in self._native,
            }
            for name, kind in self._types.items()
        }


def _typed(schema: pa.Schema, name: str) -> pa.DataType | None:
    """The type of a column, or of a field of a struct; None for what no schema tells."""
    if name in schema.names:
        return schema.field(name).type
    head, *rest = name.split(".")
    kind = schema.field(head).type if head in schema.names else None
    for part in rest:
        if kind is None or not pa.types.is_struct(kind) or kind.get_field_index(part) < 0:
            return None
        kind = kind.field(part).type
    return kind


def _reached(block: pa.RecordBatch, name: str) -> pa.Array:
    if name in block.schema.names:
        return block.column(name)
    head, *rest = name.split(".")
    return pc.struct_field(block.column(head), rest)


def plain_type(kind: pa.DataType) -> pa.DataType:
    """A type without what only says how it is stored."""
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return pa.binary()
    return kind


def type_of(value: object) -> pa.DataType:
    """The type of a JSON value."""
    if value is None:
        return pa.null()
    if isinstance(value, bool):
        return pa.bool_()
    if isinstance(value, int):
        return pa.int64() if -_LARGEST <= value < _LARGEST else pa.float64()
    if isinstance(value, float):
        return pa.float64()
    if isinstance(value, list):
        inner: pa.DataType = pa.null()
        for item in value:
            inner = merged(inner, type_of(item))
        return pa.list_(inner)
    if isinstance(value, Mapping) and value:
        return pa.struct([(str(key), type_of(item)) for key, item in value.items()])
    return pa.null() if isinstance(value, Mapping) else pa.string()


def merged(one: pa.DataType, two: pa.DataType) -> pa.DataType:
    """The type that holds the values of both.

    Raises:
        TypeError: there is none.
    """
    if one == two or pa.types.is_null(two):
        return one
    if pa.types.is_null(one):
        return two
    if pa.types.is_binary(one) != pa.types.is_binary(two):
        raise TypeError(f"{one} and {two}")  # Arrow would make bytes of a text
    if pa.types.is_struct(one) and pa.types.is_struct(two):
        both = {one.field(i).name: one.field(i).type for i in range(one.num_fields)}
        for i in range(two.num_fields):
            field = two.field(i)
            both[field.name] = merged(both.get(field.name, pa.null()), field.type)
        return pa.struct(list(both.items()))
    if pa.types.is_list(one) and pa.types.is_list(two):
        return pa.list_(merged(one.value_type, two.value_type))
    schemas = [pa.schema([("x", one)]), pa.schema([("x", two)])]
    try:
        unified = pa.unify_schemas(schemas, promote_options="permissive")
    except (pa.ArrowException, TypeError) as error:
        raise TypeError(f"{one} and {two}") from error
    return unified.field("x").type


def _agreed(name: str, seen: Iterable[tuple[pa.DataType, str]]) -> pa.DataType:
    """The type that holds what several files, or rows of a file, have in a column.

    Raises:
        InputError: there is none; it names two files and their types.
    """
    kind: pa.DataType = pa.null()
    first = ""
    for other, path in seen:
        try:
            both = merged(kind, other)
        except TypeError as error:
            raise InputError(
                f"columns.keep: {name}",
                wanted="one type in all files",
                found=f"{kind} in {first}, {other} in {path}",
                todo="write the column with one type, or leave it out of `columns.keep`",
            ) from error
        first = first if both == kind and first else path
        kind = both
    return kind


def packed_schema(schema: pa.Schema) -> str:
    """A schema as text, which JSON can hold."""
    return base64.b64encode(schema.serialize().to_pybytes()).decode()


def unpacked_schema(text: str) -> pa.Schema:
    """The schema that :func:`packed_schema` packed."""
    return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(text)))


def agreed_schema(by_path: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> pa.Schema:
    """The kept columns in the types that hold what all shards have.

    Args:
        by_path: input file -> what :meth:`KeptColumns.for_receipt` said of its shard.
        names: of the columns.

    Raises:
        InputError: no file has a column, or two have it in types that do not agree.
    """
    fields = []
    for name in names:
        seen = [
            (unpacked_schema(of[name]["schema"]).field(0).type, path)
            for path, of in by_path.items()
            if name in of
        ]
        kind = _agreed(name, seen)
        if pa.types.is_null(kind):
            raise InputError(
                f"columns.keep: {name}",
                wanted="a column that an input has, dots reaching into nested objects",
                found=f"no value of that name in {len(by_path)} file(s)",
                todo="correct the name, or remove it from `columns.keep`",
            )
        fields.append(pa.field(name, without_nulls(kind)))
    return pa.schema(fields)


def without_nulls(kind: pa.DataType) -> pa.DataType:
    """A type that files can hold: what never had a value is a text in it."""
    if pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(without_nulls(kind.value_type))
    if pa.types.is_struct(kind):
        fields = [kind.field(i) for i in range(kind.num_fields)]
        return pa.struct([(f.name, without_nulls(f.type)) for f in fields])
    return kind


def typed_column(column: pa.ChunkedArray, kind: pa.DataType, *, is_json: bool) -> pa.ChunkedArray:
    """A kept column of a shard in the type that all shards agreed on."""
    if not is_json:
        return column.cast(kind)
    values = [None if x is None else json.loads(x) for x in column.to_pylist()]
    if pa.types.is_floating(kind):
        values = [None if x is None else float(x) for x in values]
    return pa.chunked_array([pa.array(values, kind)])
