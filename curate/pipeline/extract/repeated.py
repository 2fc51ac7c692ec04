"""Outcomes of pages, remembered for when the same bytes come again.

A crawl holds one page under many addresses. Each is a document, to be counted as a duplicate
later, but it needs extracting once. Pages are known by a hash of their bytes: the digest that a
WARC file gives was computed by whoever wrote it, over bytes we did not see.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

from curate.engine.sandbox import Outcome

MAX_BYTES = 64 << 20
"""Most memory that the texts of one shard's pages may take, in bytes, counted generously."""

_BYTES_PER_CHARACTER = 4  # what CPython needs at most
_BYTES_PER_ENTRY = 1024


class PageRequest(Protocol):
    """A page that was handed to an extractor."""

    def outcome(self) -> Outcome:
        """The outcome, once it is known."""


class RepeatedPages:
    """An extractor that is asked once about equal pages, also while its answer is still to come.

    Of a page that hung or crashed that is remembered too, or a thousand copies of it would cost a
    thousand deadlines. The least recently used are forgotten when ``max_bytes`` is reached.

    Args:
        ask: hands body and ``Content-Type`` to an extractor; the charset of the header is part of
            what makes two pages equal.
        max_bytes: most memory that remembered outcomes may take.
    """

    def __init__(
        self, ask: Callable[[bytes, str | None], PageRequest], *, max_bytes: int = MAX_BYTES
    ) -> None:
        self.n_repeated = 0
        self._ask = ask
        self._max_bytes = max_bytes
        self._bytes = 0
        self._known: OrderedDict[bytes, _Page] = OrderedDict()

    def __call__(self, payload: bytes, http_content_type: str | None) -> PageRequest:
        """This page, handed over now or known already."""
        key = _digest(payload, http_content_type)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            self.n_repeated += 1
            return known
        page = _Page(self, key, self._ask(payload, http_content_type))
        self._known[key] = page
        self._weigh(page, _BYTES_PER_ENTRY)
        return page

    def _weigh(self, page: _Page, n_bytes: int) -> None:
        """Count what an entry takes by now, and forget what is too much."""
        if self._known.get(page.key) is not page:
            return
        self._bytes += n_bytes - page.n_bytes
        page.n_bytes = n_bytes
        if n_bytes > self._max_bytes:
            self._forget(page.key)
        while self._bytes > self._max_bytes:
            self._forget(next(iter(self._known)))

    def _forget(self, key: bytes) -> None:
        self._bytes -= self._known.pop(key).n_bytes


class _Page:
    """A page that is known, and how many bytes it is counted with."""

    __slots__ = ("_outcome", "_pages", "_request", "key", "n_bytes")

    def __init__(self, pages: RepeatedPages, key: bytes, request: PageRequest) -> None:
        self._pages = pages
        self._request: PageRequest | None = request
        self._outcome: Outcome | None = None
        self.key = key
        self.n_bytes = 0

    def outcome(self) -> Outcome:
        """The outcome, once it is known."""
        if self._outcome is None:
            assert self._request is not None
            self._outcome, self._request = self._request.outcome(), None
            n_characters = _n_characters(self._outcome.value)
            self._pages._weigh(self, _BYTES_PER_ENTRY + _BYTES_PER_CHARACTER * n_characters)
        return self._outcome


def _digest(payload: bytes, http_content_type: str | None) -> bytes:
    """128 bits over both; with its length before it, no header passes for a part of the page.

    SHA-256 is what processors have instructions for: four times as fast as BLAKE2 where they do.
    """
    header = (http_content_type or "").encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(len(header).to_bytes(8, "big") + header, usedforsecurity=False)
    digest.update(payload)
    return digest.digest()[:16]


def _n_characters(value: Any) -> int:  # noqa: ANN401 - what the extractor returned
    extracted = value if isinstance(value, dict) else {"text": ""}
    return len(extracted["text"]) + len(extracted.get("xml") or "")
