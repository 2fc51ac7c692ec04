"""A work folder in the object store of the tests."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.object_server import BUCKET, ObjectServer
from tests.runs import curate


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
