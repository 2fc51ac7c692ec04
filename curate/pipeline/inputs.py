"""Finding a job's input files and telling what they are."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from curate.errors import InputError
from curate.io.layout import shard_id
from curate.io.remote import is_remote
from curate.io.remote_find import Found, find_remote, is_pattern
from curate.pipeline.step import ShardPlan

_TABLES = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".json", ".json.gz", ".json.zst", ".parquet")


def find_inputs(patterns: Sequence[str], *, setting: str = "input") -> dict[str, int]:
    """Path or address -> size in bytes of the files that the patterns match, sorted, each once.

    ``*`` and ``?`` match within a name, ``**`` across folders. Local paths become absolute;
    addresses (``s3://``, ``https://``, ...) stay as they are given. A web server that does not
    tell a size gives 0.

    Args:
        patterns: paths and addresses.
        setting: where they stand in the job, for errors.

    Raises:
        InputError: a pattern matches no file, or a server refuses.
    """
    return {path: found.size for path, found in _find(patterns, setting).items()}


def _find(patterns: Sequence[str], setting: str) -> dict[str, Found]:
    found = find_remote([pattern for pattern in patterns if is_remote(pattern)])
    for pattern in patterns:
        if not is_remote(pattern):
            found.update(
                (path, Found(Path(path).stat().st_size)) for path in _find_local(pattern, setting)
            )
    return dict(sorted(found.items()))


def find_files(patterns: Sequence[str], *, setting: str = "input") -> list[str]:
    """The same files without their sizes."""
    return list(find_inputs(patterns, setting=setting))


def present_files(patterns: Sequence[str]) -> list[str]:
    """The files that are there now, without asking for those that are named one by one.

    None where some were moved away since they were read: what was read is committed.
    """
    named = [p for p in patterns if is_remote(p) and not is_pattern(p)]
    try:
        return sorted({*named, *find_files([p for p in patterns if p not in named])})
    except InputError:
        return []


def _find_local(pattern: str, setting: str) -> list[str]:
    full = str(Path(pattern).expanduser().absolute())
    matched = [p for p in glob.glob(full, recursive=True) if Path(p).is_file()]  # noqa: PTH207 - Path.glob takes no absolute pattern
    if not matched:
        raise InputError(
            f"{setting} {pattern!r}",
            wanted="at least one file",
            found=f"none; looked for {full}{_nearest(full)}",
            todo=f"correct `{setting}` in the job file, or pass --set {setting}=...",
        )
    return matched


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
    name = (urlsplit(path).path if path.startswith(("http://", "https://")) else path).lower()
    if name.endswith(_TABLES):
        return "parquet" if name.endswith(".parquet") else "jsonl"
    return "warc"


def plan_inputs(patterns: Sequence[str], wanted: str) -> list[ShardPlan]:
    """One shard per input file, in path order."""
    return [
        ShardPlan(
            id=shard_id(path),
            bytes_in=found.size,
            payload={
                "path": path,
                "format": kind_of(path, wanted),
                "number": number,
                **({} if found.etag is None else {"etag": found.etag}),
            },
        )
        for number, (path, found) in enumerate(_find(patterns, "input").items())
    ]
