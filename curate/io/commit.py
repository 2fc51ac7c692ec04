"""One attempt at one shard: write data files under its own names, then commit with a receipt.

Files go straight to their place under names that no other attempt uses. ``commit`` creates the
receipt if there is none; a twin that comes late deletes its own files. Readers open only files
that a receipt names, so whatever a killed attempt leaves behind is invisible.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curate import failpoints
from curate.io import layout
from curate.io.lines.jsonl_out import JSONL_ZST, JsonlWriter
from curate.io.lines.zstd_frames import FRAME_BYTES, FrameWriter
from curate.io.receipt import FileEntry, Receipt
from curate.io.store import Store, explained, sync_path

COMPRESSION = "zstd"
COMPRESSION_LEVEL = 1  # twice the speed of level 3 for a tenth more bytes
FAST_COMPRESSION = "lz4"  # for metrics: read twice as fast as zstd for an eighth more bytes
SIDECAR_ROWS = 65_536
"""Rows of a row group of a sidecar. One of 256 rows, as stages write them, costs seven times as
long to read, because each column of each group has a header of its own."""


class TableWriter:
    """A Parquet file being written by an attempt, batch by batch.

    Texts, hashes and fractions are written without dictionary, since they hardly repeat. A column
    that is a dictionary in the schema is written as the plain type of its values: it reads back as
    such.

    Args:
        path: the file to make.
        schema: its columns.
        compression: a codec of Parquet.
        row_group_rows: most rows of a row group.
        gather: collect what is written until a row group is full; else each write begins one.
    """

    def __init__(
        self,
        path: Path,
        schema: pa.Schema,
        *,
        compression: str,
        row_group_rows: int | None = None,
        gather: bool = False,
    ) -> None:
        self.path = path
        self.schema = schema
        self.rows = 0
        self._row_group_rows = row_group_rows or (SIDECAR_ROWS if gather else None)
        self._gathers = gather
        self._waiting: list[pa.Table] = []
        self._n_waiting = 0
        level = COMPRESSION_LEVEL if compression == COMPRESSION else None
        hashes = {"signature", "band_keys", "key", "document", "id_hash", "cluster_id"}
        plain = {"text", "xml", "id", "url", *hashes}
        plain |= {field.name for field in schema if pa.types.is_floating(field.type)}
        with explained(path, "write"):
            self._writer = pq.ParquetWriter(
                path,
                schema,
                compression=compression,
                compression_level=level,
                use_dictionary=[n for n in schema.names if n not in plain],
                write_statistics=[n for n in schema.names if n not in ("text", "xml")],
                write_page_index=True,
                store_schema=not any(pa.types.is_dictionary(f.type) for f in schema),
            )

    def write(self, table: pa.Table) -> None:
        """Append rows; columns must be the file's, in its order, and are cast to its types."""
        self._waiting.append(table.cast(self.schema))
        self._n_waiting += table.num_rows
        self.rows += table.num_rows
        if not self._gathers or self._n_waiting >= (self._row_group_rows or 0):
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            with explained(self.path, "write"):
                joined = pa.concat_tables(self._waiting)
                self._writer.write_table(joined, row_group_size=self._row_group_rows)
        self._waiting, self._n_waiting = [], 0

    def close(self) -> None:
        """Finish the file and make it durable."""
        self._flush()
        with explained(self.path, "write"):
            self._writer.close()
            sync_path(self.path)

    def abandon(self) -> None:
        """Let go of a file that nobody will read; silent, since something else is the matter."""
        with contextlib.suppress(Exception):
            self._writer.close()
        self._writer.is_open = False  # or its finaliser would try, and complain, again


Writer = TableWriter | JsonlWriter | FrameWriter


class Attempt:
    """Use as a context manager; files of an attempt that is not committed are deleted on exit.

    Args:
        store: the work folder.
        step: name of the step.
        shard: id of the shard.
        fingerprint: of the step's plan.
        bytes_in: size of the shard's input, for the receipt.
    """

    def __init__(
        self, store: Store, *, step: str, shard: str, fingerprint: str, bytes_in: int = 0
    ) -> None:
        self.store = store
        self.step = step
        self.shard = shard
        self.fingerprint = fingerprint
        self.bytes_in = bytes_in
        self.name = secrets.token_hex(layout.ATTEMPT_CHARS // 2)
        self._started = time.monotonic()
        self._writers: list[tuple[str, str, Writer]] = []
        self._won = False  # or may have

    def __enter__(self) -> Attempt:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._won:
            for _, _, writer in self._writers:
                writer.abandon()
            self._delete_files()

    def writer(
        self,
        schema: pa.Schema,
        *,
        role: str = "data",
        part: str = "",
        compression: str = COMPRESSION,
        row_group_rows: int | None = None,
        gather: bool = False,
        form: str = "parquet",
    ) -> TableWriter:
        """Open a Parquet file of this attempt; see :class:`TableWriter`.

        ``form`` is the ending of its name: another one for what is no table of rows.
        """
        if role == "quarantine":
            key = layout.quarantine_key(self.shard, self.name)
        else:
            key = layout.data_key(self.step, self.shard, self.name, part, form)
        with self._opening(key) as path:
            writer = TableWriter(
                path,
                schema,
                compression=compression,
                row_group_rows=row_group_rows,
                gather=gather,
            )
        self._opened(key, role, writer)
        return writer

    def jsonl_writer(self, schema: pa.Schema, *, role: str, part: str = "") -> JsonlWriter:
        """Open a file of JSON Lines of this attempt."""
        key = layout.data_key(self.step, self.shard, self.name, part, JSONL_ZST)
        with self._opening(key) as path:
            writer = JsonlWriter(path, schema)
        self._opened(key, role, writer)
        return writer

    def frame_writer(
        self, *, role: str, part: str = "", level: int, frame_bytes: int = FRAME_BYTES
    ) -> FrameWriter:
        """Open a file of lines in frames of this attempt; see :class:`FrameWriter`."""
        key = layout.data_key(self.step, self.shard, self.name, part, JSONL_ZST)
        with self._opening(key) as path:
            writer = FrameWriter(path, level=level, frame_bytes=frame_bytes)
        self._opened(key, role, writer)
        return writer

    @contextlib.contextmanager
    def _opening(self, key: str) -> Iterator[Path]:
        """Where to write a file; one that cannot be begun, as on a full disk, is removed again."""
        path = self.store.begin_file(key)
        try:
            yield path
        except BaseException:
            self.store.drop_file(key, path)
            raise

    def _opened(self, key: str, role: str, writer: Writer) -> None:
        self._writers.append((key, role, writer))
        failpoints.reach(f"{self.step}.mid_write", self.shard)

    def write(
        self, table: pa.Table, *, role: str = "data", part: str = "", form: str = "parquet"
    ) -> None:
        """Write one whole table as one file."""
        self.writer(table.schema, role=role, part=part, form=form).write(table)

    def finish_files(self) -> tuple[FileEntry, ...]:
        """Close the files of this attempt and make them durable; `commit` does so by itself."""
        files = []
        for key, role, writer in self._writers:
            writer.close()
            with explained(writer.path, "read"):
                digest = file_sha256(writer.path)
                size = writer.path.stat().st_size
            files.append(FileEntry(key, writer.rows, size, digest, role))
        for key, _, writer in self._writers:
            self.store.end_file(key, writer.path)
        for folder in {w.path.parent for _, _, w in self._writers}:
            self.store.sync(folder)
        return tuple(files)

    def keep_files(self) -> None:
        """The files belong to a receipt that stands: they are not deleted with the attempt."""
        self._won = True

    def commit(
        self,
        *,
        rows_in: int,
        rows_out: int,
        dropped: Mapping[str, int] | None = None,
        quarantined: Mapping[str, int] | None = None,
        counts: Mapping[str, Any] | None = None,
        bytes_in: int | None = None,
    ) -> Receipt | None:
        """Make the attempt real. None: another attempt was first and this one's files are gone."""
        files = self.finish_files()
        receipt = Receipt(
            step=self.step,
            shard=self.shard,
            attempt=self.name,
            fingerprint=self.fingerprint,
            rows_in=rows_in,
            rows_out=rows_out,
            dropped=dict(dropped or {}),
            quarantined=dict(quarantined or {}),
            files=files,
            counts=dict(counts or {}),
            seconds=round(time.monotonic() - self._started, 3),
            bytes_in=self.bytes_in if bytes_in is None else bytes_in,
        )
        failpoints.reach(f"{self.step}.before_commit", self.shard)
        # Whoever is interrupted from here on cannot know whether the receipt is there, or will be
        # once a late request arrives: the files stay, and are nothing if no receipt names them.
        self._won = True
        self._won = self.store.create(layout.receipt_key(self.step, self.shard), receipt.to_json())
        failpoints.reach(f"{self.step}.after_commit", self.shard)
        if not self._won:
            self._delete_files()
            return None
        return receipt

    def _delete_files(self) -> None:
        for key, _, writer in self._writers:
            self.store.drop_file(key, writer.path)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
