"""The fields of a table in the words of others: `datasets` of Hugging Face, and Croissant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

Json = Any

_DTYPES: Final = {"double": "float64", "float": "float32", "halffloat": "float16"}
_CROISSANT: Final = {
    "string": "sc:Text",
    "large_string": "sc:Text",
    "bool": "sc:Boolean",
    "float64": "cr:Float64",
    "float32": "cr:Float32",
    "float16": "cr:Float16",
    **{f"int{n}": f"cr:Int{n}" for n in (8, 16, 32, 64)},
    **{f"uint{n}": f"cr:UInt{n}" for n in (8, 16, 32, 64)},
}


def features_of(schema: pa.Schema) -> list[Json] | None:
    """The fields as `datasets` writes them into a card; None if it has no word for one."""
    try:
        return [{"name": field.name, **_feature(field.type)} for field in schema]
    except TypeError:
        return None


def _feature(kind: pa.DataType) -> dict[str, Json]:
    if pa.types.is_struct(kind):
        return {"struct": [{"name": f.name, **_feature(f.type)} for f in kind]}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        inner = _feature(kind.value_type)
        return {"list": next(iter(inner.values())) if set(inner) & {"dtype", "struct"} else inner}
    if pa.types.is_nested(kind) or pa.types.is_dictionary(kind):
        raise TypeError(f"{kind} is a type that datasets does not know")
    return {"dtype": _DTYPES.get(str(kind), str(kind))}


def yaml_lines(features: list[Json], indent: str) -> Iterator[str]:
    """A list of features as YAML, without its key."""
    for feature in features:
        name, *rest = feature.items()
        yield f"{indent}- name: {_quoted(name[1])}"
        for key, value in rest:
            yield from _entry(key, value, f"{indent}  ")


def _entry(key: str, value: Json, indent: str) -> Iterator[str]:
    if isinstance(value, str):
        yield f"{indent}{key}: {_quoted(value)}"
    elif isinstance(value, list):
        yield f"{indent}{key}:"
        yield from yaml_lines(value, indent)
    else:
        yield f"{indent}{key}:"
        for inner, of in value.items():
            yield from _entry(inner, of, f"{indent}  ")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def croissant_field(record_set: str, file_set: str, field: pa.Field) -> dict[str, Json]:
    """A field of a record set of Croissant.

    Args:
        record_set: its identifier.
        file_set: that of the files it is read from.
        field: a column.
    """
    kind, depth = field.type, 0
    while pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind, depth = kind.value_type, depth + 1
    name = _DTYPES.get(str(kind), str(kind))
    described: dict[str, Json] = {
        "@type": "cr:Field",
        "@id": f"{record_set}/{field.name}",
        "name": field.name,
        "dataType": _CROISSANT.get(name, "sc:Text"),
        "source": {"fileSet": {"@id": file_set}, "extract": {"column": field.name}},
    }
    if depth:
        described |= {"isArray": True, "arrayShape": ",".join(["-1"] * depth)}
    return described
