"""The image and the cluster that runs it name the same versions, and what is copied is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from typing import Any

import pytest
import yaml

from tests.runs import ROOT

CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8")
MARK = "from curate.stages.kernels import PAGES, _mark; print(_mark(PAGES).name)"


def argument(name: str) -> str:
    found = re.search(rf"^ARG {name}=(\S+)$", CONTAINERFILE, re.M)
    assert found, name
    return found[1]


def cluster() -> dict[str, Any]:
    job = yaml.safe_load((ROOT / "jobs" / "rayjob.yaml").read_text(encoding="utf-8"))
    spec: dict[str, Any] = job["spec"]["rayClusterSpec"]
    return spec


def test_cluster_and_image_have_the_ray_that_is_tested() -> None:
    assert cluster()["rayVersion"] == argument("RAY") == version("ray")


def test_python_of_the_image_is_one_that_is_supported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known = f"Programming Language :: Python :: {argument('PYTHON')}"
    assert known in project["classifiers"]


def test_all_pods_run_the_image_that_the_containerfile_tells_to_build() -> None:
    built = re.search(r"podman build -t (\S+) \.", CONTAINERFILE)
    groups = [cluster()["headGroupSpec"], *cluster()["workerGroupSpecs"]]
    pods = [pod for group in groups for pod in group["template"]["spec"]["containers"]]
    assert built
    assert {pod["image"] for pod in pods} == {built[1]}
    assert len(pods) > 1


def test_what_is_copied_into_the_image_is_there() -> None:
    lines = re.findall(r"^COPY (.+) \S+$", CONTAINERFILE, re.M)
    names = [name for line in lines for name in line.split()]
    assert "curate" in names
    assert all((ROOT / name).exists() for name in names), names


@pytest.mark.parametrize("chosen", ["x86-64-v3", "generic"])
def test_kernels_of_an_image_are_those_of_the_processor_that_it_names(chosen: str) -> None:
    def mark(**more: str) -> str:
        environment = {**os.environ, "NUMBA_CACHE_DIR": "kernels", **more}
        command = [sys.executable, "-c", MARK]
        return subprocess.run(
            command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout

    assert mark(NUMBA_CPU_NAME=chosen, NUMBA_CPU_FEATURES="") != mark()
