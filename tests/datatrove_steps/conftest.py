"""Skips with the reason where datatrove is not installed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.benchmarks import datatrove_side

collect_ignore = [] if datatrove_side.is_installed() else ["test_steps.py", "test_outputs.py"]
"""They import datatrove; without it :mod:`tests.datatrove_steps.test_absent` is what is left."""


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Its own code warns of much."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.filterwarnings("ignore"))
