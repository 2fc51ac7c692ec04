"""The URL filter: which addresses are on a list or hold a listed word.

What datatrove's filter for FineWeb does (arXiv 2406.17557), repaired: the parents of a host are
looked up at every level; words are compared without case, after percent-decoding and Punycode, in
every script; parts of words, which hit ``essex`` and ``youtube``, are off unless asked for.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.errors import ConfigError
from curate.text.hashing import hash_spans
from curate.urls import kernel
from curate.urls.address import MAX_CHARS, canonical
from curate.urls.block_lists import Lines, domains_of, substrings_of, urls_of, words_of
from curate.urls.suffixes import public_suffixes

U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

URL_FILTER_VERSION: Final = "1"
"""Raised by hand when the same lists and addresses give other hits."""

_CHUNK: Final = 1 << 17
_TABLES: Final = ("domains", "hosts", "urls", "words", "soft_words")


@dataclass(frozen=True, eq=False)
class UrlFilter:
    """Lists, compiled: eight bytes an entry, sorted hashes that many processes can map.

    Build one with :meth:`from_lists`. Two different addresses have one hash with probability
    2^-64: one page in 4 * 10^12 hits a list of 4.6 million entries by chance.

    Attributes:
        domains: uint64[n], ascending hashes of hosts that stand for all below them.
        hosts: the same for public suffixes, such as ``co.uk``, which stand for themselves alone.
        urls: the same for addresses, which stand for all that begins with them.
        words: the same for words one of which is a hit.
        soft_words: the same for words several of which are a hit.
        substrings: parts of words, each of which is a hit.
        min_soft_words: different soft words that make a hit.
    """

    domains: U64
    hosts: U64
    urls: U64
    words: U64
    soft_words: U64
    substrings: tuple[str, ...] = ()
    min_soft_words: int = 2
    _parts: re.Pattern[str] | None = field(init=False, repr=False)
    _tables: tuple[kernel.Table, kernel.Table, kernel.Table] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the large tables and compile the pattern of substrings, the longest first."""
        large = (self.domains, self.hosts, self.urls)
        tables = tuple(map(kernel.table_of, large))
        object.__setattr__(self, "_tables", tables)
        ordered = sorted(self.substrings, key=lambda s: (-len(s), s))
        pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        object.__setattr__(self, "_parts", pattern)

    @classmethod
    def from_lists(
        cls,
        *,
        domains: Lines = (),
        urls: Lines = (),
        words: Lines = (),
        soft_words: Lines = (),
        substrings: Lines = (),
        min_soft_words: int = 2,
    ) -> UrlFilter:
        """Compile lists given as lines; see :mod:`curate.urls.block_lists` for their formats.

        Args:
            domains: each stands for itself and every host below it.
            urls: each stands for itself and every address below it.
            words: whole words; one of them anywhere in host, path or query is a hit.
            soft_words: whole words; ``min_soft_words`` different ones are a hit.
            substrings: hits inside words, too: expect false ones.
            min_soft_words: at least 1.

        Raises:
            ConfigError: a line of words holds several, or ``min_soft_words`` is below 1.
        """
        if min_soft_words < 1:
            raise ConfigError(
                "min_soft_words",
                wanted="at least 1 word",
                found=str(min_soft_words),
                todo="leave `soft_words` empty to switch them off",
            )
        suffixes = (
            _hashes(canonical(suffix)[0] for suffix in public_suffixes()) if domains else None
        )
        listed = _hashes(domains_of(domains))
        alone = np.zeros(len(listed), np.bool_) if suffixes is None else np.isin(listed, suffixes)
        return cls(
            domains=listed[~alone],
            hosts=listed[alone],
            urls=_hashes(urls_of(urls)),
            words=_hashes(words_of(words, where="list of words")),
            soft_words=_hashes(words_of(soft_words, where="list of soft words")),
            substrings=tuple(sorted(set(substrings_of(substrings)))),
            min_soft_words=min_soft_words,
        )

    def check(self, urls: Sequence[str | None] | pa.Array | pa.ChunkedArray) -> list[str | None]:
        """The first hit of each address; None for nothing and for a missing address.

        Returns:
            ``domain``, ``url``, ``word:<w>``, ``soft_words:<a>,<b>`` or ``substring:<s>``.
        """
        data, spans = _canonical_batch(urls)
        domains, hosts, listed = self._tables
        kinds, hit_places = kernel.check(
            data, spans, domains, hosts, listed, self.words, self.soft_words, self.min_soft_words
        )
        hits: list[str | None] = [None] * len(spans)
        for row in np.flatnonzero(kinds):
            hits[row] = self._name(data, spans[row], kinds[row], hit_places[row])
        if self._parts is not None:
            for row in np.flatnonzero(kinds == kernel.NOTHING):
                part = self._parts.search(_string(data, spans[row, 0], spans[row, 2]))
                hits[row] = f"substring:{part[0]}" if part else None
        return hits

    def _name(self, data: U8, span: I64, kind: int, word: I64) -> str:
        if kind == kernel.DOMAIN:
            return "domain"
        if kind == kernel.URL:
            return "url"
        if kind == kernel.WORD:
            return f"word:{_string(data, word[0], word[1])}"
        tokens = dict.fromkeys(_words(_string(data, span[0], span[2])))
        known = np.isin(_hashes_in_order(list(tokens)), self.soft_words)
        soft = [token for token, is_soft in zip(tokens, known, strict=True) if is_soft]
        return f"soft_words:{','.join(soft[: self.min_soft_words])}"

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits of everything that decides what is hit."""
        return hashlib.sha256(URL_FILTER_VERSION.encode() + self.to_bytes()).hexdigest()[:16]

    def to_bytes(self) -> bytes:
        """The filter as bytes, the same on every machine, for :meth:`from_bytes`."""
        out = io.BytesIO()
        for name in _TABLES:
            np.save(out, getattr(self, name).astype("<u8"))
        np.save(out, np.frombuffer("\n".join(self.substrings).encode(), np.uint8))
        np.save(out, np.array([self.min_soft_words], "<i8"))
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> UrlFilter:
        """The filter whose bytes :meth:`to_bytes` gave."""
        file = io.BytesIO(data)
        tables = [np.load(file).astype(np.uint64) for _ in _TABLES]
        substrings = np.load(file).tobytes().decode().split("\n")
        (min_soft_words,) = np.load(file).tolist()
        return cls(
            **dict(zip(_TABLES, tables, strict=True)),
            substrings=tuple(filter(None, substrings)),
            min_soft_words=min_soft_words,
        )


def _suffix_hashes() -> U64:
    return _hashes(canonical(suffix)[0] for suffix in public_suffixes())


_WORD = re.compile(r"[a-z0-9\x80-\U0010ffff]+")


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _string(data: U8, start: int, end: int) -> str:
    return data[start:end].tobytes().decode("utf-8", "replace")


def _hashes(entries: Iterable[str]) -> U64:
    """uint64[n]: hashes of entries, ascending, each once; a chunk at a time."""
    waiting = iter(entries)
    parts = []
    while chunk := list(islice(waiting, _CHUNK)):
        parts.append(np.unique(_hashes_in_order(chunk)))
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint64)


def _hashes_in_order(entries: Sequence[str]) -> U64:
    data, offsets = _flat([entry.encode("utf-8", "replace") for entry in entries])
    return hash_spans(data, offsets[:-1], offsets[1:])


def _flat(encoded: Sequence[bytes]) -> tuple[U8, I64]:
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(part) for part in encoded], out=offsets[1:])
    return np.frombuffer(bytearray(b"".join(encoded)), np.uint8), offsets


def _canonical_batch(urls: Sequence[str | None] | pa.Array | pa.ChunkedArray) -> tuple[U8, I64]:
    """All addresses in canonical form: uint8[n_bytes] and int64[n, 3], host, rest and end."""
    if isinstance(urls, pa.Array | pa.ChunkedArray):
        urls = urls.to_pylist()
    data, offsets = _flat([(url or "").encode("utf-8", "replace") for url in urls])
    spans = np.zeros((len(urls), 3), np.int64)
    out = np.zeros(data.size, np.uint8)
    plain = kernel.canonical_ascii(data, offsets, out, spans, MAX_CHARS)
    others = list(_done_here(urls, np.flatnonzero(~plain), out.size, spans))
    joined = np.concatenate([out, np.frombuffer(b"".join(others), np.uint8)]) if others else out
    return joined, spans


def _done_here(urls: Sequence[str | None], rows: I64, size: int, spans: I64) -> Iterator[bytes]:
    """Canonical forms of the addresses that are not plain, to be put behind ``size`` bytes."""
    for row in rows:
        host, rest = (part.encode("utf-8", "replace") for part in canonical(urls[row] or ""))
        spans[row] = size, size + len(host), size + len(host) + len(rest)
        size = spans[row, 2]
        yield host + rest
