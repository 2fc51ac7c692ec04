"""Texts with their labels, from the files of a reference corpus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curate.errors import InputError, words_of
from curate.io.kinds import JSONL, PARQUET, TEXT_ENDINGS, kind_by_name
from curate.io.texts.jsonl import read_rows
from curate.io.warc import Damage, Record, read_warc
from curate.labels import is_label

SUFFIXES = (*TEXT_ENDINGS, ".txt")
"""Ends of the names of files that are looked for in a folder."""

_COLUMNS = ("text", "label", "language", "language_script", "lang")
_CORPUS = "corpus/data"
_REMOVED = "_removed"


def find_references(places: Sequence[str]) -> list[str]:
    """The files that are named, and those in the folders that are, sorted, each once.

    Of a work folder that is its published corpus, without what was removed.

    Raises:
        InputError: there is nothing of that name, or no file in a folder.
    """
    files: set[str] = set()
    for place in places:
        path = Path(place).expanduser().absolute()
        root = path / _CORPUS if (path / _CORPUS).is_dir() else path
        inside = [
            p
            for p in (root.rglob("*") if root.is_dir() else [root])
            if p.is_file()
            and (p == path or p.name.lower().endswith(SUFFIXES))
            and not any(part.endswith(_REMOVED) for part in p.parts)
        ]
        if not inside:
            raise InputError(
                f"reference {place!r}",
                wanted="a file, or a folder with files that end in .jsonl, .ndjson or .json (also "
                "packed), .parquet, .wet or .txt",
                found="a folder without one" if path.is_dir() else "nothing of that name",
                todo="correct the path; of a work folder the published corpus is read",
            )
        files.update(str(p) for p in inside)
    return sorted(files)


def read_labelled(path: str) -> Iterator[tuple[str, str]]:
    """The (label, text) of each document of a file; those without either are passed over.

    The label is the row's ``label``, or ``language`` and ``language_script``, or ``lang``, as in
    FineWeb2 and HPLT; else that of the file: its name up to the first dot, or the nearest of its
    folders that is called like a label. In a ``.txt`` every line is a document.

    Raises:
        InputError: the file cannot be read, or no document in it has a label.
    """
    own = _label_of_path(Path(path))
    n = unlabelled = 0
    for row in _rows(path):
        text = row.get("text")
        if not isinstance(text, str):
            continue
        n += 1
        label = _label_of(row) or own
        if label is None:
            unlabelled += 1
        else:
            yield label, text
    if n == unlabelled:
        raise InputError(
            path,
            wanted="documents with a `text` and a label: in a column `label`, or as the name of "
            "the file or its folder, such as pcm_Latn.jsonl",
            found=f"{n} documents with a text and none with a label",
            todo="name the file after its label, or leave it out",
        )


def _label_of_path(path: Path) -> str | None:
    names = (path.name.partition(".")[0], *(p.name for p in path.parents))
    return next((name for name in names if is_label(name)), None)


def _label_of(row: Mapping[str, Any]) -> str | None:
    lang = row.get("lang")
    first = lang[0] if isinstance(lang, list) and lang else lang
    both = f"{row.get('language')}_{row.get('language_script')}"
    candidates = (row.get("label"), both, row.get("language"), first)
    return next((x for x in candidates if isinstance(x, str) and is_label(x)), None)


def _rows(path: str) -> Iterator[Mapping[str, Any]]:
    kind = kind_by_name(path)
    if kind == PARQUET:
        yield from _parquet_rows(path)
    elif path.lower().endswith(".txt"):
        with Path(path).open(encoding="utf-8", errors="replace", newline="\n") as lines:
            yield from ({"text": line} for line in lines)
    elif kind == JSONL or ".json" in path.lower():
        for row in read_rows(path):
            if not isinstance(row, Damage):
                yield row.values
    else:
        for record in read_warc(path):
            if isinstance(record, Record) and record.is_text:
                yield {"text": record.payload.decode("utf-8", errors="replace")}


def _parquet_rows(path: str) -> Iterator[Mapping[str, Any]]:
    try:
        with pq.ParquetFile(path) as file:
            columns = [c for c in _COLUMNS if c in file.schema_arrow.names]
            for block in file.iter_batches(1024, columns=columns):
                yield from block.to_pylist()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(
            path,
            wanted="a Parquet file with a column of texts",
            found=words_of(error)[:200],
            todo="leave the file out, or mend it",
        ) from error
