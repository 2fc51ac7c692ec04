"""Wordlists as files: what is written is read back, and what is wrong is said with its line."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.config.wordlists import (
    Wordlist,
    WordlistHead,
    WordlistSource,
    load_wordlist,
    load_wordlists,
    wordlists_fingerprint,
)
from curate.errors import ConfigError

SOURCE = WordlistSource(
    reference=("declarations",), documents=3, words=9, labels=2, min_affinity=0.85, quantile=0.95
)
HEAD = """label: pcm_Latn
names: [naija]
top_level_domains: [ng]
provenance:
  {reference: [x], documents: 3, words: 9, labels: 2, min_affinity: 0.85, quantile: 0.95}
"""

words = (
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
    .map(lambda w: unicodedata.normalize("NFC", w))
    .filter(lambda w: w.split() == [w] and w != "---" and "\t" not in w and "\n" not in w)
)
counts = st.none() | st.tuples(st.integers(0, 10**9), st.integers(0, 10**9))


def wordlist(label: str, found: dict[str, tuple[int, int] | None], *names: str) -> Wordlist:
    return Wordlist(WordlistHead(label=label, names=names, provenance=SOURCE), found)


@given(found=st.dictionaries(words, counts, max_size=6))
def test_what_is_written_is_read_back(
    found: dict[str, tuple[int, int] | None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("lists") / "fuv_Adlm.txt"
    mine = wordlist("fuv_Adlm", found, "𞤆𞤵𞤤𞤢𞤪")
    path.write_text(mine.to_text(), encoding="utf-8", newline="\n")
    assert load_wordlist(path) == mine


def test_the_most_frequent_word_comes_first_and_scripts_are_themselves() -> None:
    mine = wordlist("hin_Deva", {"घर": (3, 3), "के": (90, 100), "नया": None})
    assert mine.to_text().partition("---\n")[2] == "के\t90\t100\nघर\t3\t3\nनया\n"


def test_a_list_written_by_hand(tmp_path: Path) -> None:
    (tmp_path / "pcm_Latn.txt").write_text(f"{HEAD}---\ndey\n\nwetin\t40\t48\n")
    (found,) = load_wordlists(tmp_path).values()
    assert found.words == {"dey", "wetin"}
    assert found.address.name_language("https://example.ng/")
    assert found.address.name_language("https://example.org/Naija")
    assert not found.address.name_language("https://example.org/shopping")


@pytest.mark.parametrize(
    ("name", "text", "where", "said"),
    [
        ("pcm_Latn", HEAD, "", "none that is `---`"),
        ("pcm_Latn", f"{HEAD}---\ntwo words\n", ":7", "two words"),
        ("pcm_Latn", f"{HEAD}---\ndey\ndey\t1\t2\n", ":8", "'dey' again"),
        ("pcm_Latn", f"{HEAD}---\ndey\t1\n", ":7", "dey\\t1"),
        ("pcm_Latn", f"{HEAD}---\ndey\t-1\tmany\n", ":7", "many"),
        ("pcm_Latn", f"{HEAD}---\ne\u0301ta\n", ":7", "ta"),
        ("glk_Arab", f"{HEAD}---\ndey\n", ":1", "pcm_Latn"),
        ("pcm_Latn", HEAD.replace("[ng]", "[.ng]") + "---\n", ":3", ".ng"),
        ("pcm_Latn", HEAD.replace("names", "nmaes") + "---\n", ":2", "nmaes"),
        ("pcm_Latn", HEAD.replace("quantile: 0.95", "quantile: 95") + "---\n", ":5", "95"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    name: str, text: str, where: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / f"{name}.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_wordlists(tmp_path)
    assert caught.value.where == f"{path}{where}"
    assert said in caught.value.found


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "pcm_Latn.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_wordlists(tmp_path)


def test_the_fingerprint_is_of_words_and_terms() -> None:
    one, two = wordlist("hin_Deva", {"घर": (3, 3)}), wordlist("fra_Latn", {"une": None})
    mark = wordlists_fingerprint([one, two])
    assert wordlists_fingerprint([two, one]) == mark
    assert wordlists_fingerprint([wordlist("hin_Deva", {"घर": None}), two]) == mark
    assert wordlists_fingerprint([wordlist("hin_Deva", {"घर": None}, "hindi"), two]) != mark
    assert wordlists_fingerprint([one]) != mark
