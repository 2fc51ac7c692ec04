"""Which scores suffice: stricter on declared news, gentler on pages that are sure of nothing."""

from __future__ import annotations

import numpy as np
import pytest

from curate.html.blocks.block_features import block_features
from curate.html.blocks.choose import choose
from curate.html.blocks.page_kinds import KINDS
from curate.html.markup.read_page import read_page

TEXTS = {
    "en": "The river rose in the night, and by morning the bridge stood under water. ",
    "zh": "夜里河水上涨，到早晨，下面的桥已经被水淹没。村里的人都到山上去了，等待消息。",
    "ar": "ارتفع النهر في الليل، وفي الصباح كان الجسر السفلي تحت الماء. ذهب أهل القرية إلى الجبل. ",
}
NEWS = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'
BLOG = '<meta property="og:type" content="article">'
PLAIN = ""


def keep(head: str, text: str, scores: list[float], threshold: float = 0.5) -> list[bool]:
    """A headline, three paragraphs in one element, a notice in another: which are kept?"""
    body = "".join(f"<p>{number} {text * 3}</p>" for number in range(3))
    html = (
        f"<head>{head}</head><h1>{text}</h1><div>{body}</div><section><p>{text * 2}</p></section>"
    )
    page = read_page(html)
    assert page.n_blocks == len(scores)
    kinds = np.zeros(len(KINDS), np.float32)
    kinds[0] = 1.0
    thresholds = np.full(len(KINDS), threshold)
    found = choose(page, block_features(page), kinds, np.array(scores, np.float32), thresholds)
    return [bool(kept) for kept in found]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_news_is_cut_strictly_but_loses_no_paragraph_of_its_body(text: str) -> None:
    scores = [0.9, 0.95, 0.52, 0.95, 0.55]
    assert keep(PLAIN, text, scores) == [True] * 5
    assert keep(NEWS, text, scores) == [False, True, True, True, False]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_last_paragraph_of_the_body_stays_too(text: str) -> None:
    assert keep(NEWS, text, [0.1, 0.95, 0.95, 0.52, 0.55]) == [False, True, True, True, False]


def test_a_declared_article_has_its_headline_in_a_column() -> None:
    assert keep(BLOG, TEXTS["en"], [0.9] * 5) == [False, True, True, True, True]


def test_news_that_is_sure_of_nothing_keeps_what_it_has() -> None:
    assert keep(NEWS, TEXTS["en"], [0.1, 0.6, 0.55, 0.6, 0.1], 0.5) == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_where_the_body_is_weak_its_equals_suffice() -> None:
    scores = [0.1, 0.45, 0.42, 0.45, 0.34]
    assert keep(PLAIN, TEXTS["en"], scores) == [False, True, True, True, True]
    assert keep(PLAIN, TEXTS["en"], [0.1, 0.95, 0.95, 0.95, 0.34])[-1] is False


def test_nothing_scores_and_nothing_is_kept() -> None:
    for head in (NEWS, BLOG, PLAIN):
        assert not any(keep(head, TEXTS["en"], [0.05] * 5))


def news(text: str, unit: str, head: str = NEWS, n_units: int = 4, body: int = 3) -> list[bool]:
    """Which blocks of an article with units behind it are kept if all score high?"""
    paragraphs = "".join(f"<p>{number} {text * 3}</p>" for number in range(body))
    units = "".join(f"<div class=u>{unit.format(number)}</div>" for number in range(n_units))
    page = read_page(f"<head>{head}</head><div>{paragraphs}</div><section>{units}</section>")
    kinds = np.zeros(len(KINDS), np.float32)
    kinds[0] = 1.0
    scores = np.full(page.n_blocks, 0.95, np.float32)
    found = choose(page, block_features(page), kinds, scores, np.full(len(KINDS), 0.5))
    return [bool(kept) for kept in found]


LETTER = "<b><a href=/u{0}>reader {0}</a></b><p>{0} " + TEXTS["en"] + "</p>"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_news_ends_where_its_body_does(text: str) -> None:
    assert news(text, LETTER) == [True] * 3 + [False] * 8
    assert all(news(text, LETTER, head=PLAIN))


def test_units_without_links_are_parts_of_the_news() -> None:
    assert all(news(TEXTS["en"], "<h3>{0}</h3><p>{0} " + TEXTS["en"] + "</p>"))


def test_a_small_body_ends_nothing() -> None:
    assert news(TEXTS["en"], LETTER, n_units=40, body=1)[2::2] == [True] * 40
