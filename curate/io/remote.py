"""Inputs behind an address: S3, HTTP(S) and whatever else fsspec knows, read by ranges.

A remote file is read in blocks of 8 MiB, of which two are kept: extraction is so much slower than
any network that reading ahead would gain nothing. A request that fails is repeated from the
offset reached, with growing pauses and smaller ranges. A server that sends no ranges, or no size,
is read once, front to back, into a temporary file. Bytes that a server promised and never sent
are an error, never the end of the file.

Credentials and endpoints come from where fsspec finds them: ``AWS_*``, ``FSSPEC_*``, its config
files.
"""

from __future__ import annotations

import errno
import random
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, TypeVar

import fsspec

from curate.errors import InputError
from curate.io.warc_source import Source

Answer = TypeVar("Answer")

BLOCK_BYTES = 8 << 20
_KEPT_BLOCKS = 2
_SMALLEST_BYTES = 64 << 10
_LISTERS = 16

FIRST_WAIT_SECONDS = 0.5
"""The pause after a first failure; it doubles with each that follows."""

MAX_FAILURES = 6
"""So many failures without a byte in between are passed over: half a minute of pauses in all."""

_AGAIN = frozenset({408, 425, 429})  # with 5xx, the answers after which asking again may help
_OURS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.EROFS})
_HTTP = ("http://", "https://")
_GLOB = "*?["


def is_remote(path: str) -> bool:
    """Whether an input is an address and not a path."""
    return "://" in path


def open_source(path: str) -> Source:
    """The input at a path or an address, opened for reading at any offset.

    Raises:
        InputError: it is missing, may not be read, or the server does not answer.
    """
    return RemoteSource(path) if is_remote(path) else Source(path)


def is_pattern(url: str) -> bool:
    """Whether an address stands for all that a listing gives; HTTP servers list nothing."""
    return not url.startswith(_HTTP) and any(c in url for c in _GLOB)


def find_remote(urls: Sequence[str]) -> dict[str, int]:
    """Address -> size in bytes (0: the server does not say) of all files that are meant.

    Args:
        urls: addresses; ``*``, ``?``, ``[...]`` and ``**`` match where the protocol can list.

    Raises:
        InputError: a file is missing or may not be read, or a pattern matches none.
    """
    found: dict[str, int] = {}
    with ThreadPoolExecutor(min(_LISTERS, max(1, len(urls)))) as pool:
        for files in pool.map(_find, urls):
            found.update(files)
    return found


def _find(url: str) -> dict[str, int]:
    filesystem, name = _filesystem(url)
    if url.startswith(_HTTP) and "*" in url.partition("?")[0]:
        raise InputError(
            f"input {url!r}",
            wanted="the full address of one file: web servers cannot be listed",
            found="a pattern",
            todo="name every file in `input`, such as from the crawl's own list of paths",
        )
    if not is_pattern(url):
        return {url: _size_of(url, filesystem, name) or 0}
    filesystem.invalidate_cache()
    listed = _patiently(url, lambda: filesystem.glob(name, detail=True))
    head = url.removesuffix(name)
    files = {head + path: info["size"] for path, info in listed.items() if info["type"] == "file"}
    if not files:
        raise InputError(
            f"input {url!r}",
            wanted="at least one file",
            found="none of that name",
            todo="correct `input` in the job file, or pass --set input=...",
        )
    return files


def _size_of(url: str, filesystem: Any, name: str) -> int | None:  # noqa: ANN401 - fsspec's
    """The size in bytes; None if the server does not say, or sends no ranges."""
    info = _patiently(url, lambda: filesystem.info(name))
    if info["type"] == "directory":
        raise InputError(
            f"input {url!r}",
            wanted="a file",
            found="a folder",
            todo=f"name its files, such as {url.rstrip('/')}/*.warc.gz",
        )
    size: int | None = info["size"]
    return size


def _filesystem(url: str) -> tuple[Any, str]:
    """fsspec's file system for an address, and the file's name there."""
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
    if not url.startswith(_HTTP):
        return {}
    import aiohttp  # only where it is needed: it takes 0.2 s to load

    client = {
        "auto_decompress": False,
        "headers": {"Accept-Encoding": "identity"},
        "timeout": aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=60),
        "trust_env": True,
    }
    theirs = fsspec.config.conf.get(url.partition(":")[0], {}).get("client_kwargs", {})
    # An address that is quoted already must stay as it is: signatures cover its spelling.
    return {"client_kwargs": {**client, **theirs}, "encoded": url.isascii() and " " not in url}


class RemoteSource(Source):
    """One remote file, read at any offset in blocks; see the module.

    Args:
        url: its address.

    Raises:
        InputError: from every method that asks the server.
    """

    def __init__(self, url: str) -> None:
        self.path = url
        self._filesystem, self._name = _filesystem(url)
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._handle: Any = None
        self._local: IO[bytes] | None = None
        size = _size_of(url, self._filesystem, self._name)
        self.size = size or 0
        if size is None:
            self._copy(None)

    def read(self, offset: int, n_bytes: int) -> bytes:
        """See :meth:`Source.read`."""
        end = min(offset + n_bytes, self.size)
        parts = []
        while offset < end and self._local is None:
            first = offset - offset % BLOCK_BYTES
            block = self._block(first)
            if block is None:
                break
            parts.append(block[offset - first : end - first])
            offset += len(parts[-1])
        if offset < end and self._local is not None:
            self._local.seek(offset)
            parts.append(self._local.read(end - offset))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        """Give back the blocks and the temporary file."""
        self._blocks.clear()
        if self._local is not None:
            self._local.close()
        if self._handle is not None:
            self._handle.close()

    def _block(self, first: int) -> bytes | None:
        """The block that begins at ``first``; None once the file has a local copy instead."""
        block = self._blocks.get(first)
        if block is None:
            try:
                block = b"".join(self._fetch(first, min(first + BLOCK_BYTES, self.size)))
            except _NoRangesError:
                self._copy(self.size)
                return None
            self._blocks[first] = block
            if len(self._blocks) > _KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(first)
        return block

    def _fetch(self, at: int, end: int) -> Iterator[bytes]:
        """Bytes ``[at, end)``, asked for again from where a connection broke off."""
        patience = _Patience(self.path)
        step = end - at
        while at < end:
            try:
                part = self._range(at, min(at + step, end))
            except _NoRangesError:
                raise
            except Exception as error:
                patience.failed(error)
                step = max(step // 4, _SMALLEST_BYTES)
                continue
            if part:
                patience.worked()
                at += len(part)
                yield part
            else:
                patience.failed(_ShortError(f"{at} of the {self.size} bytes that were announced"))

    def _range(self, start: int, end: int) -> bytes:
        if self._handle is None:
            self._handle = self._filesystem.open(
                self._name, "rb", block_size=BLOCK_BYTES, cache_type="none"
            )
            if "Stream" in type(self._handle).__name__:  # HTTP with `Accept-Ranges: none`
                raise _NoRangesError
        try:
            self._handle.seek(start)
            part: bytes = self._handle.read(end - start)
        except ValueError as error:
            if self.path.startswith(_HTTP):  # the whole file came instead of the range
                raise _NoRangesError from error
            raise
        return part

    def _copy(self, size: int | None) -> None:
        """Read the whole file into a temporary one, again from its beginning if need be."""
        self._local = tempfile.TemporaryFile()  # noqa: SIM115 - see close
        local = self._local

        def copy() -> int:
            local.seek(0)
            local.truncate()
            with self._filesystem.open(self._name, "rb", block_size=0) as stream:
                while part := stream.read(1 << 20):
                    local.write(part)
            n_bytes = local.tell()
            if size is not None and n_bytes != size:
                raise _ShortError(f"{n_bytes} of the {size} bytes that were announced")
            return n_bytes

        self.size = _patiently(self.path, copy)


class _NoRangesError(Exception):
    """The server sends whole files only."""


class _ShortError(Exception):
    """Fewer bytes came than were announced."""


class _Patience:
    """How often a server has failed in a row, and whether to ask it again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._n_failures = 0

    def worked(self) -> None:
        """Bytes came."""
        self._n_failures = 0

    def failed(self, error: Exception) -> None:
        """Wait before the next try.

        Raises:
            InputError: trying again is of no use, or was tried often enough.
            OSError: the fault is on this machine, such as a full disk.
        """
        if isinstance(error, OSError) and error.errno in _OURS:
            raise error
        status = _status_of(error)
        self._n_failures += 1
        if not _may_pass(error, status) or self._n_failures > MAX_FAILURES:
            raise self._explained(error, status) from error
        pause = FIRST_WAIT_SECONDS * 2 ** (self._n_failures - 1)
        time.sleep(pause * random.uniform(0.75, 1.25))  # so that workers do not return as one

    def _explained(self, error: Exception, status: int | None) -> InputError:
        said = _said_by(error)
        if status is not None:
            said = f"HTTP status {status}" + (f" ({said})" if said else "")
        tries = f", after {self._n_failures} attempts" if self._n_failures > 1 else ""
        if isinstance(error, FileNotFoundError) and status in (None, 404):
            todo = "correct the address in `input`"
        elif isinstance(error, _ShortError):
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


def _patiently(url: str, ask: Callable[[], Answer]) -> Answer:
    """The answer, asked for until it comes or there is no hope of it."""
    patience = _Patience(url)
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
