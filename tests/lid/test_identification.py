"""What an answer looks like, the sample it is made from, and how a model is named."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import ModelError
from curate.labels import is_label
from curate.lid import Identification, known_labels, load_identifier
from curate.lid.identified_text import MAX_SAMPLE_CHARS, printable, sample_of
from curate.lid.identifier import ranked


def test_labels_are_ranked_and_clamped() -> None:
    probabilities = {"deu_Latn": 0.2, "fra_Latn": 1.00001, "nld_Latn": 0.01, "afr_Latn": 0.2}
    assert ranked("fra_Latn", probabilities) == Identification(
        label="fra_Latn",
        confidence=1.0,
        top_labels=(("fra_Latn", 1.0), ("afr_Latn", 0.2), ("deu_Latn", 0.2)),
    )


def test_of_equal_labels_the_chosen_one_comes_first() -> None:
    assert ranked("fra_Latn", {"afr_Latn": 0.5, "fra_Latn": 0.5}).top_labels[0][0] == "fra_Latn"


def test_a_label_without_confidence_is_not_listed() -> None:
    assert ranked("und_Latn", {"und_Latn": 0.0}) == Identification("und_Latn", 0.0, ())


@pytest.mark.parametrize(
    ("text", "sample"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("12:30 — 24.12.", "", id="no letter"),
        pytest.param("see https://example.org/a/b now", "see   now", id="address"),
        pytest.param("mail me@example.org now", "mail   now", id="mail address"),
        pytest.param("https://example.org", "", id="nothing but an address"),
        pytest.param("a\x00b\x1bc\ud800d\ufffee\tf\ng", "a b c d e\tf\ng", id="not for exchange"),
        pytest.param("cafe\u0301", "caf\u00e9", id="NFC"),
        pytest.param("𞤀𞤣 ำ𐌰", "𞤀𞤣 ำ𐌰", id="astral planes and marks stay"),
    ],
)
def test_sample(text: str, sample: str) -> None:
    assert sample_of(text) == sample


def test_a_long_text_is_sampled_from_end_to_end() -> None:
    sample = sample_of("".join(f"w{i:07} " for i in range(100_000)))
    assert "w0000000" in sample
    assert "w0040000" in sample
    assert "w0099999" in sample
    assert MAX_SAMPLE_CHARS <= len(sample) <= MAX_SAMPLE_CHARS + 5


def test_letters_outside_the_windows_are_found() -> None:
    assert "фраза" in sample_of("0" * 20_000 + "фраза" + "0" * 200_000)


@given(st.text(st.characters(), max_size=200))
def test_a_sample_can_be_written_as_utf_8(text: str) -> None:
    printable(text).encode("utf-8")
    assert "\x00" not in sample_of(text)


@pytest.mark.parametrize("text", ["@a." * 10**6, "a@" * 10**6, "中" * 10**7, "1" * 10**7])
def test_ten_megabytes_take_no_longer_than_a_page(text: str) -> None:
    start = time.process_time()
    sample_of(text)
    assert time.process_time() - start < 2


def test_the_default_model_is_embedded() -> None:
    identifier = load_identifier()
    assert identifier.name == "embedded"
    assert int(identifier.fingerprint, 16) > 0
    assert load_identifier("embedded").fingerprint == identifier.fingerprint


def test_the_fingerprint_is_that_of_tables_which_need_not_be_unpacked() -> None:
    command = """
from curate.lid import load_identifier
from curate.lid.voices import funlang, table
identifier = load_identifier()
print(identifier.fingerprint)
print(table.load_table.cache_info().currsize, funlang.load_table.cache_info().currsize)
identifier.identify(["The library of the village opens every morning."])
print(table.load_table().sha256 == table.packaged_sha256())
print(funlang.load_table().sha256 == funlang.packaged_sha256())
"""
    found = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == [load_identifier().fingerprint, "0", "0", "True", "True"]


def test_known_labels_are_labels_of_more_than_1500_languages() -> None:
    labels = known_labels()
    assert all(map(is_label, labels))
    assert list(labels) == sorted(set(labels))
    assert len({label[:3] for label in labels}) > 1500
    assert {"cmn_Hani", "jpn_Jpan", "kor_Hang", "arb_Arab", "srp_Latn", "srp_Cyrl"} <= set(labels)
    assert not {label for label in labels if label.startswith(("und", "zxx"))}


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_identifier(str(tmp_path / "glotlid.bin"))
    assert "glotlid.bin" in caught.value.where
    assert "embedded" in caught.value.todo
