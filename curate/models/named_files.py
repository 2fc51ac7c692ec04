"""Files that users name: there or not, and the digest of their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from curate.errors import ModelError


def require_file(path: Path, *, wanted: str, todo: str) -> Path:
    """The path, if a file is there.

    Raises:
        ModelError: there is none.
    """
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no such file"
        raise ModelError(str(path), wanted=wanted, found=found, todo=todo)
    return path


_POINTER = b"version https://git-lfs.github.com/spec/"


def refuse_pointer(path: Path) -> None:
    """Return if a file is not what `git clone` leaves in place of a large one.

    A file that cannot be read is left to whoever reads it.

    Raises:
        ModelError: it is.
    """
    try:
        with path.open("rb") as file:
            is_pointer = file.read(len(_POINTER)) == _POINTER
    except OSError:
        return
    if is_pointer:
        raise ModelError(
            str(path),
            wanted="a model file",
            found="a pointer of Git LFS to it, of some hundred bytes",
            todo="fetch the file itself, as `git lfs pull` does",
        )


_SAMPLED_ABOVE = 256 << 20
_PIECE, _PIECES = 64 << 10, 1024


def sampled_digest_of(path: Path) -> str:
    """As :func:`digest_of` one file, and of a file above 256 MiB its size and 64 MiB of it.

    Language models have gigabytes for each label, and two of one size differ nearly everywhere.

    Raises:
        ModelError: the file cannot be read.
    """
    size = require_file(path, wanted="a model file", todo="correct the path").stat().st_size
    if size <= _SAMPLED_ABOVE:
        return digest_of([path])
    seen = hashlib.sha256(f"{size}\n".encode())
    with path.open("rb") as file:
        for i in range(_PIECES):
            file.seek((size - _PIECE) * i // (_PIECES - 1))
            seen.update(file.read(_PIECE))
    return seen.hexdigest()


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256, in hex, of the names and bytes of files, whatever folder they lie in.

    Raises:
        ModelError: a file cannot be read.
    """
    seen = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        try:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelError(
                str(path),
                wanted="a file that can be read",
                found=error.strerror or str(error),
                todo="correct the path in the job",
            ) from error
        seen.update(f"{path.name}\0{content}\n".encode())
    return seen.hexdigest()
