"""fastText models by path: a tiny one trained on the spot, and files that are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import fasttext
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.errors import ModelError
from curate.labels import is_label
from curate.lid import Identification, Identifier, load_identifier
from curate.lid.fasttext import FastTextIdentifier

SENTENCES = {
    "eng": "the house of the people and the children in the garden with them",
    "fra": "les enfants dans le jardin avec leurs parents et la maison des gens",
    "rus": "дети играют в саду вместе с родителями и дом этих людей стоит там",
    "jpn": "子どもたちは庭で両親と遊びますそして家があります",
}
FULL = {"eng": "eng_Latn", "fra": "fra_Latn", "rus": "rus_Cyrl", "jpn": "jpn_Jpan"}
SHORT = {"eng": "en", "fra": "fr", "rus": "ru", "jpn": "ja"}


def train(path: Path, labels: dict[str, str]) -> Path:
    """A supervised model that tells the four sentences and their parts apart."""
    lines = []
    for language, sentence in SENTENCES.items():
        words = sentence.split() if " " in sentence else list(sentence)
        lines += [
            f"__label__{labels[language]} {' '.join(words[i : i + 4])}"
            for i in range(len(words) - 3)
        ]
    corpus = path.with_suffix(".txt")
    corpus.write_text("\n".join(lines * 20), encoding="utf-8")
    model = fasttext.train_supervised(
        str(corpus), dim=8, epoch=25, lr=0.5, minn=1, maxn=3, bucket=2000, thread=1, verbose=0
    )
    model.save_model(str(path))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def model(folder: Path) -> Path:
    return train(folder / "tiny.bin", FULL)


@pytest.fixture(scope="module")
def tiny(model: Path) -> Identifier:
    return load_identifier(str(model))


def test_labels_of_the_model_are_given_as_they_are(tiny: Identifier) -> None:
    answers = tiny.identify(list(SENTENCES.values()))
    assert [answer.label for answer in answers] == list(FULL.values())
    assert all((answer.confidence or 0) > 0.5 for answer in answers)
    assert all(answer.top_labels[0] == (answer.label, answer.confidence) for answer in answers)


def test_two_letter_labels_get_the_script_of_the_text(folder: Path) -> None:
    short = load_identifier(str(train(folder / "short.bin", SHORT)))
    answers = short.identify(list(SENTENCES.values()))
    assert [answer.label for answer in answers] == list(FULL.values())


@pytest.mark.parametrize(
    ("name", "counts", "label"),
    [
        ("als", {"Latn": 9}, "gsw_Latn"),
        ("no", {"Latn": 9}, "nob_Latn"),
        ("bh", {"Deva": 9}, "bho_Deva"),
        ("nah", {"Latn": 9}, "nah_Latn"),
        ("eml", {"Latn": 9}, "eml_Latn"),
        ("zh", {"Hani": 9, "Latn": 20}, "cmn_Hani"),
        ("sh", {"Latn": 9}, "srp_Latn"),
        ("ru", {"Latn": 9}, "rus_Latn"),
        ("zho_Hans", {"Hani": 9}, "cmn_Hani"),
        ("zh-Hant", {"Hani": 9}, "cmn_Hani"),
        ("und_Mong", {"Mong": 9}, "und_Mong"),
        ("spam", {"Thai": 9}, "und_Thai"),
    ],
)
def test_what_models_call_languages(
    tiny: Identifier, name: str, counts: dict[str, int], label: str
) -> None:
    assert isinstance(tiny, FastTextIdentifier)
    assert tiny.label_for(name, counts) == label


def test_lines_are_joined_and_no_str_raises(tiny: Identifier) -> None:
    text = SENTENCES["eng"].replace(" ", "\n", 3)
    assert tiny.identify([text]) == tiny.identify([SENTENCES["eng"]])
    broken = tiny.identify(
        ["", "12", "\ud800", "les \ud800 enfants\x00 dans\r\nle jardin", "a" * 10**7]
    )
    assert [answer.label for answer in broken[:4]] == ["zxx_Zxxx"] * 3 + ["fra_Latn"]
    assert broken[0].confidence is None


@pytest.mark.parametrize("text", ["", "12:30", "🙂🙃", "…?!。", "https://a.b/c", "me@a.bc", "\x00"])
def test_without_a_letter_outside_addresses_there_is_no_language(
    tiny: Identifier, text: str
) -> None:
    assert tiny.identify([text]) == [Identification("zxx_Zxxx", None, ())]


def test_noise_of_a_model_is_no_language(folder: Path) -> None:
    noisy = load_identifier(str(train(folder / "noisy.bin", {**FULL, "rus": "zxx_Cyrl"})))
    assert noisy.identify([SENTENCES["rus"]]) == [Identification("zxx_Zxxx", None, ())]
    assert noisy.identify([SENTENCES["fra"]])[0].label == "fra_Latn"


def test_a_long_page_is_identified_by_parts_of_it(tiny: Identifier) -> None:
    page = SENTENCES["eng"] + " 1" * 50_000 + "\n".join(["", SENTENCES["fra"]] * 2_000)
    assert tiny.identify([page])[0].label == "fra_Latn"


def test_an_answer_depends_on_its_text_alone(tiny: Identifier) -> None:
    first, second = ["les enfants", "", "садики"], ["the house", "\ud800 garden"]
    assert tiny.identify(first + second) == tiny.identify(first) + tiny.identify(second)
    assert tiny.identify([]) == []


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(), max_size=100))
def test_any_str_has_one_valid_answer(tiny: Identifier, text: str) -> None:
    (answer,) = tiny.identify([text])
    assert is_label(answer.label)
    assert answer.confidence is None or 0 <= answer.confidence <= 1


def test_the_fingerprint_is_of_the_bytes_and_the_name_of_the_file(
    model: Path, tiny: Identifier, folder: Path
) -> None:
    copy = folder / "copy.bin"
    shutil.copyfile(model, copy)
    same = load_identifier(str(copy))
    assert (tiny.name, same.name) == ("tiny.bin", "copy.bin")
    assert same.fingerprint == tiny.fingerprint
    other = load_identifier(str(train(folder / "other.bin", SHORT)))
    assert other.fingerprint != tiny.fingerprint


def test_loading_writes_nothing_to_the_terminal(
    model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    load_identifier(str(model))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(b"", "does not begin", id="empty"),
        pytest.param(b"#!/bin/sh\n", "does not begin", id="another file"),
        pytest.param((793712314).to_bytes(4, "little"), "cut short", id="only the magic number"),
        pytest.param(
            (793712314).to_bytes(4, "little") + (99).to_bytes(4, "little") + bytes(80),
            "format version 99",
            id="a format to come",
        ),
        pytest.param(
            (793712314).to_bytes(4, "little") + (12).to_bytes(4, "little") + b"\xff" * 900,
            "damaged",
            id="damaged",
        ),
    ],
)
def test_a_file_that_is_no_model_is_refused(content: bytes, found: str, tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        load_identifier(str(path))
    assert found in caught.value.found
    assert caught.value.where == str(path)


def test_a_model_cut_anywhere_is_refused(model: Path, tmp_path: Path) -> None:
    whole = model.read_bytes()
    path = tmp_path / "cut.bin"
    for n_bytes in [*range(0, 120, 7), len(whole) // 2, len(whole) - 1]:
        path.write_bytes(whole[:n_bytes])
        with pytest.raises(ModelError):
            load_identifier(str(path))


def test_a_quantised_model_is_read_and_its_cuts_refused(folder: Path, model: Path) -> None:
    quantised = fasttext.load_model(str(model))
    quantised.quantize(str(model.with_suffix(".txt")), cutoff=300, retrain=False, verbose=0)
    path = folder / "tiny.ftz"
    quantised.save_model(str(path))
    assert load_identifier(str(path)).identify([SENTENCES["rus"]])[0].label == "rus_Cyrl"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match="cut short"):
        load_identifier(str(path))


def test_word_vectors_are_no_identifier(tmp_path: Path) -> None:
    corpus, path = tmp_path / "corpus.txt", tmp_path / "vectors.bin"
    corpus.write_text("the house of the people\n" * 50, encoding="utf-8")
    vectors = fasttext.train_unsupervised(
        str(corpus), dim=4, epoch=1, minCount=1, bucket=100, thread=1, verbose=0
    )
    vectors.save_model(str(path))
    with pytest.raises(ModelError, match="__label__"):
        load_identifier(str(path))


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        load_identifier(str(tmp_path))
