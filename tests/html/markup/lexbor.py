"""Visible text of a page by the tree of a real parser, lexbor through resiliparse."""

from __future__ import annotations

from typing import Any

from resiliparse.parse.html import HTMLTree, NodeType

_LEFT_OUT = """
    applet audio canvas datalist iframe meter noembed noframes object progress script select
    style svg template textarea title video annotation annotation-xml rp
"""
LEFT_OUT = frozenset(_LEFT_OUT.split())
"""Elements whose content no reader of a page sees as text of it."""

MARKS = frozenset(
    ("mw-editsection", "editsection", "headerlink", "header-anchor", "anchorjs-link", "hash-link")
) | {"anchor-link"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

_GONE = dict.fromkeys(
    [*range(9), 11, *range(14, 32), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, 0x200B, 0x2060]
)
_GONE[0xFEFF] = None


def squeezed(text: str) -> str:
    """Without white space, and without what has neither width nor meaning."""
    return "".join(text.translate(_GONE).split())


def _is_mark(node: Any) -> bool:  # noqa: ANN401 - the library's
    """A mark for editing or linking a heading."""
    if node.tag not in ("a", "span") or not MARKS & set(node.getattr("class", "").lower().split()):
        return False
    while node is not None and node.type == NodeType.ELEMENT:
        if node.tag in HEADINGS:
            return True
        node = node.parent
    return False


def visible_text(html: str) -> str:
    """All text nodes but for those in LEFT_OUT, in document order, squeezed."""
    root = HTMLTree.parse(html).document
    assert root is not None
    parts: list[str] = []
    node = root.first_child
    while node is not None:
        is_element = node.type == NodeType.ELEMENT
        is_left_out = is_element and (node.tag in LEFT_OUT or _is_mark(node))
        if node.type == NodeType.TEXT:
            parts.append(node.text or "")
        after = None if is_left_out else node.first_child
        while after is None and node is not None:
            after = node.next
            node = node.parent if after is None else node
            if node is None or node == root:
                break
        node = after
    return squeezed("".join(parts))
