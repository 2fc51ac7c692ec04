"""The kind of an input file: by the ending of its name, else by its first bytes."""

from __future__ import annotations

import io
from typing import Final
from urllib.parse import urlsplit

from curate.errors import InputError
from curate.io.damage import BrokenMember
from curate.io.packed import packing_of, unpacked
from curate.io.remote.read import open_source
from curate.io.source import Source

WARC, JSONL, PARQUET = "warc", "jsonl", "parquet"

_LINES: Final = (".jsonl", ".ndjson", ".jsonlines", ".jl", ".json")
_ARCHIVES: Final = (".warc", ".wet", ".arc")
_PACKED: Final = ("", ".gz", ".zst", ".zstd", ".bz2", ".xz")
_PACKED_ARCHIVES: Final = ("", ".gz", ".zst", ".zstd")

JSONL_ENDINGS: Final = tuple(name + packed for name in _LINES for packed in _PACKED)
PARQUET_ENDINGS: Final = (".parquet", ".parq", ".pq")
WARC_ENDINGS: Final = tuple(name + packed for name in _ARCHIVES for packed in _PACKED_ARCHIVES)
TEXT_ENDINGS: Final = (
    *JSONL_ENDINGS,
    *PARQUET_ENDINGS,
    *(".wet" + packed for packed in _PACKED_ARCHIVES),
)
"""Ends of the names of files that hold texts, and not pages."""

_SAY_NOTHING: Final = frozenset({"", "gz", "zst", "zstd", "bz2", "xz", "open", "part", "bin"})
_LOOK_BYTES: Final = 64 << 10
_READS: Final = (
    "WARC, WET and ARC (.warc, .wet, .arc, also .gz, .zst), JSON Lines (.jsonl, .ndjson, .json, "
    "also .gz, .zst, .bz2, .xz) or Parquet (.parquet)"
)
_HINTS: Final = {
    "csv": "make JSON Lines or Parquet of it",
    "tsv": "make JSON Lines or Parquet of it",
    "txt": "make JSON Lines of it, an object with a `text` a line",
    "zip": "unpack it",
    "7z": "unpack it",
    "tar": "unpack it",
    "tgz": "unpack it",
    "rar": "unpack it",
    "lz4": "pack it with gzip or zstd: `lz4 -dc FILE | zstd > FILE.zst`",
    "br": "pack it with gzip or zstd",
    "sz": "pack it with gzip or zstd",
    "snappy": "pack it with gzip or zstd",
    "arrow": "make Parquet of it",
    "feather": "make Parquet of it",
    "avro": "make Parquet of it",
    "orc": "make Parquet of it",
}


def name_of(path: str) -> str:
    """The part of a path or an address that ends as its file does, in lower case."""
    return (urlsplit(path).path if path.startswith(("http://", "https://")) else path).lower()


def kind_by_name(path: str) -> str | None:
    """``warc``, ``jsonl`` or ``parquet`` by the ending; None for another one."""
    name = name_of(path)
    if name.endswith(JSONL_ENDINGS):
        return JSONL
    if name.endswith(PARQUET_ENDINGS):
        return PARQUET
    return WARC if name.endswith(WARC_ENDINGS) else None


def kind_of(path: str, setting: str) -> str:
    """The kind of a file: as the job says, or for ``auto`` by its name.

    The first bytes decide where the name ends in nothing or in what a packer adds; other endings
    are some other kind of file and are not looked into.

    Raises:
        InputError: it is no kind that is read, or it cannot be opened.
    """
    if setting != "auto":
        return setting
    kind = kind_by_name(path)
    if kind is not None:
        return kind
    ending = _ending_of(path)
    if ending in _SAY_NOTHING or ending.isdigit() or len(ending) > 10:
        with open_source(path) as source:
            kind = kind_by_bytes(source)
        if kind is not None:
            return kind
        found = "another ending, and bytes that begin as none of these"
    else:
        found = f"a file that ends in .{ending}"
    todo = _HINTS.get(ending, "leave it out")
    raise InputError(
        f"input {path!r}",
        wanted=_READS,
        found=found,
        todo=f"{todo}; or name only the others by a pattern such as DIR/**/*.jsonl.gz; where it "
        "is of a kind that is read under another name, say `format: warc` (jsonl, parquet)",
    )


def _ending_of(path: str) -> str:
    base = name_of(path).rstrip("/").rpartition("/")[2]
    stem, dot, ending = base.rpartition(".")
    return ending if dot and stem else ""


def kind_by_bytes(source: Source) -> str | None:
    """The kind of a file by its first bytes, packed or not; None for another one."""
    head = source.read(0, _LOOK_BYTES)
    if head.startswith(b"PAR1"):
        return PARQUET
    packing = packing_of(head)
    if packing is not None:
        head = _unpacked_head(source, packing)
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"WARC/", b"filedesc:")):
        return WARC if packing in (None, "gzip", "zstd") else None
    return JSONL if head.startswith(b"{") else None


def _unpacked_head(source: Source, packing: str) -> bytes:
    head = io.BytesIO()
    try:
        for block in unpacked(source, packing):
            head.write(block)
            if head.tell() >= 16:
                break
    except BrokenMember:
        pass  # what came first decides
    return head.getvalue()
