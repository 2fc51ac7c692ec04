"""The work folder in an object store: commits by conditional PUT.

``create`` is ``PutObject`` with ``If-None-Match: *`` (S3), ``ifGenerationMatch=0`` (Google) or
``If-None-Match`` (Azure). A reply may be lost after the PUT took effect, and the client may then
ask again and be told that the key is taken: so whenever the answer is not a plain success, what
lies under the key decides. A receipt holds the random name of its attempt, hence no two are equal.
"""

from __future__ import annotations

import contextlib
import random
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    GenericError,
    NotSupportedError,
    PreconditionError,
)

from curate.errors import StoreError
from curate.io import bucket
from curate.io.object_path import ObjectPath
from curate.io.store import Entry, Store

TRIES = 5
"""How often a conditional PUT that left nothing behind (409, a lost request) is made."""

_MARKS = ("_SEALED.json", "_commits/", "_plan.json")


class ObjectStore(Store):
    """Keys below a prefix of a bucket.

    Raises:
        StoreError: from every method, when the store refuses.
    """

    is_local = False

    def __init__(self, root: str | Path) -> None:
        address = str(root).rstrip("/")
        place, self._prefix = bucket.split(address)
        self.root = ObjectPath(address)
        self._client = bucket.client(place)

    def _key(self, key: str) -> str:
        self.path(key)
        return f"{self._prefix}/{key}" if self._prefix else key

    def make_folder(self, key: str) -> Path:
        """Folders need no making."""
        return self.path(key)

    def create(self, key: str, data: bytes) -> bool:
        """See :meth:`Store.create`. A writer of equal bytes is taken for the first one's self."""
        full, where = self._key(key), f"{self.root}/{key}"
        last: Exception | None = None
        for number in range(TRIES):
            try:
                obstore.put(self._client, full, data, mode="create", use_multipart=False)
                return True
            except (AlreadyExistsError, PreconditionError, GenericError) as error:
                last = error
            except (NotSupportedError, NotImplementedError) as error:
                raise _no_primitive(self.root, str(error)) from error
            except Exception as error:
                raise bucket.explain(error, where, "write") from error
            found = self.get(key)
            if found is not None:
                return found == data
            if isinstance(last, GenericError) and "501" in str(last):
                raise _no_primitive(self.root, str(last)) from last
            time.sleep(0.05 * 2**number * random.uniform(0.5, 1.5))
        assert last is not None
        raise bucket.explain(last, where, "write") from last

    def put(self, key: str, data: bytes, *, is_private: bool = False) -> None:
        """See :meth:`Store.put`."""
        with bucket.explained(f"{self.root}/{key}", "write"):
            obstore.put(self._client, self._key(key), data, use_multipart=False)

    def get(self, key: str) -> bytes | None:
        """See :meth:`Store.get`."""
        self.path(key)
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            return None

    def names(self, key: str) -> list[str]:
        """See :meth:`Store.names`; one request a thousand names."""
        prefix = f"{self._key(key)}/"
        with bucket.explained(f"{self.root}/{key}", "list"):
            found = obstore.list_with_delimiter(self._client, prefix)
        paths = [entry["path"] for entry in found["objects"]] + list(found["common_prefixes"])
        names = {path.rstrip("/").rpartition("/")[2] for path in paths}
        return sorted(name for name in names if not name.startswith("."))

    def dated(self, key: str) -> dict[str, float]:
        """See :meth:`Store.dated`."""
        with bucket.explained(f"{self.root}/{key}", "list"):
            found = obstore.list_with_delimiter(self._client, f"{self._key(key)}/")["objects"]
        named = {e["path"].rpartition("/")[2]: e["last_modified"].timestamp() for e in found}
        return {name: when for name, when in named.items() if not name.startswith(".")}

    def entries(self) -> Iterator[Entry]:
        """See :meth:`Store.entries`."""
        head = f"{self._prefix}/" if self._prefix else ""
        with bucket.explained(str(self.root), "list"):
            for part in obstore.list(self._client, head or None, chunk_size=1000):
                for found in part:
                    key = found["path"].removeprefix(head)
                    yield Entry(key, found["size"], found["last_modified"].timestamp())

    def delete(self, key: str) -> None:
        """See :meth:`Store.delete`."""
        self._delete([self._key(key)])

    def _delete(self, keys: list[str]) -> None:
        with bucket.explained(str(self.root), "delete"):
            for first in range(0, len(keys), 1000):
                try:
                    obstore.delete(self._client, keys[first : first + 1000])
                except Exception as error:
                    if not bucket.is_absent(error):
                        raise

    def _below(self, key: str) -> list[str]:
        """Full keys of all objects below ``key``."""
        with bucket.explained(f"{self.root}/{key}", "list"):
            parts = obstore.list(self._client, f"{self._key(key)}/", chunk_size=1000)
            return [entry["path"] for part in parts for entry in part]

    def move_away(self, key: str) -> None:
        """Delete what is below ``key``: first what makes the rest real.

        A deletion that is cut off leaves a stage that is not sealed, then one that lacks shards,
        then none, and never one that looks whole.
        """
        self.delete(f"{key}/manifest.json")
        keys = self._below(key)
        for mark in _MARKS:
            some = [k for k in keys if mark in k[len(self._prefix) :]]
            self._delete(some)
            gone = set(some)
            keys = [k for k in keys if k not in gone]
        self._delete(keys)

    def rename(self, key: str, to: str) -> bool:
        """Copy what is below ``key`` to ``to`` within the store, its manifest last, and delete it.

        False if there is a manifest already. An object store cannot rename: until the manifest is
        there, a reader sees files without one.
        """
        if self.exists(f"{to}/manifest.json"):
            return False
        head, target = f"{self._key(key)}/", f"{self._key(to)}/"
        keys = self._below(key)
        with bucket.explained(f"{self.root}/{to}", "write"):
            for source in sorted(keys, key=lambda k: k.endswith("/manifest.json")):
                obstore.copy(self._client, source, target + source.removeprefix(head))
        self._delete(keys)
        return True

    def copy(self, key: str, to: str) -> None:
        """See :meth:`Store.copy`; the store copies by itself, no byte comes here."""
        with bucket.explained(f"{self.root}/{to}", "write"):
            obstore.copy(self._client, self._key(key), self._key(to))

    def begin_file(self, key: str) -> Path:
        """A temporary file on this machine, to be uploaded when it is whole."""
        self.path(key)
        folder = tempfile.mkdtemp(prefix="curate-")
        return Path(folder) / key.rpartition("/")[2]

    def end_file(self, key: str, path: Path) -> None:
        """Upload the finished file."""
        with bucket.explained(f"{self.root}/{key}", "write"):
            obstore.put(self._client, self._key(key), path, chunk_size=bucket.CHUNK_BYTES)
        shutil.rmtree(path.parent, ignore_errors=True)

    def drop_file(self, key: str, path: Path) -> None:
        """Remove the temporary file, and what was uploaded of it."""
        shutil.rmtree(path.parent, ignore_errors=True)
        self.delete(key)

    def sync(self, path: Path) -> None:
        """An object that was put is durable."""

    def check_writable(self) -> None:
        """Raise StoreError now, rather than after an hour, if commits cannot work here."""
        key = f"_probe-{secrets.token_hex(6)}"
        try:
            if not self.create(key, b"1") or self.create(key, b"2") or self.get(key) != b"1":
                raise _no_primitive(self.root, "a second writer of one key was not refused")
        finally:
            with contextlib.suppress(StoreError):
                self.delete(key)

    def ability(self) -> str:
        """See :meth:`Store.ability`."""
        return "put-if-absent works (conditional PUT)"


def _no_primitive(root: Path, found: str) -> StoreError:
    return StoreError(
        f"work folder {root}",
        wanted="a store with conditional PUT (If-None-Match: *), which commits rest on",
        found=found[:300],
        todo="use a store that has it (Amazon S3, Google, Azure, R2, MinIO), or "
        "a work folder on a file system",
    )
