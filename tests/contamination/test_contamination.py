"""Overlap with evaluation sets: in many scripts, against a plain search, and none where none is."""

from __future__ import annotations

import gzip
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.contamination import NgramIndex, build
from curate.text.normalize import normalize_text
from curate.text.split import split_texts

ITEMS = {
    "eng": "A man is sitting on a roof, and he starts pulling up roofing shingles one by one.",
    "fra": "L'été dernier, les élèves de l'école ont planté trente-deux arbres près du grand "
    "canal de la ville de Sète.",
    "rus": "Мальчик взял красное яблоко, положил его в старую корзину и медленно пошёл домой по "
    "длинной пыльной дороге.",
    "hin": "किसान ने सुबह अपने खेत में पानी दिया और फिर वह बाज़ार जाकर नए बीज और खाद खरीद कर लाया।",
    "tha": "นักเรียนทุกคนต้องอ่านหนังสือเล่มนี้ให้จบก่อนวันจันทร์หน้าเพื่อเตรียมตัวสอบวิชาประวัติศาสตร์ไทย",
    "cmn": "小明昨天在图书馆借了三本关于古代天文学的书,今天早上他已经读完了其中最厚的一本。",
    "jpn": "昨日の夜、弟は台所で古い時計を見つけて、祖父が直してくれるまでずっと大切に持っていた。",
    "arb": "ذهب الطبيب إلى القرية البعيدة في الصباح الباكر لكي يفحص الأطفال المرضى ويعطيهم الدواء "
    "اللازم.",
    "heb": "הילדה הקטנה שכחה את הספר האדום על הספסל בגן הציבורי ליד הבית של סבתא שלה אתמול בערב",
    "amh": "ተማሪው ትናንት ማታ ቤተ መጻሕፍት ውስጥ ረጅም ጊዜ ተቀምጦ ስለ ጥንታዊ ታሪክ የተጻፈ ትልቅ መጽሐፍ አነበበ።",
    "bod": "ཁོང་གིས་ཁ་སང་དགོང་དྲོ་དཔེ་མཛོད་ཁང་ནས་བོད་ཀྱི་ལོ་རྒྱུས་སྐོར་གྱི་དཔེ་ཆ་གསུམ་གཡར་པ་རེད།",
    "ful": "𞤮 𞤲𞤢𞤲𞤭 𞤳𞤢𞤤𞤢 𞤳𞤮 𞤸𞤢𞤤𞤭 𞤲𞤣𞤫𞤪 𞤱𞤵𞤪𞤮 𞤥𞤢𞤱𞤲𞤺𞤮 𞤺𞤮 𞤬𞤮𞤲𞤣𞤭 𞤸𞤢𞤲𞤣𞤫 𞤶𞤢𞤲𞤺𞤮 𞤫 𞤤𞤫𞤱𞤪𞤵",
}
BEFORE = "Before it, some words that no set has at all.\n\n"
BEHIND = "\n\nBehind it, some other words that no set has, either, to be sure."


def found_in(index: NgramIndex, text: str) -> tuple[list[str], float]:
    """The sets that a text overlaps with, and the share of its words that do."""
    found = index.find(split_texts([text]))
    hits = [name for name, n in zip(index.sets, found.n_matches[0], strict=True) if n]
    return hits, float(found.n_covered[0] / max(1, found.n_words[0]))


@pytest.fixture(scope="module")
def index() -> NgramIndex:
    return build({name: [text] for name, text in ITEMS.items()}).index


@pytest.mark.parametrize("name", ITEMS)
def test_an_item_is_found_inside_a_page_and_by_its_own_name_alone(
    index: NgramIndex, name: str
) -> None:
    page = BEFORE + ITEMS[name] + BEHIND
    n_page, n_item = (len(split_texts([t]).words().ends) for t in (page, ITEMS[name]))
    hits, fraction = found_in(index, page)
    assert hits == [name]
    assert fraction == pytest.approx(n_item / n_page)


@pytest.mark.parametrize("name", ITEMS)
def test_case_form_punctuation_and_lines_make_no_difference(index: NgramIndex, name: str) -> None:
    text = ITEMS[name].rstrip(".。।།።").upper().replace(", ", " – ").replace("«", "„")
    decomposed = build({"set": [unicodedata.normalize("NFD", ITEMS[name])]}).index
    assert found_in(index, text)[0] == [name]
    assert found_in(decomposed, text)[0] == ["set"]


@pytest.mark.parametrize("name", ITEMS)
def test_other_words_in_the_middle_leave_too_short_runs(name: str) -> None:
    words = split_texts([ITEMS[name]]).of(0).words()[:24]
    other = [*words[: len(words) // 2], "Zwischenwort", *words[len(words) // 2 :]]
    index = build({"set": [" ".join(words)]}, n=13).index
    assert found_in(index, " ".join(words))[0] == ["set"]
    assert found_in(index, " ".join(other))[0] == []


def test_short_items_are_looked_for_as_a_whole_and_very_short_ones_not_at_all() -> None:
    short, shorter = "one two three four five six seven eight", "one two three four five six seven"
    built = build({"a": [short], "b": [shorter, "Yes."]})
    assert (built.n_items, built.n_short) == ({"a": 1, "b": 2}, {"a": 0, "b": 2})
    assert found_in(built.index, f"zero {short} nine")[0] == ["a"]
    assert found_in(built.index, f"zero {shorter} nine")[0] == []


def test_a_table_of_numbers_is_no_item_but_a_sum_in_words_is() -> None:
    numbers = " ".join(str(i * 7) for i in range(30))
    sentence = "Anna has 3 apples and 5 pears and gives 2 of them to her old friend Ben"
    index = build({"numbers": [numbers], "sums": [sentence]}).index
    assert found_in(index, numbers)[0] == []
    assert found_in(index, sentence.replace("3", "१२").replace("5", "19"))[0] == ["sums"]


def test_a_run_that_two_sets_have_is_of_both_and_repeats_count_once_a_place() -> None:
    text = ITEMS["eng"]
    index = build({"b": [text, text], "a": [text + " and more", ITEMS["fra"]]}).index
    n_words = len(split_texts([text]).words().ends)
    found = index.find(split_texts([text, BEFORE, f"{text}\n{text}", "", None]))
    assert index.sets == ("a", "b")
    once = n_words - 12
    assert found.n_matches[:2].tolist() == [[once, once], [0, 0]]
    assert found.n_matches[2].tolist()[0] >= 2 * once
    assert found.n_covered.tolist() == [n_words, 0, 2 * n_words, 0, 0]
    assert found.n_words.tolist()[3:] == [0, 0]


def test_an_index_of_nothing_finds_nothing() -> None:
    index = build({"a": [], "b": ["", "。"]}).index
    assert found_in(index, ITEMS["eng"]) == ([], 0.0)


def test_bytes_give_the_same_index_and_the_same_sets_the_same_bytes() -> None:
    sets = {name: [text] for name, text in ITEMS.items()}
    first, again = build(sets).index.to_bytes(), build(dict(reversed(sets.items()))).index
    assert again.to_bytes() == first
    assert found_in(NgramIndex.from_bytes(first), ITEMS["tha"]) == (["tha"], 1.0)


WORDS = ("a", "b", "की", "1")
texts_of_words = st.lists(st.sampled_from(WORDS), max_size=12).map(tuple)


def plain_search(
    text: tuple[str, ...], items: list[tuple[str, ...]], n: int, least: int
) -> tuple[int, int]:
    """Places and words that match, by comparing tuples of words."""
    runs, least = set(), min(n, least)
    for item in items:
        if len(item) >= least:
            k = min(n, len(item))
            runs |= {item[i : i + k] for i in range(len(item) - k + 1)}
    runs = {run for run in runs if 2 * sum(word != "1" for word in run) >= len(run)}
    places = [(i, run) for run in runs for i in range(len(text)) if text[i : i + len(run)] == run]
    return len(places), len({i + k for i, run in places for k in range(len(run))})


@settings(max_examples=200, deadline=None)
@given(texts_of_words, st.lists(texts_of_words, max_size=4), st.integers(1, 5), st.integers(1, 4))
def test_it_finds_what_a_plain_search_finds(
    text: tuple[str, ...], items: list[tuple[str, ...]], n: int, least: int
) -> None:
    index = build({"set": [" ".join(item) for item in items]}, n=n, min_words=least).index
    found = index.find(split_texts(["other", " ".join(text)]))
    assert (found.n_matches[1, 0], found.n_covered[1]) == plain_search(text, items, n, least)


# ---- real texts ----------------------------------------------------------------------------------

UDHR = Path(__file__).parents[3] / "shared" / "data" / "udhr_paragraphs.json.gz"


@pytest.mark.shared
@pytest.mark.skipif(not UDHR.exists(), reason="needs ../shared/data/udhr_paragraphs.json.gz")
def test_paragraphs_are_found_in_189_languages_and_hardly_any_others() -> None:
    """Half of the paragraphs of a declaration are the set; the other half are none of it.

    Articles repeat phrases of the law, so a few of the others do share thirteen words.
    """
    raw = json.loads(gzip.decompress(UDHR.read_bytes()))
    declarations = {label: [normalize_text(text) for text in raw[label]] for label in raw}
    asked = {label: texts[::2] for label, texts in declarations.items()}
    others = {label: "\n\n".join(texts[1::2]) for label, texts in declarations.items()}
    index = build({"udhr": [text for texts in asked.values() for text in texts]}).index
    n_missed = n_looked_for = 0
    for texts in asked.values():
        found = index.find(split_texts([f"{BEFORE}{text}{BEHIND}" for text in texts]))
        of_set = index.find(split_texts(texts))
        long = of_set.n_words >= 8
        n_looked_for += int(long.sum())
        n_missed += int((long & (found.n_matches[:, 0] == 0)).sum())
    assert n_looked_for > 5000
    assert n_missed == 0
    found = index.find(split_texts(list(others.values())))
    assert int(found.n_covered.sum()) < 0.003 * int(found.n_words.sum())
    strangers = build({"udhr": asked["eng_Latn"]}).index
    rest = [text for label, texts in declarations.items() if label != "eng_Latn" for text in texts]
    assert int(strangers.find(split_texts(rest)).n_matches.sum()) == 0
