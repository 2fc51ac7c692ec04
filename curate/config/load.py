"""YAML in and out. What is read keeps its places, so that an error names a file and a line."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from curate.config.problems import Location, explain
from curate.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)
Yaml = Any
_MAX_DEPTH = 64
_TEXT = "tag:yaml.org,2002:str"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser, ten times as fast; absent where PyYAML was built without it."""


def load_yaml(path: Path) -> tuple[Yaml, dict[Location, str]]:
    """Read one YAML file: plain data, and where each key and item stands.

    Returns:
        The data, and ``("thresholds", 0, "min") -> "fra_Latn.yaml:7"`` for every place in it.

    Raises:
        ConfigError: there is no such file, or it is not UTF-8, not YAML, holds a key twice, or uses
            anchors, tags or other things that plain data does not need.
    """
    return parse_yaml(read_text(path), str(path))


def read_text(path: Path) -> str:
    """The text of a config file, without a byte order mark.

    Raises:
        ConfigError: there is no such file, or it is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            str(path),
            wanted="text in UTF-8",
            found=f"byte 0x{error.object[error.start]:02x} at offset {error.start}",
            todo="save the file as UTF-8",
        ) from error
    except OSError as error:
        raise ConfigError(
            str(path),
            wanted="a YAML file that can be read",
            found=error.strerror or str(error),
            todo="correct the path, or the file's permissions",
        ) from error


def parse_yaml(text: str, where: str) -> tuple[Yaml, dict[Location, str]]:
    """Parse YAML that is in memory, as :func:`load_yaml`; ``where`` stands for the file's name.

    Raises:
        ConfigError: as :func:`load_yaml`.
    """
    try:
        return _parse(text, where, _FAST)
    except (yaml.YAMLError, ValueError):
        pass  # what is wrong is said in the words of one parser, whichever is there
    try:
        return _parse(text, where, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"{where}:{mark.line + 1}" if mark else where
        problem = error.problem or error.context or "not YAML"
        raise _not_yaml(line, problem) from error
    except (yaml.YAMLError, ValueError) as error:
        raise _not_yaml(where, " ".join(str(error).split())) from error


def _parse(text: str, where: str, kind: Any) -> tuple[Yaml, dict[Location, str]]:  # noqa: ANN401
    _refuse_excess(text, where, kind)
    loader = kind(text)
    try:
        node = loader.get_single_node()
        positions: dict[Location, str] = {(): f"{where}:1"}
        if node is None:
            return {}, positions
        _walk(node, (), where, positions)
        return loader.construct_document(node), positions
    finally:
        loader.dispose()


def _not_yaml(where: str, problem: str) -> ConfigError:
    return ConfigError(
        where,
        wanted="YAML",
        found=problem,
        todo="correct the line; a text with ': ', '#' or a leading '*', '&', '[' or '{' "
        "must stand in quotes",
    )


def _refuse_excess(text: str, where: str, kind: Any) -> None:  # noqa: ANN401
    """Stop early at what makes a few lines into gigabytes of data or of recursion."""
    depth = 0
    for event in yaml.parse(text, Loader=kind):
        line = f"{where}:{event.start_mark.line + 1}" if event.start_mark else where
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError(
                line,
                wanted="plain values",
                found=f"the YAML alias *{event.anchor}",
                todo="write the value out, or put a text that begins with '*' in quotes",
            )
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise _not_yaml(line, f"more than {_MAX_DEPTH} levels of brackets or indentation")


def _walk(node: yaml.Node, at: Location, where: str, into: dict[Location, str]) -> None:
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            into[(*at, number)] = f"{where}:{item.start_mark.line + 1}"
            _walk(item, (*at, number), where, into)
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        line = f"{where}:{key.start_mark.line + 1}"
        if not isinstance(key, yaml.ScalarNode) or key.tag != _TEXT:
            raise ConfigError(
                line,
                wanted="keys that are text",
                found=f"a key of kind {key.tag.rsplit(':', 1)[-1]}: {key.value!r}"[:80],
                todo="put the key in quotes: YAML reads no, on, off, yes and numbers as themselves",
            )
        here = (*at, key.value)
        if here in into:
            raise ConfigError(
                line,
                wanted=f"the key {key.value!r} once",
                found=f"it is also at {into[here]}",
                todo="keep one of the two",
            )
        into[here] = line
        _walk(value, here, where, into)


def parse_value(text: str) -> Yaml:
    """The value of a ``--set`` override: a YAML value where it clearly is one, else the text.

    Globs keep their stars and brackets. A list or a mapping needs its brackets; a date stays text.

    >>> parse_value("true"), parse_value("0.5"), parse_value("/x/*.gz"), parse_value("[a, b]")
    (True, 0.5, '/x/*.gz', ['a', 'b'])
    """
    try:
        value, _ = parse_yaml(text, "value")
    except ConfigError:
        return text
    if isinstance(value, bool | int | float):
        return value
    if text.strip() in _NULLS:
        return None
    if isinstance(value, list | dict):
        return value if text.lstrip()[0] in "[{" and text.rstrip()[-1] in "]}" else text
    quoted = isinstance(value, str) and text[0] in "\"'"
    return value if quoted else text


def build(model: type[Model], data: Yaml, positions: Mapping[Location, str], where: str) -> Model:
    """Check data against a model.

    Args:
        model: what it should be.
        data: from :func:`load_yaml`.
        positions: where each part of the data stands.
        where: the file; used for what has no place of its own.

    Raises:
        ConfigError: it does not fit. One error tells the first problem in full and counts the rest.
    """
    if not isinstance(data, dict):
        raise ConfigError(
            positions.get((), where),
            wanted="a mapping, `key: value` on each line",
            found=_kind(data),
            todo="see the examples in jobs/ and language_configs/",
        )
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise explain(error, model, positions, where) from error


def _kind(data: Yaml) -> str:
    return "a list" if isinstance(data, list) else f"{data!r}"[:80]


def dump_yaml(data: Mapping[str, Yaml]) -> str:
    """YAML of plain data: keys as ordered, every script as itself, always the same bytes."""
    return yaml.dump(
        _plain(data),
        Dumper=yaml.SafeDumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=100,
    )


def _plain(value: Yaml) -> Yaml:
    """Tuples and read-only mappings as lists and dicts; Paths as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, str | int | float | bool | datetime.date) or value is None:
        return value
    message = f"cannot write {type(value).__name__} as YAML"
    raise TypeError(message)
