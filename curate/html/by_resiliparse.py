"""HTML -> the text of the main content with resiliparse: fast, and generous.

Resiliparse (Bevendorff et al., ECIR 2018) goes by element names, roles and class names, so it knows
no language. It keeps nearly all of an article, and more of what surrounds it than others do.

Version 2.0.1, the newest so far, and those before it that have the test leave out of the main
content every text node of exactly three bytes of UTF-8 whose last one is not ASCII, taking it for a
character of private use: nearly any single letter or mark of Chinese, Japanese, Korean, Hindi or
Thai that stands in an element of its own. So such nodes get an invisible character, which is taken
out again behind it.
"""

from __future__ import annotations

import html as html_module
import re
from typing import Any

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from curate.html.markup.read_page import scan_page

# Pictures' descriptions, bylines and readers' comments are not the article.
_MAIN_CONTENT: dict[str, Any] = {
    "main_content": True,
    "alt_texts": False,
    "comments": False,
    "post_meta": False,
}
_SHIELD = "\u2060"  # word joiner: no width, no meaning to a reader
_LOST_BYTES = 3
_NOT_ASCII = 0x80
_LONGEST_SOURCE = 40  # bytes of source: no name of one character is longer
_SURROGATE = re.compile("[\ud800-\udfff]")
_BULLET = re.compile(r"^(\s*)•\s+", re.MULTILINE)
_CELLS = re.compile(r"(?<=\S)\t+(?=\S)")
_BLANK_LINES = re.compile(r"\n\s*\n")


def parse(html: str) -> HTMLTree:
    """The tree of a page as browsers build it (WHATWG HTML, 13.2); never fails on bad markup."""
    try:
        return HTMLTree.parse(html)
    except UnicodeEncodeError:
        return HTMLTree.parse(_SURROGATE.sub("\ufffd", html))


def parse_shielded(html: str) -> HTMLTree:
    """The page with all that the main content would lose to the library's defect kept from it."""
    page = scan_page(html)
    ends = [stop for start, stop in page.texts(_LONGEST_SOURCE) if _is_lost(page.raw[start:stop])]
    if not ends:
        return parse(html)
    starts = [0, *ends]
    parts = [page.raw[a:b].decode() for a, b in zip(starts, [*ends, len(page.raw)], strict=True)]
    return parse(_SHIELD.join(parts))


def _is_lost(text: bytes) -> bool:
    if b"&" in text:
        text = html_module.unescape(text.decode()).encode("utf-8", "replace")
    text = text.strip()  # white space around it saves nothing
    return len(text) == _LOST_BYTES and text[-1] >= _NOT_ASCII


def main_text(html: str) -> str:
    """Text of the main content: a line per block, ``- `` list items, `` | `` between cells."""
    text: str = extract_plain_text(parse_shielded(html), **_MAIN_CONTENT).replace(_SHIELD, "")
    text = _CELLS.sub(" | ", _BULLET.sub(r"\1- ", text))
    return _BLANK_LINES.sub("\n", text).strip()


def main_html(tree: HTMLTree) -> str:
    """Main content as HTML with links, for :func:`curate.html.page_lines.read_lines`."""
    # A caption stands between two paragraphs and belongs to neither.
    text = _minimal_html(tree, skip_elements=["[class*=caption]"], **_MAIN_CONTENT)
    return text.replace(_SHIELD, "")


def whole_html(tree: HTMLTree) -> str:
    """All that a reader of the page sees, in the same form."""
    return _minimal_html(tree, alt_texts=False)


def _minimal_html(tree: HTMLTree, **options: Any) -> str:  # noqa: ANN401 - the library's
    html: str = extract_plain_text(tree, preserve_formatting="minimal_html", links=True, **options)
    return html


def visible_text(tree: HTMLTree) -> str:
    """All that a reader of the whole page sees, a line per block."""
    text: str = extract_plain_text(tree, alt_texts=False)
    return text


def n_visible_characters(tree: HTMLTree) -> int:
    """Characters that a reader of the whole page sees, white space aside."""
    text = extract_plain_text(tree, preserve_formatting=False, alt_texts=False)
    return len("".join(text.split()))
