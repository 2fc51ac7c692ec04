"""Made pages of the kinds that crawls are full of: shops, records, old tables, banners on top."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Final

from jobs.extractor_maker import Maker, cut

Layout = Callable[[Maker], tuple[str, str]]


def _paragraphs(maker: Maker, texts: list[str]) -> str:
    form = maker.rng.randrange(3)
    if form == 0:
        return "<br><br>".join(map(escape, texts))
    tag = ("p", "div")[form - 1]
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)


def _card(maker: Maker) -> str:
    """A ware among wares: a picture, a name, a price, perhaps some words and a button."""
    rng = maker.rng
    text = f"<p>{escape(maker.sentence(rng.randint(30, 90)))}</p>" if rng.random() < 0.4 else ""
    button = f"<button>{escape(maker.label(10))}</button>" if rng.random() < 0.5 else ""
    return (
        f"<img src=a.jpg>{maker.link(maker.sentence(rng.randint(15, 60)))}{text}"
        f"<span>{rng.randint(1, 900)},{rng.randint(10, 99)}</span>{button}"
    )


def _shelf(maker: Maker, n: int) -> str:
    """Wares as boxes, as a list, or as cells of a table."""
    cards = [_card(maker) for _ in range(n)]
    form = maker.rng.randrange(3)
    if form == 0:
        return "".join(maker.box("product item card tile", card) for card in cards)
    if form == 1:
        return "<ul>" + "".join(f"<li>{card}</li>" for card in cards) + "</ul>"
    rows = [cards[i : i + 3] for i in range(0, n, 3)]
    return "<table>" + "".join(
        "<tr>" + "".join(f"<td>{card}</td>" for card in row) + "</tr>" for row in rows
    ) + "</table>"  # fmt: skip


def _category(maker: Maker) -> tuple[str, str]:
    """A shelf under some words about it, which are all that there is to read."""
    rng = maker.rng
    texts = [cut(t, rng.choice((160, 500))) for t in maker.paragraphs[: rng.randint(1, 4)]]
    title = maker.label(25)
    filters = "".join(
        f"<label><input type=checkbox>{escape(maker.label())}</label>"
        for _ in range(rng.randint(0, 12))
    )
    described = maker.box("category-description intro text", _paragraphs(maker, texts))
    shelf = _shelf(maker, rng.randint(6, 30))
    inner = (described, shelf) if rng.random() < 0.5 else (shelf, described)
    html = f"<h1>{escape(title)}</h1>{maker.box('filter facets', filters)}{''.join(inner)}"
    return html, "\n".join((title, *texts))


def _ware(maker: Maker) -> tuple[str, str]:
    """One ware: its text and its facts, in a list or a table, among buttons and other wares."""
    rng = maker.rng
    title = maker.sentence(50)
    texts = maker.paragraphs[: rng.randint(1, 3)]
    facts = [(maker.label(18), maker.label(22)) for _ in range(rng.randint(2, 10))]
    if rng.random() < 0.5:
        told = "".join(f"<li><b>{escape(a)}:</b> {escape(b)}</li>" for a, b in facts)
        told = f"<ul>{told}</ul>"
    else:
        told = "".join(f"<tr><td>{escape(a)}:</td><td>{escape(b)}</td></tr>" for a, b in facts)
        told = f"<table>{told}</table>"
    buy = f"<div>{rng.randint(2, 800)},00</div><button>{escape(maker.label())}</button>"
    delivery = f"<p>{escape(maker.sentence(rng.randint(60, 180)))}</p>"
    html = (
        f"<div><h1>{escape(title)}</h1><img src=b.jpg>{maker.box('price buy cart', buy)}"
        f"{maker.box('description tab', _paragraphs(maker, texts))}{told}</div>"
        f"{maker.box('delivery shipping payment', delivery)}"
        f"<h3>{escape(maker.label())}</h3>{_shelf(maker, rng.randint(3, 12))}"
    )
    return html, "\n".join((title, *texts, *(f"{a}: {b}" for a, b in facts)))


def _record(maker: Maker) -> tuple[str, str]:
    """A person, a house or a firm: names and values, some words, and links to others."""
    rng = maker.rng
    title = maker.sentence(40)
    facts = [(maker.label(18), maker.label(40)) for _ in range(rng.randint(4, 14))]
    texts = [cut(text, 300) for text in maker.paragraphs[: rng.randint(0, 3)]]
    form = rng.randrange(3)
    if form == 0:
        told = "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in facts)
        told = f"<dl>{told}</dl>"
    elif form == 1:
        told = "".join(f"<div><span>{escape(a)}</span>: {escape(b)}</div>" for a, b in facts)
    else:
        told = "<br>".join(f"<b>{escape(a)}</b> {escape(b)}" for a, b in facts)
    near = "".join(f"<li>{maker.link(maker.sentence(40))}</li>" for _ in range(rng.randint(4, 15)))
    html = (
        f"<h1>{escape(title)}</h1><div>{told}</div>{_paragraphs(maker, texts) if texts else ''}"
        f"<h3>{escape(maker.label())}</h3><ul>{near}</ul>"
    )
    return html, "\n".join((title, *(f"{a} {b}" for a, b in facts), *texts))


def _old_table(maker: Maker) -> tuple[str, str]:
    """An article in one cell of a table, with news and menus in the others, as of 2003."""
    rng = maker.rng
    title = maker.sentence(50)
    texts = maker.paragraphs[: rng.randint(3, 12)]
    left = "".join(
        f"<tr><td><font size=2>{maker.link(maker.label())}</font></td></tr>"
        for _ in range(rng.randint(5, 20))
    )
    right = "".join(
        f"<tr><td><b>{maker.link(maker.sentence(40))}</b><br>{escape(maker.sentence(120))}</td></tr>"
        for _ in range(rng.randint(2, 7))
    )
    middle = f"<b>{escape(title)}</b><br><br><font size=2>{_paragraphs(maker, texts)}</font>"
    cells = [f"<table>{left}</table>", middle, f"<table>{right}</table>"]
    if rng.random() < 0.3:
        cells.reverse()
    row = "".join(f"<td valign=top>{cell}</td>" for cell in cells)
    return f"<table width='100%'><tr>{row}</tr></table>", "\n".join((title, *texts))


def _beside(maker: Maker) -> tuple[str, str]:
    """Paragraphs in boxes, and other articles in boxes that look alike: a link and some words."""
    rng = maker.rng
    title = maker.sentence(60)
    texts = maker.paragraphs[: rng.randint(3, 12)]
    name = maker.name("w box block row")
    deep = rng.random() < 0.5
    body = "".join(
        f"<div {name}>{f'<div>{escape(text)}</div>' if deep else escape(text)}</div>"
        for text in texts
    )
    others = "".join(
        f"<div {name}>{maker.link(maker.label(rng.choice((14, 40))))}"
        f"{rng.choice((' ', '<br>'))}<span>{escape(maker.sentence(rng.randint(30, 160)))}</span>"
        "</div>"
        for _ in range(rng.randint(3, 9))
    )
    heading = f"<h3>{escape(maker.label())}</h3>" if rng.random() < 0.5 else ""
    html = f"<div {name}><h1>{escape(title)}</h1>{body}</div><div>{heading}{others}</div>"
    return html, "\n".join((title, *texts))


def under_a_banner(maker: Maker) -> tuple[str, str]:
    """A consent of some sentences in front of or behind a text with nothing else around it."""
    rng = maker.rng
    texts = maker.paragraphs[: rng.randint(2, 8)]
    told = "".join(
        f"<p>{escape(' '.join(maker.sentence(rng.randint(60, 200)) for _ in range(3)))}</p>"
        for _ in range(rng.randint(1, 2))
    )
    name = rng.choice(("cookie-banner", "cookie-consent", "cookieNotice", "gdpr", "consent-banner"))
    mark = rng.choice(("id", "class")) if rng.random() < 0.5 else f'class="{name}" id'
    button = f"<button>{escape(maker.label())}</button>" if rng.random() < 0.7 else ""
    banner = f'<div {mark}="{name}">{told}{button}</div>'
    body = _paragraphs(maker, texts)
    title = maker.sentence(50)
    tag = rng.choice(("article", "main", "div"))
    body = f"<{tag}><h1>{escape(title)}</h1>{body}</{tag}>"
    html = banner + body if rng.random() < 0.7 else body + banner
    return html, "\n".join((title, *texts))


CRAWLED: Final[tuple[tuple[str, Layout, int], ...]] = (
    ("collection", _category, 2),
    ("product", _ware, 2),
    ("", _record, 2),
    ("article", _old_table, 2),
    ("article", _beside, 2),
    ("article", under_a_banner, 2),
)
"""Kind, layout, and how many pages of it are made in each language."""
