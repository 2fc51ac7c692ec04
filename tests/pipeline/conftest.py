"""Work folders in HPLT's view, made once for the tests of a file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from curate.config.job import JobConfig
from curate.pipeline.emit.views import Form
from tests.given_scores import give_scores
from tests.hplt_view import emit, job_for, score_of
from tests.small_crawl import write_crawl


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hplt-crawl")
    write_crawl(folder)
    return folder


@pytest.fixture(scope="module")
def both(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[JobConfig, Path]:
    """A finished work folder with both views; not to be changed."""
    work = tmp_path_factory.mktemp("hplt") / "work"
    job = job_for(source, work)
    give_scores(job, score_of)
    emit(job)
    emit(job, Form("hplt"))
    return job, work


@pytest.fixture
def copied(both: tuple[JobConfig, Path], tmp_path: Path) -> tuple[JobConfig, Path]:
    """A copy of it which a test may spoil."""
    job, work = both
    folder = Path(shutil.copytree(work, tmp_path / "work"))
    return job.model_copy(update={"work": str(folder)}), folder
