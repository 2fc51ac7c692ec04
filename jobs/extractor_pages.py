"""Pages made of known text, in many scripts: articles, forums, products, and pages of nothing.

The texts are translations of the Universal Declaration of Human Rights. Labels, messages and names
are pieces of the same text, so that a page is all in one language. The layouts of
``tests/benchmarks/extraction_pages.py`` are other ones: they are for measuring.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from random import Random
from typing import Final

from jobs.extractor_data import MADE, Example, example_of

PAGES_VERSION: Final = "1"

LANGUAGES: Final = (
    *("eng_Latn", "fra_Latn", "vie_Latn", "tur_Latn", "rus_Cyrl", "kaz_Cyrl", "ell_Grek"),
    *("arb_Arab", "pes_Arab", "heb_Hebr", "amh_Ethi", "hin_Deva", "ben_Beng", "tel_Telu"),
    *("tha_Thai", "khm_Khmr", "lao_Laoo", "mya_Mymr", "bod_Tibt", "cmn_Hans", "jpn_Jpan"),
    "kor_Hang",
)

_OF_THE_CONTENT: Final = 20  # paragraphs; all that is around the content is made of the others
_NO_NAMES: Final = 0.35  # of the pages have classes that say nothing


class Maker:
    """Draws the parts of one page."""

    def __init__(self, texts: Sequence[str], rng: Random) -> None:
        """Take the paragraphs of one language."""
        self.rng = rng
        texts = [text for text in texts if text.strip()]
        start = rng.randrange(max(1, len(texts) - 40))
        texts = texts[start:] + texts[:start]
        self.paragraphs, self.others = texts[:_OF_THE_CONTENT], texts[_OF_THE_CONTENT:]
        self.has_names = rng.random() > _NO_NAMES
        self.tag = rng.choice(("div", "div", "section"))

    def label(self, n_chars: int = 14) -> str:
        """A few words."""
        return _cut(self.rng.choice(self.others), self.rng.randint(4, n_chars))

    def sentence(self, n_chars: int = 90) -> str:
        """About a sentence."""
        return _cut(self.rng.choice(self.others), n_chars)

    def name(self, names: str) -> str:
        """A class attribute: one of some names, or one that says nothing."""
        name = self.rng.choice(names.split()) if self.has_names else f"c{self.rng.randint(1, 40)}"
        return f'class="{name}"'

    def link(self, text: str) -> str:
        """A link."""
        return f'<a href="/{self.rng.randint(1, 999)}">{escape(text)}</a>'

    def box(self, names: str, inner: str, tag: str = "div") -> str:
        """An element with one of these class names."""
        return f"<{tag} {self.name(names)}>{inner}</{tag}>"

    def menu(self, n: int) -> str:
        """Links, as a list, in a row, or one under the other."""
        links = [self.link(self.label()) for _ in range(n)]
        form = self.rng.randrange(4)
        if form == 0:
            return "<ul>" + "".join(f"<li>{link}</li>" for link in links) + "</ul>"
        if form == 1:
            return " | ".join(links)
        if form == 2:
            return "".join(f"<div>{link}</div>" for link in links)
        return "<table><tr>" + "".join(f"<td>{link}</td>" for link in links) + "</tr></table>"

    def head(self, title: str) -> str:
        """What stands above the content: banner, menu, perhaps a search and a path."""
        parts = [self.box("logo brand site-title", f"{self.link(self.label())}")]
        tag = self.rng.choice(("nav", "div"))
        parts.append(self.box("menu nav navbar", self.menu(self.rng.randint(4, 14)), tag))
        if self.rng.random() < 0.5:
            parts.append(f"<form><input name=q><button>{escape(self.label(8))}</button></form>")
        if self.rng.random() < 0.4:
            path = " › ".join((self.link(self.label()), self.link(self.label()), escape(title)))
            parts.append(self.box("breadcrumb path", f"{path}"))
        if self.rng.random() < 0.3:
            told = "".join(f"<p>{escape(self.sentence(400))}</p>" for _ in range(2))
            told += f"<button>{escape(self.label())}</button>"
            parts.append(self.box("cookie consent notice", told))
        tag = self.rng.choice(("header", "div"))
        return f"<{tag} {self.name('header top masthead')}>{''.join(parts)}</{tag}>"

    def foot(self) -> str:
        """What stands below: links, rights, perhaps an address and a notice about cookies."""
        parts = [self.menu(self.rng.randint(3, 10)), f"<p>© 2025 {escape(self.label())}</p>"]
        if self.rng.random() < 0.5:
            parts.append(f"<p>{escape(self.sentence(140))}</p>")
        if self.rng.random() < 0.5:
            buttons = (
                f"<button>{escape(self.label())}</button><button>{escape(self.label())}</button>"
            )
            parts.append(
                self.box("cookie consent banner", f"<p>{escape(self.sentence(220))}</p>{buttons}")
            )
        tag = self.rng.choice(("footer", "div"))
        return f"<{tag} {self.name('footer bottom')}>{''.join(parts)}</{tag}>"

    def teasers(self) -> str:
        """Other pages: a headline each, often with a sentence or two."""
        items = []
        with_text = self.rng.random() < 0.6
        for _ in range(self.rng.randint(3, 8)):
            text = f"<p>{escape(self.sentence(self.rng.randint(60, 200)))}</p>" if with_text else ""
            items.append(f"<li><h4>{self.link(self.sentence(60))}</h4>{text}</li>")
        tag = self.rng.choice(("aside", "div"))
        title = f"<h3>{escape(self.label())}</h3>"
        inner = f"{title}<ul>{''.join(items)}</ul>"
        return self.box("related more sidebar recommended", inner, tag)

    def letter(self, n_chars: int) -> str:
        """A comment."""
        return self.sentence(self.rng.randint(40, n_chars))


def _cut(text: str, n_chars: int) -> str:
    """At most so many code points, to a space if one is near."""
    if len(text) <= n_chars:
        return text
    space = text.rfind(" ", n_chars // 2, n_chars)
    return text[: space if space > 0 else n_chars]


def _article(maker: Maker) -> tuple[str, str]:
    rng = maker.rng
    texts = maker.paragraphs[: rng.randint(4, 16)]
    title = maker.sentence(60)
    lines = [title, *texts]
    form = rng.randrange(4)
    if form == 0:
        body = "".join(f"<p>{escape(text)}</p>" for text in texts)
    elif form == 1:
        body = "<br><br>".join(map(escape, texts))
    elif form == 2:
        body = "".join(f"<{maker.tag}>{escape(text)}</{maker.tag}>" for text in texts)
    else:
        half = len(texts) // 2
        between = maker.label()
        lines = [title, *texts[:half], between, *texts[half:]]
        first, second = (
            "".join(f"<p>{escape(t)}</p>" for t in part) for part in (texts[:half], texts[half:])
        )
        body = f"{first}<h2>{escape(between)}</h2>{second}"
    if rng.random() < 0.5:
        body += maker.box("share social tags", f"{maker.menu(4)}")
    parts = [f"<h1>{escape(title)}</h1><div {maker.name('content body entry post')}>{body}</div>"]
    if rng.random() < 0.5:
        comments = "".join(
            f"<li><b>{escape(maker.label())}</b><p>{escape(maker.letter(200))}</p>"
            f"<button>{escape(maker.label(8))}</button></li>"
            for _ in range(rng.randint(2, 7))
        )
        parts.append(
            f'<div class="comments"><h3>{escape(maker.label())}</h3><ul>{comments}</ul></div>'
        )
    parts.insert(rng.choice((0, len(parts))), maker.teasers())
    tag = rng.choice(("main", "article", "div"))
    return f"<{tag}>{''.join(parts)}</{tag}>", "\n".join(lines)


def _forum(maker: Maker) -> tuple[str, str]:
    rng = maker.rng
    title = maker.sentence(60)
    posts = [_cut(text, rng.randint(30, 500)) for text in maker.paragraphs[: rng.randint(4, 14)]]
    items = "".join(
        f"<div {maker.name('post message reply')}><div {maker.name('author user profile')}>"
        f"{maker.link(maker.label(9))}<br>{rng.randint(1, 9999)}</div>"
        f"<div {maker.name('text body message')}>{escape(post)}</div>"
        f"<div>{maker.link(maker.label(8))} {maker.link(maker.label(8))}</div></div>"
        for post in posts
    )
    return f"<div><h1>{escape(title)}</h1>{items}</div>{maker.menu(6)}", "\n".join((title, *posts))


def _product(maker: Maker) -> tuple[str, str]:
    rng = maker.rng
    title = maker.sentence(40)
    texts = maker.paragraphs[: rng.randint(1, 4)]
    facts = [(maker.label(), maker.label()) for _ in range(rng.randint(3, 9))]
    table = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in facts)
    buy = maker.box(
        "price buy cart", f"€ {rng.randint(5, 900)},00 <button>{escape(maker.label())}</button>"
    )
    others = "".join(
        maker.box(
            "card item product",
            f"<img src=a.jpg>{maker.link(maker.sentence(40))}<span>€ {rng.randint(5, 90)}</span>",
        )
        for _ in range(rng.randint(4, 12))
    )
    body = "".join(f"<p>{escape(text)}</p>" for text in texts)
    described = maker.box("description details", body)
    html = (
        f"<div><h1>{escape(title)}</h1><img src=b.jpg>{buy}{described}<table>{table}</table></div>"
        f"<div>{others}</div>"
    )
    return html, "\n".join((title, *texts, *(f"{a}\n{b}" for a, b in facts)))


def _plain(maker: Maker) -> tuple[str, str]:
    """A text and nothing else: no menu, hardly a name; perhaps a few words only."""
    rng = maker.rng
    texts = [
        _cut(text, rng.choice((60, 150, 600))) for text in maker.paragraphs[: rng.randint(1, 7)]
    ]
    form = rng.randrange(5)
    if form == 0:
        verses = [_cut(text, 40) for text in maker.paragraphs[: rng.randint(6, 16)]]
        texts, body = verses, "<br>".join(map(escape, verses))
    elif form == 1:
        body = "".join(f"<li>{escape(text)}</li>" for text in texts)
        body = f"<ul>{body}</ul>"
    elif form == 2:
        body = "<br><br>".join(map(escape, texts))
    else:
        body = "".join(f"<p>{escape(text)}</p>\n" for text in texts)
    lines = list(texts)
    if rng.random() < 0.5:
        title = maker.sentence(40)
        body, lines = f"<h1>{escape(title)}</h1>{body}", [title, *texts]
    tag = rng.choice(("", "article", "main", "div"))
    return f"<{tag}>{body}</{tag}>" if tag else body, "\n".join(lines)


def _error(maker: Maker) -> tuple[str, str]:
    rng = maker.rng
    code = rng.choice(("404", "403", "500", "503", "410", ""))
    texts = "".join(
        f"<p>{escape(maker.sentence(rng.randint(30, 160)))}</p>" for _ in range(rng.randint(1, 3))
    )
    return (
        maker.box(
            "error not-found page-404",
            f"<h1>{code} {escape(maker.label(25))}</h1>{texts}{maker.link(maker.label())}",
            maker.tag,
        ),
        "",
    )


def _parked(maker: Maker) -> tuple[str, str]:
    items = "".join(
        f"<li>{maker.link(maker.sentence(40))}</li>" for _ in range(maker.rng.randint(4, 14))
    )
    domain = f"{maker.rng.choice(('alfa', 'nova', 'shop'))}{maker.rng.randint(1, 99)}.example"
    return (
        f"<h1>{domain}</h1><p>{escape(maker.sentence(120))}</p><ul>{items}</ul><p>{maker.link(maker.sentence(50))}</p>",
        "",
    )


def _no_results(maker: Maker) -> tuple[str, str]:
    box = f"<form><input name=q value='x'><button>{escape(maker.label(9))}</button></form>"
    filters = "".join(
        f"<label><input type=checkbox>{escape(maker.label())} ({maker.rng.randint(0, 90)})</label>"
        for _ in range(maker.rng.randint(3, 15))
    )
    return (
        f"{box}<h2>{escape(maker.sentence(50))}: 0</h2><p>{escape(maker.sentence(100))}</p>"
        + maker.box("filter facet", filters),
        "",
    )


def _wall(maker: Maker) -> tuple[str, str]:
    """A login, a consent, or a check that one is human, in place of the page."""
    rng = maker.rng
    fields = "".join(
        f"<label>{escape(maker.label())}<input></label>" for _ in range(rng.randint(0, 4))
    )
    texts = "".join(
        f"<p>{escape(maker.sentence(rng.randint(60, 260)))}</p>" for _ in range(rng.randint(1, 4))
    )
    return (
        maker.box(
            "login consent modal dialog",
            f"<h2>{escape(maker.label(25))}</h2>{texts}<form>{fields}<button>{escape(maker.label())}</button></form>",
        ),
        "",
    )


def _menus(maker: Maker) -> tuple[str, str]:
    parts = [
        f"<h3>{escape(maker.label())}</h3>{maker.menu(maker.rng.randint(5, 25))}"
        for _ in range(maker.rng.randint(2, 7))
    ]
    return "".join(f"<div>{part}</div>" for part in parts), ""


def _cards(maker: Maker) -> tuple[str, str]:
    """Pictures with links and prices, and no text."""
    cards = "".join(
        maker.box(
            "card tile item",
            f"<img src=a.jpg>{maker.link(maker.sentence(50))}"
            f"<span>{maker.rng.randint(1, 900)}</span>",
        )
        for _ in range(maker.rng.randint(6, 40))
    )
    return f"<h1>{escape(maker.label())}</h1>{cards}", ""


_LAYOUTS: Final[tuple[tuple[str, Callable[[Maker], tuple[str, str]], int], ...]] = (
    ("article", _article, 4),
    ("", _plain, 6),
    ("forum", _forum, 1),
    ("product", _product, 1),
    ("", _error, 2),
    ("", _parked, 1),
    ("", _no_results, 1),
    ("", _wall, 2),
    ("", _menus, 1),
    ("", _cards, 1),
)


def made_rows(path: Path, languages: Sequence[str] = LANGUAGES) -> Iterator[dict[str, object]]:
    """The pages as lines of a file of gold would hold them.

    Args:
        path: gzipped JSON: paragraphs by language.
        languages: those to make pages in, if the file has them.
    """
    texts = json.loads(gzip.decompress(path.read_bytes()))
    for language in languages:
        for number, (kind, layout, count) in enumerate(_LAYOUTS):
            for copy in range(count if language in texts else 0):
                name = f"{MADE}-{language}-{number}-{copy}"
                maker = Maker(texts[language], Random(name))
                body, gold = layout(maker)
                title = gold.partition("\n")[0] or maker.label(30)
                full = layout is not _plain and (maker.rng.random() < 0.85 or bool(gold))
                around = (maker.head(title), maker.foot()) if full else ("", "")
                yield {
                    "id": name,
                    "source": MADE,
                    "language": language,
                    "site": f"{MADE}-{language}",
                    "page_type": kind,
                    "has_content": bool(gold),
                    "gold": gold,
                    "html": f"<!doctype html><html><head><meta charset=utf-8><title>{escape(title)}"
                    f"</title></head><body>{around[0]}{body}{around[1]}</body></html>",
                }


def make_pages(path: Path, languages: Sequence[str] = LANGUAGES) -> list[Example]:
    """The pages as examples."""
    made = (example_of(row) for row in made_rows(path, languages))
    return [example for example in made if example is not None]
