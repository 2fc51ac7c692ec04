"""Asking remote stores: the file system behind an address, and patience with its failures."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from curate.errors import InputError
from curate.io.process.patience import Pauses

Answer = TypeVar("Answer")

HTTP = ("http://", "https://")

_AGAIN = frozenset({408, 425, 429})  # with 5xx, the answers after which asking again may help
_OURS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.EROFS})


def filesystem_of(url: str) -> tuple[Any, str]:
    """fsspec's file system for an address, and the file's name there."""
    import fsspec  # only where it is needed: jobs over local files start 60 ms sooner

    try:
        filesystem, name = fsspec.core.url_to_fs(url, **_options(url))
    except (ImportError, ValueError) as error:
        raise InputError(
            f"input {url!r}",
            wanted="a protocol that can be read here",
            found=str(error),
            todo="install the package that the message names, or copy the files here",
        ) from error
    return filesystem, name


def _options(url: str) -> dict[str, Any]:
    """For HTTP: the bytes as they are stored, proxies as the environment says, and time limits.

    Servers that name gzip a ``Content-Encoding`` would otherwise have the file decompressed on
    its way, and a size that fits neither.
    """
    if not url.startswith(HTTP):
        return {}
    import aiohttp
    import fsspec

    client = {
        "auto_decompress": False,
        "headers": {"Accept-Encoding": "identity"},
        "timeout": aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=60),
        "trust_env": True,
    }
    theirs = fsspec.config.conf.get(url.partition(":")[0], {}).get("client_kwargs", {})
    # An address that is quoted already must stay as it is: signatures cover its spelling.
    return {"client_kwargs": {**client, **theirs}, "encoded": url.isascii() and " " not in url}


def size_of(url: str, filesystem: Any, name: str) -> int | None:  # noqa: ANN401 - fsspec's
    """The size in bytes; None if the server does not say, or sends no ranges."""
    info = patiently(url, lambda: filesystem.info(name))
    if info["type"] == "directory":
        raise InputError(
            f"input {url!r}",
            wanted="a file",
            found="a folder",
            todo=f"name its files, such as {url.rstrip('/')}/*.warc.gz",
        )
    size: int | None = info["size"]
    return size


def etag_of(info: dict[str, Any]) -> str | None:
    """The strong ETag in what fsspec tells of a file; weak ones may differ between servers."""
    etag = info.get("ETag") or info.get("etag")
    return None if etag is None or str(etag).startswith("W/") else str(etag).strip('"')


class ShortError(Exception):
    """Fewer bytes came than were announced."""


class Patience:
    """How often a server has failed in a row, and whether to ask it again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pauses = Pauses(url)

    def worked(self) -> None:
        """Bytes came."""
        self._pauses.worked()

    def failed(self, error: Exception) -> None:
        """Wait before the next try.

        Raises:
            InputError: trying again is of no use, or was tried often enough.
            OSError: the fault is on this machine, such as a full disk.
        """
        if isinstance(error, OSError) and error.errno in _OURS:
            raise error
        status = _status_of(error)
        if not (_may_pass(error, status) and self._pauses.wait(_said_by(error))):
            raise self._explained(error, status) from error

    def _explained(self, error: Exception, status: int | None) -> InputError:
        said = _said_by(error)
        n_failures = max(self._pauses.n_failures, 1)
        if status is None and isinstance(error, FileNotFoundError) and n_failures == 1:
            status, said = 404, "no such file"
        if status is not None:
            said = f"HTTP status {status}" + (f" ({said})" if said else "")
        tries = f", after {n_failures} attempts" if n_failures > 1 else ""
        if status == 404:
            todo = "correct the address in `input`"
        elif isinstance(error, ShortError):
            todo = "the file on the server is cut or was replaced: check it, then run again"
        elif status in (401, 403) or isinstance(error, PermissionError) or "redentials" in said:
            todo = (
                "check the address and the credentials (AWS_*, FSSPEC_*); for public buckets set "
                "FSSPEC_S3_ANON=true"
            )
        else:
            todo = "run the same command again when the server answers: what is done is kept"
        return InputError(
            f"input {self._url!r}",
            wanted="a file that can be read",
            found=f"{said}{tries}",
            todo=todo,
        )


def patiently(url: str, ask: Callable[[], Answer]) -> Answer:
    """The answer, asked for until it comes or there is no hope of it."""
    patience = Patience(url)
    while True:
        try:
            return ask()
        except Exception as error:  # every protocol has its own
            patience.failed(error)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it came from."""
    inner: BaseException | None = error
    while inner is not None:
        yield inner
        inner = inner.__cause__ or inner.__context__


def _status_of(error: Exception) -> int | None:
    """The HTTP status that an error of aiohttp or botocore goes back to."""
    for inner in _chain(error):
        status = getattr(inner, "status", None)
        if isinstance(status, int) and status:
            return status
        response = getattr(inner, "response", None)
        if isinstance(response, dict):
            status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            if isinstance(status, int):
                return status
    return None


def _may_pass(error: Exception, status: int | None) -> bool:
    """Whether the same request may work later."""
    if status is not None:
        return status >= 500 or status in _AGAIN
    if isinstance(error, FileNotFoundError):
        return len(list(_chain(error))) > 1  # fsspec says it of any broken connection
    permanent = isinstance(error, PermissionError | IsADirectoryError | ValueError | ImportError)
    return not permanent and type(error).__name__ != "NoCredentialsError"


def _said_by(error: Exception) -> str:
    """The words of the innermost error; an address is said already."""
    last = list(_chain(error))[-1]
    words = getattr(last, "message", "") or str(last) or type(last).__name__
    return words[:300]
