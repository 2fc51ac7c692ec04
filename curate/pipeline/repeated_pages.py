"""What came of a page, remembered for when the same bytes come again.

A crawl holds one page under many addresses. Each is a document, to be counted as a duplicate
later, but it needs extracting once. Pages are known by a hash of their bytes: the digest that a
WARC file gives was computed by whoever wrote it, over bytes we did not see.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from curate.engine.sandbox import Outcome

MAX_BYTES = 64 << 20
"""Most memory that the texts of one shard's pages may take, in bytes, counted generously."""

_BYTES_PER_CHARACTER = 4  # what CPython needs at most
_BYTES_PER_ENTRY = 1024


class RepeatedPages:
    """An extractor that is called once for equal pages.

    Of a page that hung or crashed that is remembered too, or a thousand copies of it would cost a
    thousand deadlines. The least recently used are forgotten when ``max_bytes`` is reached.

    Args:
        extract: body and ``Content-Type`` to outcome; the charset of the header is part of what
            makes two pages equal.
        max_bytes: most memory that remembered outcomes may take.
    """

    def __init__(
        self, extract: Callable[[bytes, str | None], Outcome], *, max_bytes: int = MAX_BYTES
    ) -> None:
        self.n_repeated = 0
        self._extract = extract
        self._max_bytes = max_bytes
        self._bytes = 0
        self._known: OrderedDict[bytes, tuple[Outcome, int]] = OrderedDict()

    def __call__(self, payload: bytes, http_content_type: str | None) -> Outcome:
        """The outcome for this page, now or remembered."""
        key = _digest(payload, http_content_type)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            self.n_repeated += 1
            return known[0]
        outcome = self._extract(payload, http_content_type)
        self._remember(key, outcome)
        return outcome

    def _remember(self, key: bytes, outcome: Outcome) -> None:
        n_bytes = _BYTES_PER_ENTRY + _BYTES_PER_CHARACTER * _n_characters(outcome.value)
        if n_bytes > self._max_bytes:
            return
        self._known[key] = (outcome, n_bytes)
        self._bytes += n_bytes
        while self._bytes > self._max_bytes:
            _, (_, freed) = self._known.popitem(last=False)
            self._bytes -= freed


def _digest(payload: bytes, http_content_type: str | None) -> bytes:
    """128 bits over both; the header goes in as the key, so that no bytes of one pass for other."""
    header = (http_content_type or "").encode("utf-8", "surrogatepass")
    key = hashlib.blake2b(header, digest_size=32).digest()
    return hashlib.blake2b(payload, digest_size=16, key=key).digest()


def _n_characters(value: Any) -> int:  # noqa: ANN401 - what the extractor returned
    return len(value["text"]) if isinstance(value, dict) else 0
