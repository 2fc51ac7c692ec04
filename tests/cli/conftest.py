"""Call the command line here, and judge the message of a mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from curate.cli import main
from tests.runs import write_job

Call = Callable[..., tuple[int, str, str]]
Mistake = Callable[..., str]
PARTS = ("  wanted: ", "  found:  ", "  to do:  ")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run the command line here: exit code, what it printed, what it complained of."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return run


@pytest.fixture
def mistake(call: Call) -> Callable[..., str]:
    """Run it, and give the one message that a mistake gets."""

    def run(*arguments: object) -> str:
        code, out, err = call(*arguments)
        assert code == 1, err
        assert out == ""
        assert err.count("curate: ") == 1
        message = err[err.index("curate: ") :]
        for part in PARTS:
            assert message.count(part) == 1, message
        return message

    return run


@pytest.fixture
def job(small_input: Path, tmp_path: Path) -> Path:
    """A job file over the small crawl; its work folder is ``work`` beside it."""
    return write_job(tmp_path / "job.yaml", small_input, tmp_path / "work")
