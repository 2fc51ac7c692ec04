"""Without datatrove its steps say what they need; with it they are tried beside this file."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from curate.errors import ConfigError


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "curate.datatrove", raising=False)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "datatrove" else find(name)
    )
    with pytest.raises(ConfigError, match=r"curate\.datatrove") as caught:
        importlib.import_module("curate.datatrove")
    assert "`datatrove`" in caught.value.todo


@pytest.mark.bench
def test_the_steps_are_tried() -> None:
    if importlib.util.find_spec("datatrove") is None:
        pytest.skip("datatrove is not installed: pip install 'curate-corpus[bench]'")
    module = importlib.import_module("curate.datatrove")
    assert set(module.__all__) == {
        "Extractor",
        "LanguageFilter",
        "MetricsFilter",
        "MinhashSignature",
    }
