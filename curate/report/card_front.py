"""The front matter of the card: what the Hub and `datasets` read of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import pyarrow as pa

from curate.labels import language_of
from curate.report.features import features_of, yaml_lines
from curate.visible import visible_line

_SIZES: Final = (
    *((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M")),
)
_LARGER: Final = ("1M<n<10M", "10M<n<100M", "100M<n<1B", "1B<n<10B", "10B<n<100B", "100B<n<1T")
_REMOVED: Final = "_removed"

Patterns = Mapping[str, Sequence[tuple[str, str]]]
"""Folder -> each of its splits, and the files that are in it."""


def front_matter(
    title: str, license: str | None, patterns: Patterns, schemas: Mapping[str, pa.Schema], rows: int
) -> str:
    """The front matter, between its lines of dashes.

    Every configuration has its fields, since a field that the first file of a folder lacks would
    be unknown in the others. ``default`` has all that is published and nothing that was removed.

    Args:
        title: of the corpus.
        license: of the collection, as the Hub names it; None if the publisher has not said it.
        patterns: folders and files.
        schemas: ``published`` and ``removed`` -> the fields of a row.
        rows: of all files.
    """
    published = [name for name in sorted(patterns) if not name.endswith(_REMOVED)]
    codes = sorted({language_of(name) for name in published})
    lines = ["---", f"pretty_name: {quoted(title)}"]
    if license is not None:
        lines.append(f"license: {quoted(license)}")
    if codes:
        lines += ["language:", *(f"- {quoted(code)}" for code in codes)]
        lines += ["multilinguality:", f"- {'multilingual' if len(codes) > 1 else 'monolingual'}"]
    lines += ["size_categories:", f"- {_size_category(rows)}"]
    lines += ["task_categories:", "- text-generation", "tags:", "- curate"]
    if patterns:
        lines.append("configs:")
    features = _Features(schemas)
    if published:
        together: dict[str, list[str]] = {}
        for name in published:
            for split, pattern in patterns[name]:
                together.setdefault(split, []).append(pattern)
        lines += ["- config_name: default", "  default: true", "  data_files:"]
        for split, paths in together.items():
            lines += [f"  - split: {split}", "    path:", *(f"    - {path}" for path in paths)]
        lines += features.lines("published")
    for name in sorted(patterns):
        lines += [f"- config_name: {name}", "  data_files:"]
        for split, pattern in patterns[name]:
            lines += [f"  - split: {split}", f"    path: {pattern}"]
        lines += features.lines("removed" if name.endswith(_REMOVED) else "published")
    return "\n".join([*lines, "---", ""])


class _Features:
    """Fields that are written once and referred to from then on, by an anchor of YAML."""

    def __init__(self, schemas: Mapping[str, pa.Schema]) -> None:
        self._schemas = schemas
        self._written: set[str] = set()

    def lines(self, kind: str) -> Iterable[str]:
        schema = self._schemas.get(kind)
        features = None if schema is None else features_of(schema)
        if features is None:
            return []
        if kind in self._written:
            return [f"  features: *{kind}"]
        self._written.add(kind)
        return [f"  features: &{kind}", *yaml_lines(features, "  ")]


def splits_in(folder: str, subsets: Iterable[str], ending: str) -> Iterator[tuple[str, str]]:
    """Splits of a folder that has folders for them, and their files."""
    present = set(subsets)
    for split in ("train", "test"):
        if split in present:
            yield split, f"{folder}/{split}/*.{ending}"


def _size_category(rows: int) -> str:
    """The Hub's name for a number of rows."""
    for limit, name in _SIZES:
        if rows < limit:
            return name
    larger = min(len(str(rows)) - 7, len(_LARGER))
    return _LARGER[larger] if larger < len(_LARGER) else "n>1T"


def quoted(text: str) -> str:
    """A text as YAML has it between quotes."""
    inner = visible_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'
