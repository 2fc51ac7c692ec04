"""Files of packages as documents: HTML, Mallard and DocBook, sentences.

HTML goes through curate's own extractor, and so does XML after its tags have been exchanged for
those of HTML, so that lines break where they would break in a crawl.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from lxml import etree

from curate.html.charset import decode
from curate.html.extract import extract
from curate.html.extractors import CASCADE
from curate.text.normalize import normalize_text
from curate.text.repair import repair
from curate.text.split import Kind, split

TEXTS_VERSION: Final = "1"
"""Raised whenever a change of this module changes a text."""

SENTENCES_PER_DOCUMENT: Final = 10

_BLOCKS: Final = {
    "p": "p para simpara desc title subtitle term screen code programlisting literallayout cite",
    "li": "item listitem step member callout",
    "ul": "list steps terms itemizedlist orderedlist procedure variablelist simplelist",
    "tr": "tr row",
    "td": "td th entry",
    "table": "table tgroup informaltable",
}
_TAGS: Final = {name: tag for tag, names in _BLOCKS.items() for name in names.split()}
_HEADINGS: Final = frozenset({"page", "section", "article", "book", "chapter", "sect1", "sect2"})
_LEFT_OUT_NAMES: Final = (
    "info bookinfo articleinfo sectioninfo remark indexterm links media mediaobject imageobject "
    "caption legalnotice revhistory comment"
)
_LEFT_OUT: Final = frozenset(_LEFT_OUT_NAMES.split())
_UNITS: Final = ("sect1", "preface", "appendix")
_SPACE: Final = re.compile(r"\s+")


class Text(NamedTuple):
    """The text of one document, and where it comes from."""

    page: str
    locale: str
    text: str


@dataclass(frozen=True, slots=True)
class Raw:
    """One file of a package, not read yet.

    Attributes:
        page: its path without the locale, so that translations of one page have one name.
        locale: as the package writes it.
        body: its bytes.
    """

    page: str
    locale: str
    body: bytes


def order_of(page: str) -> str:
    """A key that puts pages in an order of chance, the same in every language."""
    return hashlib.sha256(page.encode()).hexdigest()


def n_words(text: str) -> int:
    """Words as the metric ``n_words`` counts them."""
    kinds = split(text).kinds
    return int((kinds == Kind.WORD).sum() + (kinds == Kind.NUMBER).sum())


def from_html(raw: Raw) -> Iterator[Text]:
    """The main text of a page."""
    yield Text(raw.page, raw.locale, _extracted(decode(raw.body, None).text))


def from_xml(raw: Raw) -> Iterator[Text]:
    """A Mallard page, or each section of the first level of a DocBook file."""
    parser = etree.XMLParser(recover=True, load_dtd=False, resolve_entities=False, no_network=True)
    root = etree.fromstring(raw.body, parser)
    if root is None:
        return
    units = [e for e in root.iter(etree.Element) if _name(e) in _UNITS and e is not root]
    for n, unit in enumerate(units or [root]):
        html = "".join(_as_html(unit))
        whole = f"<html><body><article>{html}</article></body></html>"
        yield Text(f"{raw.page}#{n}", raw.locale, _extracted(whole))


def _extracted(html: str) -> str:
    return normalize_text(repair(extract(html, extractor=CASCADE, fallback_chars=250).text))


def _as_html(element: etree._Element) -> Iterator[str]:
    """The element with the tags of HTML; what is no block is its text."""
    name = _name(element)
    if name in _LEFT_OUT:
        return
    tag = _TAGS.get(name)
    parent = element.getparent()
    if name == "title" and parent is not None:
        tag = "h1" if _name(parent) in _HEADINGS else "p"
    yield f"<{tag}>" if tag else ""
    yield _escaped(element.text)
    for child in element:
        if isinstance(child.tag, str):
            yield from _as_html(child)
        yield _escaped(child.tail)
    yield f"</{tag}>" if tag else ""


def _name(element: etree._Element) -> str:
    """The tag without its namespace, declared or not."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _escaped(text: str | None) -> str:
    plain = _SPACE.sub(" ", text or "")
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def from_sentences(raw: Raw) -> Iterator[Text]:
    """Lines ``language<TAB>sentence``: neighbours of a language together, on one line."""
    found: dict[str, list[str]] = {}
    for line in raw.body.decode().splitlines():
        language, _, sentence = line.partition("\t")
        found.setdefault(language, []).append(sentence.strip())
    for language, sentences in found.items():
        for at in range(0, len(sentences), SENTENCES_PER_DOCUMENT):
            text = " ".join(sentences[at : at + SENTENCES_PER_DOCUMENT])
            yield Text(str(at), language, normalize_text(repair(text)))


READERS: Final[Mapping[str, Callable[[Raw], Iterator[Text]]]] = {
    "html": from_html,
    "xml": from_xml,
    "sentences": from_sentences,
}
"""How each ``format`` of a source is read: a file -> its documents."""
