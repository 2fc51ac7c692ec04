"""How the extract task is told what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtractSettings:
    """How documents are made of an input file; see the section ``extract`` of a job.

    Attributes:
        columns: column of the input -> column of documents.
        keep: columns of the input that are kept beside ours.
        snapshot: name of the snapshot, for files whose name does not say it.
        compat: whether texts stay as FineWeb2's filters see them.
    """

    extractor: str
    fallback_chars: int
    labels: tuple[str, ...]
    gate_confidence: float
    xml: bool
    comments: str
    second_opinion: str | None
    doubt_below: float
    deadline_seconds: float
    memory_mb: int | None
    max_page_mb: int
    max_text_chars: int
    repair: bool
    columns: Mapping[str, str]
    keep: tuple[str, ...]
    snapshot: str
    compat: bool


@dataclass(frozen=True, slots=True)
class InputShard:
    """One input file.

    Attributes:
        path: its address as it is stored.
        format: kind of the file; see :mod:`curate.io.kinds`.
        place: its place among the inputs, by which documents without an id are named.
        etag: mark of the file when it was planned, where its server gives one.
        address: to read it by, if that is another than ``path``.
    """

    path: str
    format: str
    place: str
    etag: str | None = None
    address: str | None = None
