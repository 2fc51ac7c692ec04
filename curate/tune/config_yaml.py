"""A language config as YAML that a person can review: one line per rule, a stable order.

It is text; whoever calls this puts it into a file. Reading it back gives the same config.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from curate.config.language import LanguageConfig, Threshold

_WIDTH = 100


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


class _Row(list[Any]):
    """A list that is written on as few lines as it fits."""


class _Dumper(yaml.SafeDumper):
    """Writes the two kinds above in flow style, and items of a list under their key indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001 - the signature is PyYAML's
        super().increase_indent(flow, False)


def _line(dumper: yaml.SafeDumper, value: _Line) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)


def _row(dumper: yaml.SafeDumper, value: _Row) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)


_Dumper.add_representer(_Line, _line)
_Dumper.add_representer(_Row, _row)


def to_yaml(config: LanguageConfig, *, comment: str = "") -> str:
    """The file of one config.

    Args:
        config: what :func:`curate.tune.fit.fit_label` gives.
        comment: lines above it, without ``#``.
    """
    parts: list[Mapping[str, Any]] = [{"label": config.label}]
    if config.stopwords:
        parts[0] = {**parts[0], "stopwords": _Row(config.stopwords)}
    if config.thresholds:
        parts.append({"thresholds": [_rule(t) for t in config.thresholds]})
    parts.append({"provenance": _provenance(config)})
    lines = "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines())
    return lines + "\n".join(_dump(part) for part in parts)


def _dump(part: Mapping[str, Any]) -> str:
    text: str = yaml.dump(
        dict(part), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH
    )
    return text


def _rule(threshold: Threshold) -> dict[str, Any]:
    said = threshold.model_dump(exclude_defaults=True)
    rule = _Line({key: _number(value) for key, value in said.items()})
    # A reason makes the line too long to be read as one.
    return dict(rule) if threshold.why and len(threshold.why) > 30 else rule


def _number(value: object) -> object:
    """Whole numbers without ``.0``."""
    is_whole = isinstance(value, float) and value.is_integer()
    return int(value) if is_whole and isinstance(value, float) else value


def _provenance(config: LanguageConfig) -> dict[str, Any]:
    said = config.provenance.model_dump(exclude_defaults=True)
    if "sources" in said:
        said["sources"] = _Line(said["sources"])
    return {key: list(value) if key == "notes" else value for key, value in said.items()}
