"""Machine code on disk counts as long as all that it was made of is the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from curate import jit, jit_compiler, jit_sources
from curate.jit_sources import sources_digest

KERNEL = """
from curate.inner import twice
from curate.jit import kernel
@kernel
def f(x):
    return twice(x)
"""
INNER = """
from curate.jit import inner_function as inner
from curate import constants
@inner
def twice(x):
    return {times} * x + constants.MORE
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package named curate of a kernel, what it calls, and what that reads."""
    root = tmp_path / "curate"
    root.mkdir()
    for module in (jit, jit_compiler, jit_sources):
        shutil.copy(str(module.__file__), root)
    (root / "__init__.py").touch()
    (root / "jit.py").write_text(
        (root / "jit.py").read_text() + "\ninner_function = decorator(no_cpython_wrapper=True)\n"
    )
    (root / "constants.py").write_text("MORE = 1\n")
    (root / "inner.py").write_text(INNER.format(times=2))
    (root / "kernel.py").write_text(KERNEL)
    (root / "other.py").write_text("x = 1\n")
    return root


def called(package: Path) -> str:
    """f(10), and whether it had to be compiled."""
    code = "from curate.kernel import f; print(f(10), sum(f.stats.cache_misses.values()))"
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    run = [sys.executable, "-c", code]
    return subprocess.run(
        run, cwd=package.parent, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def test_a_change_in_what_a_kernel_calls_or_reads_compiles_it_anew(package: Path) -> None:
    assert [called(package), called(package)] == ["21 1", "21 0"]
    (package / "inner.py").write_text(INNER.format(times=3))
    assert [called(package), called(package)] == ["31 1", "31 0"]
    (package / "constants.py").write_text("MORE = 5\n")
    assert [called(package), called(package)] == ["35 1", "35 0"]
    (package / "other.py").write_text("x = 2\n")
    assert called(package) == "35 0"


def test_imports_of_every_form_are_followed(tmp_path: Path) -> None:
    sources = {
        "a.py": "from curate.b import (\n    c,\n    d,\n)\n",
        "b/__init__.py": "",
        "b/c.py": "def f():\n    import curate.e\n",
        "b/d.py": "x = 1\n",
        "e.py": "from curate.a import y\n",
    }
    for name, source in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    digests = {sources_digest("curate.a", tmp_path)}
    for number, name in enumerate(sources):
        jit_sources._read.cache_clear()
        (tmp_path / name).write_text(f"{sources[name]}# {number}\n")
        digests.add(sources_digest("curate.a", tmp_path))
    assert len(digests) == 1 + len(sources)
