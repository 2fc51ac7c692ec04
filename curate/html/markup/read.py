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

from curate.html.markup import attributes, elements, scan, stack, text, tree
from curate.html.markup.declarations import (
    LINKED_DATA,
    META,
    MOST,
    PAGE_TYPE,
    find_declarations,
    meta_names,
)
from curate.html.markup.find import PADDING
from curate.html.markup.names import ATTRIBUTE, fnv1a, names
from curate.html.markup.page import MAX_BLOCKS, Page
from curate.html.markup.tags import NAMES, TAG

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

MAX_TOKENS: Final = 4_000_000
"""Tags and pieces of text of a page after these are left out."""

MAX_ELEMENTS: Final = 2_000_000
"""Elements after these count as their parents; the text in them stays."""

_ROOTS: Final = [TAG["html"], TAG["body"]]

_PROPERTY, _CONTENT = ATTRIBUTE["property"], ATTRIBUTE["content"]

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, eq=False)
class Scanned:
    """A page as tokens.

    Attributes:
        raw: UTF-8 of the page.
        src: uint8[n + 16] or some more, the same, and zeros.
        tokens: int32[t, 8], see :mod:`curate.html.markup.scan`.
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
        first, end = self.tokens[token, scan.ATTR], self.tokens[token, scan.ATTR_STOP]
        found: list[list[int]] = self.attrs[first:end].tolist()
        return found

    def value(self, start: int, stop: int) -> str:
        """What an attribute says, references decoded."""
        return html_module.unescape(self.raw[start:stop].decode())

    @cached_property
    def _declarations(self) -> dict[int, list[int]]:
        found = np.empty((min(2 * len(self.tokens), 10 * MOST), 2), np.int32)
        n = find_declarations(self.src, self.tokens, self.attrs, meta_names(), found)
        tokens: dict[int, list[int]] = defaultdict(list)
        for kind, token in found[:n].tolist():
            tokens[kind].append(token)
        return tokens

    def declarations(self, kind: int) -> list[int]:
        """The tokens that may be of a kind of :mod:`curate.html.markup.declarations`."""
        return self._declarations.get(kind, [])

    def contents(self, tag: str, kind: int) -> list[int]:
        """The tokens of raw text of this kind in elements of this name."""
        is_one = (self.tokens[:, scan.KIND] == kind) & (self.tokens[:, scan.WHAT] == TAG[tag])
        found: list[int] = np.flatnonzero(is_one).tolist()
        return found

    def script_type(self, content: int) -> str:
        """The ``type`` of the script of which this token is the content, in lower case."""
        # Its attributes are those of the tag before.
        return (self.attribute(content - 1, "type") or "").strip().lower() if content else ""

    def linked_data(self) -> list[bytes]:
        """What the scripts of JSON-LD hold."""
        places = self.declarations(LINKED_DATA)
        return [self.content(at) for at in places if self.script_type(at) == _LD_JSON]

    def texts(self, most_bytes: int) -> list[tuple[int, int]]:
        """Start and end in ``raw`` of each piece of text of at most so many bytes."""
        spans = self.tokens[self.tokens[:, scan.KIND] == scan.TEXT][:, [scan.START, scan.STOP]]
        short = spans[spans[:, 1] - spans[:, 0] <= most_bytes]
        return [(start, stop) for start, stop in short.tolist()]

    def content(self, token: int) -> bytes:
        """The bytes of a token."""
        return self.raw[self.tokens[token, scan.START] : self.tokens[token, scan.STOP]]


def scan_page(html: str) -> Scanned:
    """The tokens of a page; a lone surrogate counts as U+FFFD."""
    try:
        raw = html.encode()
    except UnicodeEncodeError:
        raw = _SURROGATE.sub("\ufffd", html).encode()
    src = np.frombuffer(raw + bytes(PADDING + -len(raw) % 8), np.uint8)
    # Counting bytes that are frequent is ten times as fast with vectors.
    n_tokens = min(2 * int(np.count_nonzero(src == ord("<"))) + 4, MAX_TOKENS)
    tokens = np.empty((n_tokens, scan.N_TOKEN_COLUMNS), np.int32)
    attrs = np.empty(
        (int(np.count_nonzero(src == ord("="))) + 1, attributes.N_ATTRIBUTE_COLUMNS), np.int32
    )
    state = np.zeros(scan.N_STATES, np.int64)
    state[scan.INSIDE] = 1
    scan.scan(src, src.view(np.uint64), len(raw), names(), tokens, attrs, state)
    n_tokens, n_attrs = state[scan.N_TOKENS], state[scan.N_ATTRS]
    return Scanned(raw, src, tokens[:n_tokens], attrs[:n_attrs], int(state[scan.STEPS]))


def _build(page: Scanned) -> tuple[I32, I32, I64]:
    """Elements, runs of text, and the state in which the tree builder ended."""
    n_tokens = len(page.tokens)
    n_starts = int(np.count_nonzero(page.tokens[:, scan.KIND] == scan.START_TAG))
    capacity = min(n_starts, MAX_ELEMENTS) + 2
    found = np.empty((capacity, stack.N_ELEMENT_COLUMNS), np.int32)
    open_ones = np.empty((capacity + 1, stack.N_STACK_COLUMNS), np.int32)
    last = np.full(len(NAMES), -1, np.int64)
    found[:2], open_ones[:2], last[_ROOTS] = tree.FIRST_ELEMENTS, tree.FIRST_OPEN, (0, 1)
    runs = np.empty((n_tokens, tree.N_RUN_COLUMNS), np.int32)
    state = np.zeros(stack.N_STATES, np.int64)
    state[[stack.LINK, stack.DROPPING, stack.TITLE]] = -1
    state[[stack.N_ELEMENTS, stack.TOP, stack.BREAKS]] = 2, 1, stack.BLOCK_BREAK
    tree.build(page.src, page.tokens, page.attrs, found, open_ones, last, runs, state)
    found[:2, stack.END] = state[stack.N_ELEMENTS]
    return found[: state[stack.N_ELEMENTS]], runs[: state[stack.N_RUNS]], state


@dataclass(frozen=True, slots=True, eq=False)
class _Written:
    out: U8
    blocks: I32
    links: I32
    marks: I32
    state: I64


def _write(page: Scanned, found: I32, runs: I32) -> _Written:
    out = np.empty(len(page.raw) * 5 // 4 + 64, np.uint8)
    blocks = np.empty((min(len(runs), MAX_BLOCKS), text.N_BLOCK_COLUMNS), np.int32)
    links = np.empty((len(runs), 2), np.int32)
    marks = np.empty(len(runs) + 1, np.int32)
    state = np.zeros(text.N_STATES, np.int64)
    state[[text.INNER, text.OUTER, text.LINK, text.RUBY]] = -1
    text.write(page.src, runs, found, names(), out, blocks, links, marks, state)
    n_blocks, n_links = state[text.N_BLOCKS], state[text.N_LINKS]
    return _Written(out[: state[text.FIRST]], blocks[:n_blocks], links[:n_links], marks, state)


_TYPE = re.compile(rb'"@type"\s*:\s*(\[[^\]]{0,512}\]|"[^"]{0,64}")')
_WORD = re.compile(r"[A-Za-z]+")
_MOST_TYPES = 32
_OG_TYPE = PAGE_TYPE.encode()
_LD_JSON = "application/ld+json"


def _declared_types(page: Scanned) -> list[int]:
    """Hashes of what the page says it is: ``og:type``, and ``@type`` of its JSON-LD."""
    found: dict[str, None] = {}
    for token in page.declarations(META):
        spans = page.attributes(token)
        if any(x == _PROPERTY and _is_og_type(page, a, b) for x, a, b in spans):
            content = next((page.value(a, b) for x, a, b in spans if x == _CONTENT), "")
            found.update(dict.fromkeys(_WORD.findall(content)[:4]))
    for script in page.linked_data():
        for types in _TYPE.findall(script):
            found.update(dict.fromkeys(_WORD.findall(types.decode("utf-8", "replace"))))
            if len(found) > _MOST_TYPES:
                break
    return [fnv1a(b"%" + word.lower().encode()) for word in list(found)[:_MOST_TYPES]]


def _is_og_type(page: Scanned, start: int, stop: int) -> bool:
    raw = page.raw[start:stop]
    return raw.lower() == _OG_TYPE or (b"&" in raw and page.value(start, stop).lower() == PAGE_TYPE)


def read_page(html: str) -> Page:
    """Elements and blocks of a page. Never raises, whatever the page; linear in its length."""
    return arrange(scan_page(html))


def arrange(page: Scanned) -> Page:
    """The rest of :func:`read_page`, for whoever has the tokens."""
    found, runs, built = _build(page)
    written = _write(page, found, runs)
    n = len(found)
    own = np.empty((2, n), np.int32)
    pieces = np.empty(elements.MOST_PIECES * n, np.uint32)
    n_pieces = elements.cut_names(page.src, found, page.tokens, page.attrs, own, pieces)
    declared = np.array(_declared_types(page), np.uint32)
    spans = np.full((2, n), -1, np.int32)
    paths = np.empty(n, np.uint64)
    elements.find_blocks(found, written.blocks, written.marks, spans, paths)
    # Those of element 0 come first.
    own += len(declared)
    own[0, 0] = 0
    tokens = np.concatenate([declared, pieces[:n_pieces]])
    columns = np.ascontiguousarray(found.T)
    blocks = np.ascontiguousarray(written.blocks.T)
    links = np.ascontiguousarray(written.links.T)
    return Page(
        parent=columns[stack.PARENT],
        tag=columns[stack.WHAT],
        flags=columns[stack.FLAGS],
        depth=columns[stack.DEPTH],
        end=columns[stack.END],
        first_block=spans[0],
        end_block=spans[1],
        path=paths,
        token_start=own[0],
        token_end=own[1],
        tokens=tokens,
        element=blocks[text.BLOCK_ELEMENT],
        inline=blocks[text.INLINE],
        start=blocks[text.START],
        stop=blocks[text.STOP],
        n_breaks=blocks[text.N_BREAKS],
        text=written.out,
        link_start=links[0],
        link_stop=links[1],
        n_left_out=int(written.state[text.N_LEFT_OUT]),
        n_visible=int(written.state[text.N_VISIBLE]),
        n_steps=int(page.n_steps + built[stack.STEPS] + written.state[text.STEPS]),
        title=_title(page, int(built[stack.TITLE])),
        lang=_lang(page, found),
    )


def title_of(page: Scanned) -> str:
    """Text of the first ``title``, white space collapsed; may be empty."""
    titles = page.contents("title", scan.RCDATA_TEXT)
    return _title(page, titles[0]) if titles else ""


def _title(page: Scanned, token: int) -> str:
    if token < 0:
        return ""
    return " ".join(html_module.unescape(page.content(token).decode()).split())


def _lang(page: Scanned, found: I32) -> str:
    token = int(found[0, stack.TOKEN])
    if token < 0:
        return ""
    return page.attribute(token, "lang") or page.attribute(token, "xml:lang") or ""
