"""HTML -> text: a fast pass for every page, and trafilatura where its result looks doubtful.

The fast pass takes resiliparse's main content, narrows it to the element that holds the article
(:mod:`curate.html.container`), and keeps the densest run of its lines. It is good at articles.
Whether a page is one is told by two shares that mean the same in every script:

- of the text found, how much stands in long lines: lists, forums and shops have few;
- of all long lines of the page, how many were found: if most were not, the fast pass has taken
  content for navigation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curate.html.by_resiliparse import main_html, parse_shielded, whole_html
from curate.html.container import find_container
from curate.html.page_lines import Line, densest_run, long_width, read_lines

MAJORITY = 0.5
"""Both shares must reach it, or the page is doubtful."""

_MIN_COVERAGE = 0.5  # a page whose paragraphs hold less of its text is not narrowed to them

# Resiliparse takes a list near the body for a menu; those of an article are not.
_AS_DEEP_AS_A_PAGE = "<div>" * 8

# What a line costs, in letters: a button or a label is shorter, a line of a list is about as long.
_COST_PER_LINE = 20


@dataclass(frozen=True, slots=True)
class FastText:
    """The text of the fast pass, and how likely it is whole.

    Attributes:
        text: lines separated by ``\\n``; may be empty.
        long_line_fraction: share of its width in long lines, 0-1.
        found_fraction: share of the width of the page's long lines that it holds, 0-1.
    """

    text: str
    long_line_fraction: float
    found_fraction: float

    @property
    def is_doubtful(self) -> bool:
        """A slower extractor should look at this page."""
        return min(self.long_line_fraction, self.found_fraction) < MAJORITY


def fast_text(html: str) -> FastText:
    """The fast pass over one page."""
    tree = parse_shielded(html)
    whole_width = long_width(whole_html(tree))
    lines = read_lines(main_html(tree))
    container = find_container(tree, lines)
    if container is not None and container.coverage >= _MIN_COVERAGE:
        lines = read_lines(main_html(parse_shielded(_AS_DEEP_AS_A_PAGE + container.node.html)))
    kept = article_lines(lines)
    text = "\n".join(line.text for line in kept)
    width = sum(line.width for line in kept)
    long_part = sum(line.plain_width for line in kept if line.is_long)
    return FastText(text, long_part / max(1, width), min(1.0, long_part / max(1, whole_width)))


def article_lines(lines: Sequence[Line]) -> list[Line]:
    """The densest run of lines, the headings right above it, and no line of links.

    A line gains its width outside links; its width inside links and the line itself cost. Menus
    and link lists at either end lose more than they gain, and one between two paragraphs is
    passed over if the paragraphs outweigh it.
    """
    gains = [line.plain_width - line.link_width - _COST_PER_LINE for line in lines]
    start, end = densest_run(gains)
    while start > 0 and lines[start - 1].tag.startswith("h"):
        start -= 1
    return [line for line in lines[start:end] if not line.is_link]
