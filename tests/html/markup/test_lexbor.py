"""The visible text of a whole page is that of a real parser, but for named reasons."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from curate.html.markup.read_page import read_page
from tests.html.markup.lexbor import squeezed, visible_text

SHARED = Path(__file__).parents[4] / "shared" / "data" / "gold"

_TAGS = """
    a b i p div span ul li ol dl dt dd table tr td th tbody thead caption h1 h2 pre blockquote
    form button em section article nav br hr img input title script style svg math mi noscript
    ruby iframe body html head x-foo label center font nobr code wbr listing details summary
"""
TAGS = _TAGS.split()
_WORDS = """
    a b␣ 中 ␣ x&amp;y &copy &#x41; < </ & é &nbsp; --> <!-- ]]> <![CDATA[ <?x> </> ที่ &notit;
    &#128;
"""
WORDS = _WORDS.split()

MISPLACED = 0.01
"""Share of made soups in which what only a whole tree can know makes a difference: the tokenizer
knows no tree inside ``svg``, and formatting elements are not opened again."""


def soup(random_: random.Random) -> str:
    """Tags in any order, and numbered letters between them."""
    parts = []
    for number in range(random_.randint(1, 24)):
        kind = random_.random()
        if kind < 0.4:
            parts.append(f"<{random_.choice(TAGS)}{random_.choice(['', ' class=x', '/'])}>")
        elif kind < 0.65:
            parts.append(f"</{random_.choice(TAGS)}>")
        elif kind < 0.8:
            parts.append(random_.choice(WORDS).replace("␣", " "))
        else:
            parts.append(f"{chr(65 + number)}{number}")
    return "".join(parts)


def own_text(html: str) -> str:
    return squeezed(read_page(html).text.tobytes().decode())


def test_soups_of_tags_have_the_text_that_a_real_parser_gives() -> None:
    counts: Counter[str] = Counter()
    wrong = []
    for number in range(3000):
        html = soup(random.Random(number))
        own, wanted = own_text(html), visible_text(html)
        is_moved = own != wanted and sorted(own) == sorted(wanted)
        # Text that stands wrongly inside a table stays where it is written.
        counts["equal" if own == wanted else "moved" if is_moved else "other"] += 1
        if own != wanted and not is_moved:
            wrong.append((html, wanted, own))
    assert counts["other"] <= MISPLACED * counts.total(), wrong[:5]
    assert counts["moved"] <= MISPLACED * counts.total()


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason=f"no {SHARED}")
@pytest.mark.parametrize("part", range(4))
def test_real_pages_have_the_text_that_a_real_parser_gives(part: int) -> None:
    reasons: dict[str, str] = {}
    pages: dict[str, str] = {}
    for name in ("pages", "crawl"):
        raw = pa.input_stream(SHARED / f"{name}.jsonl.zst", compression="zstd").read().decode()
        pages |= {
            row["id"]: row["html"] for line in raw.split("\n") if line and (row := json.loads(line))
        }
    for name, html in sorted(pages.items())[part::16]:  # a quarter of all, in four parts
        own, wanted = own_text(html), visible_text(html)
        if "<rt" in html:
            own, wanted = (text.translate({40: None, 41: None}) for text in (own, wanted))
        if own != wanted:
            is_moved = sorted(own) == sorted(wanted)
            reasons[name] = "moved" if is_moved else "frames" if "<frameset" in html else "other"
    assert set(reasons.values()) <= {"moved", "frames"}, reasons
    assert len(reasons) <= 3
