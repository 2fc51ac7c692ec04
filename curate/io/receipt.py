"""Receipts: what one attempt at one shard did, counted, with the files it made.

The receipt is the commit. It is created with put-if-absent, names every data file with its size
and checksum, and its numbers add up: rows in = rows out + dropped by reason + quarantined by
reason. A receipt that does not add up is refused when it is made and again when it is read.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

from curate.errors import StoreError
from curate.io.digests import with_digest, without_digest

_REMEDY = (
    "delete this file, and the stage's _SEALED.json if there is one; the next run makes the shard "
    "again"
)
_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One data file: key below the work folder, rows, size in bytes, SHA-256 in hex."""

    key: str
    rows: int
    bytes: int
    sha256: str
    role: str = "data"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The record of a finished attempt.

    Attributes:
        step: step name, see :mod:`curate.stage_table`.
        shard: shard id.
        attempt: random name of the attempt; part of its files' names.
        fingerprint: of the settings and code that made it.
        rows_in: records or documents read.
        rows_out: rows written.
        dropped: reason -> rows left out on purpose.
        quarantined: reason -> rows that could not be processed.
        files: data files, in writing order.
        counts: any further counts the step wants to keep, JSON values.
        seconds: wall time of the attempt.
        bytes_in: bytes read, for rates.
    """

    step: str
    shard: str
    attempt: str
    fingerprint: str
    rows_in: int
    rows_out: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    quarantined: Mapping[str, int] = field(default_factory=dict)
    files: tuple[FileEntry, ...] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    bytes_in: int = 0

    def __post_init__(self) -> None:
        accounted = self.rows_out + sum(self.dropped.values()) + sum(self.quarantined.values())
        if accounted != self.rows_in:
            raise StoreError(
                f"receipt of shard {self.shard!r}, step {self.step!r}",
                wanted=f"rows in ({self.rows_in}) = rows out + dropped + quarantined",
                found=(
                    f"{self.rows_out} + {sum(self.dropped.values())} + "
                    f"{sum(self.quarantined.values())} = {accounted}"
                ),
                todo="this is a defect: nothing may be lost silently; please report it",
            )

    def files_of(self, role: str) -> list[FileEntry]:
        """The files with a role, such as ``data``, ``quarantine`` or ``counts``."""
        return [f for f in self.files if f.role == role]

    def to_json(self) -> bytes:
        """Canonical JSON with its digest, one line."""
        return json.dumps(with_digest(asdict(self)), sort_keys=True, ensure_ascii=False).encode()

    @staticmethod
    def from_json(data: bytes, *, where: str, needs_digest: bool = False) -> Receipt:
        """Read a receipt back.

        Args:
            data: of :meth:`to_json`.
            where: names it.
            needs_digest: False to take one without a digest too, as old versions wrote them.

        Raises:
            StoreError: it is not one, it is not as it was written, or its numbers do not add up.
        """
        try:
            raw = without_digest(
                json.loads(data), where=where, todo=_REMEDY, is_needed=needs_digest
            )
            raw["files"] = tuple(FileEntry(**f) for f in raw["files"])
            return Receipt(**raw)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(
                where,
                wanted="a receipt in JSON",
                found=f"{type(error).__name__}: {error}",
                todo=_REMEDY,
            ) from error


class Packer:
    """Receipts on their way into one file of JSON lines, compressed: one to read for many."""

    def __init__(self) -> None:
        self._sink = pa.BufferOutputStream()
        self._stream = pa.CompressedOutputStream(self._sink, "zstd")

    def add(self, receipt: Receipt) -> Receipt:
        """Take one, and hand it on."""
        self._stream.write(receipt.to_json() + b"\n")
        return receipt

    def finish(self) -> bytes:
        """The file."""
        self._stream.close()
        packed: bytes = self._sink.getvalue().to_pybytes()
        return packed


def unpack(data: bytes, *, where: str) -> Iterator[Receipt]:
    """The receipts in a packed file, in its order, of which no more than one is held at a time.

    Raises:
        StoreError: it is damaged.
    """
    with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
        lines = io.BufferedReader(stream, _READ_BYTES)
        while True:
            try:
                line = lines.readline()
            except (OSError, pa.ArrowException) as error:
                raise StoreError(
                    where,
                    wanted="the receipts of a sealed stage",
                    found=str(error)[:200],
                    todo="delete the stage's _SEALED.json; the next run seals the stage again",
                ) from error
            if not line:
                return
            yield Receipt.from_json(line, where=where)
