"""Pages whose true text is known: an article among navigation in the article's own language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

N_LINKS = 12
N_TEASERS = 6


@dataclass(frozen=True, slots=True)
class Parts:
    """What a page is made of, all in one language."""

    title: str
    paragraphs: tuple[str, ...]
    labels: tuple[str, ...]
    teasers: tuple[str, ...]
    cookie: str

    @property
    def truth(self) -> str:
        """Title and article, a line each."""
        return "\n".join((self.title, *self.paragraphs))


def parts_of(texts: Sequence[str], *, first: int = 0, n_paragraphs: int = 8) -> Parts:
    """An article of some paragraphs of a text; labels, teasers and a banner from the others.

    Args:
        texts: paragraphs in reading order; at least ``n_paragraphs`` and some more.
        first: the first paragraph of the article.
        n_paragraphs: paragraphs of the article.
    """
    article = tuple(texts[first : first + n_paragraphs])
    rest = [text for text in (*texts[:first], *texts[first + n_paragraphs :]) if text]
    short = sorted(rest, key=len)
    return Parts(
        title=_cut(rest[0], 50),
        paragraphs=article,
        labels=tuple(_cut(text, 14) for text in short[:N_LINKS]),
        teasers=tuple(_cut(text, 70) for text in short[-N_TEASERS - 1 : -1]),
        cookie=_cut(short[-1], 120),
    )


def _cut(text: str, n_chars: int) -> str:
    """At most ``n_chars`` code points, to a space if one is near."""
    if len(text) <= n_chars:
        return text
    space = text.rfind(" ", n_chars // 2, n_chars)
    return text[: space if space > 0 else n_chars]


def semantic(parts: Parts) -> str:
    """HTML5 as it should be."""
    body = "".join(f"<p>{escape(text)}</p>\n" for text in parts.paragraphs)
    return (
        f"<body><header><nav><ul>{_items(parts.labels)}</ul></nav></header>"
        f"{_banner(parts)}<main><article><h1>{escape(parts.title)}</h1>{body}</article></main>"
        f"<aside><ul>{_items(parts.teasers)}</ul></aside>"
        f"<footer><p>{_links(parts.labels[:4])} © 2024</p></footer></body>"
    )


def unnamed(parts: Parts) -> str:
    """Only ``div`` and ``p``; class names say nothing."""
    body = "".join(f"<p>{escape(text)}</p>\n" for text in parts.paragraphs)
    teasers = "".join(
        f"<div class=c9><a href=/t><span>{escape(text)}</span></a></div>" for text in parts.teasers
    )
    return (
        f"<body><div class=c1>{_links(parts.labels)}</div><div class=c2>{_banner(parts)}</div>"
        f"<div class=c3><div class=c4><h1>{escape(parts.title)}</h1><div>{body}</div></div>"
        f"<div class=c5>{teasers}</div></div>"
        f"<div class=c6>{_links(parts.labels[:4])} © 2024</div></body>"
    )


def broken_lines(parts: Parts) -> str:
    """An article whose paragraphs are separated by ``br``, as editors of the 2000s wrote them."""
    body = "<br><br>\n".join(map(escape, parts.paragraphs))
    return (
        f"<body><div id=menu>{_links(parts.labels)}</div>"
        f"<div id=page><h1>{escape(parts.title)}</h1><div>{body}</div></div>"
        f"<div id=more><ul>{_items(parts.teasers)}</ul></div>"
        f"<div id=footer>{_links(parts.labels[:4])} © 2024</div></body>"
    )


def layout_table(parts: Parts) -> str:
    """Columns made with a table."""
    body = "".join(f"<p>{escape(text)}</p>\n" for text in parts.paragraphs)
    rows = "".join(f"<tr><td><a href=/n>{escape(text)}</a></td></tr>" for text in parts.labels)
    return (
        f"<body><table width='100%'><tr><td width=150><table>{rows}</table></td>"
        f"<td><h1>{escape(parts.title)}</h1>{body}</td>"
        f"<td width=200>{_links(parts.teasers)}</td></tr>"
        f"<tr><td colspan=3>{_links(parts.labels[:4])} © 2024</td></tr></table></body>"
    )


def boxes(parts: Parts) -> str:
    """Each paragraph a ``div``, as page builders make them, and teasers with text beside links."""
    body = "".join(f"<div class=w><div>{escape(text)}</div></div>\n" for text in parts.paragraphs)
    teasers = "".join(
        f"<div class=w><a href=/t>{escape(label)}</a> <span>{escape(text)}</span></div>"
        for label, text in zip(parts.labels, parts.teasers, strict=False)
    )
    return (
        f"<body><div class=w><ul>{_items(parts.labels)}</ul></div>"
        f"<div class=w><h1>{escape(parts.title)}</h1>{body}</div>"
        f"<div class='w related'>{teasers}</div>"
        f"<div class='w footer'>{_links(parts.labels[:4])} © 2024</div></body>"
    )


LAYOUTS: tuple[Callable[[Parts], str], ...] = (
    semantic,
    unnamed,
    broken_lines,
    layout_table,
    boxes,
)


def page_of(parts: Parts, layout: Callable[[Parts], str], lang: str) -> str:
    """The whole page."""
    head = f"<meta charset=utf-8><title>{escape(parts.title)} | {escape(parts.labels[0])}</title>"
    return f"<!doctype html><html lang={lang}><head>{head}</head>{layout(parts)}</html>"


def _links(labels: Sequence[str]) -> str:
    return " | ".join(f"<a href=/n>{escape(label)}</a>" for label in labels)


def _items(labels: Sequence[str]) -> str:
    return "".join(f"<li><a href=/n>{escape(label)}</a></li>" for label in labels)


def _banner(parts: Parts) -> str:
    button = f"<button>{escape(parts.labels[0])}</button>"
    return f"<div id=cookie-banner><p>{escape(parts.cookie)}</p>{button}</div>"
