"""Whether an input is the file that was planned, and still is when it has been read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from curate.errors import InputError
from curate.io.remote.ask import etag_of, filesystem_of, patiently
from curate.io.remote.read import is_remote


class Version(NamedTuple):
    """A mark of a file's state: size in bytes (0: not known), and a text that changes with it.

    The mark is the ETag of a remote file, and the time of its last change for a local one.
    """

    size: int
    mark: str | None


def version_of(path: str) -> Version:
    """The state that an input is in now.

    Raises:
        InputError: it is gone, or its server refuses.
    """
    if is_remote(path):
        filesystem, name = filesystem_of(path)
        filesystem.invalidate_cache()  # what a listing said is not what is there now
        info = patiently(path, lambda: filesystem.info(name))
        return Version(info["size"] or 0, etag_of(info))
    try:
        status = Path(path).stat()
    except OSError as error:
        raise InputError(
            path,
            wanted="the file that was planned",
            found=error.strerror or str(error),
            todo="put it back, or `--rerun extract` to plan without it",
        ) from error
    return Version(status.st_size, str(status.st_mtime_ns))


def check_planned(path: str, size: int, etag: str | None) -> Version:
    """The state of an input, which has to be the planned one.

    A local file may have grown: that is how a file that was cut gets mended, and the shard tells
    of it. One that shrank is on its way here or was cut.

    Args:
        path: path or address.
        size: planned size in bytes; 0 if it was not known.
        etag: planned ETag; None if it was not known.

    Raises:
        InputError: it is gone, or another file has taken its place.
    """
    now = version_of(path)
    other = size and now.size and now.size != size
    if other and (is_remote(path) or now.size < size):
        raise _changed(path, f"{size} bytes, as planned", f"{now.size} bytes")
    if etag is not None and is_remote(path) and now.mark not in (None, etag):
        raise _changed(path, f"ETag {etag}, as planned", f"ETag {now.mark}")
    return now


def check_unchanged(path: str, before: Version) -> None:
    """Check that an input is still what it was when reading began.

    Raises:
        InputError: it is not, so what was read may be parts of two files.
    """
    now = version_of(path)
    if now != before:
        raise _changed(
            path,
            f"the file that reading began with ({before.size} bytes, {before.mark})",
            f"another one at its end ({now.size} bytes, {now.mark})",
        )


def _changed(path: str, wanted: str, found: str) -> InputError:
    return InputError(
        f"input {path!r}",
        wanted=wanted,
        found=found,
        todo="put the planned file back and run again, or plan anew: `--rerun extract`",
    )
