"""An address in an object store that is built, compared, shown and read like a path.

Nothing takes it for a local file: asked for its name in the file system it raises. So code that
only names, joins and reads works on both, and code that cannot says so at once.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat as modes
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path, PosixPath
from typing import IO, Any, Self

from curate.errors import StoreError
from curate.io import bucket
from curate.io.process.scratch import scratch_folder

_ONE_SLASH = tuple(f"{scheme}:/" for scheme in bucket.SCHEMES)


def place_of(text: str | Path) -> Path:
    """A path in the file system, absolute, or an :class:`ObjectPath` for an address."""
    if isinstance(text, ObjectPath):
        return text
    place = str(text)
    return ObjectPath(place) if "://" in place else Path(place).expanduser().absolute()


class ObjectPath(PosixPath):
    """``scheme://bucket/key``; see the module."""

    def __str__(self) -> str:
        text = super().__str__()  # a path has single slashes only
        return text.replace(":/", "://", 1) if text.startswith(_ONE_SLASH) else text

    def __fspath__(self) -> str:
        raise StoreError(
            str(self),
            wanted="a folder of a file system, which this command needs",
            found="an address in an object store",
            todo="copy what is there to a local folder and name that",
        )

    def _client(self) -> tuple[Any, str]:
        place, key = bucket.split(str(self))
        return bucket.client(place), key

    def absolute(self) -> Self:
        """Itself."""
        return self

    def expanduser(self) -> Self:
        """Itself."""
        return self

    def resolve(self, strict: bool = False) -> Self:  # noqa: FBT001 - as Path has it
        """Itself with ``..`` taken out."""
        head, rest = bucket.split(str(self))
        return type(self)(f"{head}{os.path.normpath('/' + rest)}")

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Size and kind; the rest is zero.

        Raises:
            FileNotFoundError: there is nothing here.
            StoreError: the store refuses.
        """
        import obstore

        client, key = self._client()
        try:
            size = (
                bucket.ask(str(self), "read", lambda: obstore.head(client, key)["size"])
                if key
                else None
            )
        except Exception as error:
            if not bucket.is_absent(error):
                raise
            size = None
        folder = size is None and bucket.ask(
            str(self), "read", lambda: next(iter(obstore.list(client, f"{key}/")), None)
        )
        if size is None and not folder:
            raise FileNotFoundError(2, "No such object", str(self))
        mode = modes.S_IFDIR if size is None else modes.S_IFREG
        return os.stat_result((mode | 0o644, 0, 0, 1, 0, 0, size or 0, 0, 0, 0))

    def exists(self, *, follow_symlinks: bool = True) -> bool:
        """Whether there is an object here, or one below."""
        return self._mode() != 0

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Whether there is an object here."""
        return modes.S_ISREG(self._mode())

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether there is an object below."""
        return modes.S_ISDIR(self._mode())

    def _mode(self) -> int:
        try:
            return self.stat().st_mode
        except FileNotFoundError:
            return 0

    def read_bytes(self) -> bytes:
        """The whole object.

        Raises:
            FileNotFoundError: there is none.
            StoreError: the store refuses.
        """
        import obstore

        client, key = self._client()
        try:
            return bucket.ask(str(self), "read", lambda: bytes(obstore.get(client, key).bytes()))
        except Exception as error:
            if not bucket.is_absent(error):
                raise
        raise FileNotFoundError(2, "No such object", str(self))

    def read_text(
        self, encoding: str | None = None, errors: str | None = None, newline: str | None = None
    ) -> str:
        """The whole object as text."""
        return self.read_bytes().decode(encoding or "utf-8", errors or "strict")

    def open(self, mode: str = "r", *_: object, **__: object) -> IO[Any]:  # type: ignore[override]
        """The object as a binary file that is read by ranges; for ``rb`` alone."""
        if mode != "rb":
            self.__fspath__()
        return io.BufferedReader(RangeFile(self), 1 << 20)

    def rglob(self, pattern: str, **_: object) -> Iterator[Self]:  # type: ignore[override]
        """Every object below whose name matches."""
        import obstore

        client, key = self._client()
        head, _rest = bucket.split(str(self))

        def listing() -> list[str]:
            parts = obstore.list(client, f"{key}/" if key else None, chunk_size=1000)
            return [entry["path"] for part in parts for entry in part]

        for path in bucket.ask(str(self), "list", listing):
            below = type(self)(f"{head}/{path}")
            if below.match(pattern):
                yield below


class RangeFile(io.RawIOBase):
    """An object as a file that is read by ranges and seeks without a request."""

    def __init__(self, path: ObjectPath) -> None:
        self._path = path
        self._store, self._key = path._client()
        self._size = path.stat().st_size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._at = max((0, self._at, self._size)[whence] + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def size(self) -> int:
        """Bytes in all."""
        return self._size

    def readinto(self, into: Any, /) -> int:  # noqa: ANN401 - any writable buffer
        data = self.read(len(into))
        into[: len(data)] = data
        return len(data)

    def read(self, size: int = -1, /) -> bytes:
        import obstore

        left = max(self._size - self._at, 0)
        n_bytes = left if size < 0 else min(size, left)
        if n_bytes == 0:
            return b""
        at = self._at
        with bucket.explained(str(self._path), "read"):
            data = bucket.ask(
                str(self._path),
                "read",
                lambda: bytes(obstore.get_range(self._store, self._key, start=at, length=n_bytes)),
            )
        self._at += n_bytes
        return data


@lru_cache(maxsize=64)
def local_folder(place: str | Path) -> Path:
    """The folder itself, or a copy on this machine of what is under an address.

    Only for folders whose content never changes, such as those named by their content: a copy that
    was made once is used again by every process of this user, after its files were compared with
    the store, since whoever cleans temporary folders takes files one by one.

    Raises:
        StoreError: the store does not answer.
    """
    where = place_of(place)
    if not isinstance(where, ObjectPath):
        return where
    files = {path.relative_to(where).as_posix(): path.read_bytes() for path in where.rglob("*")}
    cache = _own_cache()
    target = cache / blake2b(str(where).encode(), digest_size=12).hexdigest()
    if not target.is_dir():
        _copy_whole(files, target)
    if _files_of(target) == files:
        return target
    other = Path(tempfile.mkdtemp(dir=cache)) / "copy"
    _copy_whole(files, other)
    return other


def _own_cache() -> Path:
    """A folder that nobody else can have filled; one with a name that nobody foresees if need be.

    Anybody may make a folder of the usual name first, where all may write into ``/tmp``.
    """
    usual = Path(tempfile.gettempdir()) / f"curate-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        usual.mkdir(mode=0o700)
    status = usual.lstat()
    is_ours = modes.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    if is_ours and not status.st_mode & (modes.S_IRWXG | modes.S_IRWXO):
        return usual
    return scratch_folder()


def _copy_whole(files: dict[str, bytes], target: Path) -> None:
    """Write files into a folder that appears whole; another process may be first."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        Path(scratch, "all").mkdir()
        for name, data in files.items():
            copy = Path(scratch, "all", name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data)
        try:
            Path(scratch, "all").rename(target)
        except OSError:
            if not target.is_dir():
                raise


def _files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
