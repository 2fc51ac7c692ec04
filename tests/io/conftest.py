"""A store at an object server, whose client and ours hardly wait before they try again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from curate.io import bucket
from curate.io.open_store import open_store
from curate.io.process import patience
from curate.io.store import Store
from tests.object_server import BUCKET, ObjectServer


@pytest.fixture
def at_the_server(objects: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every store that is opened is at the server."""
    for name, value in objects.environment().items():
        monkeypatch.setenv(name, value)
    quick = {"backoff": {"init_backoff": timedelta(milliseconds=10)}, "max_retries": 3}
    monkeypatch.setattr(bucket, "RETRY", {**bucket.RETRY, **quick})
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.0)
    bucket.client.cache_clear()
    yield
    bucket.client.cache_clear()


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Store:
    """A folder of the test's own in the bucket."""
    return open_store(f"s3://{BUCKET}/{request.node.name.translate(str.maketrans('[]- ', '____'))}")
