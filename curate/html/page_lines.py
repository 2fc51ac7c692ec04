"""The lines of an extracted page, with what tells text from navigation: width and links.

Nothing here knows a language: no spaces between words, no punctuation and no letter case is looked
for. The length of a line is its *width*, in letters: an ideograph counts three and a syllable of
Hangul, Kana or Yi two, so that one number means about as much text in every script. In the
translations of the Universal Declaration of Human Rights an English text has 3.2 times the
characters of a Chinese one, 2.8 times those of Yi, 2.5 of Korean, 2.2 of Japanese, and between 0.5
and 1.7 times those of all others.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

LONG_LINE_WIDTH = 100
"""From here on a line without links is taken for running text, not for a label or a button."""

_BLOCK = re.compile(r"<(/?)(p|h[1-6]|ul|ol|li|pre|br|a)(?: href=\"[^\"]*\")?>")
_LINK = re.compile(r"<a(?: href=\"[^\"]*\")?>(.*?)(?:</a>|$)")
_MAX_WIDTH = 3  # of one character
_START = re.compile(r"<(p|h[1-6]|li|pre)>")
_CELLS = re.compile(r"\t+")

_SYLLABLE = re.compile(
    "[\u1100-\u115f\u3000-\u33ff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uff01-\uff60"
    "\U0001b000-\U0001b16f]"
)
_IDEOGRAPH = re.compile(
    "[\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00016fe0-\U00018d8f"
    "\U00020000-\U0003fffd]"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page.

    Attributes:
        text: as a reader would write it: ``- `` before a list item, `` | `` between cells.
        tag: ``p``, ``h1`` … ``h6``, ``li``, ``pre``, or empty for text in no such element.
        width: of the text, in letters.
        link_width: of the text inside links.
    """

    text: str
    tag: str
    width: int
    link_width: int

    @property
    def plain_width(self) -> int:
        """Width of the text outside links."""
        return self.width - self.link_width

    @property
    def is_link(self) -> bool:
        """At least half of the line is links."""
        return 2 * self.link_width >= self.width

    @property
    def is_long(self) -> bool:
        """Long enough to be running text."""
        return self.plain_width >= LONG_LINE_WIDTH


def width_of(text: str) -> int:
    """Width of ``text`` in letters: 3 for an ideograph, 2 for a syllable, 1 for any other."""
    if text.isascii():
        return len(text)
    return len(text) + len(_SYLLABLE.findall(text)) + 2 * len(_IDEOGRAPH.findall(text))


def read_lines(minimal_html: str) -> list[Line]:
    """Lines of what resiliparse gives as ``minimal_html`` with links.

    Lines without a letter or a digit of any script are left out: they are rules and separators.
    """
    lines: list[Line] = []
    inside = ""
    for raw in minimal_html.split("\n"):
        start = _START.search(raw)
        tag = start[1] if start else inside
        if start and start[1] in ("p", "pre"):
            inside = start[1]
        if f"</{inside}>" in raw:
            inside = ""
        text = html.unescape(_BLOCK.sub("", raw))
        text = text.rstrip() if tag == "pre" else _CELLS.sub(" | ", text.strip())
        if not any(map(str.isalnum, text)):
            continue
        link_width = _link_width(raw) if "<a" in raw else 0
        shown = f"- {text}" if tag == "li" else text
        lines.append(Line(shown, tag, width_of(text), link_width))
    return lines


def long_width(minimal_html: str) -> int:
    """Width outside links of all long lines, without making the lines."""
    total = 0
    for raw in minimal_html.split("\n"):
        if len(raw) * _MAX_WIDTH < LONG_LINE_WIDTH:
            continue
        text = _BLOCK.sub("", raw)
        if len(text) * (1 if text.isascii() else _MAX_WIDTH) < LONG_LINE_WIDTH:
            continue
        width = width_of(html.unescape(text).strip()) - (_link_width(raw) if "<a" in raw else 0)
        total += width if width >= LONG_LINE_WIDTH else 0
    return total


def _link_width(raw: str) -> int:
    links = (html.unescape(_BLOCK.sub("", link)).strip() for link in _LINK.findall(raw))
    return sum(map(width_of, links))


def densest_run(gains: Sequence[int]) -> tuple[int, int]:
    """Start and end of the run whose sum is greatest; an empty run if no sum is positive.

    Maximum subsequence segmentation (Pasternack and Roth, WWW 2009); linear in time.
    """
    best, total, start, run = 0, 0, 0, (0, 0)
    for i, gain in enumerate(gains):
        if total <= 0:
            total, start = 0, i
        total += gain
        if total > best:
            best, run = total, (start, i + 1)
    return run
