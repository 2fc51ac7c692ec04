"""Pieces of a text -> plain text, Markdown, XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from curate.html.markup.shape import (
    CODE,
    LIST_ITEM,
    PARAGRAPH,
    QUOTE,
    TABLE_ROW,
    TITLE_LINE,
    Piece,
)

_MARK: Final = re.compile(r"^(\s*)([#>+*-]|\d+[.)])(?=\s)", re.MULTILINE)
_FENCE: Final = re.compile(r"`{3,}")
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def plain(pieces: Iterable[Piece]) -> str:
    """A line for each piece, ``- `` before items, `` | `` between cells; code as it stands."""
    return "\n".join(f"- {p.text}" if p.kind == LIST_ITEM else p.text for p in pieces)


def markdown(pieces: Iterable[Piece]) -> str:
    """CommonMark with tables: headings, lists, tables, fenced code, quotations, paragraphs.

    What would be read as a mark at the start of a line is escaped; marks inside lines are left as
    they are.
    """
    parts = [part for group in _groups(pieces) for part in _markdown_of(group)]
    return "\n\n".join(parts)


def _groups(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Items and rows that follow each other go together."""

    def key(piece: Piece) -> tuple[str, int]:
        return (piece.kind, piece.group if piece.kind == TABLE_ROW else -1)

    for _, group in groupby(pieces, key):
        yield list(group)


def _markdown_of(group: list[Piece]) -> Iterator[str]:
    kind = group[0].kind
    if kind == TABLE_ROW:
        yield _table(group)
    elif kind == LIST_ITEM:
        yield "\n".join(_item(piece) for piece in group)
    else:
        for piece in group:
            yield _lines(piece)


def _lines(piece: Piece) -> str:
    if piece.kind == CODE:
        longest = max(map(len, _FENCE.findall(piece.text)), default=2)
        fence = "`" * (longest + 1)
        return f"{fence}\n{piece.text}\n{fence}"
    if piece.kind == TITLE_LINE:
        return f"{'#' * piece.level} {piece.text.replace(chr(10), ' ')}"
    text = _MARK.sub(r"\1\\\2", piece.text).replace("\n", "  \n")
    return f"> {text.replace(chr(10), chr(10) + '> ')}" if piece.kind == QUOTE else text


def _item(piece: Piece) -> str:
    indent = "  " * (piece.level - 1)
    mark = "1." if piece.is_ordered else "-"
    return f"{indent}{mark} {piece.text.replace(chr(10), chr(10) + indent + '  ')}"


def _table(rows: list[Piece]) -> str:
    width = max(len(row.cells) for row in rows)
    shown = [
        [cell.replace("|", "\\|") for cell in row.cells] + [""] * (width - len(row.cells))
        for row in rows
    ]
    lines = [f"| {' | '.join(cells)} |" for cells in shown]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def xml(pieces: Iterable[Piece]) -> str:
    """``<doc><main>…</main></doc>`` with the elements that trafilatura's XML has."""
    body = "\n".join(f"    {part}" for group in _groups(pieces) for part in _xml_of(group))
    return f"<doc>\n  <main>\n{body}\n  </main>\n</doc>" if body else ""


def _xml_of(group: list[Piece]) -> Iterator[str]:
    kind = group[0].kind
    if kind == TABLE_ROW:
        rows = ("".join(f"<cell>{_text(c)}</cell>" for c in piece.cells) for piece in group)
        yield f"<table>{''.join(f'<row>{row}</row>' for row in rows)}</table>"
    elif kind == LIST_ITEM:
        mark = "ol" if group[0].is_ordered else "ul"
        items = "".join(f"<item>{_text(piece.text)}</item>" for piece in group)
        yield f'<list rend="{mark}">{items}</list>'
    else:
        names = {PARAGRAPH: "p", CODE: "code", QUOTE: "quote"}
        for piece in group:
            if kind == TITLE_LINE:
                yield f'<head rend="h{piece.level}">{_text(piece.text)}</head>'
            else:
                shown = escape(_NOT_XML.sub("", piece.text)) if kind == CODE else _text(piece.text)
                yield f"<{names[kind]}>{shown}</{names[kind]}>"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text)).replace("\n", "<lb/>")
