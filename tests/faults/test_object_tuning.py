"""A job that tunes, with its work folder in an object store: undisturbed, killed, made again."""

from __future__ import annotations

import re
import shutil
import signal
from pathlib import Path

import pytest

from curate.config.language import LanguageConfigs
from curate.io import layout
from tests.faults.bucketful import Bucketful
from tests.looking import run
from tests.pipeline.test_kill import Wishes
from tests.runs import attempts_of, corpus_of, job_of, write_job

TUNE = {"tune": {"min_documents": 20}}
POINTS = ("stopwords.after_shard", "folder.mid_write", "tune.before_seal", "select.after_plan")


@pytest.fixture(scope="module")
def tuned(small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work folder on disk of a run of the same job."""
    work = tmp_path_factory.mktemp("tuned") / "work"
    run(job_of(small_input, work, **TUNE))
    return work


def configs_of(work: Path) -> dict[str, str]:
    """Path -> content of all tuned configs, but for the day they were made on."""
    folder = work / layout.TUNED
    return {
        path.relative_to(folder).as_posix(): re.sub(r"date: .*", "", path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.yaml"))
    }


@pytest.mark.fault("driver-killed", "s3")
@pytest.mark.parametrize(
    "points",
    [("folder.mid_write",), pytest.param(POINTS, marks=pytest.mark.exhaustive)],
    ids=["one point", "every point"],
)
def test_a_job_that_tunes_in_an_object_store_and_is_killed_gives_what_it_gives_on_disk(
    points: tuple[str, ...],
    bucketful: Bucketful,
    small_input: Path,
    tuned: Path,
    tmp_path: Path,
) -> None:
    job = write_job(tmp_path / "job.yaml", small_input, bucketful.address, **TUNE)
    wishes = Wishes(tmp_path, *points)
    for n_kills in range(len(points) + 1):
        found = bucketful.curate("run", job, "--workers", 2, failpoints=wishes())
        assert len(wishes.fired()) == min(n_kills + 1, len(points)), found.stderr
        assert found.returncode == (-signal.SIGKILL if n_kills < len(points) else 0), found.stderr
    here = bucketful.download(tmp_path / "fetched")
    assert corpus_of(here) == corpus_of(tuned)
    assert configs_of(here) == configs_of(tuned)
    assert len(configs_of(here)) > 3
    assert attempts_of(here).keys() == attempts_of(tuned).keys()
    eng = LanguageConfigs.load(here / layout.TUNED).files["eng_Latn"]
    assert eng.provenance.weight is not None, "tuned on its own documents"
    said = bucketful.curate("verify", bucketful.address)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.exhaustive
def test_tuning_is_made_again_with_other_settings(
    bucketful: Bucketful, small_input: Path, tuned: Path, tmp_path: Path
) -> None:
    for changes in ({"shrinkage": 0}, {}):
        settings = {"tune": {**TUNE["tune"], **changes}}
        job = write_job(tmp_path / "job.yaml", small_input, bucketful.address, **settings)
        found = bucketful.curate("run", job, "--rerun", "tune")
        assert found.returncode == 0, found.stderr
    here = bucketful.download(tmp_path / "fetched")
    assert configs_of(here) == configs_of(tuned)
    assert corpus_of(here) == corpus_of(tuned)
    url = "https://eng.example.org/0"
    on_disk = shutil.copytree(tuned, tmp_path / "disk")
    told = [bucketful.curate("explain", work, url) for work in (bucketful.address, on_disk)]
    assert told[0].returncode == 0, told[0].stderr
    assert told[0].stdout == told[1].stdout, "thresholds are those of the last tuning"
    again = bucketful.curate("tune", bucketful.address, "--min-documents", 20)
    assert again.returncode == 0, again.stderr
    assert f"configs: {bucketful.address}/tuned" in again.stdout
    assert "tuned/eng_Latn.yaml" in bucketful.listed()
