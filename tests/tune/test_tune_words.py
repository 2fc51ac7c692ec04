from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from curate.metrics.stopwords import Uses, choose_stopwords
from curate.tune.word_counts import WordCounts

pieces = st.lists(
    st.dictionaries(st.text("กขคง", min_size=1, max_size=3), st.integers(1, 50), max_size=30),
    max_size=12,
)


@given(pieces, st.integers(1, 8))
def test_a_count_is_never_too_high_and_too_low_by_what_is_stated(
    parts: list[dict[str, int]], capacity: int
) -> None:
    counted, true = WordCounts(capacity), Counter[str]()
    for part in parts:
        counted.add(part, n_words=sum(part.values()))
        true.update(part)
        assert len(counted.counts) <= 2 * capacity
    assert counted.n_words == true.total()
    assert counted.lost <= counted.n_words / (capacity + 1)
    for word, n in true.items():
        assert n - counted.lost <= counted.counts[word] <= n


def test_two_frequent_words_do_not_let_the_error_grow_beyond_its_bound() -> None:
    counted = WordCounts(2)
    counted.add({"ที่": 9, "และ": 9}, n_words=18)
    for i in range(30):
        counted.add({f"a{i}": 5, f"b{i}": 1, f"c{i}": 1}, n_words=7)
    assert counted.lost <= counted.n_words / 3


@given(pieces, st.randoms(use_true_random=False))
def test_with_room_enough_the_order_does_not_matter(
    parts: list[dict[str, int]], chance: random.Random
) -> None:
    one, other = WordCounts(), WordCounts()
    for part in parts:
        one.add(part, n_words=sum(part.values()))
    chance.shuffle(parts)
    for part in parts:
        other.add(part, n_words=sum(part.values()))
    assert one.most_common(99) == other.most_common(99)
    assert one.lost == other.lost == 0


def test_stop_words_do_not_depend_on_shards_however_many_rare_words_there_are() -> None:
    chance = random.Random(7)
    words = [f"w{chr(0x1E922 + i % 30)}{i}" for i in range(4000)]
    weights = [1 / (i + 1) for i in range(len(words))]
    said = chance.choices(words, weights, k=60_000)
    found = []
    for n_shards in (1, 7, 40):
        merged = WordCounts(400)
        for shard in range(n_shards):
            own = WordCounts(400)
            for start in range(shard * 500, len(said), n_shards * 500):
                part = Counter(said[start : start + 500])
                own.add(part, n_words=part.total())
            merged.add(own.counts, n_words=own.n_words, lost=own.lost)
        assert merged.lost > 0
        found.append(choose_stopwords(merged.counts, merged.n_words)[:10])
    assert found[0] == found[1] == found[2]


def test_names_and_words_of_few_documents_or_files_are_no_stop_words() -> None:
    whole = WordCounts()
    common = {"ist": Uses(100, 60, 50, 2), "wien": Uses(100, 60, 50, 49)}
    for extra in ({"ort": Uses(90, 60, 0, 0)}, {}, {}):
        words = {**common, **extra, "zug": Uses(90, 5, 0, 0)}
        whole.add(words, n_words=2000, n_documents=100)
        whole.note_source(words, 2000)
    whole.note_source({"ist": Uses(1, 1, 0, 0)}, 10)  # too small to be asked
    assert whole.n_sources == 3
    assert [w for w in ("ist", "wien", "ort", "zug") if whole.is_no_stopword(w)] == [
        "wien",
        "ort",
        "zug",
    ]
