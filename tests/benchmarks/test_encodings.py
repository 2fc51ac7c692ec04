"""The sweep of encodings: its own bytes are right, and so is nearly all that is read of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.benchmarks.charsets import DATA, by_curate, main, rows, wrong
from tests.benchmarks.encodings_data import NONE, encoded, pages, texts

HAS_DATA = pytest.mark.skipif(not DATA.exists(), reason="no texts beside the checkout")


def test_tones_of_vietnamese_stand_behind_their_vowel() -> None:
    assert encoded("Tất cả — được", "windows-1258") == b"T\xe2\xect c\x61\xd2 - \xf0\xfd\xf5\xf2c"


@pytest.mark.shared
@HAS_DATA
def test_three_hundred_and_eighty_of_the_pages_are_read_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = list(pages(texts(DATA)))
    right, _ = by_curate(found)
    assert len(found) == 43 * 3 * 3
    assert sum(right) >= 380, wrong(found, right)
    assert Counter(page.declaration for page in found)[NONE] == 43 * 3
    assert rows(found, {"curate": right})[-1] == ["all", "", "387", str(sum(right))]
    main(["--data", str(Path(DATA)), "--wrong"])
    assert f"| all |  | 387 | {sum(right)} |" in capsys.readouterr().out
