"""Words of one language alone, the fraction of documents without them, and addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.lid.wordlists import (
    AddressTerms,
    affine_words,
    contamination_fraction,
    count_words,
    is_precise,
    own_word_fraction,
    total_counts,
)

COUNTS = {
    "pcm_Latn": {"dey": 90, "wetin": 40, "una": 17, "the": 30, "oga": 1},
    "eng_Latn": {"the": 9_000, "dey": 10, "una": 3},
    "spa_Latn": {"una": 500, "wetin": 8},
}


@pytest.mark.parametrize(
    ("texts", "counts"),
    [
        ([], {}),
        (["Dey dey.", "dey!"], {"Dey": 1, "dey": 2}),
        (["किताब किताब"], {"किताब": 2}),
        (["éta"], {"éta": 1}),
        (["ห้องสมุด"], {"ห้อง": 1, "สมุด": 1}),
        (["كتاب، كتاب"], {"كتاب": 2}),
        (["图书馆。图书馆"], {"图书": 2, "馆": 2}),
        (["𞤀𞤣 𐌰𐍄 𞤀𞤣"], {"𞤀𞤣": 2, "𐌰𐍄": 1}),
    ],
)
def test_words_are_counted_as_the_splitter_cuts_them(
    texts: list[str], counts: dict[str, int]
) -> None:
    assert count_words(texts) == counts


@pytest.mark.parametrize(
    ("min_affinity", "quantile", "words"),
    [
        # dey 90 of 100, wetin 40 of 48, una 17 of 520, the 30 of 9,030, oga 1 of 1.
        pytest.param(0.85, 0.0, {"dey", "oga"}, id="every word"),
        pytest.param(0.9, 0.0, {"dey", "oga"}, id="the affinity itself is enough"),
        pytest.param(0.8, 0.0, {"dey", "wetin", "oga"}, id="a lower affinity"),
        pytest.param(0.8, 0.8, {"dey", "wetin"}, id="counts from the fourth of five on"),
        pytest.param(0.8, 1.0, {"dey"}, id="only the most frequent"),
    ],
)
def test_affine_words(min_affinity: float, quantile: float, words: set[str]) -> None:
    found = affine_words(COUNTS, "pcm_Latn", min_affinity=min_affinity, quantile=quantile)
    assert found == words


def test_totals_may_be_given_to_many_calls() -> None:
    totals = total_counts(COUNTS)
    assert totals == {"dey": 100, "wetin": 48, "una": 520, "the": 9_030, "oga": 1}
    assert affine_words(COUNTS, "pcm_Latn", quantile=0, totals=totals) == {"dey", "oga"}
    doubled = {word: 2 * n for word, n in totals.items()}
    assert affine_words(COUNTS, "pcm_Latn", quantile=0, totals=doubled) == set()


@pytest.mark.parametrize(
    ("text", "words", "fraction"),
    [
        pytest.param("How una dey, dey?", {"dey"}, 0.5, id="occurrences, not distinct words"),
        pytest.param("How una dey", {"Dey", "how"}, 0.0, id="case counts"),
        pytest.param("cafe\u0301 noir", {"caf\u00e9"}, 0.5, id="NFC"),
        pytest.param("नया घर", {"घर"}, 0.5, id="Devanagari"),
        pytest.param("ห้องสมุด", {"สมุด"}, 0.5, id="Thai has no spaces"),
        pytest.param("كتاب جديد", {"كتاب"}, 0.5, id="Arabic"),
        pytest.param("图书馆", {"图书"}, 0.5, id="Han"),
        pytest.param("𞤀𞤣 𐌰𐍄", {"𞤀𞤣"}, 0.5, id="astral planes"),
        pytest.param("?!", {"a"}, None, id="no word"),
        pytest.param("", {"a"}, None, id="nothing"),
    ],
)
def test_own_word_fraction(text: str, words: set[str], fraction: float | None) -> None:
    assert own_word_fraction(text, words) == fraction


def test_a_language_without_a_corpus_has_no_words() -> None:
    assert affine_words(COUNTS, "glk_Arab") == frozenset()
    assert affine_words({"glk_Arab": {}}, "glk_Arab") == frozenset()


WORDS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 50), max_size=8)


@given(st.dictionaries(st.sampled_from(["x", "y", "z"]), WORDS, min_size=1))
def test_no_word_is_of_two_languages(counts: dict[str, dict[str, int]]) -> None:
    lists = [affine_words(counts, label, quantile=0.0) for label in counts]
    assert sum(map(len, lists)) == len(frozenset().union(*lists))


@given(WORDS, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_quantile_never_adds_a_word(own: dict[str, int], one: float, two: float) -> None:
    low, high = sorted([one, two])
    assert affine_words({"x": own}, "x", quantile=high) <= affine_words(
        {"x": own}, "x", quantile=low
    )


def test_contamination_is_the_fraction_without_a_word() -> None:
    documents = [["wetin", "dey"], ["the"], [], ["the", "oga"]]
    assert contamination_fraction(documents, {"dey", "oga"}) == 2 / 4
    assert contamination_fraction(documents, []) == 1.0
    assert contamination_fraction([], {"dey"}) is None


TERMS = AddressTerms(
    names=["naija", "Nigerian Pidgin", "हिन्दी", "ไทย", "中文", "𞤀𞤣"], top_level_domains={"ng"}
)


@pytest.mark.parametrize(
    ("url", "is_named"),
    [
        ("https://example.ng/page", True),
        ("https://example.ng:8080", True),
        ("https://EXAMPLE.NG./", True),
        ("example.ng", True),
        ("https://example.org/ng", False),
        ("https://example.ng.org/", False),
        ("https://shopping.org/", False),
        ("https://example.org/Naija-news", True),
        ("https://naija.example.org/", True),
        ("https://naijaloaded.example.org/", False),
        ("https://example.org/nigerian-pidgin/1", True),
        ("https://example.org/NigerianPidgin_1", True),
        ("https://example.org/nigerian/pidgin-stories", True),
        ("https://example.org/pidgin-nigerian", False),
        ("https://example.org/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80/", True),
        ("https://example.org/हिन्द/", False),
        ("https://ไทย.example.org/", True),
        ("https://example.org/wiki/中文", True),
        ("https://example.org/𞤀𞤣", True),
        ("", False),
        ("http://[", False),
        ("http://[/naija", True),
    ],
)
def test_addresses_that_name_a_language(url: str, *, is_named: bool) -> None:
    assert TERMS.name_language(url) is is_named


@given(st.text(st.characters(), max_size=60))
def test_no_address_raises_and_no_terms_name_nothing(url: str) -> None:
    assert TERMS.name_language(url) in (True, False)
    assert AddressTerms(names=["", "—"]).name_language(url) is False


@pytest.mark.parametrize(
    ("document", "url", "is_kept"),
    [
        (["wetin", "dey"], None, True),
        (["the"], None, False),
        (["the"], "https://example.ng/", True),
        ([], "https://example.org/", False),
    ],
)
def test_a_word_or_the_address_keeps_a_document(
    document: list[str], url: str | None, *, is_kept: bool
) -> None:
    assert is_precise(document, frozenset({"dey"}), url, TERMS) is is_kept
