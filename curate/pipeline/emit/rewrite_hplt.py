"""Files of HPLT's view, written again without some lines and with others."""

from __future__ import annotations

import heapq
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import numpy as np

from curate.io.commit import Attempt
from curate.io.lines.jsonl_out import JSONL_ZST
from curate.io.lines.zstd_frames import iter_lines
from curate.io.store import Store
from curate.pipeline.emit.changes import Change, changes, places_in, rows_of
from curate.pipeline.emit.current import REPLACED
from curate.pipeline.emit.files import File
from curate.pipeline.emit.hplt_files import (
    FilesSettings,
    SplitSettings,
    columns_of,
    lines_of,
    open_file,
    with_spans,
)
from curate.pipeline.emit.hplt_runs import Line
from curate.pipeline.emit.rewrite_fineweb2 import LabelFiles
from curate.pipeline.emit.view import Doc
from curate.stages.hplt import STEPS_A_BIN, document_id, steps_of
from curate.work.task import Done, ShardTask, shard_task

LEFT_OUT: Final = "left_out"
"""Under which name a receipt counts, by rule, what is more or less left out than before."""

_NAMED: Final[Mapping[str, Sequence[str]]] = {"extract": ("id", "url", "date", "warc_path")}
_ID: Final = re.compile(rb'"id":"([^"]*)"')
"""The identity in a line. Quotes inside values are escaped, and columns of the input come later."""

_STEP: Final = 1 << 55
"""A step of the score, beside places of documents."""


@dataclass(frozen=True, slots=True)
class RewriteSettings:
    """How files are written again.

    Attributes:
        before: digest of the lists that the files were made for.
        after: of those that they are made for now.
        split: which documents become lines, and how.
        files: how they are written.
    """

    before: str
    after: str
    split: SplitSettings
    files: FilesSettings


@dataclass(frozen=True, slots=True)
class _Coming:
    """A line that comes, and its place: before those of lower score, then as documents stand."""

    line: Line
    key: int


@shard_task(RewriteSettings)
def rewrite_label(task: ShardTask[RewriteSettings]) -> Done:
    """Write the files of a label again that a take-down touches."""
    settings, planned, store = task.settings, task.planned(LabelFiles), task.store
    concerned = [
        change
        for change in changes(store, settings.before, settings.after)
        if change.label == planned.label
    ]
    left_out: Counter[str] = Counter()
    gone: set[str] = set()
    for change, line in _lines(store, [c for c in concerned if c.before is None], settings):
        if isinstance(line, str):
            left_out[line] -= 1
        else:
            gone.add(_id_of(line.data))
            del change
    coming: dict[int, list[_Coming]] = {}
    for change, line in _lines(store, [c for c in concerned if c.after is None], settings):
        if isinstance(line, str):
            left_out[line] += 1
        else:
            key = change.place - line.steps * _STEP
            coming.setdefault(line.steps // STEPS_A_BIN, []).append(_Coming(line, key))
    places = places_in(store, planned.label, _NAMED, name_of) if coming else {}
    replaced: list[str] = []
    described: list[File] = []
    n_in = 0
    with task.attempt() as attempt:
        for score_bin in sorted({*coming, *(int(file["bin"]) for file in planned.files)}):
            files = [file for file in planned.files if file["bin"] == score_bin]
            mended = _Bin(store, settings, planned.label, score_bin, gone, places)
            for file, n_lines, lines in mended.rewritten(files, coming.get(score_bin, [])):
                if "key" in file:
                    replaced.append(str(file["key"]))
                    n_in += int(file["rows"])
                if n_lines:
                    described.append(_write(attempt, file, lines, settings.files))
        rows = sum(int(file["rows"]) for file in described)
        counts = {"files": described, "form": JSONL_ZST, REPLACED: replaced}
        more = {LEFT_OUT: dict(sorted(left_out.items()))}
        attempt.commit(rows_in=rows, rows_out=rows, counts=counts | more)
    return Done(n_in)


def name_of(row: Mapping[str, Any]) -> Doc:
    """How a line of a document is known."""
    return document_id(row), None


def docs_in(path: Path) -> Iterator[Doc]:
    """The documents in a file."""
    return ((_id_of(line), None) for line in iter_lines(path))


def _id_of(line: bytes) -> str:
    match = _ID.search(line)
    assert match is not None
    return match[1].decode()


def _lines(
    store: Store, which: list[Change], settings: RewriteSettings
) -> Iterator[tuple[Change, Line | str]]:
    """The line of each document, or the rule that keeps it out of the view."""
    split = settings.split
    for those, batch in rows_of(store, which, columns_of(split), split.kept_schema):
        kept = [name for name in batch.column_names if name not in _known(split)]
        yield from zip(those, lines_of(with_spans(batch, split), kept, split), strict=True)


def _known(split: SplitSettings) -> set[str]:
    return {name for names in columns_of(split).values() for name in names}


def _write(attempt: Attempt, file: File, lines: Iterable[bytes], settings: FilesSettings) -> File:
    counted = {**file, "segments": 0, "n_chars": 0}
    part = f"-{int(file['bin'])}-{int(file['index']):05d}"
    writer = open_file(attempt, counted, part, settings)
    for line in lines:
        text = json.loads(line)["text"]
        counted["segments"] += text.count("\n") + 1
        counted["n_chars"] += len(text)
        writer.add(line)
    return writer.finish()


class _Bin:
    """The files of a label and bin, one after the other."""

    def __init__(
        self,
        store: Store,
        settings: RewriteSettings,
        label: str,
        score_bin: int,
        gone: set[str],
        places: Mapping[Doc, int],
    ) -> None:
        self._store = store
        self._version = str(settings.split.rules["version"])
        self._described = {"label": label, "bin": score_bin}
        self._gone = gone
        self._places = places

    def rewritten(
        self, files: Sequence[File], coming: list[_Coming]
    ) -> Iterator[tuple[File, int, Iterable[bytes]]]:
        """The files that change, with their new lines and how many; one that is new has no
        ``key``."""
        coming = sorted(coming, key=lambda x: x.key)
        ordered = sorted(files, key=lambda file: int(file["index"]))
        if not ordered:
            yield {**self._described, "index": 1}, len(coming), [x.line.data for x in coming]
            return
        firsts = np.array([self._first(file) for file in ordered] if coming else [], np.int64)
        keys = np.array([x.key for x in coming], np.int64)
        goals = np.maximum(np.searchsorted(firsts, keys, "right") - 1, 0)
        for number, file in enumerate(ordered):
            mine = [coming[i] for i in np.flatnonzero(goals == number).tolist()]
            n_stay = sum(1 for _ in self._staying(file))
            if n_stay < int(file["rows"]) or mine:
                yield file, n_stay + len(mine), self._merged(file, mine)

    def _merged(self, file: File, mine: list[_Coming]) -> Iterable[bytes]:
        if not mine:
            return self._staying(file)
        those = ((self._key(line), line) for line in self._staying(file))
        more = [(x.key, x.line.data) for x in mine]
        return (line for _, line in heapq.merge(those, more, key=itemgetter(0)))

    def _staying(self, file: File) -> Iterator[bytes]:
        return (line for line in self._read(file) if _id_of(line) not in self._gone)

    def _read(self, file: File) -> Iterator[bytes]:
        return iter_lines(self._store.path(str(file["key"])))

    def _first(self, file: File) -> int:
        return self._key(next(self._read(file)))

    def _key(self, line: bytes) -> int:
        document = json.loads(line)
        steps = steps_of(document["doc_scores"][0], self._version)
        return self._places.get((document["id"], None), 0) - steps * _STEP
