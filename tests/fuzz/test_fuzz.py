"""Every target takes its sound inputs and some hundred mutations of them."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.targets import TARGETS, mutated

N = 300


@pytest.mark.fault("labels-as-paths", "local")
@pytest.mark.parametrize("name", ["paths"])
def test_no_name_leads_out(name: str) -> None:
    _fuzz(name)


@pytest.mark.parametrize("name", [name for name in TARGETS if name != "paths"])
def test_no_bytes_break_a_parser(name: str) -> None:
    _fuzz(name)


def _fuzz(name: str) -> None:
    target, seeds = TARGETS[name]
    chance = random.Random(name)
    for data in (b"", *seeds):
        target(data)
    for _ in range(N):
        data = mutated(chance.choice(seeds), chance)
        try:
            target(data)
        except Exception as error:
            raise AssertionError(f"{name} fails on {data!r}") from error
