"""From a pydantic validation error to one ConfigError: where, wanted, found, to do."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterator, Mapping
from typing import get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from curate.errors import ConfigError

Location = tuple[str | int, ...]

OURS = "curate"
"""The error type of a problem that a validator of ours has put into words already."""


def problem(wanted: str, found: str, todo: str) -> PydanticCustomError:
    """A validator's error that says the last three parts of a ConfigError itself."""
    return PydanticCustomError(
        OURS, "wanted {wanted}; found {found}", {"wanted": wanted, "found": found, "todo": todo}
    )


def explain(
    error: ValidationError,
    model: type[BaseModel],
    positions: Mapping[Location, str],
    where: str,
) -> ConfigError:
    """One ConfigError for all that is wrong: the first problem in full, the others by place."""
    details = sorted(error.errors(include_url=False), key=_unknown_first)
    first, rest = details[0], details[1:]
    wanted, found, todo = _words(first, model)
    if rest:
        others = [f"{_place(d['loc'], positions, where)} ({dotted(d['loc'])})" for d in rest[:5]]
        more = f" and {len(rest) - 5} more" if len(rest) > 5 else ""
        todo += f"; then see {', '.join(others)}{more}"
    return ConfigError(
        _place(first["loc"], positions, where), wanted=wanted, found=found, todo=todo
    )


def _unknown_first(detail: ErrorDetails) -> bool:
    # A misspelt required key gives two errors, "unknown" and "missing"; the first names the cause.
    return detail["type"] != "extra_forbidden"


def _place(at: Location, positions: Mapping[Location, str], where: str) -> str:
    for end in range(len(at), -1, -1):
        if at[:end] in positions:
            return positions[at[:end]]
    return where


def _words(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str, str]:
    at, value = detail["loc"], detail["input"]
    if detail["type"] == OURS:
        said = detail["ctx"]
        return said["wanted"], said["found"], said["todo"]
    if detail["type"] == "extra_forbidden":
        return _unknown_key(at, model)
    described = _describe(at, model)
    if detail["type"] == "missing":
        return f"`{dotted(at)}`{described}", "nothing", f"add `{dotted(at)}`"
    message = detail["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    todo = f"correct `{dotted(at)}`"
    if detail["type"] in ("model_type", "dict_type"):
        message = "`key: value` lines"
        todo = (
            f"indent its settings below `{dotted(at)}:`, or remove the line to leave it at default"
        )
    if isinstance(value, bool) and "string" in detail["type"]:
        todo = "put the word in quotes: YAML reads bare no, on, off and yes as false and true"
    elif detail["type"] == "string_type":
        todo += ": text that looks like a number, a date or null needs quotes"
    return f"`{dotted(at)}`{described}: {message}", _shown(value), todo


def _shown(value: object) -> str:
    """As it stands in YAML, where that differs from Python."""
    return "nothing, or null" if value is None else reprlib.repr(value)


def _describe(at: Location, model: type[BaseModel]) -> str:
    field = field_at(model, at)
    return f", {field.description.rstrip('.')}" if field and field.description else ""


def _unknown_key(at: Location, model: type[BaseModel]) -> tuple[str, str, str]:
    owner = model_at(model, at[:-1]) or model
    key, prefix = str(at[-1]), dotted(at[:-1])
    known = list(owner.model_fields)
    inside = f"of `{prefix}`" if prefix else "known here"
    keys = f"a key {inside}: {', '.join(known)}" if known else f"no key: `{prefix}` has none yet"
    guess = suggest(key, known)
    if guess is None:
        everywhere = list(paths(model))
        near = suggest(key, [p.rsplit(".", 1)[-1] for p in everywhere])
        guess = next((p for p in everywhere if near and p.rsplit(".", 1)[-1] == near), None)
    elif prefix and not isinstance(at[-2], int):
        guess = f"{prefix}.{guess}"
    todo = f"did you mean `{guess}`?" if guess else "remove it or correct its spelling"
    return keys, f"`{key}`", todo


def suggest(word: str, known: list[str]) -> str | None:
    """The known word nearest in spelling, if any is near."""
    near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return near[0] if near else None


def did_you_mean(word: str, known: list[str], *, otherwise: str) -> str:
    """``did you mean `x`?``, or what to do where nothing is near."""
    guess = suggest(word, known)
    return f"did you mean `{guess}`?" if guess else otherwise


def dotted(at: Location) -> str:
    """``("thresholds", 0, "min")`` -> ``thresholds[0].min``."""
    text = ""
    for part in at:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def model_at(model: type[BaseModel], at: Location) -> type[BaseModel] | None:
    """The model that stands at a place, or None if there is none."""
    here: type[BaseModel] | None = model
    for part in at:
        if isinstance(part, int):
            continue  # the items of a list have the model of the list
        field = here.model_fields.get(part) if here else None
        here = _model_in(field.annotation) if field else None
    return here


def field_at(model: type[BaseModel], at: Location) -> FieldInfo | None:
    """The pydantic field at a place, or None."""
    names = [i for i, part in enumerate(at) if isinstance(part, str)]
    if not names:
        return None
    last = names[-1]
    owner = model_at(model, at[:last])
    return owner.model_fields.get(str(at[last])) if owner else None


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is None:
        return None
    return next((m for a in get_args(annotation) if (m := _model_in(a))), None)


def paths(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every dotted path of a model, outer ones first."""
    for name in model.model_fields:
        yield f"{prefix}{name}"
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is not None:
            yield from paths(inner, f"{prefix}{name}.")
