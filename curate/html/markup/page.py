"""A page as flat arrays: its elements, its blocks of text, and one buffer that holds the text.

A *block* is the text between two borders of block-level elements, as a browser lays it out: white
space collapsed, references decoded, what is never shown left out. Inline elements (``a``, ``b``,
``span``, unknown ones) and ``br`` never end a block. A block is never empty.

All is in document order: a parent has a lower number than its children, the blocks of an element
are a range, and so are its descendants.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Final

import numpy as np
import numpy.typing as npt

I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

MAX_BLOCKS: Final = 30_000
"""Blocks of a page after this many are left out, and counted."""


class Flag(IntFlag):
    """Traits of an element and of those around it: bits that descendants inherit."""

    HIDDEN = 1 << 0  # the attribute hidden; a dialog that is not open
    ARIA_HIDDEN = 1 << 1  # aria-hidden="true"
    NOT_DISPLAYED = 1 << 2  # style: display:none or visibility:hidden
    NOSCRIPT = 1 << 3
    NAV = 1 << 4  # the element or the role navigation, as for the next five
    HEADER = 1 << 5  # role banner
    FOOTER = 1 << 6  # role contentinfo
    ASIDE = 1 << 7  # role complementary
    MAIN = 1 << 8
    ARTICLE = 1 << 9
    SEARCH = 1 << 10
    DIALOG = 1 << 11  # role alertdialog too
    FORM = 1 << 12
    BUTTON = 1 << 13  # role button too
    LINK = 1 << 14  # a with href
    TABLE = 1 << 15
    CELL = 1 << 16  # td, th
    LIST = 1 << 17  # ul, ol, menu, dir, dl
    ITEM = 1 << 18  # li, dd, dt
    PREFORMATTED = 1 << 19  # pre, listing, xmp, plaintext, style white-space:pre…
    CODE = 1 << 20  # code, samp, kbd, tt
    HEADING = 1 << 21  # h1 to h6, role heading
    QUOTE = 1 << 22  # blockquote
    CAPTION = 1 << 23  # figcaption, caption
    FIGURE = 1 << 24
    DETAILS = 1 << 25
    ADDRESS = 1 << 26
    LABEL = 1 << 27  # label, legend
    ITEMPROP = 1 << 28
    MATH = 1 << 29


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A page after one pass over it. E elements, B blocks, L spans of link text.

    Elements. Number 0 is ``html`` and 1 is ``body``, whether the page has their tags or not. Void
    elements (``img``, ``input``) are there too, and those whose content is left out (``svg``,
    ``select``, ``iframe``, ``video``, ``object``); not those of the head, ``script``, ``style``,
    ``template``, ``br`` and ``wbr``. Elements that the standard inserts (``tbody``) are not.

    Attributes:
        parent: int32[E], -1 for number 0.
        tag: int32[E], see :data:`curate.html.markup.tags.NAMES`.
        flags: int32[E], :class:`Flag` with those inherited.
        depth: int32[E], 0 for number 0.
        end: int32[E]; descendants of e are ``e + 1 … end[e] - 1``.
        first_block: int32[E], as the next.
        end_block: int32[E]; the blocks in e are ``first_block[e] … end_block[e] - 1``.
        path: uint64[E], a hash of the tags from number 0 down to the element.
        token_start: int32[E], as the next.
        token_end: int32[E]; the element's tokens are ``tokens[token_start[e]:token_end[e]]``.
        tokens: uint32[T], 32-bit FNV-1a of each piece of ``class`` and ``id``, and, behind a first
            byte ``@``, of ``role`` and ``itemprop``. Pieces are cut at what is no ASCII letter and
            at camel case, in lower case; those of one letter are left out. Element 0 also has,
            behind ``%``, what the head says the page is: ``og:type``, ``@type`` of its JSON-LD.
        element: int32[B], the nearest block-level element around the block.
        inline: int32[B], the deepest element that holds all of the block's text; may be the same.
        start: int32[B], as the next.
        stop: int32[B]; the block's text is ``text[start[b]:stop[b]]``.
        n_breaks: int32[B], line breaks inside: of ``br``, or of preformatted text.
        text: uint8[N], UTF-8; ``\\n`` after each block, which belongs to none.
        link_start: int32[L], as the next.
        link_stop: int32[L]; ``text[link_start[i]:link_stop[i]]`` stands in ``a href``. Ascending,
            without overlap; a link that runs over two blocks is two spans.
        n_left_out: blocks behind :data:`MAX_BLOCKS`.
        n_visible: code points of all blocks but for white space, those left out included.
        n_steps: what reading took: bytes in tags and raw text, elements opened and closed.
        title: text of the first ``title`` outside ``svg``; white space collapsed, may be empty.
        lang: ``lang`` or ``xml:lang`` of the ``html`` tag as it stands; may be empty.
    """

    parent: I32
    tag: I32
    flags: I32
    depth: I32
    end: I32
    first_block: I32
    end_block: I32
    path: U64
    token_start: I32
    token_end: I32
    tokens: U32
    element: I32
    inline: I32
    start: I32
    stop: I32
    n_breaks: I32
    text: U8
    link_start: I32
    link_stop: I32
    n_left_out: int
    n_visible: int
    n_steps: int
    title: str
    lang: str

    @property
    def n_elements(self) -> int:
        """E."""
        return len(self.parent)

    @property
    def n_blocks(self) -> int:
        """B."""
        return len(self.start)

    def block_text(self, block: int) -> str:
        """The text of a block; lines inside it end with ``\\n``."""
        return self.text[self.start[block] : self.stop[block]].tobytes().decode()
