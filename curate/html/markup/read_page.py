"""A page's HTML -> :class:`curate.html.markup.page.Page`: scanner, tree builder and writer."""

from __future__ import annotations

import html as html_module
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.markup import attributes, page_layout, stack, text, tokenizer
from curate.html.markup.declarations import (
    LINKED_DATA,
    META,
    MOST,
    N_KINDS,
    PAGE_TYPE,
    find_declarations,
    meta_names,
)
from curate.html.markup.find_byte import PADDING
from curate.html.markup.names import ATTRIBUTE, fnv1a, names
from curate.html.markup.page import Page
from curate.html.markup.page_layout import lay_out
from curate.html.markup.tags import TAG

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

MAX_TOKENS: Final = 4_000_000
"""Tags and pieces of text of a page after these are left out."""

_PROPERTY, _CONTENT = ATTRIBUTE["property"], ATTRIBUTE["content"]

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, eq=False)
class Scanned:
    """A page as tokens.

    Attributes:
        raw: UTF-8 of the page.
        src: uint8[n + 16] or some more, the same, and zeros.
        tokens: int32[t, 8], see :mod:`curate.html.markup.tokenizer`.
        attrs: int32[a, 3], see :mod:`curate.html.markup.attributes`.
        n_steps: bytes that were looked at in tags and raw text.
    """

    raw: bytes
    src: U8
    tokens: I32
    attrs: I32
    n_steps: int

    def attribute(self, token: int, name: str) -> str | None:
        """Value of an attribute of a tag, references decoded; None if it has none."""
        which = ATTRIBUTE[name]
        return next((self.value(a, b) for x, a, b in self.attributes(token) if x == which), None)

    def attributes(self, token: int) -> list[list[int]]:
        """Number, start and stop of each attribute of a tag."""
        first, end = self.tokens[token, tokenizer.ATTR], self.tokens[token, tokenizer.ATTR_STOP]
        row: list[list[int]] = self.attrs[first:end].tolist()
        return row

    def value(self, start: int, stop: int) -> str:
        """The value of an attribute, references decoded."""
        return html_module.unescape(self.raw[start:stop].decode())

    @cached_property
    def _declarations(self) -> dict[int, list[int]]:
        declared = np.empty((len(self.tokens) + N_KINDS * MOST, 2), np.int32)
        counts = np.zeros(N_KINDS, np.int64)
        n = find_declarations(self.src, self.tokens, self.attrs, meta_names(), counts, declared)
        tokens: dict[int, list[int]] = defaultdict(list)
        for kind, token in declared[:n].tolist():
            tokens[kind].append(token)
        return tokens

    def declarations(self, kind: int) -> list[int]:
        """The tokens that may be of a kind of :mod:`curate.html.markup.declarations`."""
        return self._declarations.get(kind, [])

    def contents(self, tag: str, kind: int) -> list[int]:
        """The tokens of raw text of this kind in elements of this name."""
        is_one = (self.tokens[:, tokenizer.KIND] == kind) & (
            self.tokens[:, tokenizer.WHAT] == TAG[tag]
        )
        places: list[int] = np.flatnonzero(is_one).tolist()
        return places

    def script_type(self, content: int) -> str:
        """The ``type`` of the script of which this token is the content, in lower case."""
        # Its attributes are those of the tag before.
        return (self.attribute(content - 1, "type") or "").strip().lower() if content else ""

    def linked_data(self) -> list[bytes]:
        """The content of each script of JSON-LD."""
        places = self.declarations(LINKED_DATA)
        return [self.content(at) for at in places if self.script_type(at) == _LD_JSON]

    def texts(self, most_bytes: int) -> list[tuple[int, int]]:
        """Start and end in ``raw`` of each piece of text of at most so many bytes."""
        spans = self.tokens[self.tokens[:, tokenizer.KIND] == tokenizer.TEXT][
            :, [tokenizer.START, tokenizer.STOP]
        ]
        short = spans[spans[:, 1] - spans[:, 0] <= most_bytes]
        return [(start, stop) for start, stop in short.tolist()]

    def content(self, token: int) -> bytes:
        """The bytes of a token."""
        return self.raw[self.tokens[token, tokenizer.START] : self.tokens[token, tokenizer.STOP]]


def scan_page(html: str) -> Scanned:
    """The tokens of a page; a lone surrogate counts as U+FFFD."""
    try:
        raw = html.encode()
    except UnicodeEncodeError:
        raw = _SURROGATE.sub("\ufffd", html).encode()
    src = np.frombuffer(raw + bytes(PADDING + -len(raw) % 8), np.uint8)
    # Counting bytes that are frequent is ten times as fast with vectors.
    n_tokens = min(2 * int(np.count_nonzero(src == ord("<"))) + 4, MAX_TOKENS)
    tokens = np.empty((n_tokens, tokenizer.N_TOKEN_COLUMNS), np.int32)
    attrs = np.empty(
        (int(np.count_nonzero(src == ord("="))) + 1, attributes.N_ATTRIBUTE_COLUMNS), np.int32
    )
    state = np.zeros(tokenizer.N_STATES, np.int64)
    state[tokenizer.INSIDE] = 1
    tokenizer.scan(src, src.view(np.uint64), len(raw), names(), tokens, attrs, state)
    n_tokens, n_attrs = state[tokenizer.N_TOKENS], state[tokenizer.N_ATTRS]
    return Scanned(raw, src, tokens[:n_tokens], attrs[:n_attrs], int(state[tokenizer.STEPS]))


_TYPE = re.compile(rb'"@type"\s*:\s*(\[[^\]]{0,512}\]|"[^"]{0,64}")')
_WORD = re.compile(r"[A-Za-z]+")
_MOST_TYPES = 32
_OG_TYPE = PAGE_TYPE.encode()
_LD_JSON = "application/ld+json"


def _declared_types(page: Scanned) -> list[int]:
    """Hashes of what the page says it is: ``og:type``, and ``@type`` of its JSON-LD."""
    words: dict[str, None] = {}
    for token in page.declarations(META):
        spans = page.attributes(token)
        if any(x == _PROPERTY and _is_og_type(page, a, b) for x, a, b in spans):
            content = next((page.value(a, b) for x, a, b in spans if x == _CONTENT), "")
            words.update(dict.fromkeys(_WORD.findall(content)[:4]))
    for script in page.linked_data():
        for types in _TYPE.findall(script):
            words.update(dict.fromkeys(_WORD.findall(types.decode("utf-8", "replace"))))
            if len(words) > _MOST_TYPES:
                break
    return [fnv1a(b"%" + word.lower().encode()) for word in list(words)[:_MOST_TYPES]]


def _is_og_type(page: Scanned, start: int, stop: int) -> bool:
    raw = page.raw[start:stop]
    return raw.lower() == _OG_TYPE or (b"&" in raw and page.value(start, stop).lower() == PAGE_TYPE)


def read_page(html: str) -> Page:
    """Elements and blocks of a page. Never raises, whatever the page; linear in its length."""
    return arrange(scan_page(html))


def arrange(page: Scanned) -> Page:
    """The rest of :func:`read_page`, for whoever has the tokens."""
    laid, sizes = lay_out(
        page.src, len(page.raw), page.tokens, page.attrs, np.array(_declared_types(page), np.uint32)
    )
    n, n_blocks, n_links = (
        sizes[page_layout.N_ELEMENTS],
        sizes[page_layout.N_BLOCKS],
        sizes[page_layout.N_LINKS],
    )
    return Page(
        parent=laid.elements[stack.PARENT, :n],
        tag=laid.elements[stack.WHAT, :n],
        flags=laid.elements[stack.FLAGS, :n],
        depth=laid.elements[stack.DEPTH, :n],
        end=laid.elements[stack.END, :n],
        first_block=laid.spans[0, :n],
        end_block=laid.spans[1, :n],
        path=laid.paths[:n],
        token_start=laid.own[0, :n],
        token_end=laid.own[1, :n],
        tokens=laid.pieces[: sizes[page_layout.N_PIECES]],
        element=laid.blocks[text.BLOCK_ELEMENT, :n_blocks],
        inline=laid.blocks[text.INLINE, :n_blocks],
        start=laid.blocks[text.START, :n_blocks],
        stop=laid.blocks[text.STOP, :n_blocks],
        n_breaks=laid.blocks[text.N_BREAKS, :n_blocks],
        text=laid.text[: sizes[page_layout.N_BYTES]],
        link_start=laid.links[0, :n_links],
        link_stop=laid.links[1, :n_links],
        n_left_out=sizes[page_layout.N_LEFT_OUT],
        n_visible=sizes[page_layout.N_VISIBLE],
        n_steps=page.n_steps + sizes[page_layout.STEPS],
        title=_title(page, sizes[page_layout.TITLE]),
        lang=_lang(page, int(laid.elements[stack.TOKEN, 0])),
    )


def title_of(page: Scanned) -> str:
    """Text of the first ``title``, white space collapsed; may be empty."""
    titles = page.contents("title", tokenizer.RCDATA_TEXT)
    return _title(page, titles[0]) if titles else ""


def _title(page: Scanned, token: int) -> str:
    if token < 0:
        return ""
    return " ".join(html_module.unescape(page.content(token).decode()).split())


def _lang(page: Scanned, token: int) -> str:
    if token < 0:
        return ""
    return page.attribute(token, "lang") or page.attribute(token, "xml:lang") or ""
