"""Rows of CSV and TSV, with or without a line of names."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

DELIMITERS: Final = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
"""Endings of names -> what stands between cells; a CSV file may have semicolons or tabs too."""

_OF_CSV: Final = ",;\t|"
_SHOWN: Final = 8


class TableError(Exception):
    """A table that cannot be read: what was wanted, and what is there."""

    def __init__(self, wanted: str, found: str) -> None:
        super().__init__(f"{wanted}: {found}")
        self.wanted = wanted
        self.found = found


def header_delimiter(line: str, names: Sequence[str]) -> str | None:
    """The delimiter of a first line of names; None if it is no such line.

    Args:
        line: the first of a file.
        names: of the fields that are wanted; one of them makes it a line of names.
    """
    for delimiter in _OF_CSV:
        cells = _cells(line, delimiter)
        if len(cells) > 1 and not set(names).isdisjoint(cells):
            return delimiter
    return None


def table_items(text: str, delimiter: str, names: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """The rows as name -> cell.

    Without ``names`` the first line is a row like any other, whose cells have numbers for names: it
    may be one, and if not, names of columns are too short to be looked for.

    Args:
        text: the whole table.
        delimiter: as its ending has it.
        names: of the fields that are wanted.

    Raises:
        TableError: rows differ in their number of cells, quotes do not close, or the first line
            has none of the names.
    """
    first = text.lstrip("\r\n").split("\n", 1)[0]
    if delimiter == ",":
        delimiter = max(_OF_CSV, key=lambda d: (len(_cells(first, d)), d == ","))
    rows = _rows(text, delimiter)
    if not rows:
        return
    header = [str(i + 1) for i in range(len(rows[0]))]
    if names:
        header = [name.strip() for name in rows.pop(0)]
        if set(names).isdisjoint(header):
            header_line = f"a first line with one of the names {', '.join(names)}"
            raise TableError(header_line, ", ".join(name[:40] for name in header[:_SHOWN]))
    for row in rows:
        yield dict(zip(header, row, strict=True))


def _cells(line: str, delimiter: str) -> list[str]:
    cells = next(csv.reader([line.strip("\r\n")], delimiter=delimiter), [])
    return [cell.strip() for cell in cells]


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Every row; in a TSV file a quote may be a character like any other."""
    ways: tuple[Literal[0, 3], ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_NONE)
    ways = ways if delimiter == "\t" else ways[:1]
    problem = ""
    csv.field_size_limit(sys.maxsize)
    for quoting in ways:
        # without quotes only line feeds end a row
        lines = io.StringIO(text, newline="") if quoting == csv.QUOTE_MINIMAL else text.split("\n")
        reader = csv.reader(lines, delimiter=delimiter, quoting=quoting, strict=True)
        try:
            rows = [row for row in reader if row]
        except csv.Error as error:
            problem = f"line {reader.line_num}: {error}"
            continue
        wrong = next((i for i, row in enumerate(rows) if len(row) != len(rows[0])), None)
        if wrong is None:
            return rows
        problem = f"row {wrong + 1} has {len(rows[wrong])} cells, the first {len(rows[0])}"
    raise TableError("a table whose rows have as many cells as the first", problem)
