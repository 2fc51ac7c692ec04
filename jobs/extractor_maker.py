"""Draws the parts of made pages from the paragraphs of one language."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from random import Random
from typing import Final

OF_THE_CONTENT: Final = 20  # paragraphs; all that is around the content is made of the others
_NO_NAMES: Final = 0.35  # of the pages have classes that say nothing


class Maker:
    """Draws the parts of one page."""

    def __init__(self, texts: Sequence[str], rng: Random) -> None:
        """Take the paragraphs of one language."""
        self.rng = rng
        texts = [text for text in texts if text.strip()]
        start = rng.randrange(max(1, len(texts) - 40))
        texts = texts[start:] + texts[:start]
        self.paragraphs, self.others = texts[:OF_THE_CONTENT], texts[OF_THE_CONTENT:]
        self.has_names = rng.random() > _NO_NAMES
        self.tag = rng.choice(("div", "div", "section"))

    def label(self, n_chars: int = 14) -> str:
        """A few words."""
        return cut(self.rng.choice(self.others), self.rng.randint(4, n_chars))

    def sentence(self, n_chars: int = 90) -> str:
        """About a sentence."""
        return cut(self.rng.choice(self.others), n_chars)

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


def cut(text: str, n_chars: int) -> str:
    """At most so many code points, to a space if one is near."""
    if len(text) <= n_chars:
        return text
    space = text.rfind(" ", n_chars // 2, n_chars)
    return text[: space if space > 0 else n_chars]
