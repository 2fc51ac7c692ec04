"""FunLangID: its scores against a plain reading of the definition, its table, its converter."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import InputError
from curate.labels import is_label
from curate.lid.voices.build_funlang import compile_table, main, read_lexicon
from curate.lid.voices.funlang import (
    NOISE,
    ONE_CHARACTER_TAGS,
    FunLangTable,
    load_table,
    parse_table,
)

LEXICON = [
    ("en", ["the", "and", "he c", "at", "a", "'cat"]),
    ("de", ["der", "und", "ie k", "at", ""]),
    ("ja", ["の", "です", "日"]),
    ("zh", ["的", "日"]),
    ("zh-Hant", ["的", "國"]),
    ("ko", ["한국", "의"]),
    ("ff-Adlm", ["𞤀𞤣𞤤𞤢", "𞤫𞤲"]),
    ("ru", ["при", "ого"]),
    ("ru-Latn", ["pri", "ogo"]),
    ("zxx-x-pdf", ["��", "cid"]),
    ("ber-Zber", ["$$ a", "arta"]),
]


def table_of(lexicon: list[tuple[str, list[str]]]) -> FunLangTable:
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **compile_table(lexicon))
    return parse_table(file.getvalue())


TABLE = table_of(LEXICON)


def plain_scores(text: str) -> list[float]:
    """The definition, one n-gram at a time."""
    padded = f" {text} "
    windows = [padded[i : i + 4].strip(" ") for i in range(len(padded) - 3)]
    scores = []
    for tag, ngrams in LEXICON:
        hits = sum(window in ngrams for window in windows if len(window) > 1)
        if tag in ONE_CHARACTER_TAGS:
            hits += sum(character in ngrams for character in text if ord(character) > 0x7D)
        scores.append(hits / len(windows) if windows else 0.0)
    return scores


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "at",
        "the cat and the hat",
        "日本の國です",
        "한국 의",
        "𞤀𞤣𞤤𞤢𞤥 𞤫𞤲",
        "\ud800 the",
        "при ogo",
    ],
)
def test_scores_follow_the_definition(text: str) -> None:
    assert TABLE.scores(text).tolist() == pytest.approx(plain_scores(text))


@given(st.lists(st.text(st.sampled_from("theand catderk日の的國한의при𞤀𞤣𞤤𞤢\ud800"), min_size=1)))
def test_scores_follow_the_definition_for_any_words(words: list[str]) -> None:
    text = " ".join(" ".join(words).split())
    assert TABLE.scores(text).tolist() == pytest.approx(plain_scores(text))


def test_one_score_is_worked_out_by_hand() -> None:
    # " the cat ": the, the, he c, e ca, cat, cat; three of six are in the English list.
    assert TABLE.scores("the cat")[0] == pytest.approx(3 / 6)


def test_a_text_is_normalised_before_it_is_scored() -> None:
    ((scores, n_ngrams),) = TABLE.label_scores(['  THE\n\t"cat"/'])
    assert n_ngrams == len(" the 'cat' ") - 3
    assert scores["eng_Latn"] == pytest.approx(3 / n_ngrams)  # the, the, 'cat


def test_label_scores_are_best_first_and_leave_out_the_rest() -> None:
    ((scores, _),) = TABLE.label_scores(["the cat and der hat"])
    assert list(scores.values()) == sorted(scores.values(), reverse=True)
    assert "fuf_Adlm" not in scores
    assert TABLE.label_scores(["xyzzy", ""]) == [({}, 4), ({}, 0)]


@pytest.mark.parametrize(("n_english", "is_listed"), [(4, True), (5, False)])
def test_a_label_with_a_fourth_of_the_hits_is_listed(n_english: int, *, is_listed: bool) -> None:
    # "the" and "der" are each in two windows.
    ((scores, _),) = TABLE.label_scores(["the " * n_english + "der"])
    assert ("deu_Latn" in scores) is is_listed


def test_many_texts_are_scored_as_one_by_one() -> None:
    texts = ["the cat", "", "日本の國です", "𞤀𞤣𞤤𞤢𞤥 𞤫𞤲", "der the"] * 60
    assert TABLE.label_scores(texts) == [TABLE.label_scores([text])[0] for text in texts]


def test_a_label_with_two_lists_has_the_score_of_the_best() -> None:
    ((scores, n_ngrams),) = TABLE.label_scores(["的國的國"])
    assert scores["cmn_Hani"] == pytest.approx(4 / n_ngrams)


def test_labels_come_from_tag_and_ngrams() -> None:
    assert TABLE.labels == (
        "eng_Latn",
        "deu_Latn",
        "jpn_Jpan",
        "cmn_Hani",
        "cmn_Hani",
        "kor_Hang",
        "fuv_Adlm",
        "rus_Cyrl",
        "rus_Latn",
        NOISE,
        NOISE,
    )


def test_a_transliteration_is_not_native() -> None:
    assert TABLE.native_scripts["rus"] == {"Cyrl"}
    assert "fuv" not in TABLE.native_scripts


def test_the_packaged_table_is_whole() -> None:
    table = load_table()
    assert len(table.tags) == 1647
    assert len({label[:3] for label in table.labels}) > 1500
    assert all(map(is_label, table.labels))
    assert (np.diff(table.keys.astype(object)) > 0).all()
    assert table.starts[0] == 0
    assert table.starts[-1] == len(table.postings)
    assert table.postings.max() < len(table.tags)


SOURCE = """
class FunLangID:
    def _init_lexicon(self):
        self._lexicon = [
            ("en", " the/and/he c/at/a".strip().split("/")),
            ("ja", "の/です/日".strip().split("/")),
        ]
raise SystemExit("must not run")
"""


def test_the_source_is_read_and_not_run(tmp_path: Path) -> None:
    source = tmp_path / "fun_langid.py"
    source.write_text(SOURCE, encoding="utf-8")
    assert read_lexicon(source) == [
        ("en", ["the", "and", "he c", "at", "a"]),
        ("ja", ["の", "です", "日"]),
    ]


def test_conversion_gives_the_same_bytes_every_time(tmp_path: Path) -> None:
    source, first, second = tmp_path / "s.py", tmp_path / "x" / "1.npz", tmp_path / "2.npz"
    source.write_text(SOURCE, encoding="utf-8")
    assert main([str(source), str(first)]) == 0
    assert main([str(source), str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()
    assert parse_table(first.read_bytes()).labels == ("eng_Latn", "jpn_Jpan")


def test_wrong_arguments_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["one"]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = 1", id="no lexicon"),
        pytest.param("self._lexicon = [('en', open('/etc/passwd').read().split('/'))]", id="code"),
    ],
)
def test_another_file_is_refused(source: str, tmp_path: Path) -> None:
    path = tmp_path / "s.py"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(InputError, match=r"fun_langid\.py"):
        read_lexicon(path)
