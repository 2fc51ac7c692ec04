"""Temporary files of processes that were killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from curate.io.process.scratch import clean_scratch

MAKES = """
import sys
from curate.io.process.scratch import scratch_folder
for _ in range(2):
    (scratch_folder() / "data.parquet").write_bytes(b"x" * 100)
print("made", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def tmpdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def start(tmpdir: Path) -> subprocess.Popen[bytes]:
    made = subprocess.Popen(
        [sys.executable, "-c", MAKES],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmpdir)},
    )
    assert made.stdout is not None
    assert made.stdout.readline() == b"made\n"
    return made


@pytest.mark.fault("temporaries-left", "local")
def test_what_a_killed_process_left_is_deleted_by_the_next_and_nothing_else(tmpdir: Path) -> None:
    (tmpdir / "curate-tmp-mine").mkdir()
    (tmpdir / "curate-tmp-mine" / "kept").write_bytes(b"")
    (tmpdir / "other").mkdir()
    with start(tmpdir) as killed, start(tmpdir) as living:
        folders = {path for path in tmpdir.iterdir() if list(path.glob("*/data.parquet"))}
        assert len(folders) == 2
        assert clean_scratch() == 0
        killed.kill()
        killed.wait()
        assert clean_scratch() == 1
        (left,) = folders & set(tmpdir.iterdir())
        assert len(list(left.glob("*/data.parquet"))) == 2
        living.kill()
        living.wait()
    assert clean_scratch() == 1
    assert {path.name for path in tmpdir.iterdir()} == {"curate-tmp-mine", "other"}


def test_a_link_in_the_place_of_a_folder_or_lock_is_left_alone(tmpdir: Path) -> None:
    (tmpdir / "precious").mkdir()
    (tmpdir / "precious" / "lock").write_bytes(b"")
    (tmpdir / "curate-tmp-a").symlink_to(tmpdir / "precious")
    (tmpdir / "curate-tmp-b").mkdir()
    (tmpdir / "curate-tmp-b" / "lock").symlink_to(tmpdir / "precious" / "lock")
    assert clean_scratch() == 0
    assert (tmpdir / "precious" / "lock").exists()
