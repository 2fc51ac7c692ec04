"""Finding a job's input files and telling what they are."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from curate.errors import InputError
from curate.io.layout import shard_id
from curate.pipeline.step import ShardPlan

_TABLES = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".json", ".json.gz", ".json.zst", ".parquet")


def find_files(patterns: Sequence[str]) -> list[str]:
    """Absolute paths of the files that the patterns match, sorted, each once.

    ``*`` and ``?`` match within a name, ``**`` across folders.

    Raises:
        InputError: a pattern matches no file.
    """
    found: set[str] = set()
    for pattern in patterns:
        full = str(Path(pattern).expanduser().absolute())
        matched = [p for p in glob.glob(full, recursive=True) if Path(p).is_file()]  # noqa: PTH207 - Path.glob takes no absolute pattern
        if not matched:
            raise InputError(
                f"input {pattern!r}",
                wanted="at least one file",
                found=f"none; looked for {full}{_nearest(full)}",
                todo="correct `input` in the job file, or pass --set input=...",
            )
        found.update(matched)
    return sorted(found)


def _nearest(path: str) -> str:
    for folder in Path(path).parents:
        if not any(c in str(folder) for c in "*?[") and folder.is_dir():
            names = sorted(p.name for p in folder.iterdir())
            shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
            return f" ({folder} has {len(names)} entries{': ' + shown if names else ''})"
    return ""


def kind_of(path: str, wanted: str) -> str:
    """``warc``, ``jsonl`` or ``parquet``: as the job says, or by the name for ``auto``."""
    if wanted != "auto":
        return wanted
    name = path.lower()
    if name.endswith(_TABLES):
        return "parquet" if name.endswith(".parquet") else "jsonl"
    return "warc"


def plan_inputs(patterns: Sequence[str], wanted: str) -> list[ShardPlan]:
    """One shard per input file, in path order."""
    return [
        ShardPlan(
            id=shard_id(path),
            bytes_in=Path(path).stat().st_size,
            payload={"path": path, "format": kind_of(path, wanted), "number": number},
        )
        for number, path in enumerate(find_files(patterns))
    ]
