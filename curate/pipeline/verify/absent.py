"""Prove that no file of a folder holds some texts, whatever the kind of file.

Every file is read to its end: tables column by column, packed lines unpacked, the report's blocks
decoded, everything else as it stands. The lists of what was taken down have to name it, and so has
the row that stays of a document; neither holds its text.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import CurateError, VerifyError
from curate.io import layout, parquet
from curate.io.store import Store

_NAMES: Final = ("id", "url")
_TEXTS: Final = ("text", "xml", "title", "description", "author")
_LISTS: Final = (
    f"{layout.TAKE_DOWN}/",
    f"{layout.COPIES}/take-down-",
    f"{layout.COPIES}/withdrawn-",
)
_NAME: Final = re.compile(r"[!-~]+")
"""An address or an id: ASCII without blanks. Everything else is a piece of text."""
_NAME_GOES_ON: Final = rb"(?![A-Za-z0-9/_.~%?=&#+-])"
_BLOCK: Final = re.compile(rb"[A-Za-z0-9+/=]{64,}")
_ROWS: Final = 1024
_PIECE: Final = 1 << 20
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Absent:
    """A search that found nothing: how many files were read, and their bytes."""

    files: int
    bytes: int


def check_absent(store: Store, lines: Iterable[str]) -> Absent:
    """Look for addresses, ids and pieces of text in every file of a folder.

    Args:
        store: a work folder, or a corpus.
        lines: what must not be there. An address or an id may be in the row of a document that has
            no text, but not in a corpus.

    Raises:
        VerifyError: files that hold one of them.
    """
    sought = _Sought(sorted({line.strip() for line in lines if line.strip()}))
    holding: list[str] = []
    files = size = 0
    for entry in sorted(store.entries(), key=lambda e: e.key):
        if entry.is_folder:
            continue
        path = store.path(entry.key) if "/." not in f"/{entry.key}" else store.root / entry.key
        files, size = files + 1, size + path.stat().st_size
        if entry.key.startswith(_LISTS):
            continue
        is_published = entry.key.split("/")[0].lstrip(".").startswith(layout.CORPUS)
        if what := sought.first_in(path, is_published=is_published):
            holding.append(f"{entry.key}: {what[:80]}")
    if holding:
        more = f"\n    ... and {len(holding) - SHOWN} more" if len(holding) > SHOWN else ""
        raise VerifyError(
            str(store.root),
            wanted=f"{len(sought.lines)} texts, addresses or ids in no file",
            found=f"{len(holding)} file(s):\n    " + "\n    ".join(holding[:SHOWN]) + more,
            todo="take them down with `curate withdraw --scrub`; what is no document, delete",
        )
    return Absent(files, size)


class _Sought:
    """The lines that are looked for, in the forms in which files may hold it."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._names = pa.array([x for x in lines if _NAME.fullmatch(x)], pa.string())
        self._texts = [x for x in lines if not _NAME.fullmatch(x)]
        forms = {form: line for line in lines for form in _forms(line)}
        ends = {True: _NAME_GOES_ON, False: b""}
        parts = [re.escape(x) + ends[bool(_NAME.fullmatch(forms[x]))] for x in sorted(forms)]
        self._bytes = re.compile(b"|".join(parts))
        self._in_text = re.compile(b"|".join(re.escape(x.encode()) for x in self._texts) or b"(?!)")
        self._longest = 1 + max(map(len, forms), default=1)

    def first_in(self, path: Path, *, is_published: bool) -> str | None:
        """A line that a file holds, or None."""
        if not self.lines:
            return None
        if path.name.endswith((".parquet", ".ids")):
            try:
                return self._in_table(path, is_published=is_published)
            except CurateError:  # cut off, or no table: its bytes are looked at
                return self._in_bytes(_pieces(path))
        if path.name.endswith(".zst"):
            return self._in_bytes(_unpacked(path))
        return self._in_bytes(_pieces(path)) or self._in_blocks(path)

    def _in_bytes(self, pieces: Iterable[bytes]) -> str | None:
        rest = b""
        for piece in pieces:
            rest += piece
            if match := self._bytes.search(rest):
                return match[0].decode("utf-8", "replace")
            rest = rest[-self._longest :]  # what begins here may go on in the next piece
        return None

    def _in_blocks(self, path: Path) -> str | None:
        """A line that packed blocks of a page hold."""
        if path.suffix != ".html":
            return None
        for block in _BLOCK.findall(path.read_bytes()):
            try:
                data = zlib.decompress(base64.b64decode(block))
            except (ValueError, zlib.error):
                continue
            if what := self._in_bytes([data]):
                return what
        return None

    def _in_table(self, path: Path, *, is_published: bool) -> str | None:
        for table in parquet.iter_tables(path, batch_rows=_ROWS):
            for name in table.column_names:
                if what := self._in_values(table[name]):
                    return what
            names = [name for name in _NAMES if name in table.column_names]
            texts = [name for name in _TEXTS if name in table.column_names]
            for name in names if texts else ():
                if what := self._in_rows(table, name, texts, is_published=is_published):
                    return what
        return None

    def _in_values(self, column: pa.ChunkedArray) -> str | None:
        """A piece of text in a value."""
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            held = (x for x in self._texts if pc.any(pc.match_substring(column, x)).as_py())
            return next(held, None)
        if not pa.types.is_nested(column.type) or not self._texts:
            return None
        for value in column.to_pylist():
            dumped = json.dumps(value, ensure_ascii=False, default=str).encode()
            if match := self._in_text.search(dumped):
                return match[0].decode("utf-8", "replace")
        return None

    def _in_rows(
        self, table: pa.Table, name: str, texts: Sequence[str], *, is_published: bool
    ) -> str | None:
        """The name of a row that is looked for; unless in a corpus, of one that has a text."""
        rows = table.filter(pc.is_in(table[name], self._names))
        for row in rows.select([name, *texts]).to_pylist():
            if is_published or any(row[text] for text in texts):
                return str(row[name])
        return None


def _forms(line: str) -> Iterator[bytes]:
    """A line as it stands, and as JSON and HTML have it."""
    yield line.encode()
    for ascii_only in (False, True):
        yield json.dumps(line, ensure_ascii=ascii_only)[1:-1].encode()
    html = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    yield html.encode()
    yield html.replace('"', "&quot;").replace("'", "&#x27;").encode()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _unpacked(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file, pa.CompressedInputStream(file, "zstd") as stream:
            while piece := stream.read(_PIECE):
                yield piece
    except (OSError, pa.ArrowException):  # cut off: what could be read was looked at
        return
