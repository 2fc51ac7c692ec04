"""What tests of faults share: a work folder in an object store."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from curate.io import bucket, layout
from tests.object_server import BUCKET, ObjectServer
from tests.runs import curate

Curate = Callable[..., "subprocess.CompletedProcess[str]"]


class Bucketful:
    """A work folder below a prefix that no other test uses."""

    def __init__(self, server: ObjectServer, name: str) -> None:
        self.server = server
        self.prefix = f"{name}/work"
        self.address = f"s3://{BUCKET}/{self.prefix}"

    def curate(
        self, *arguments: object, failpoints: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """The command line with the environment that leads to the server."""
        return curate(*arguments, failpoints=failpoints, more=self.server.environment())

    def listed(self, below: str = "") -> list[str]:
        """What is there, relative to the folder."""
        return self.server.keys(f"{self.prefix}/{below}")

    def download(self, to: Path) -> Path:
        """All of it as a folder, fetched with another client."""
        client = self.server.client()
        for key in self.listed():
            path = to / key
            path.parent.mkdir(parents=True, exist_ok=True)
            client.download_file(BUCKET, f"{self.prefix}/{key}", str(path))
        return to

    def receipts(self) -> list[str]:
        """Keys of all receipts."""
        return [key for key in self.listed() if "/_commits/" in key]


@pytest.fixture
def bucketful(
    request: pytest.FixtureRequest, objects: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> Bucketful:
    """A work folder in the object store, which this process too can reach."""
    for name, value in objects.environment().items():
        monkeypatch.setenv(name, value)
    bucket.client.cache_clear()
    return Bucketful(objects, hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8])


def data_files(keys: list[str]) -> list[str]:
    """Those of keys that are data files of attempts."""
    folders = tuple(f"{folder}/data/" for folder in layout.STEPS.values())
    return [key for key in keys if key.startswith((*folders, "quarantine/"))]
