"""More layouts of made pages: what crawls hold beside articles, with a label for each text.

A ware of a line or two beside long paragraphs about delivery, records of names and values, threads
with lines of author and time, lists of teasers, news with all that news sites put around it, and
consents above a text. Labels are those of crawled pages: 1, 0, or "?" for what counts neither way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Final, Literal

from jobs.extractor_maker import Maker, cut

Y = Literal[0, 1, "?"]


class Sheet:
    """A page that is being written, and the label of each text on it."""

    def __init__(self, maker: Maker) -> None:
        """Start an empty one."""
        self.maker = maker
        self.rng = maker.rng
        self.html: list[str] = []
        self.labels: list[tuple[str, Y]] = []
        self.head = ""

    def put(self, tag: str, text: str, y: Y, *, link: bool = False) -> None:
        """An element with a text; ``tag`` may have attributes."""
        inner = self.maker.link(text) if link else escape(text)
        self.html.append(f"<{tag}>{inner}</{tag.split()[0]}>")
        self.labels.append((text, y))

    def open(self, tag: str) -> None:
        """A start tag."""
        self.html.append(f"<{tag}>")

    def close(self, tag: str) -> None:
        """An end tag."""
        self.html.append(f"</{tag}>")

    def paragraphs(self, low: int, high: int, y: Y, n_chars: int = 400) -> None:
        """Some paragraphs of text that is not the content's own."""
        for _ in range(self.rng.randint(low, high)):
            self.put("p", self.maker.sentence(self.rng.randint(60, n_chars)), y)

    def named(self, names: str, tag: str = "div") -> str:
        """A tag with one of some class names."""
        return f"{tag} {self.maker.name(names)}"


def _facts(sheet: Sheet, n: int) -> None:
    """Names and values, as a table, a list of definitions, items or lines."""
    form = sheet.rng.randrange(4)
    outer = ("table", "dl", "ul", "div")[form]
    sheet.open(outer)
    for _ in range(n):
        name, value = sheet.maker.label(), sheet.maker.label(24)
        if form == 0:
            sheet.open("tr")
            sheet.put("th" if sheet.rng.random() < 0.4 else "td", name, 1)
            sheet.put("td", value, 1)
            sheet.close("tr")
        elif form == 1:
            sheet.put("dt", name, 1)
            sheet.put("dd", value, 1)
        else:
            sheet.put("li" if form == 2 else "div", f"{name}: {value}", 1)
    sheet.close(outer)


def _cards(sheet: Sheet) -> None:
    for _ in range(sheet.rng.randint(3, 10)):
        sheet.open(sheet.named("card item product"))
        sheet.put("div", sheet.maker.sentence(40), 0, link=True)
        sheet.put("span", f"€ {sheet.rng.randint(5, 90)},90", 0)
        sheet.close("div")


def _shop(sheet: Sheet) -> None:
    """A ware of few words; the shop's own paragraphs are longer."""
    rng = sheet.rng
    above = rng.random() < 0.4
    if above:
        sheet.paragraphs(2, 5, 0)
    sheet.open(sheet.named("product detail item"))
    sheet.put("h1", sheet.maker.sentence(50), 1)
    sheet.put("div", f"{rng.randint(5, 900)},00 €", "?")
    sheet.put("button", sheet.maker.label(), 0)
    if rng.random() < 0.8:
        sheet.open(sheet.named("description details text"))
        for text in sheet.maker.paragraphs[: rng.randint(1, 2)]:
            sheet.put(rng.choice(("p", "div")), cut(text, rng.randint(40, 200)), 1)
        sheet.close("div")
    _facts(sheet, rng.randint(3, 9))
    sheet.close("div")
    sheet.open(sheet.named("delivery shipping tab info"))
    sheet.put("h3", sheet.maker.label(), 0)
    sheet.paragraphs(0 if above else 3, 9, 0)
    sheet.close("div")
    _cards(sheet)


def _record(sheet: Sheet) -> None:
    """Names and values, perhaps a sentence; sentences about the site around them."""
    rng = sheet.rng
    if rng.random() < 0.5:
        sheet.paragraphs(1, 2, 0, 260)
    sheet.put(rng.choice(("h1", "h2")), sheet.maker.sentence(40), 1)
    _facts(sheet, rng.randint(4, 14))
    if rng.random() < 0.5:
        sheet.put("p", cut(sheet.maker.paragraphs[0], 160), 1)
    sheet.put("h3", sheet.maker.label(), 0)
    for _ in range(rng.randint(3, 12)):
        sheet.put("li", sheet.maker.sentence(30), 0, link=True)
    if rng.random() < 0.7:
        sheet.open(sheet.named("about login notice"))
        sheet.paragraphs(1, 3, 0, 260)
        sheet.close("div")


def _time(sheet: Sheet) -> str:
    rng = sheet.rng
    day = f"{rng.randint(1, 28):02}"
    return rng.choice(
        (f"2015-03-{day} 19:13:{day}", f"{day}.04.2016, {day}:05", f"03-{day}-2013, 07:32 #{day}")
    )


def _thread(sheet: Sheet) -> None:
    """Posts, each with lines of author, time and number."""
    rng = sheet.rng
    sheet.put("h1", sheet.maker.sentence(60), 1)
    post, text = sheet.named("post message row"), sheet.named("text body content")
    in_table, last = rng.random() < 0.4, rng.random() < 0.5
    sheet.open("table" if in_table else "div")
    for body in sheet.maker.paragraphs[: rng.randint(1, 14)]:
        sheet.open("tr" if in_table else post)
        sheet.open("td" if in_table else sheet.named("author user"))
        sheet.put("b", sheet.maker.label(12), 0, link=rng.random() < 0.5)
        if not last:
            sheet.put("div", _time(sheet), 0)
        sheet.put("div", f"{sheet.maker.label(9)}: {rng.randint(1, 9999)}", 0)
        sheet.close("td" if in_table else "div")
        sheet.open("td" if in_table else text)
        sheet.put("div", cut(body, rng.randint(20, 600)), 1)
        if last:
            sheet.put("div", f"{sheet.maker.label(12)} {_time(sheet)}", 0)
        sheet.put("div", sheet.maker.label(8), 0, link=True)
        sheet.close("td" if in_table else "div")
        sheet.close("tr" if in_table else "div")
    sheet.close("table" if in_table else "div")
    sheet.paragraphs(0, 2, 0, 120)


def _listing(sheet: Sheet) -> None:
    """Teasers of other pages: their text is all the text there is."""
    rng = sheet.rng
    if rng.random() < 0.6:
        sheet.put("h1", sheet.maker.label(40), 1)
    if rng.random() < 0.4:
        sheet.put("p", sheet.maker.sentence(200), 1)
    item, title = sheet.named("item post entry teaser"), rng.choice(("h2", "h3", "div"))
    dated, more = rng.random() < 0.6, rng.random() < 0.6
    texts = sheet.maker.paragraphs[: rng.randint(4, 18)]
    label = sheet.maker.label()
    for text in texts:
        sheet.open(item)
        sheet.put(title, sheet.maker.sentence(60), "?", link=True)
        if dated:
            sheet.put("div", f"{_time(sheet)} {sheet.maker.label(9)}", "?")
        sheet.put(rng.choice(("p", "p", "div")), cut(text, rng.randint(60, 320)), 1)
        if more:
            sheet.put("div", label, 0, link=True)
        sheet.close("div")
    sheet.put("div", "1 2 3 … 17", 0)
    _cards(sheet)


def _comments(sheet: Sheet) -> None:
    sheet.open(sheet.named("comments discussion responses"))
    sheet.put("h3", sheet.maker.label(), 0)
    unit = sheet.named("comment reply item")
    for _ in range(sheet.rng.randint(3, 14)):
        sheet.open(unit)
        sheet.put("b", sheet.maker.label(12), 0)
        sheet.put("span", _time(sheet), 0)
        sheet.put(sheet.rng.choice(("p", "div")), sheet.maker.letter(400), 0)
        sheet.put("button", sheet.maker.label(8), 0)
        sheet.close("div")
    sheet.close("div")


def _box(sheet: Sheet) -> None:
    """A notice inside an article: a subscription, what to read next, a summary of another page."""
    sheet.open(sheet.named("newsletter promo related box", "div"))
    sheet.put("h3", sheet.maker.label(30), 0)
    if sheet.rng.random() < 0.5:
        sheet.paragraphs(1, 2, 0, 200)
    for _ in range(sheet.rng.randint(2, 5)):
        text = sheet.maker.sentence(sheet.rng.randint(40, 140))
        sheet.put("li", text, 0, link=sheet.rng.random() < 0.4)
    sheet.close("div")


def _news(sheet: Sheet) -> None:
    """News with captions, boxes, readers' letters and other articles under it."""
    rng = sheet.rng
    linked = {"@type": rng.choice(("NewsArticle", "NewsArticle", "Article"))}
    if rng.random() < 0.7:
        sheet.head = f'<script type="application/ld+json">{json.dumps(linked)}</script>'
    else:
        sheet.head = '<meta property="og:type" content="article">'
    texts = sheet.maker.paragraphs[: rng.randint(2, 14)]
    sheet.put("h1", sheet.maker.sentence(70), "?")
    sheet.put("div", f"{sheet.maker.label(14)} {_time(sheet)}", "?")
    sheet.open(sheet.named("article-body content story text"))
    boxed, captioned = rng.random() < 0.6, rng.random() < 0.6
    for number, text in enumerate(texts):
        sheet.put("p", cut(text, rng.randint(80, 500)), 1)
        if captioned and number % 4 == 1:
            sheet.open("figure")
            sheet.put("figcaption", sheet.maker.sentence(rng.randint(40, 160)), 0)
            sheet.close("figure")
        if boxed and number % 5 == 2:
            _box(sheet)
    sheet.close("div")
    for part in rng.sample((_comments, _box, _others, _others), rng.randint(1, 3)):
        part(sheet)


def _others(sheet: Sheet) -> None:
    """Other articles under the first: a linked headline and paragraphs of each."""
    unit = sheet.named("article post entry item", sheet.rng.choice(("div", "article", "section")))
    tag = unit.split()[0]
    direct = sheet.rng.random() < 0.3
    for _ in range(sheet.rng.randint(3, 9)):
        if not direct:
            sheet.open(unit)
        sheet.put("h2", sheet.maker.sentence(60), 0, link=True)
        sheet.paragraphs(1, 2, 0, 500)
        if not direct:
            sheet.close(tag)


def consented(sheet: Sheet) -> None:
    """A consent of some sentences above a text and nothing else."""
    rng = sheet.rng
    sheet.open(sheet.named("cookie-banner cookie-consent consent gdpr cc-window"))
    for _ in range(rng.choice((1, 1, 2))):
        text = " ".join(sheet.maker.sentence(160) for _ in range(rng.randint(1, 4)))
        sheet.put(rng.choice(("p", "p", "div")), text, 0)
    if rng.random() < 0.5:
        sheet.put("button", sheet.maker.label(8), 0)
    sheet.close("div")
    sheet.open("article")
    sheet.put("h1", sheet.maker.sentence(40), 1)
    for text in sheet.maker.paragraphs[: rng.randint(2, 7)]:
        sheet.put("p", cut(text, rng.choice((150, 300, 600))), 1)
    sheet.close("article")


def _join(sheet: Sheet) -> None:
    """A form to register or to write to somebody, with what has to be said about each field."""
    rng = sheet.rng
    sheet.put("h1", sheet.maker.label(20), 0)
    sheet.paragraphs(0, 2, 0, 260)
    sheet.open("form")
    for _ in range(rng.randint(3, 12)):
        sheet.put("label", sheet.maker.label(), 0)
        sheet.open("input")
        if rng.random() < 0.4:
            sheet.put("p", sheet.maker.sentence(rng.randint(40, 200)), 0)
    sheet.put("button", sheet.maker.label(), 0)
    sheet.close("form")


def _boards(sheet: Sheet) -> None:
    """The titles of threads with their numbers, authors and times."""
    for _ in range(sheet.rng.randint(6, 30)):
        sheet.open("tr")
        sheet.put("td", sheet.maker.sentence(60), "?", link=True)
        sheet.put("td", str(sheet.rng.randint(1, 999)), 0)
        sheet.put("td", f"{sheet.maker.label(9)} {_time(sheet)}", 0)
        sheet.close("tr")
    sheet.html = ["<table>", *sheet.html, "</table>"]


LAYOUTS: Final[tuple[tuple[str, Callable[[Sheet], None], int], ...]] = (
    ("product", _shop, 2),
    ("", _record, 2),
    ("forum", _thread, 2),
    ("listing", _listing, 1),
    ("article", _news, 4),
    ("", consented, 1),
    ("", _join, 1),
    ("", _boards, 1),
)
"""Kind of page, layout, pages of each language."""
