"""Compression curves from one's own documents."""

from __future__ import annotations

import json
import re

import numpy as np
import pyarrow as pa
import pytest

from curate.errors import ConfigError
from curate.scores.compression import compressed_sizes, expected_percent, saved_percent
from curate.scores.curve_fit import (
    MIN_DOCUMENTS,
    SHRINKAGE,
    add_sums,
    curves_from_json,
    curves_to_json,
    fit_curves,
    parse_curves,
    sums_of,
)
from curate.scores.figures import tables


def test_sizes_are_those_of_level_three_with_every_digit_as_one() -> None:
    page = " ".join(f"word{k * k % 97} मनुष्य{k % 7}" for k in range(2000))
    texts = ["11, 0\n#travel #motivation", "१२ abc", "", page]
    raw, packed = compressed_sizes(texts)
    codec = pa.Codec("zstd", compression_level=3)
    same = ["11, 1\n#travel #motivation", "11 abc", "", re.sub("[0-9]", "1", page)]
    assert raw.tolist() == [len(text.encode()) for text in same]
    assert packed.tolist() == [len(codec.compress(text.encode(), asbytes=True)) for text in same]
    saved = saved_percent(raw, packed)
    assert np.isnan(saved[2])
    assert saved[0] == round(100 * (1 - packed[0] / raw[0]), 1)


def test_the_published_curves_go_by_script_and_are_lines_between_their_sizes() -> None:
    raw = np.array([100, 175, 50, 10**7])
    found = expected_percent(raw, ["fra_Latn"] * 4)
    assert found == pytest.approx([33.9, 34.95, 33.2, 72.8])
    by_script = expected_percent(
        np.array([1000] * 5), _labels("Thai", "Arab", "Hani", "Jpan", "Adlm")
    )
    assert by_script == pytest.approx([61.3, 52.5, 28.8, 46.0, 46.0])


def _labels(*scripts: str) -> list[str]:
    return [f"xyz_{script}" for script in scripts]


def test_sums_do_not_depend_on_the_shards() -> None:
    texts = ["มนุษย์ทั้งหลายเกิดมามีอิสระ " * n for n in range(1, 40)]
    labels = ["tha_Thai"] * len(texts)
    whole = sums_of(texts, labels)
    halves = pa.concat_tables([sums_of(texts[:11], labels[:11]), sums_of(texts[11:], labels[11:])])
    assert add_sums(halves).drop_columns(["saved_percent"]) == whole.drop_columns(["saved_percent"])
    assert add_sums(halves)["saved_percent"].to_pylist() == pytest.approx(
        whole["saved_percent"].to_pylist()
    )
    assert sum(whole["n"].to_pylist()) == len(texts)


def test_a_curve_is_the_mean_of_a_bin_drawn_toward_the_published_one() -> None:
    rows = [("Thai", 18, 60, 60 * 600.0, 60 * 50.0), ("Thai", 20, 60, 60 * 1000.0, 60 * 40.0)]
    rows += [("Thai", 22, MIN_DOCUMENTS - 1, 1e6, 1.0), ("Latn", 18, 60, 60 * 600.0, 60.0)]
    names = ("script", "bin", "n", "n_bytes", "saved_percent")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    sums = pa.table({k: list(v) for k, v in columns.items()}).cast(add_sums(sums_of([], [])).schema)
    found = fit_curves(sums)
    assert list(found) == ["Thai"], "Latin has one bin, which makes no curve"
    usual = tables().curves["Thai"].at(np.array([1000.0])).item()
    expected = (60 * 40 + SHRINKAGE * usual) / (60 + SHRINKAGE)
    assert found["Thai"].at(np.array([1000.0])).item() == pytest.approx(expected, abs=0.01)
    again = curves_from_json(curves_to_json(found))
    assert again["Thai"].n_bytes.tolist() == found["Thai"].n_bytes.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "no json",
        '{"Thai": [[1, 2]]}',
        '{"Thai": [[2, 1], [1, 1]]}',
        '{"Thai": 3}',
        '{"a": [[1]]}',
    ],
)
def test_a_file_that_holds_no_curves_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="curves"):
        parse_curves(text, where="curves.json")


def test_a_file_of_curves_is_read() -> None:
    found = parse_curves(json.dumps({"Thai": [[100, 30], [200, 50]]}), where="curves.json")
    raw = np.array([150])
    assert expected_percent(raw, ["tha_Thai"], found) == pytest.approx([40])
    assert expected_percent(raw, ["lao_Laoo"], found) != pytest.approx([40])
