"""The benchmark of the kernels does what it says, beside datatrove or alone."""

from __future__ import annotations

import math

import pytest

from tests.benchmarks import kernels, kernels_apart
from tests.benchmarks.corpus import Document
from tests.benchmarks.tables import table, versions

SENTENCES = {
    "eng_Latn": "All human beings are born free and equal in dignity and rights.",
    "hin_Deva": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता प्राप्त है।",
    "tha_Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
}
DOCUMENTS = [
    Document(f"{label}-{n:05}-plain", label, "\n".join([f"{n}"] + [text] * 9))
    for label, text in SENTENCES.items()
    for n in range(4)
]


def test_pages_have_the_usual_length_and_only_lines_of_the_texts() -> None:
    texts = kernels.by_label([*DOCUMENTS, Document("eng_Latn-00009-shout", "eng_Latn", "NO")])
    assert list(texts) == list(SENTENCES)
    for label, some in texts.items():
        found = kernels.pages(some, 5)
        assert len(found) == 5
        lines = {line for page in found for line in page.split("\n")}
        assert lines <= {SENTENCES[label], "0", "1", "2", "3"}
        assert all(3_300 < len(page.encode()) < 3_900 for page in found)


def test_rows_have_a_ratio_where_there_is_something_to_compare_with() -> None:
    texts = kernels.by_label(DOCUMENTS)
    for row in kernels.split_rows(texts, 1):
        assert float(row[2]) > 1  # megabytes a second
        assert row[1] == ("dictionary" if row[0] == "tha_Thai" else "spaced")


def test_taking_turns_gives_medians_of_both() -> None:
    done: list[str] = []
    timing = kernels.compare(lambda: done.append("a"), lambda: done.append("b"), 3)
    assert done.count("b") == 4  # once to warm up
    assert timing.ours > 0
    assert math.isnan(kernels.compare(lambda: None, None, 1).ratio)


@pytest.mark.timeout(240)
def test_memory_is_that_of_a_whole_task() -> None:
    ((n, n_chars, mebibytes, rate),) = kernels_apart.memory(300, list(SENTENCES.values()))
    assert n == "300"
    assert int(n_chars.replace(",", "")) > 300 * 1_000
    assert 100 < float(mebibytes) < 2_000
    assert float(rate.replace(",", "")) > 0


def test_tables_are_markdown() -> None:
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    assert versions().startswith("Python 3")
