"""WDS is that of an implementation made from its formulas alone, at and between their corners."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from curate.lid.families import branches_of
from curate.scores import wds12, wds13
from curate.scores.marks import F64
from curate.scores.profiles import Profiles
from curate.scores.registry import SHORT_SEGMENTS, names_in
from curate.scores.wds import score
from tests.scores import wds_formulas as formulas

LABELS = ("eng_Latn", "spa_Latn", "rus_Cyrl", "ell_Grek", "arb_Arab", "heb_Hebr", "hin_Deva",
          "ben_Beng", "tha_Thai", "mya_Mymr", "kor_Hang", "jpn_Jpan", "fin_Latn", "tur_Latn",
          "fas_Arab", "swh_Latn")  # fmt: skip
LETTERS = {
    "Latn": "abcdefgh", "Cyrl": "абвгдежз", "Grek": "αβγδεζηθ", "Arab": "ابتثجحخد",
    "Hebr": "אבגדהוזח", "Deva": "कखगघङचछज", "Beng": "কখগঘঙচছজ", "Thai": "กขฃคฅฆงจ",
    "Mymr": "ကခဂဃငစဆဇ", "Hang": "가나다라마바사아", "Jpan": "かきくけこ漢字文",
}  # fmt: skip
VERSIONS = {"1.2": formulas.wds_1_2, "1.3": formulas.wds_1_3}
PROFILES = {version: Profiles(version, branches_of) for version in VERSIONS}
SIGNS = {formulas.PUNCTUATION: ",", formulas.SINGULAR: "+", formulas.NUMBERS: "7"}


def compare(cases: list[tuple[str, str, list[str]]], version: str) -> list[list[float]]:
    """Marks of many documents by both; they are the same."""
    texts, labels, lines = map(list, zip(*cases, strict=True))
    found = score(texts, labels, lines, PROFILES[version], version=version, repairs=False)
    ours = np.stack([found[name] for name in names_in(version)], axis=1)
    theirs = [VERSIONS[version](*case) for case in cases]
    wrong = [
        (case[1], name, mine, other, case[0][:60])
        for case, some, others in zip(cases, ours.tolist(), theirs, strict=True)
        for name, mine, other in zip(names_in(version), some, others, strict=True)
        if not math.isclose(mine, other, abs_tol=1e-9)
    ]
    assert wrong == []
    return theirs


def at_and_between(corners: list[float]) -> list[float]:
    """Each corner, a tenth to both sides, and points between, all of one decimal."""
    places = {x + by for x in corners for by in (-0.1, 0, 0.1)} | {0.0, corners[-1] + 5}
    for a, b in pairwise(sorted({0.0, *corners})):
        places |= {a + (b - a) * part for part in (0.25, 0.5, 0.75)}
    return sorted({round(x, 1) for x in places if x >= 0})


def with_signs(letter: str, kind: int, ratio: float) -> str:
    """2,000 word characters in lines of 100, and so many signs of a kind for 100 of them."""
    signs = SIGNS[kind] * round(20 * ratio)
    step = max(1, math.ceil(len(signs) / 20))
    return "\n".join(letter * 100 + signs[i * step : (i + 1) * step] for i in range(20))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", SIGNS)
def test_marks_for_signs_at_and_between_every_corner(version: str, kind: int) -> None:
    cases = []
    for label in LABELS:
        bounds = formulas.Bounds(label, version)
        corners = (bounds.numbers, bounds.punctuation, bounds.singular)[kind]
        letter = LETTERS[label.split("_")[1]][0]
        texts = [with_signs(letter, kind, ratio) for ratio in at_and_between(corners)]
        cases += [(text, label, [label] * 20) for text in texts]
    place = {formulas.NUMBERS: 5, formulas.PUNCTUATION: 3, formulas.SINGULAR: 4}[kind]
    seen = {row[place] for row in compare(cases, version)}
    assert len(seen) >= 5  # the line is not flat
    assert {0.0, 10.0 if version == "1.2" else 1.0} <= seen


@pytest.mark.parametrize("version", VERSIONS)
def test_marks_for_addresses_at_and_between_every_corner(version: str) -> None:
    cases, corners = [], [3, 5, 7, 10]
    for label in ("eng_Latn", "jpn_Jpan", "mya_Mymr"):
        menu = formulas.Bounds(label, version).menu
        words = (100 if version == "1.2" else 80) * menu * 10
        for q in at_and_between([float(x) for x in corners]):
            addresses = " ".join(["http"] * round(10 * q))
            text = f"{addresses}\n{'x' * (words - 4 * round(10 * q))}"
            cases.append((text, label, [label] * 2))
    assert len({row[2] for row in compare(cases, version)}) > 15


def test_the_line_for_addresses_of_version_1_2_has_its_step_at_5_and_ends_at_10() -> None:
    places = {3: 10.0, 4: 8.8, 5: 7.5, 5.1: 8.2, 6: 6.7, 7: 5.0, 8.5: 2.5, 9.9: 0.2, 10: 0.0}
    words = 100 * 21 * 10
    texts = ["http " * round(10 * q) + "x" * (words - 4 * round(10 * q)) for q in places]
    lines = [["eng_Latn"]] * len(texts)
    found = score(texts, ["eng_Latn"] * len(texts), lines, PROFILES["1.2"])["wds_url"]
    assert found.tolist() == list(places.values())


@pytest.mark.parametrize("version", VERSIONS)
def test_marks_for_languages_and_long_segments(version: str) -> None:
    cases = []
    for label in LABELS:
        bounds = formulas.Bounds(label, version)
        letter = LETTERS[label.split("_")[1]][1]
        middle = (bounds.long_min + bounds.long_max) // 2
        corners = (bounds.menu, bounds.long_min, middle, (middle + bounds.long_max) // 2)
        lengths = [n + by for n in (*corners, bounds.long_max) for by in (-1, 0, 1, 9)]
        cases += [(letter * n, label, [own]) for n in lengths for own in (label, "und_Zyyy")]
        for n in (1, 2, 9, 10, 11):
            text = "\n".join([letter * (bounds.long_min + 1 + i) for i in range(n)])
            cases.append((text, label, [label] * n))
            cases.append((f"{text}\n{letter * middle}", label, [*[label] * n, "und_Zyyy"]))
    seen = compare(cases, version)
    assert len({row[8] for row in seen}) > 4
    assert len({row[7] for row in seen}) == 5


@pytest.mark.parametrize("version", VERSIONS)
def test_marks_for_repeated_segments(version: str) -> None:
    cases = []
    for label in LABELS:
        menu = formulas.Bounds(label, version).menu
        letter = LETTERS[label.split("_")[1]][2]
        for n in (3, 4, 5, menu - 1, menu, menu + 1):
            for pattern in ("aa", "aab", "aabb", "abcd", "aaaab"):
                lines = [letter * max(n - 1, 0) + sign for sign in pattern]
                cases.append(("\n".join(lines), label, [label] * len(lines)))
    assert len({row[6] for row in compare(cases, version)}) == 4


@pytest.mark.parametrize(
    ("function", "full"), [(wds12.informativeness, 10.0), (wds13.informativeness, 1.0)]
)
def test_marks_for_information_at_and_between_every_corner(
    function: Callable[[F64], F64], full: float
) -> None:
    corners = [(10.0, full), (15.0, 0.7 * full), (20.0, 0.0)]
    off = np.array([x / 4 for x in range(-100, 101)])
    wanted = [formulas.between(abs(x), corners) for x in off.tolist()]
    np.testing.assert_allclose(function(off), wanted, atol=1e-12)
    assert function(np.array([np.nan])).tolist() == [0.0]


@pytest.mark.parametrize("kind", [formulas.SINGULAR, formulas.NUMBERS])
def test_crowds_of_version_1_3_at_and_between_every_corner(kind: int) -> None:
    cases = []
    for label in ("eng_Latn", "hin_Deva"):
        letter = LETTERS[label.split("_")[1]][0]
        prose = "\n".join(letter * 990 + "," * 10 for _ in range(40))
        for n in (9, 10, 30, 31, 50, 51, 100, 200, 249, 250, 251, 500, 999, 1000, 1010):
            for words in (0, 1, 9, 100):
                text = f"{prose}\n{letter * words}{SIGNS[kind] * n}"
                cases.append((text, label, [label] * 41))
    assert len({row[4 if kind == formulas.SINGULAR else 5] for row in compare(cases, "1.3")}) > 10


def test_segments_without_punctuation_cap_its_mark_in_version_1_3() -> None:
    cases = []
    for label in LABELS:
        menu = formulas.Bounds(label, "1.3").menu
        letter = LETTERS[label.split("_")[1]][0]
        usual = formulas.Bounds(label, "1.3").punctuation[3]
        signs = "," * round(50 * usual)
        for share in (0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.39, 0.4, 0.41, 0.6):
            for width in (3 * menu, 3 * menu + 1):
                n_bare = round(share * 5000 / width)
                bare = [letter * width] * n_bare
                text = "\n".join([letter * (5000 - n_bare * width) + signs, *bare, "------"])
                cases.append((text, label, [label] * (n_bare + 2)))
    assert len({row[3] for row in compare(cases, "1.3")}) > 10


def test_lengths_of_segments_in_version_1_3() -> None:
    cases = []
    for label in LABELS:
        letter = LETTERS[label.split("_")[1]][0]
        for n_short in (0, 1, 2, 3, 4, 8, 20, 60):
            for short in (0, 1, 20):
                lines = [letter * 900, letter * 400, *[letter * short] * n_short]
                cases.append(("\n".join(lines), label, [label] * len(lines)))
    assert len({row[10] for row in compare(cases, "1.3")}) > 5
    assert names_in("1.3")[10] == SHORT_SEGMENTS


def made_up(random: Random, label: str) -> str:
    """A page of lines of every kind: prose, menus, lists of numbers, addresses, rules."""
    letters = LETTERS[label.split("_")[1]]

    def word() -> str:
        return "".join(random.choices(letters, k=random.randint(1, 9)))

    def line() -> str:
        kind = random.choice(["prose"] * 5 + ["menu", "numbers", "address", "rule", "empty"])
        if kind == "prose":
            signs = random.choices(["", "", "", "", ",", "."], k=random.randint(8, 300))
            return " ".join(word() + sign for sign in signs) + "."
        if kind == "numbers":
            return " ".join(str(random.randint(0, 99999)) for _ in range(random.randint(1, 40)))
        others = {"menu": word(), "address": f"http://www.{word()}/", "rule": "-*-+=|" * 4}
        return others.get(kind, "")

    lines = [line() for _ in range(random.randint(1, 25))]
    return "\n".join([*lines, *random.choices(lines, k=random.choice([0, 0, 0, 1, 5]))])


@pytest.mark.parametrize("version", VERSIONS)
def test_marks_of_made_up_pages_in_sixteen_languages(version: str) -> None:
    random, cases = Random(12), []
    for label in LABELS:
        for _ in range(25):
            text = made_up(random, label)
            lines = random.choices([label, label, label, "und_Zyyy"], k=text.count("\n") + 1)
            cases.append((text, label, lines))
    seen = compare(cases, version)
    assert len({row[0] for row in seen}) > 20
    assert len({row[9] for row in seen}) > 10


@pytest.mark.parametrize("version", VERSIONS)
def test_marks_are_put_together_as_published(version: str) -> None:
    random = Random(3)
    names = names_in(version)[1:]
    top, digits = (10.0, 1) if version == "1.2" else (1.0, 4)
    values = [0.0, 0.1, 0.0999, 0.2, 0.5, 0.9, 1.0]
    rows = [[top * random.choice([*values, random.random()]) for _ in names] for _ in range(2000)]
    rows = [[round(x, digits) for x in row] for row in rows]
    columns = dict(zip(names, np.array(rows).T, strict=True))
    module, formula = (
        (wds12, formulas.together_1_2) if version == "1.2" else (wds13, formulas.together_1_3)
    )
    np.testing.assert_allclose(module.combined(columns), [formula(row) for row in rows], atol=1e-9)
