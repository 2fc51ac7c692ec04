"""What tests of several folders share: a small crawl, a finished run of it, and engines."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import ray
from hypothesis import settings

from curate.engine.local import LocalEngine
from curate.engine.protocol import Engine, Policy
from curate.engine.ray import RayEngine
from curate.failpoints import VARIABLE
from curate.stages.kernels import compile_kernels
from tests.faults.record import (  # noqa: F401 - hooks
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_runtest_makereport,
)
from tests.looking import run
from tests.object_server import ObjectServer, object_server
from tests.runs import ROOT, job_of
from tests.small_crawl import write_crawl

EngineFactory = Callable[..., Engine]

# A busy machine is slow, not wrong: laws are not judged by the clock.
settings.register_profile("curate", deadline=None)
settings.load_profile("curate")


@pytest.fixture(autouse=True, scope="session")
def _own_environment() -> Iterator[None]:
    """Workers import the tests' modules too; no cluster or failpoint of the caller's is used."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        patch.delenv("RAY_ADDRESS", raising=False)
        patch.delenv(VARIABLE, raising=False)
        yield


@pytest.fixture(autouse=True, scope="session")
def _kernels() -> None:
    """No test waits for the compiler, and hypothesis measures none of it."""
    compile_kernels()


@pytest.fixture(scope="session")
def small_input(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four WARC files; see :mod:`tests.small_crawl`."""
    folder = tmp_path_factory.mktemp("crawl")
    write_crawl(folder)
    return folder


@pytest.fixture(scope="session")
def baseline(small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work folder of a finished, undisturbed run; not to be changed."""
    work = tmp_path_factory.mktemp("baseline") / "work"
    run(job_of(small_input, work))
    return work


@pytest.fixture(scope="session")
def objects() -> Iterator[ObjectServer]:
    """An S3 server with one bucket."""
    with object_server() as server:
        yield server


@pytest.fixture
def finished(baseline: Path, tmp_path: Path) -> Path:
    """A copy of that folder which a test may spoil."""
    return Path(shutil.copytree(baseline, tmp_path / "work"))


@pytest.fixture(scope="session")
def ray_here() -> Iterator[None]:
    """A private Ray of two CPUs, started once."""
    # Sockets lie in this folder, and their paths may have a hundred characters at most.
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as home:
        ray.init(
            address="local",
            num_cpus=2,
            num_gpus=1,  # one by name: no test needs it to be there
            include_dashboard=False,
            object_store_memory=100_000_000,
            log_to_driver=False,
            configure_logging=False,
            _temp_dir=home,
        )
        yield
        ray.shutdown()


@pytest.fixture
def make_engine(request: pytest.FixtureRequest) -> Iterator[EngineFactory]:
    """``make_engine("local 2", policy)``; engines are closed at the test's end."""
    made: list[Engine] = []

    def make(kind: str, policy: Policy | None = None) -> Engine:
        engine: Engine
        if kind == "ray":
            request.getfixturevalue("ray_here")
            engine = RayEngine(policy or Policy())
        else:
            workers = 0 if kind == "in-process" else int(kind.removeprefix("local "))
            engine = LocalEngine(policy or Policy(), workers=workers)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()
