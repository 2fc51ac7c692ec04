"""A finished run that also scores documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.looking import run
from tests.runs import job_of


@pytest.fixture(scope="module")
def scored(small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its work folder; not to be changed."""
    work = tmp_path_factory.mktemp("scored") / "work"
    run(job_of(small_input, work, wds={}, emit={"pii": "mask", "test_fraction": 0.0}))
    return work
