from __future__ import annotations

import re

import pytest

from curate.lid import families
from curate.lid.families import branches_of, is_foreign


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        pytest.param("eng_Latn", "dag_Latn", id="english-in-a-language-not-listed"),
        pytest.param("eng_Latn", "fra_Latn", id="another-branch"),
        pytest.param("eng_Latn", "tha_Thai", id="another-script"),
        pytest.param("eng_Latn", "deu_Latn", id="english-in-german"),
        pytest.param("fra_Latn", "ita_Latn", id="french-in-italian"),
        pytest.param("rus_Cyrl", "ukr_Cyrl", id="russian-in-ukrainian"),
        pytest.param("rus_Cyrl", "kaz_Cyrl", id="russian-in-kazakh"),
        pytest.param("spa_Latn", "quy_Latn", id="spanish-in-quechua"),
        pytest.param("cmn_Hani", "kor_Hang", id="chinese-in-korean"),
        pytest.param("jpn_Jpan", "cmn_Hani", id="japanese-in-chinese"),
        pytest.param("ind_Latn", "swh_Latn", id="two-that-are-listed-in-part"),
    ],
)
def test_what_is_of_another_branch_is_foreign(answer: str, label: str) -> None:
    assert is_foreign(answer, label)


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        pytest.param("eng_Latn", "eng_Latn", id="itself"),
        pytest.param("arb_Arab", "ara_Arab", id="its-macrolanguage"),
        pytest.param("zsm_Latn", "ind_Latn", id="the-same-macrolanguage"),
        pytest.param("spa_Latn", "ast_Latn", id="a-relative-that-no-identifier-may-know"),
        pytest.param("eng_Latn", "pcm_Latn", id="an-english-creole"),
        pytest.param("eng_Latn", "sco_Latn", id="scots"),
        pytest.param("fra_Latn", "wln_Latn", id="walloon"),
        pytest.param("ces_Latn", "slk_Latn", id="two-of-a-branch"),
        pytest.param("hat_Latn", "acf_Latn", id="two-french-creoles"),
        pytest.param("spa_Latn", "epo_Latn", id="a-constructed-language"),
        pytest.param("cmn_Hani", "vie_Hani", id="any-text-in-han"),
        pytest.param("und_Latn", "fra_Latn", id="undetermined"),
        pytest.param("swh_Latn", "dag_Latn", id="a-branch-that-is-not-listed-in-full"),
        pytest.param("dag_Latn", "fra_Latn", id="an-answer-that-is-not-listed"),
    ],
)
def test_what_may_be_the_label_itself_is_not(answer: str, label: str) -> None:
    assert not is_foreign(answer, label)


def test_every_code_is_a_code() -> None:
    for branch, codes in families._GROUPS.items():
        listed = codes.split()
        assert len(set(listed)) == len(listed), branch
        assert all(re.fullmatch("[a-z]{3}", code) for code in listed), branch


def test_the_nearest_are_listed_in_a_branch_too() -> None:
    for language, near in families._NEAREST.items():
        assert all(branches_of(code) for code in (language, *near.split()))


def test_branches_come_by_the_macrolanguage_too() -> None:
    assert branches_of("est") == branches_of("ekk") == frozenset({"uralic"})
    assert branches_of("zzz") == frozenset()
