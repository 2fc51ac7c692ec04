"""Finding a job's input files and telling what they are."""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from curate.errors import InputError
from curate.io.kinds import kind_by_name, kind_of
from curate.io.layout import JOB, shard_id
from curate.io.remote.listing import FileStamp, find_remote, is_pattern
from curate.io.remote.read import is_remote
from curate.redact import redact
from curate.work.plan import ShardPlan

_MAGIC = "*?["
_WILD = "*?"
_PASSED_OVER = (".", "_")


class _File(NamedTuple):
    """A file that was found, and how many of its last names are below the pattern's folder."""

    stamp: FileStamp
    depth: int


def find_inputs(patterns: Sequence[str], *, setting: str = "input") -> dict[str, int]:
    """Path or address -> size in bytes of the files that the patterns match, sorted, each once.

    ``*`` and ``?`` match within a name, ``**`` across folders; a path that exists is that file
    whatever brackets are in it. Local paths become absolute; addresses (``s3://``, ``https://``,
    ...) stay as they are given. A web server that does not tell a size gives 0.

    Args:
        patterns: paths and addresses.
        setting: where they stand in the job, for errors. Of a local folder in ``input`` all files
            are meant whose names end as inputs do.

    Raises:
        InputError: a pattern matches no file, or a server refuses.
    """
    return {path: file.stamp.size for path, file in _find(patterns, setting).items()}


def _find(patterns: Sequence[str], setting: str) -> dict[str, _File]:
    by_path: dict[str, _File] = {}
    remote = [pattern for pattern in patterns if is_remote(pattern)]
    for pattern, files in find_remote(remote).items():
        for path, entry in files.items():
            _note(by_path, path, _File(entry, _depth(path, pattern)))
    for pattern in patterns:
        if not is_remote(pattern):
            for path in _find_local(pattern, setting):
                size = Path(path).stat().st_size
                _note(by_path, path, _File(FileStamp(size), _depth(path, _absolute(pattern))))
    return dict(sorted(by_path.items(), key=lambda item: redact(item[0])))


def _note(files: dict[str, _File], path: str, file: _File) -> None:
    """Of two patterns that match a file, the one counts that says more of its place."""
    if path not in files or files[path].depth < file.depth:
        files[path] = file


def _depth(path: str, pattern: str) -> int:
    """How many of the last names of a path are not in the fixed part of its pattern; at least 1."""
    names, fixed = path.split("/"), pattern.rstrip("/").split("/")
    same = 0
    while same < min(len(names), len(fixed)) and names[same] == fixed[same]:
        same += 1
    return max(1, len(names) - same)


def find_files(patterns: Sequence[str], *, setting: str = "input") -> list[str]:
    """The files of :func:`find_inputs` without their sizes."""
    return list(find_inputs(patterns, setting=setting))


def present_files(patterns: Sequence[str]) -> dict[str, FileStamp]:
    """The files that are there now, without asking for those that are named one by one.

    Their addresses are as a plan has them. None where some were moved away since they were read:
    what was read is committed.
    """
    named = [p for p in patterns if is_remote(p) and not is_pattern(p)]
    try:
        files = _find([p for p in patterns if p not in named], "input")
    except InputError:
        return {}
    stamps = {redact(path): file.stamp for path, file in files.items()}
    return dict(sorted((stamps | {redact(path): FileStamp(0) for path in named}).items()))


def _absolute(pattern: str) -> str:
    return str(Path(pattern).expanduser().absolute())


def _find_local(pattern: str, setting: str) -> list[str]:
    full = _absolute(pattern)
    if Path(full).is_dir() and setting == "input":
        return _in_folder(pattern, full)
    matched = [p for p in _globbed(_escaped(full)) if Path(p).is_file()]
    if not matched:
        raise InputError(
            f"{setting} {pattern!r}",
            wanted="at least one file",
            found=f"none; looked for {full}{_nearest(full)}",
            todo=f"correct `{setting}` in the job file, or pass --set {setting}=...",
        )
    return matched


def _globbed(pattern: str) -> list[str]:
    return glob.glob(pattern, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern


def _escaped(pattern: str) -> str:
    """The pattern, with what is there by name, brackets and all, taken as it stands."""
    if Path(pattern).exists():
        return glob.escape(pattern)
    place, parts = Path(pattern).anchor, []
    for part in Path(pattern).parts[1:]:
        is_there = "[" in part and not any(c in part for c in _WILD)
        parts.append(glob.escape(part) if is_there and Path(place, part).exists() else part)
        place = str(Path(place, part))
    return str(Path(Path(pattern).anchor, *parts))


def _in_folder(pattern: str, folder: str) -> list[str]:
    """The inputs in a folder and those below it."""
    if Path(folder, JOB).is_file() and Path(folder, "documents").is_dir():
        raise InputError(
            f"input {pattern!r}",
            wanted="files, or a folder of inputs",
            found="a work folder of curate",
            todo=f"name its corpus by a pattern: {folder}/corpus/data/*/train/*.parquet",
        )
    inside = list(_below(folder))
    matched = [path for path in inside if kind_by_name(path) is not None]
    if not matched:
        endings = Counter("".join(Path(path).suffixes[-2:]) or Path(path).name for path in inside)
        listed = ", ".join(f"{n} {ending}" for ending, n in endings.most_common(5))
        raise InputError(
            f"input {pattern!r}",
            wanted="a folder with WARC, WET, ARC, JSON Lines or Parquet files",
            found=f"a folder with no such name in it{': ' + listed if listed else ''}",
            todo="correct `input`; name files with other endings by a pattern, and say `format`",
        )
    return matched


def _below(folder: str) -> Iterator[str]:
    """Files in a folder and below it, but for those with a dot or a low line before a name."""
    root = Path(folder)
    for path in _globbed(f"{glob.escape(folder)}/**/*"):
        names = Path(path).relative_to(root).parts
        if Path(path).is_file() and not any(name.startswith(_PASSED_OVER) for name in names):
            yield path


def passed_over(patterns: Sequence[str]) -> list[str]:
    """The files in folders among the inputs that are none, by the ends of their names."""
    folders = [_absolute(p) for p in patterns if not is_remote(p) and Path(_absolute(p)).is_dir()]
    return sorted(p for f in folders for p in _below(f) if kind_by_name(p) is None)


def _nearest(path: str) -> str:
    for folder in Path(path).parents:
        if not any(c in str(folder) for c in _MAGIC) and folder.is_dir():
            names = sorted(p.name for p in folder.iterdir())
            shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
            return f" ({folder} has {len(names)} entries{': ' + shown if names else ''})"
    return ""


def plan_inputs(
    patterns: Sequence[str], input_format: str, places: Collection[str] = ()
) -> list[ShardPlan]:
    """One shard per input file, in path order.

    Args:
        patterns: paths and addresses.
        input_format: what the job says they are.
        places: places of files that were planned before; see :func:`name_places`.

    Raises:
        InputError: a pattern matches nothing, or a file is no kind that is read.
    """
    files = _find(patterns, "input")
    _refuse_twins(files)
    kinds = {path: kind_of(path, input_format) for path in files}
    named = name_places({redact(path): file.depth for path, file in files.items()}, places)
    return [
        ShardPlan(
            id=shard_id(redact(path)),
            bytes_in=file.stamp.size,
            payload={
                "path": redact(path),
                "place": named[redact(path)],
                "format": kinds[path],
                "number": number,
                **({} if file.stamp.etag is None else {"etag": file.stamp.etag}),
            },
        )
        for number, (path, file) in enumerate(files.items())
    ]


def _refuse_twins(files: Collection[str]) -> None:
    """Two addresses that differ by a secret alone would be one file in every table."""
    for path, n in Counter(map(redact, files)).items():
        if n > 1:
            raise InputError(
                f"input {path!r}",
                wanted="each file once, whatever its address is signed with",
                found=f"{n} addresses that differ in user, password or signature alone",
                todo="name it once; files that differ in their query need a parameter that is no "
                "secret",
            )


def name_places(depths: dict[str, int], taken: Collection[str] = ()) -> dict[str, str]:
    """Path -> its last names, so many that no two files have the same ones.

    Of these the ids of documents without one are made. A place has the names that are below the
    fixed part of the file's pattern, so that it stays when all inputs are moved together; where
    two files would have the same, the folders above join it.

    Args:
        depths: path -> how many names it has to have.
        taken: places that other files have.
    """
    depths = dict(depths)
    known = frozenset(taken)
    while True:
        places = {path: "/".join(path.split("/")[-n:]) for path, n in depths.items()}
        counts = Counter(places.values())
        twins = [p for p, place in places.items() if counts[place] > 1 or place in known]
        longer = [p for p in twins if depths[p] < len(p.split("/"))]
        if not longer:
            return places
        for path in longer:
            depths[path] += 1
