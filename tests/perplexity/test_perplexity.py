"""Perplexity against models whose probabilities are written down, and what CCNet does to text."""

from __future__ import annotations

import math
import unicodedata
from itertools import pairwise
from pathlib import Path

import kenlm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import ModelError
from curate.perplexity import (
    BUCKETS,
    LanguageModel,
    ModelFiles,
    bucket_of,
    ccnet_form,
    find_models,
    lines_of,
    load_model,
)
from tests.perplexity.tiny_models import train_pieces, write_arpa

UNIGRAMS = {
    "</s>": -0.5,
    "<unk>": -4.0,
    "la": -1.0,
    "maison": -2.0,
    "घर": -1.5,
    "𞤺𞤢𞤤𞤫": -1.25,
    "房": -3.0,
}
BIGRAMS = {("la", "maison"): -0.25, ("घर", "</s>"): -0.125}


@pytest.fixture(scope="module")
def arpa(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_arpa(tmp_path_factory.mktemp("lm") / "fra_Latn.arpa", UNIGRAMS, BIGRAMS)


@pytest.fixture(scope="module")
def model(arpa: Path) -> LanguageModel:
    return load_model(ModelFiles(str(arpa)))


def expected(*lines: list[str]) -> float:
    """The definition, from the probabilities themselves."""
    pairs = [pair for line in lines for pair in pairwise(["<s>", *line, "</s>"])]
    log = sum(BIGRAMS.get(pair, UNIGRAMS.get(pair[1], -4.0)) for pair in pairs)
    return float(10 ** (-log / sum(len(line) + 1 for line in lines)))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("La maison", [["la", "maison"]]),
        ("LA\u00a0MAISON là-bas", [["la", "maison", "la-bas"]]),
        ("la maison\n\n  \nla", [["la", "maison"], ["la"]]),
        ("घर\nघर घर", [["घर"], ["घर", "घर"]]),
        ("𞤘𞤢𞤤𞥆𞤫 房", [["𞤺𞤢𞤤𞤫", "房"]]),  # the doubling mark of Adlam is an accent to CCNet
    ],
    ids=["one line", "unknown word", "empty lines", "two lines", "Adlam and Han"],
)
def test_perplexity_is_that_of_the_tokens_and_line_ends(
    model: LanguageModel, text: str, lines: list[list[str]]
) -> None:
    assert model.perplexity(text) == pytest.approx(expected(*lines), rel=1e-5)


@pytest.mark.parametrize("text", ["", " \n\t\n", "\u0301"])
def test_a_text_without_tokens_has_none(model: LanguageModel, text: str) -> None:
    assert math.isnan(model.perplexity(text))


def test_joined_lines_lose_their_line_feeds_as_in_ccnet(arpa: Path, model: LanguageModel) -> None:
    files = ModelFiles(str(arpa), join_lines=True)
    assert lines_of("la \nmaison", files) == ["la maison"]
    assert lines_of("la\nmaison", files) == ["lamaison"]
    assert lines_of("la\nmaison", ModelFiles(str(arpa))) == ["la", "maison"]
    joined = load_model(files).perplexity("la \nmaison")
    assert joined == pytest.approx(model.perplexity("la maison"))


def test_words_are_those_of_our_splitter_where_asked_for(arpa: Path) -> None:
    words = ModelFiles(str(arpa), form="none", tokens="words")
    assert lines_of("我们在房子里。La maison!", words) == ["我们 在 房子 里 。 La maison !"]


def test_pieces_are_those_of_the_sentencepiece_model(tmp_path: Path, arpa: Path) -> None:
    lines = ["la maison du peuple", "घर में लोग", "房子里的人们"]
    pieces = train_pieces(tmp_path / "fra_Latn.model", lines)
    files = ModelFiles(str(arpa), str(pieces))
    model = load_model(files)
    (line,) = lines_of("La Maison", files)
    assert line.replace(" ", "").replace("▁", " ").strip() == "la maison"
    tokens = line.split()
    assert tokens[0].startswith("▁")
    assert model.perplexity("La Maison") == pytest.approx(expected(tokens), rel=1e-5)


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("  Élève  ", "eleve"),
        ("«Ça – c’est…»", '"ca - c\'est..."'),
        ("١٢٣ १२३ １２３", "000 000 000"),
        ("你好，世界。（一）", "你好,世界.(一)"),
        ("ab\u200bc\u0007d", "ab\u200bcd"),
        ("İstanbul", "istanbul"),
    ],
)
def test_the_form_is_ccnets(line: str, form: str) -> None:
    assert ccnet_form(line) == form


def test_the_form_of_hangul_is_taken_apart() -> None:
    assert ccnet_form("한국") == unicodedata.normalize("NFD", "한국")


@given(st.text(max_size=30))
def test_the_form_has_no_marks_no_controls_and_no_capitals(line: str) -> None:
    form = ccnet_form(line)
    assert not any(
        unicodedata.category(char) in ("Mn", "Cc", "Nd") and char != "0" for char in form
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["la", "maison", "घर", "x"]), min_size=1, max_size=8), st.data())
def test_perplexity_does_not_depend_on_the_order_of_lines(
    model: LanguageModel, words: list[str], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(words))
    assert model.perplexity("\n".join(words)) == pytest.approx(
        model.perplexity("\n".join(shuffled))
    )


# ---- files ---------------------------------------------------------------------------------------


def test_a_pattern_finds_the_files_of_labels_and_no_others(tmp_path: Path) -> None:
    for name in ("fra_Latn.arpa", "hin_Deva.arpa", "notes.arpa", "fra_Latn.txt"):
        (tmp_path / name).touch()
    found = find_models(f"{tmp_path}/{{label}}.arpa", setting="perplexity.models")
    assert list(found) == ["fra_Latn", "hin_Deva"]
    assert found["hin_Deva"] == str(tmp_path / "hin_Deva.arpa")
    named = {"eng_Latn": str(tmp_path / "notes.arpa")}
    assert find_models(named, setting="perplexity.models") == named


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{0}/model.arpa", "{label}"),
        ("{0}/{{label}}.binary", "at least one file"),
        ({"French": "{0}/x"}, "labels such as"),
        ({"fra_Latn": "{0}/absent"}, "no such file"),
    ],
)
def test_what_is_no_model_file_is_an_error(
    tmp_path: Path, pattern: str | dict[str, str], words: str
) -> None:
    given = (
        pattern.format(tmp_path)
        if isinstance(pattern, str)
        else {label: path.format(tmp_path) for label, path in pattern.items()}
    )
    with pytest.raises(ModelError, match=words):
        find_models(given, setting="perplexity.models")


def test_a_broken_model_is_an_error_and_no_crash(tmp_path: Path, arpa: Path) -> None:
    cut = tmp_path / "cut.arpa"
    cut.write_text(arpa.read_text(encoding="utf-8")[:40], encoding="utf-8")
    with pytest.raises(ModelError, match="KenLM can load"):
        load_model(ModelFiles(str(cut)))
    with pytest.raises(ModelError, match="SentencePiece can load"):
        load_model(ModelFiles(str(arpa), str(arpa)))


def test_kenlm_itself_agrees(arpa: Path, model: LanguageModel) -> None:
    ours = model.perplexity("la maison घर")
    assert ours == pytest.approx(kenlm.Model(str(arpa)).perplexity("la maison घर"), rel=1e-5)


# ---- buckets -------------------------------------------------------------------------------------


def test_buckets_part_a_label_at_its_cutoffs() -> None:
    values = np.array([1.0, 10.0, 19.9, 20.0, 500.0, np.nan, 5.0, 5.0])
    labels = ["fra_Latn"] * 6 + ["hin_Deva", None]
    found = bucket_of(values, labels, {"fra_Latn": (10.0, 20.0)})
    assert found == ["head", "middle", "middle", "tail", "tail", None, None, None]
    assert set(found) - {None} == set(BUCKETS)
