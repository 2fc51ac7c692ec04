"""What is kept of a page: no menus, no torn paragraphs, nothing from pages of nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.html.blocks.block_features import block_features
from curate.html.blocks.decision import Decision, decide
from curate.html.blocks.model import Model, load_model
from curate.html.blocks.page_kinds import KINDS
from curate.html.blocks.rows import COLUMNS, rows_of
from curate.html.blocks.smooth import smooth
from curate.html.markup.page import Page
from curate.html.markup.read_page import read_page

SENTENCE = "The river rose in the night, and by morning the lower bridge stood under water. "
TEXTS = {
    "en": SENTENCE * 3,
    "zh": "夜里河水上涨，到早晨，下面的桥已经被水淹没。村里的人都到山上去了，等待消息。" * 3,
    "th": "แม่น้ำสูงขึ้นในเวลากลางคืน และตอนเช้าสะพานด้านล่างก็จมอยู่ใต้น้ำ ชาวบ้านรอข่าวอยู่บนเขา " * 3,
    "hi": "रात में नदी का जल बढ़ गया, और सुबह तक नीचे का पुल पानी में डूब गया। गाँव के लोग पहाड़ पर चले गए। "
    * 3,
    "ar": "ارتفع النهر في الليل، وفي الصباح كان الجسر السفلي تحت الماء. ذهب أهل القرية إلى الجبل. "
    * 3,
    "he": "הנהר עלה בלילה, ובבוקר הגשר התחתון היה מתחת למים. אנשי הכפר עלו אל ההר וחיכו. " * 3,
}
MENU = "<ul>" + "".join(f"<li><a href=/{i}>Item {i}</a></li>" for i in range(12)) + "</ul>"


def kept(html: str, *, keep_comments: bool = False) -> tuple[str, Decision]:
    page = read_page(html)
    decision = decide(page, keep_comments=keep_comments)
    return "\n".join(page.block_text(b) for b in np.flatnonzero(decision.keep).tolist()), decision


def article(text: str, menu: str = MENU, names: str = "class=nav") -> str:
    body = "".join(f"<p>{i} {text}</p>" for i in range(6))
    return (
        f"<title>Rivers</title><body><div {names}>{menu}</div><div><h1>Rivers</h1>{body}</div>"
        f"<div {names.replace('nav', 'footer')}>{menu}</div>"
    )


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("names", ["class=nav", "class=x7", ""])
def test_an_article_is_kept_and_its_menu_is_not(language: str, names: str) -> None:
    text, decision = kept(article(TEXTS[language], names=names))
    assert [f"{i} {TEXTS[language].strip()}" in text for i in range(6)] == [True] * 6
    assert "Item 3" not in text
    assert not decision.is_empty
    assert decision.confidence > 0.5


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_few_plain_paragraphs_are_a_text(text: str) -> None:
    assert kept(f"<p>{text}</p><p>{text}</p>")[0].count(text.strip()) == 2


@pytest.mark.parametrize(
    "html",
    [
        f"<div>{MENU}</div><div>{MENU}</div>",
        f"<title>404</title>{MENU}<div class=error><h1>404</h1><p>Not found.</p></div>{MENU}",
        "<title>x</title><h1>nova.example</h1><ul>"
        + "".join(f"<li><a href=/{i}>Cheap things {i}</a></li>" for i in range(10))
        + "</ul>",
    ],
)
def test_nothing_is_kept_of_pages_without_text(html: str) -> None:
    text, decision = kept(html)
    assert text == ""
    assert decision.is_empty


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("tag", ["p", "div"])
def test_a_consent_of_some_sentences_is_not_the_text(language: str, tag: str) -> None:
    """One that holds as much running text as the text itself."""
    sentence = TEXTS[language][: len(TEXTS[language]) // 3].strip()
    body = "".join(f"<p>{number} {sentence} {sentence}</p>" for number in range(4))
    found = kept(
        "<title>Rivers</title><div id=cookie-banner class=cookie-consent>"
        f"<{tag}>Consent. {f'{sentence} ' * 8}</{tag}></div>"
        f"<article><h1>Rivers</h1>{body}</article>"
    )[0]
    assert [f"{number} {sentence}" in found for number in range(4)] == [True] * 4
    assert "Consent" not in found


def test_a_page_without_blocks_is_empty() -> None:
    decision = decide(read_page("<body><img src=x>"))
    assert decision.is_empty
    assert len(decision.keep) == len(decision.scores) == 0


def test_what_is_said_of_a_page_is_in_its_bounds() -> None:
    decision = kept(article(SENTENCE))[1]
    assert decision.kind in KINDS
    assert 0 <= decision.confidence <= 1
    assert ((decision.scores >= 0) & (decision.scores <= 1)).all()
    assert decision.keep.dtype == np.bool_


def test_keeping_comments_keeps_no_less() -> None:
    comments = "".join(
        f"<li class=comment><b>reader{i}</b><p>{SENTENCE} Thank you {i}!</p></li>" for i in range(5)
    )
    html = article(SENTENCE) + f"<div class=comments><ul>{comments}</ul></div>"
    without, with_ = kept(html)[1], kept(html, keep_comments=True)[1]
    assert (with_.keep | ~without.keep).all()


def smoothed(
    page: Page, scores: npt.NDArray[np.float32], keep: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    features, kept_ones = block_features(page), keep.astype(np.uint8)
    work = np.empty(page.n_blocks + 8, np.int32)
    smooth(
        page.element, page.parent, page.tag, features.counts, features.levels, scores, kept_ones,
        work,
    )  # fmt: skip
    return kept_ones.astype(np.bool_)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(0, 1, width=32), min_size=7, max_size=7), st.floats(0.2, 0.8))
def test_no_paragraph_is_torn_out_of_a_text(scores: list[float], threshold: float) -> None:
    page = read_page("<div>" + f"<p>{SENTENCE}</p>" * 7 + "</div>")
    values = np.array(scores, np.float32)
    first = values >= threshold
    keep = smoothed(page, values, first)
    assert (keep | ~first).all()
    places = np.flatnonzero(first)
    if len(places):
        inside = values[places[0] : places[-1] + 1] >= 0.12
        assert keep[places[0] : places[-1] + 1][inside].all()


def test_a_heading_of_nothing_is_let_go() -> None:
    html = f"<h2>One</h2><p>{SENTENCE}</p><h2>Related</h2><ul><li>a<li>b</ul><h3>Two</h3>"
    page = read_page(html)
    keep = np.array([1, 1, 1, 0, 0, 1], np.bool_)
    found = smoothed(page, np.full(6, 0.05, np.float32), keep)
    assert found.tolist() == [True, True, False, False, False, False]


def test_the_model_is_small_and_whole() -> None:
    model = load_model()
    arrays = model.arrays()
    assert sum(array.nbytes for array in arrays.values()) < 2_000_000
    again = Model.of(arrays)
    for forest in (again.blocks, *again.kinds, again.has_text, again.confidence):
        inner = forest.feature >= 0
        assert (forest.left[inner] > np.flatnonzero(inner)).all()  # no walk goes in a circle
        assert forest.left.max(initial=0) + 1 < len(forest.feature)
    assert again.blocks.feature.max() < len(COLUMNS)


def test_a_second_kind_changes_no_other_column() -> None:
    page, model = read_page(article(SENTENCE * 3)), load_model()
    features = block_features(page)
    first = rows_of(page, features, model)[1].copy()
    forum = KINDS.index("forum")
    kinds, second = rows_of(page, features, model, kind=forum)
    assert kinds.tolist() == [float(place == forum) for place in range(len(KINDS))]
    names = [
        name
        for name, a, b in zip(COLUMNS, first.T, second.T, strict=True)
        if a.tolist() != b.tolist()
    ]
    assert {name.split("_")[0] for name in names} == {"kind", "says"}
    np.testing.assert_array_equal(rows_of(page, features, model)[1], first)
