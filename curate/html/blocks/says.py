"""Kinds that a page gives itself: ``og:type`` and the types of its JSON-LD."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.markup.names import fnv1a
from curate.html.markup.page import Page

F32 = npt.NDArray[np.float32]

_NEWS: Final = (
    *("newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle"),
    *("backgroundnewsarticle", "reviewnewsarticle", "liveblogposting"),
)
_TYPES: Final = {
    "news": _NEWS,
    "article": ("article", "blogposting", *_NEWS),
    "product": ("product", "offer"),
    "discussion": ("discussionforumposting", "qapage", "question", "comment"),
    "list": ("itemlist", "collectionpage"),
}

SAYS_NAMES: Final = tuple(f"says_{name}" for name in _TYPES)
"""Columns: 1 where the page says that it is of this kind."""

NEWS, ARTICLE, _, DISCUSSION, _ = range(len(_TYPES))

_BITS: Final = {
    fnv1a(b"%" + name.encode()): sum(
        1 << bit for bit, of in enumerate(_TYPES.values()) if name in of
    )
    for names in _TYPES.values()
    for name in names
}


def says(page: Page) -> F32:
    """float32[len(SAYS_NAMES)], 0 or 1."""
    bits = 0
    for token in page.tokens[page.token_start[0] : page.token_end[0]].tolist():
        bits |= _BITS.get(token, 0)
    return np.array([bits >> place & 1 for place in range(len(_TYPES))], np.float32)


def says_discussion() -> F32:
    """The row of a page that calls itself a discussion and nothing else."""
    types = np.zeros(len(_TYPES), np.float32)
    types[DISCUSSION] = 1.0
    return types
