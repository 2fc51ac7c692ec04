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
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

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
from curate.io.process.patience import Pauses
from curate.io.process.scratch import give_back, scratch_folder
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
        waiting, n_refused = Pauses(where), 0
        while True:
            try:
                obstore.put(self._client, full, data, mode="create", use_multipart=False)
                return True
            except (AlreadyExistsError, PreconditionError, GenericError) as error:
                last: Exception = error
            except (NotSupportedError, NotImplementedError) as error:
                raise _no_primitive(self.root, str(error)) from error
            except Exception as error:
                raise bucket.explain(error, where, "write") from error
            stored = self.get(key)
            if stored is not None:
                return stored == data
            if isinstance(last, GenericError) and bucket.status_of(last) == bucket.NOT_IMPLEMENTED:
                raise _no_primitive(self.root, str(last)) from last
            if not isinstance(last, GenericError):
                n_refused += 1  # by somebody who is writing just now and may not get there
                time.sleep(0.05 * 2**n_refused * random.uniform(0.25, 0.75))
            if n_refused >= TRIES or (
                isinstance(last, GenericError)
                and not (bucket.may_pass(last) and waiting.wait(bucket.said_by(last)))
            ):
                raise bucket.explain(last, where, "write") from last

    def put(self, key: str, data: bytes, *, is_private: bool = False) -> None:
        """See :meth:`Store.put`."""
        full = self._key(key)
        bucket.ask(
            f"{self.root}/{key}",
            "write",
            lambda: obstore.put(self._client, full, data, use_multipart=False),
        )

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
        listing = self._listed(key, prefix)
        paths = [entry["path"] for entry in listing["objects"]] + list(listing["common_prefixes"])
        names = {path.rstrip("/").rpartition("/")[2] for path in paths}
        return sorted(name for name in names if not name.startswith("."))

    def dated(self, key: str) -> dict[str, float]:
        """See :meth:`Store.dated`."""
        objects = self._listed(key, f"{self._key(key)}/")["objects"]
        named = {e["path"].rpartition("/")[2]: e["last_modified"].timestamp() for e in objects}
        return {name: when for name, when in named.items() if not name.startswith(".")}

    def entries(self) -> Iterator[Entry]:
        """See :meth:`Store.entries`."""
        head = f"{self._prefix}/" if self._prefix else ""
        for entry in self._all(str(self.root), head or None):
            key = entry["path"].removeprefix(head)
            yield Entry(key, entry["size"], entry["last_modified"].timestamp())

    def _listed(self, key: str, prefix: str) -> Any:  # noqa: ANN401 - obstore's
        return bucket.ask(
            f"{self.root}/{key}", "list", lambda: obstore.list_with_delimiter(self._client, prefix)
        )

    def _all(self, where: str, prefix: str | None) -> list[Any]:
        """The objects below a prefix; a listing that breaks off is begun again."""

        def listing() -> list[Any]:
            parts = obstore.list(self._client, prefix, chunk_size=1000)
            return [entry for part in parts for entry in part]

        return bucket.ask(where, "list", listing)

    def delete(self, key: str) -> None:
        """See :meth:`Store.delete`."""
        self._delete([self._key(key)])

    def _delete(self, keys: list[str]) -> None:
        for first in range(0, len(keys), 1000):
            some = keys[first : first + 1000]
            try:
                bucket.ask(str(self.root), "delete", partial(obstore.delete, self._client, some))
            except Exception as error:
                if not bucket.is_absent(error):
                    raise

    def _below(self, key: str) -> list[str]:
        """Full keys of all objects below ``key``."""
        entries = self._all(f"{self.root}/{key}", f"{self._key(key)}/")
        return [entry["path"] for entry in entries]

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
        for source in sorted(keys, key=lambda k: k.endswith("/manifest.json")):
            self._copy(source, target + source.removeprefix(head), f"{self.root}/{to}")
        self._delete(keys)
        return True

    def copy(self, key: str, to: str) -> None:
        """See :meth:`Store.copy`; the store copies by itself, no byte comes here."""
        self._copy(self._key(key), self._key(to), f"{self.root}/{to}")

    def _copy(self, source: str, target: str, where: str) -> None:
        with bucket.explained(where, "write"):  # an absent source is an error here
            bucket.ask(where, "write", lambda: obstore.copy(self._client, source, target))

    def begin_file(self, key: str) -> Path:
        """A temporary file on this machine, to be uploaded when it is whole."""
        self.path(key)
        return scratch_folder() / key.rpartition("/")[2]

    def end_file(self, key: str, path: Path) -> None:
        """Upload the finished file."""
        full = self._key(key)
        with bucket.explained(f"{self.root}/{key}", "write"):
            bucket.ask(
                f"{self.root}/{key}",
                "write",
                lambda: obstore.put(self._client, full, path, chunk_size=bucket.CHUNK_BYTES),
            )
        give_back(path.parent)

    def drop_file(self, key: str, path: Path) -> None:
        """Remove the temporary file, and what was uploaded of it."""
        give_back(path.parent)
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
