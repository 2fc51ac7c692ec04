"""The trainer: labels from true text, one result for one input."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.html.blocks.page_kinds import KINDS
from jobs.extractor_labels import align, align_labelled, squeeze

PARAGRAPHS = (
    "The river rose in the night, and the lower bridge stood under water by the morning.",
    "Nobody had expected so much rain in the hills, least of all the keeper of the mill.",
    "He had lived beside the water for thirty years and knew its moods, as he used to say.",
)


def test_what_the_true_text_holds_is_content() -> None:
    blocks = ["Home", "News", PARAGRAPHS[0], "Subscribe", *PARAGRAPHS[1:], "© 2026"]
    labels = align(blocks, "\n".join(PARAGRAPHS))
    assert labels.content.tolist() == [0, 0, 1, 0, 1, 1, 0]
    assert (labels.weight == 1).all()


def test_a_teaser_that_repeats_a_sentence_is_not_where_it_belongs() -> None:
    labels = align([PARAGRAPHS[1], *PARAGRAPHS], "\n".join(PARAGRAPHS))
    assert labels.content[1:].tolist() == [1, 1, 1]
    assert labels.weight[0] < 1


def test_a_short_block_needs_a_neighbour() -> None:
    text = f"{PARAGRAPHS[0]}\nYes\n{PARAGRAPHS[1]}"
    found = align(["Yes", *["menu"] * 6, PARAGRAPHS[0], "Yes", PARAGRAPHS[1]], text).content
    assert found.tolist() == [0] * 7 + [1, 1, 1]
    assert align(["Yes", *["menu"] * 6, PARAGRAPHS[0]], text).content[0] == 0


def test_a_long_block_may_differ_a_little() -> None:
    assert align([PARAGRAPHS[0].replace("lower", "upper")], PARAGRAPHS[0]).content[0] == 1
    assert align([PARAGRAPHS[2]], PARAGRAPHS[0]).content[0] == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A — b!", "ab"),
        ("नमस्ते, दुनिया", "नमस्तेदुनिया"),
        ("你好，世界。", "你好世界"),
        ("שָׁלוֹם!", "שָׁלוֹם"),
    ],
)
def test_signs_and_spaces_do_not_count(one: str, other: str) -> None:
    assert squeeze(one) == squeeze(other)


def test_labelled_pieces_give_their_labels() -> None:
    pieces = [("Menu", 0.0), (PARAGRAPHS[0], 1.0), ("By A. B.", float("nan")), ("Foot", 0.0)]
    labels = align_labelled(["Menu", PARAGRAPHS[0], "By A. B.", "Foot", "other"], pieces)
    assert labels.content.tolist() == [0, 1, 0, 0, 0]
    assert labels.weight.tolist() == [1, 1, 0, 1, 0]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("ab", min_size=1, max_size=5), max_size=9), st.text("ab", max_size=30))
def test_labels_of_any_blocks_are_in_bounds(blocks: list[str], truth: str) -> None:
    labels = align(blocks, truth)
    assert len(labels.content) == len(labels.weight) == len(blocks)
    assert ((labels.content >= 0) & (labels.content <= 1)).all()
    assert not align(blocks, "").content.any()


def small_texts(path: Path) -> Path:
    """Paragraphs in two invented languages."""
    rng = random.Random(1)
    texts = {}
    for name, letters in (("eng_Latn", "abcdefghij"), ("rus_Cyrl", "абвгдежзик")):
        words = ["".join(rng.choices(letters, k=rng.randint(2, 8))) for _ in range(300)]
        texts[name] = [" ".join(rng.choices(words, k=rng.randint(8, 40))) + "." for _ in range(60)]
    path.write_bytes(gzip.compress(json.dumps(texts).encode()))
    return path


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm", reason="the extra train is not installed")
    from jobs.extractor_data import example_of
    from jobs.extractor_fit import fit
    from jobs.extractor_pages import made_rows
    from jobs.train_extractor import write_model

    texts = small_texts(tmp_path / "texts.json.gz")
    written = []
    for number in range(2):
        examples = []
        for place, row in enumerate(made_rows(texts)):
            # As if of many sites, and for thresholds to be found on.
            row |= {"site": f"site-{place}", "source": "given" if place % 2 else "made"}
            example = example_of(row)
            assert example is not None
            examples.append(example)
        lines: list[str] = []
        folds = fit(examples, lines.append)
        path = tmp_path / str(number) / "blocks.npz"
        write_model(folds.final, path)
        written.append(path.read_bytes())
        assert len(folds.models) == 5
        assert any(line.startswith("thresholds article") for line in lines)
    assert written[0] == written[1]


def test_thresholds_are_where_the_pages_want_them() -> None:
    """Articles want more than .5, forums .2; a page that is half of each gets what lies between."""
    from jobs.extractor_data import example_of
    from jobs.extractor_score import Scorer
    from jobs.extractor_thresholds import look_up

    examples, scored = [], []
    for number in range(60):
        is_forum = number % 2
        row = {
            "id": str(number), "source": "given", "language": "en", "site": str(number),
            "html": "".join(f"<p>{text}</p>" for text in PARAGRAPHS),
            "gold": "\n".join(PARAGRAPHS[: 2 if is_forum else 1]),
        }  # fmt: skip
        example = example_of(row)
        assert example is not None
        kinds = np.zeros(len(KINDS), np.float32)
        kinds[KINDS.index("forum" if is_forum else "article")] = 1.0
        examples.append(example)
        scored.append((kinds, np.array([0.9, 0.45, 0.1], np.float32)))
    scorers = [Scorer(example.page, example.gold) for example in examples]
    lines: list[str] = []
    found = look_up(examples, scored, scorers, lines.append)
    assert found[KINDS.index("article")] > 0.45
    assert 0.1 < found[KINDS.index("forum")] < 0.45
    assert lines[-1].startswith("so: given 1.0")


def test_made_pages_are_what_their_gold_says(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm", reason="the extra train is not installed")
    from jobs.extractor_pages import make_pages
    from jobs.extractor_score import Scorer

    examples = make_pages(small_texts(tmp_path / "texts.json.gz"))
    assert {example.has_text for example in examples} == {True, False}
    for example in examples:
        scorer = Scorer(example.page, example.gold, example.neutral)
        precision, recall = scorer(example.content >= 0.5)
        assert precision > 0.85, example.id
        assert recall > 0.95, example.id
        assert example.has_text or not np.any(example.content)
