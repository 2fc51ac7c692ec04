"""What tests of faults share: a work folder in an object store."""

from __future__ import annotations

import hashlib

import pytest

from curate.io import bucket
from tests.faults.bucketful import Bucketful
from tests.object_server import ObjectServer


@pytest.fixture
def bucketful(
    request: pytest.FixtureRequest, objects: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> Bucketful:
    """A work folder in the object store, which this process too can reach."""
    for name, value in objects.environment().items():
        monkeypatch.setenv(name, value)
    bucket.client.cache_clear()
    return Bucketful(objects, hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8])
