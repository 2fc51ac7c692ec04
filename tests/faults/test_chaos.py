"""The chaos command itself, for one round of a fixed seed each."""

from __future__ import annotations

import pytest

from tests.chaos.__main__ import main


@pytest.mark.fault("chaos", "local")
@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", [1, 2])
def test_a_round_of_chaos_on_disk(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "1", "--seed", str(seed)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"seed {seed}, ")
    assert "round 0: the same after" in out


@pytest.mark.fault("chaos", "s3")
@pytest.mark.exhaustive
def test_a_round_of_chaos_in_an_object_store(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "1", "--seed", "3", "--work", "s3"]) == 0
    assert "round 0: the same after" in capsys.readouterr().out
