"""The element of a page that holds its article.

Of the paragraphs that a first pass took for main content, four fifths of the text stand in one
element, in page after page and language after language; what else that pass let through (menus,
teasers, lists of the newest pages) stands outside of it. The deepest such element is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from resiliparse.parse.html import HTMLTree

from curate.html.page_lines import Line

MAJORITY = 0.8
"""Share of the text in paragraphs that the element must hold. It must be above one half, or there
could be two; of 0.6 to 0.95, tried on held-out folds of articles, 0.8 and 0.9 do best."""

_MAX_STEPS = 100_000  # up the tree, over all paragraphs; reached by hostile nesting alone


@dataclass(frozen=True, slots=True)
class Container:
    """An element and what it holds.

    Attributes:
        node: the element.
        coverage: share of the main content's width outside links that is text in paragraphs.
    """

    node: Any
    coverage: float


def find_container(tree: HTMLTree, lines: Iterable[Line]) -> Container | None:
    """The deepest element with :data:`MAJORITY` of the paragraphs' text.

    Args:
        tree: the page.
        lines: its main content. Paragraphs of the page that are not among them do not count.

    Returns:
        None if the page has no body or no paragraph among its lines, or if the element is the
        body itself.
    """
    if tree.body is None:
        return None
    widths: dict[str, int] = {}
    total = 0
    for line in lines:
        total += line.plain_width
        if line.tag in ("p", "") and not line.is_link:
            widths["".join(line.text.split())] = line.plain_width
    by_parent = _width_by_parent(tree.body, widths)
    in_paragraphs = sum(by_parent.values())
    node = _deepest(tree.body, by_parent, MAJORITY * in_paragraphs)
    return None if node is None else Container(node, min(1.0, in_paragraphs / max(1, total)))


def _width_by_parent(body: Any, widths: dict[str, int]) -> dict[Any, int]:  # noqa: ANN401
    """Width of main content in the paragraphs right below each element."""
    by_parent: dict[Any, int] = {}
    # The slice is a plain list: iterating the live one counts from its start for each element.
    for paragraph in body.query_selector_all("p")[:]:
        text = paragraph.text
        width = widths.get("".join(text.split()), 0)
        if not width and "\n" in text:
            width = sum(widths.get("".join(part.split()), 0) for part in text.split("\n"))
        if width:
            parent = paragraph.parent
            by_parent[parent] = by_parent.get(parent, 0) + width
    return by_parent


def _deepest(body: Any, by_parent: dict[Any, int], enough: float) -> Any:  # noqa: ANN401
    """The deepest element below ``body`` that holds text ``enough`` wide; None if there is none.

    Elements with more than half of the text lie on one path, so the deepest of them is the one
    that is no other's parent.
    """
    held: dict[Any, int] = {}
    steps = 0
    for parent, width in by_parent.items():
        node = parent
        while node is not None and node != body:
            held[node] = held.get(node, 0) + width
            node = node.parent
            steps += 1
            if steps > _MAX_STEPS:
                return None
    path = [node for node, width in held.items() if width >= enough]
    parents = {node.parent for node in path}
    return next((node for node in path if node not in parents), None)
