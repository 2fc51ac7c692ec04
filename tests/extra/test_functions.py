"""Functions of the user's own are declared, found and checked in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import curate
from curate.config.job import JobConfig
from curate.config.load import build
from curate.config.measured import column_of, is_classifier, is_metric, range_of, step_of
from curate.errors import ConfigError, SchemaError
from curate.extra import GROUP, load_function, own_metrics
from curate.extra.declare import COLUMNS
from tests.extra import own_functions as own

HERE = "tests.extra.own_functions"
BATCH = pa.table({name: ["aloe", "xyz", "e", ""] for name in COLUMNS})


def test_a_declared_function_is_still_a_function() -> None:
    assert own.readability(BATCH)["longest_word"] == [4, 3, 1, 0]
    values, n_outside = own.readability.measured(BATCH)
    assert values == {"vowel_share": [0.75, 0.0, 1.0, None], "longest_word": [4.0, 3.0, 1.0, 0.0]}
    assert n_outside == 0
    assert own.of_address.measured(BATCH)[0] == {"url_chars": [4.0, 3.0, 1.0, 0.0]}


def test_impossible_values_are_null_and_counted() -> None:
    assert own.odd.measured(BATCH) == ({"odd": [1.5, None, None, None]}, 2)
    metric = curate.OwnMetric("x", "A share.", highest=1.0)
    share = curate.metric_function(version="1", metrics=[metric])(lambda batch: {"x": [1, 2, 0, 0]})
    assert share.measured(BATCH) == ({"x": [1.0, None, 0.0, 0.0]}, 1)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (own.short, "4 numbers in `short`, one for each row"),
        (own.other_name, "columns other"),
        (own.words, "numbers in `words`"),
    ],
)
def test_columns_that_are_not_as_declared_are_told(function: Any, words: str) -> None:  # noqa: ANN401
    with pytest.raises(SchemaError, match=f"{HERE}:") as caught:
        function.measured(BATCH)
    assert words in caught.value.wanted


@pytest.mark.parametrize("name", ["Reading", "a.b", "", "min", "2nd"])
def test_a_name_that_no_threshold_could_have_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="OwnMetric"):
        curate.OwnMetric(name, "A number.")


@pytest.mark.parametrize(
    ("version", "names"), [("1", []), ("1", ["a", "a"]), ("", ["a"])], ids=["none", "twice", "v"]
)
def test_a_declaration_that_says_nothing_is_refused(version: str, names: list[str]) -> None:
    with pytest.raises(ConfigError, match="metric_function"):
        curate.metric_function(
            version=version, metrics=[curate.OwnMetric(name, "A number.") for name in names]
        )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no_such_module:f", "No module named"),
        (f"{HERE}:no_such_function", "no_such_function"),
        (f"{HERE}:plain", "a plain function"),
        ("no-such-entry-point", GROUP),
    ],
)
def test_a_function_that_is_not_there_is_told(name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=f"annotate.extra: {name}") as caught:
        load_function(name)
    assert words in str(caught.value)


def test_a_module_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_module.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError, match="broken_module:f") as caught:
        load_function("broken_module:f")
    assert "ZeroDivisionError" in caught.value.found


def test_two_functions_may_not_give_one_column() -> None:
    assert list(own_metrics([f"{HERE}:readability", f"{HERE}:slow"])) == [
        "extra.vowel_share",
        "extra.longest_word",
        "extra.slow",
    ]
    with pytest.raises(ConfigError, match="same_column") as caught:
        own_metrics([f"{HERE}:readability", f"{HERE}:same_column"])
    assert "`extra.vowel_share` twice" in caught.value.found


def test_packages_bring_functions_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("one", "readability"), ("two", "slow")):
        folder = tmp_path / f"{name}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {name}\nVersion: 1\n", encoding="utf-8")
        points = f"[{GROUP}]\nown-{name} = {HERE}:{value}\nboth = {HERE}:{value}\n"
        (folder / "entry_points.txt").write_text(points, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert load_function("own-one") is own.readability
    with pytest.raises(ConfigError, match=r"annotate\.extra: both") as caught:
        load_function("both")
    assert "2 packages" in caught.value.found


@pytest.mark.parametrize(
    ("names", "words"),
    [(["a b"], "`a b`"), (["m:f", "m:f"], "`m:f` twice"), (["m:"], "`m:`"), ([], "extra")],
)
def test_a_section_that_names_no_functions_is_refused(names: list[str], words: str) -> None:
    data = {"input": "x", "work": "y", "annotate": {"extra": names}}
    with pytest.raises(ConfigError) as caught:
        build(JobConfig, data, {}, "job.yaml")
    assert words in str(caught.value)


def test_its_columns_are_metrics_that_thresholds_may_be_about() -> None:
    assert is_metric("extra.vowel_share")
    assert not is_metric("extra.min")
    assert step_of("extra.vowel_share") == "extra"
    assert range_of("extra.vowel_share") == (0.0, None)
    assert column_of("extra.vowel_share").type == pa.float64()
    assert not is_classifier("extra")
