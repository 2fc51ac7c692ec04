"""WDS: the marks of published examples, and what a mark is for in every script."""

from __future__ import annotations

import math
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.columns import Metric
from curate.lid.families import branches_of
from curate.scores import wds12, wds13
from curate.scores.profiles import Profiles
from curate.scores.registry import (
    EXAMPLE_LABEL,
    SHORT_SEGMENTS,
    VERSIONS,
    WDS_METRICS,
    highest_in,
    names_in,
)
from curate.scores.segments import classes, count_segments
from curate.scores.wds import score
from curate.text.flat import flatten

PROFILES = {version: Profiles(version, branches_of) for version in VERSIONS}
HASHTAGS = (
    "11, 0\n#Travel #Motivation #lovelife #livelifetothefull #Travelgram #Livelovelearn "
    "#Happiness #Onelifeoneshot #lifeiswonderful"
)
"""A document of HPLT 3.0, whose record has its marks."""


def marks(
    text: str,
    label: str,
    lines: list[str] | None = None,
    *,
    version: str = "1.2",
    repairs: bool = True,
) -> list[float | None]:
    """One document's marks; lines are in its language unless it is said otherwise."""
    own = [label] * (text.count("\n") + 1) if lines is None else lines
    found = score([text], [label], [own], PROFILES[version], version=version, repairs=repairs)
    return [None if math.isnan(values[0]) else float(values[0]) for values in found.values()]


def mark(name: str, text: str, label: str, version: str = "1.2") -> float | None:
    return marks(text, label, version=version)[names_in(version).index(name)]


def test_a_record_of_hplt_has_its_published_marks() -> None:
    found = marks(HASHTAGS, "eng_Latn", ["unk", "eng_Latn"])
    assert found == [2.9, 10.0, 10, 9.3, 5.4, 9.4, 10.0, 0.0, 0.0, 6.9]


def test_labels_that_do_not_match_the_lines_give_null_and_as_published_full_marks() -> None:
    text, lines = "a b c\nd e f", ["eng_Latn"]
    found = marks(text, "eng_Latn", lines)
    assert found == [None, None, 10, 0.0, 10.0, 10.0, 10, None, None, 0]
    published = marks(text, "eng_Latn", lines, repairs=False)
    assert published == [0.0, 10, 10, 0.0, 10.0, 10.0, 10, 0.0, 0.0, 0]


def test_version_1_3_is_that_of_the_formulas() -> None:
    found = marks(HASHTAGS, "eng_Latn", ["unk", "eng_Latn"], version="1.3")
    assert found == [0, 1, 1, 0, 0.54, 0.93, 1, 0, 0, 0.69, 1]
    assert names_in("1.3")[-1] == SHORT_SEGMENTS
    assert len(found) == len(names_in("1.2")) + 1


@pytest.mark.parametrize("metric", WDS_METRICS.values(), ids=lambda metric: metric.name)
def test_example_has_the_mark_it_says(metric: Metric) -> None:
    text, expected = metric.example
    assert not text.isascii()
    lines = [EXAMPLE_LABEL if not line.isascii() else "eng_Latn" for line in text.split("\n")]
    version = "1.3" if metric.name == SHORT_SEGMENTS else "1.2"
    values = marks(text, EXAMPLE_LABEL, lines, version=version)
    found = dict(zip(names_in(version), values, strict=True))
    assert found[metric.name] == expected


# ---- bounds --------------------------------------------------------------------------------------

EFFECTIVE = {
    "eng_Latn": (21, 207, 828, (30.2, 15.7, 10.9, 3.0, 1.1, 0.4), (16.7, 10.0, 3.3, 1.7)),
    "spa_Latn": (25, 250, 1000, (25, 13, 9, 2.5, 0.9, 0.3), (10, 6, 2, 1)),
    "deu_Latn": (21, 214, 857, (29.2, 15.2, 10.5, 2.9, 1.1, 0.3), (13.3, 8.0, 2.7, 1.3)),
    "rus_Cyrl": (19, 194, 774, (32.3, 16.8, 11.6, 3.2, 1.2, 0.4), (13.3, 8.0, 2.7, 1.3)),
    "cmn_Hani": (6, 61, 242, (100, 53.6, 37.1, 10.3, 3.7, 1.2), (50, 30, 10, 5)),
    "jpn_Jpan": (9, 92, 369, (67.7, 35.2, 24.4, 6.8, 2.4, 0.8), (26.7, 16, 5.3, 2.7)),
    "kor_Hang": (8, 82, 329, (76, 39.5, 27.4, 7.6, 2.7, 0.9), (40, 24, 8, 4)),
    "tha_Thai": (50, 500, 2000, (12.5, 6.5, 4.5, 1.2, 0.5, 0.1), (10, 6, 2, 1)),
    "arb_Arab": (25, 250, 1000, (25, 13, 9, 2.5, 0.9, 0.3), (13.3, 8, 2.7, 1.3)),
    "hin_Deva": (30, 300, 1200, (20.8, 10.8, 7.5, 2.1, 0.8, 0.2), (10, 6, 2, 1)),
    "mya_Mymr": (75, 750, 3000, (8.3, 4.3, 3.0, 0.8, 0.3, 0.1), (6.7, 4, 1.3, 0.7)),
}
"""Bounds of version 1.2.0 as they were in force: menu, long, punctuation, singular characters."""


@pytest.mark.parametrize("label", EFFECTIVE)
def test_bounds_are_those_in_force_in_version_1_2_0(label: str) -> None:
    found = PROFILES["1.2"].of(label)
    menu, least, most, punctuation, singular = EFFECTIVE[label]
    assert (found.menu, found.long_min, found.long_max) == (menu, least, most)
    assert found.punctuation == punctuation
    assert found.singular == singular
    assert found.source == "own"


@pytest.mark.parametrize(
    ("label", "source"),
    [
        ("cmn_Hant", "own"),
        ("ekk_Latn", "own"),
        ("npi_Deva", "own"),
        ("khk_Cyrl", "own"),
        ("als_Latn", "own"),
        ("hrv_Latn", "slavic in Latn"),
        ("srp_Cyrl", "slavic in Cyrl"),
        ("arz_Arab", "semitic in Arab"),
        ("zul_Latn", "bantu in Latn"),
        ("ydd_Hebr", "Hebr"),
        ("khm_Khmr", "all"),
        ("fuf_Adlm", "all"),
    ],
)
def test_a_label_without_figures_takes_those_of_relatives_and_says_whose(
    label: str, source: str
) -> None:
    assert PROFILES["1.2"].of(label).source == source
    assert PROFILES["1.3"].of(label).source == source


def test_without_inheritance_it_takes_the_mean_of_all_as_published() -> None:
    found = Profiles("1.2", inherits=False).of("hrv_Latn")
    assert (found.source, found.menu, found.punctuation[0]) == ("all", 20.9, 31.5)
    assert Profiles("1.2", inherits=False).of("hin_Deva").source == "own"


# ---- characters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "punctuation", "singular", "numbers"),
    [
        ("ab, 1", 2, 1, 0, 1),
        ("है।", 2, 0, 0, 1),
        ("“x”", 1, 2, 2, 0),
        ("你好，", 3, 0, 0, 0),
        ("你好。", 2, 1, 0, 0),
        ("ที่ ๑๒", 3, 0, 0, 2),
        ("𞤀𞤣", 0, 0, 2, 0),
        ("e\u0301", 1, 0, 1, 0),
        ("א\u05b0", 1, 1, 0, 0),
    ],
)
def test_classes_are_the_published_ranges(
    text: str, words: int, punctuation: int, singular: int, numbers: int
) -> None:
    flat = flatten([text])
    found = count_segments(flat.points, flat.offsets, classes("1.2"))
    assert tuple(int(x[0]) for x in found[2:]) == (words, punctuation, singular, numbers)


def test_version_1_3_counts_more_as_punctuation() -> None:
    flat = flatten(["你好，है।"])
    older, newer = (
        count_segments(flat.points, flat.offsets, classes(version)) for version in VERSIONS
    )
    assert (older.punctuation[0], newer.punctuation[0]) == (0, 2)


texts = st.text(st.sampled_from("ab \n,.#1é中।ที่𞤀\u0301"), max_size=60)


@given(st.lists(texts, max_size=5))
def test_segments_are_those_of_split(found: list[str]) -> None:
    flat = flatten(found)
    segments = count_segments(flat.points, flat.offsets, classes("1.2"))
    lines = [line for text in found for line in text.split("\n")]
    assert segments.chars.tolist() == [len(line) for line in lines]
    assert np.diff(segments.offsets).tolist() == [text.count("\n") + 1 for text in found]


# ---- laws ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@given(found=st.lists(texts, min_size=1, max_size=4))
def test_marks_lie_in_their_range_and_do_not_depend_on_the_batch(
    version: str, found: list[str]
) -> None:
    labels = [("eng_Latn", "hin_Deva", "tha_Thai", "fuf_Adlm")[i % 4] for i in range(len(found))]
    lines = [[label] * (text.count("\n") + 1) for text, label in zip(found, labels, strict=True)]
    together = score(found, labels, lines, PROFILES[version], version=version)
    for i, text in enumerate(found):
        alone = marks(text, labels[i], version=version)
        assert alone == [float(values[i]) for values in together.values()]
        assert all(0 <= x <= highest_in(version) for x in alone if x is not None)
        assert None not in alone


@pytest.mark.parametrize("version", VERSIONS)
def test_a_text_in_nfd_has_the_marks_of_the_same_in_nfc(version: str) -> None:
    text = "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. " * 4
    decomposed = unicodedata.normalize("NFD", text)
    assert marks(decomposed, "vie_Latn", version=version) == marks(
        text, "vie_Latn", version=version
    )
    unrepaired = marks(decomposed, "vie_Latn", version=version, repairs=False)
    assert unrepaired != marks(text, "vie_Latn", version=version)


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("eng_Latn", "All human beings are born free and equal in dignity and rights, and so on. "),
        ("tha_Thai", "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ "),
        ("cmn_Hani", "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心。"),
        ("arb_Arab", "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق، وقد وهبوا عقلاً. "),
    ],
)
def test_addresses_numbers_and_repeated_lines_cost_marks(label: str, sentence: str) -> None:
    assert mark("wds_url", sentence, label) == 10
    assert mark("wds_url", sentence + "http://a www.b http://c http://d", label) == 0
    assert mark("wds_numbers", sentence, label) == 10
    assert (mark("wds_numbers", sentence + "1 " * len(sentence), label) or 0) < 5
    assert mark("wds_repeated", f"{sentence}\n{sentence}", label) == 5
    assert mark("wds_repeated", f"{sentence}\n{sentence}", label, "1.3") == 0


def test_one_mark_below_a_tenth_is_no_mark_for_all_in_version_1_3() -> None:
    text = "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心。" * 3
    lines = f"{text}\n{text}"
    assert mark("wds_repeated", lines, "cmn_Hani", "1.3") == 0
    assert mark("wds", lines, "cmn_Hani", "1.3") == 0


def test_the_mark_for_all_is_that_of_the_published_italian_example() -> None:
    names = names_in("1.2")[1:]
    older = (9.9, 10, 10.0, 10.0, 9.2, 9.6, 4.0, 10, 10)
    one = {name: np.array([x]) for name, x in zip(names, older, strict=True)}
    assert wds12.combined(one).tolist() == [8.2]
    newer = (0.9944, 1, 0.53375, 1, 0.91916, 0.89167, 0.4, 1, 1, 0.83917)
    own = {name: np.array([x]) for name, x in zip(names_in("1.3")[1:], newer, strict=True)}
    assert wds13.combined(own).round(2).tolist() == [0.35]
    own["wds_url"] = np.array([0.09])
    assert wds13.combined(own).tolist() == [0]


def test_no_document_and_an_empty_one() -> None:
    assert all(len(values) == 0 for values in score([], [], [], PROFILES["1.2"]).values())
    assert mark("wds", "", "eng_Latn") == 0
    assert mark("wds", "", "eng_Latn", "1.3") == 0
