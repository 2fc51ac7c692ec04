"""The compiled part of the URL filter: addresses as one buffer of bytes, looked up by hash."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, inner, kernel
from curate.text.hashing import _xxh64, find_sorted

U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Table = tuple[U64, I64, int]

NOTHING, DOMAIN, URL, WORD, SOFT_WORDS = 0, 1, 2, 3, 4

_SEED = np.uint64(0)
_MAX_PREFIXES = 64


@kernel
def canonical_ascii(
    data: U8, offsets: I64, out: U8, spans: I64, max_bytes: int
) -> npt.NDArray[np.bool_]:
    """The canonical form of every plain address; see :func:`curate.urls.address.canonical`.

    Args:
        data: uint8[n_bytes], the addresses.
        offsets: int64[n + 1] into ``data``.
        out: uint8[n_bytes], receives the forms, each where its address stands in ``data``.
        spans: int64[n, 3], receives where host, rest and the end of the rest are in ``out``.
        max_bytes: a longer address is not plain.

    Returns:
        bool[n]: which addresses are plain: ASCII without blanks, controls, ``%``, ``\\``, ``[`` and
        Punycode. The others are to be done elsewhere.
    """
    plain = np.ones(offsets.size - 1, np.bool_)
    for i in range(plain.size):
        start, end = offsets[i], offsets[i + 1]
        if end - start > max_bytes or not _is_plain(data, start, end):
            plain[i] = False
            continue
        start = _after_scheme(data, start, end)
        stop = start
        while stop < end and data[stop] != 47 and data[stop] != 63 and data[stop] != 35:
            stop += 1
        first, last = _host_of(data, start, stop)
        to = start
        spans[i, 0] = to
        for at in range(first, last):
            out[to] = _lower(data[at])
            to += 1
        spans[i, 1] = to
        for at in range(stop, end):
            out[to] = _lower(data[at])
            to += 1
        spans[i, 2] = to
    return plain


@bare_inner
def _is_plain(data: U8, start: int, end: int) -> bool:
    for at in range(start, end):
        byte = data[at]
        if byte <= 32 or byte >= 127 or byte == 37 or byte == 92 or byte == 91:
            return False
        is_dashes = byte == 45 and at >= start + 3 and data[at - 1] == 45
        if is_dashes and data[at - 3] | 32 == 120 and data[at - 2] | 32 == 110:  # xn--
            return False
    return True


@bare_inner
def _lower(byte: int) -> int:
    return byte + 32 if 65 <= byte <= 90 else byte


@bare_inner
def _after_scheme(data: U8, start: int, end: int) -> int:
    """Behind ``scheme://`` or ``//``, if the address begins so."""
    at = start
    while at < end and (_is_word(_lower(data[at])) or data[at] in (43, 45, 46)):
        at += 1
    if at > start:
        if not 97 <= _lower(data[start]) <= 122 or at >= end or data[at] != 58:
            return start
        at += 1
    return at + 2 if at + 1 < end and data[at] == 47 and data[at + 1] == 47 else start


@bare_inner
def _host_of(data: U8, start: int, end: int) -> tuple[int, int]:
    """The authority without user name, port and trailing dots."""
    first = start
    for at in range(start, end):
        if data[at] == 64:
            first = at + 1
    last = end
    while last > first and 48 <= data[last - 1] <= 57:
        last -= 1
    if last > first and data[last - 1] == 58:
        last -= 1
    else:
        last = end
    while last > first and data[last - 1] == 46:
        last -= 1
    return first, last


@bare_inner
def _is_word(byte: int) -> bool:
    return 97 <= byte <= 122 or 48 <= byte <= 57 or byte >= 128


@kernel
def check(
    data: U8,
    spans: I64,
    domains: Table,
    hosts: Table,
    urls: Table,
    words: U64,
    soft: U64,
    min_soft: int,
) -> tuple[I32, I64]:
    """The first hit of each address.

    Args:
        data: uint8[n_bytes], canonical addresses.
        spans: int64[n, 3], where host, rest and the end of the rest are.
        domains: table; a host or any of its parents is looked up.
        hosts: table; only the whole host is looked up.
        urls: table of addresses; every beginning of a path is looked up.
        words: ascending hashes of words one of which is a hit.
        soft: ascending hashes of words ``min_soft`` of which are a hit.
        min_soft: different soft words needed.

    Returns:
        int32[n] with the kind of hit, and int64[n, 2] with the span of the word for ``WORD``.
    """
    kinds = np.zeros(len(spans), np.int32)
    hit_places = np.zeros((len(spans), 2), np.int64)
    for i in range(len(spans)):
        host, rest, end = spans[i, 0], spans[i, 1], spans[i, 2]
        if _domain_hit(data, host, rest, domains, hosts):
            kinds[i] = DOMAIN
        elif urls[0].size and _url_hit(data, host, rest, end, urls):
            kinds[i] = URL
        else:
            kinds[i], hit_places[i, 0], hit_places[i, 1] = _word_hit(
                data, host, end, words, soft, min_soft
            )
    return kinds, hit_places


@inner
def _domain_hit(data: U8, host: int, rest: int, domains: Table, hosts: Table) -> bool:
    if rest == host:
        return False
    if _has(hosts, data, host, rest):
        return True
    for at in range(host, rest):
        begins = at == host or data[at - 1] == 46
        if begins and _has(domains, data, at, rest):
            return True
    return False


@inner
def _url_hit(data: U8, host: int, rest: int, end: int, urls: Table) -> bool:
    """Whether a listed address is this one or a beginning of it that ends with a part."""
    start = without_www(data, host, rest)
    looked_up = 0
    for at in range(rest, end + 1):
        if at == end or data[at] in (47, 63, 35, 38):
            if _has(urls, data, start, at):
                return True
            looked_up += 1
            if looked_up == _MAX_PREFIXES:
                break
    return False


@bare_inner
def without_www(data: U8, host: int, rest: int) -> int:
    """Behind a leading ``www.``."""
    is_www = rest - host > 4 and data[host + 3] == 46
    for at in range(3):
        is_www = is_www and data[host + at] == 119
    return host + 4 if is_www else host


@inner
def _word_hit(
    data: U8, start: int, end: int, words: U64, soft: U64, min_soft: int
) -> tuple[int, int, int]:
    if words.size == 0 and soft.size == 0:
        return NOTHING, 0, 0
    seen = np.empty(min_soft, np.uint64)
    n_seen = 0
    at = start
    while at < end:
        if not _is_word(data[at]):
            at += 1
            continue
        first = at
        while at < end and _is_word(data[at]):
            at += 1
        key = _xxh64(data, np.uint64(first), np.uint64(at), _SEED)
        if words.size and find_sorted(words, key) >= 0:
            return WORD, first, at
        if soft.size and n_seen < min_soft and find_sorted(soft, key) >= 0:
            is_new = True
            for k in range(n_seen):
                is_new = is_new and seen[k] != key
            if is_new:
                seen[n_seen] = key
                n_seen += 1
    return (SOFT_WORDS if n_seen >= min_soft else NOTHING), 0, 0


@inner
def _has(table: Table, data: U8, start: int, end: int) -> bool:
    """Whether the hash of ``data[start:end]`` is in a table."""
    keys, firsts, shift = table
    if keys.size == 0:
        return False
    key = _xxh64(data, np.uint64(start), np.uint64(end), _SEED)
    bucket = np.int64(key >> np.uint64(shift))
    for at in range(firsts[bucket], firsts[bucket + 1]):  # noqa: SIM110 - numba has no any()
        if keys[at] == key:
            return True
    return False


def table_of(keys: U64) -> Table:
    """A table of ascending hashes: the hashes, and by their first bits where these begin.

    Eight hashes share their first bits on average, so that a look-up reads one or two lines of
    memory, where a search by halves reads a dozen.
    """
    bits = max(1, int(keys.size // 8).bit_length())
    shift = 64 - bits
    borders = np.arange(1 << bits, dtype=np.uint64) << np.uint64(shift)
    firsts = np.append(np.searchsorted(keys, borders), keys.size).astype(np.int64)
    return keys, firsts, shift
