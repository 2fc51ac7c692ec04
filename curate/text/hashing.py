"""xxHash64 over many spans of one byte buffer, compiled.

The algorithm is the public XXH64 specification (Yann Collet, xxHash, doc/xxhash_spec.md); the
tests hold it against the ``xxhash`` package. It is compiled here because a call of that package
per span costs more than the hash: a document has hundreds of word n-grams.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, inner, kernel

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

# Every operand below is a uint64: numba makes a float of uint64 + int64.
_P1 = np.uint64(0x9E3779B185EBCA87)
_P2 = np.uint64(0xC2B2AE3D27D4EB4F)
_P3 = np.uint64(0x165667B19E3779F9)
_P4 = np.uint64(0x85EBCA77C2B2AE63)
_P5 = np.uint64(0x27D4EB2F165667C5)
_4, _8, _32, _64 = np.uint64(4), np.uint64(8), np.uint64(32), np.uint64(64)


@bare_inner
def _rotate(x: np.uint64, left: np.uint64) -> np.uint64:
    return (x << left) | (x >> (_64 - left))


@bare_inner
def _round(lane: np.uint64, value: np.uint64) -> np.uint64:
    return _rotate(lane + value * _P2, np.uint64(31)) * _P1


# Offsets are uint64 too: with signed ones numba asks of each byte whether to count from the end,
# and then eight reads of a byte cannot become one of eight bytes.


@bare_inner
def _read(buffer: U8, at: np.uint64) -> np.uint64:
    """The eight bytes from ``at`` as a little-endian number, on any machine."""
    value = np.uint64(0)
    for i in range(8):
        value |= np.uint64(buffer[at + np.uint64(i)]) << np.uint64(8 * i)
    return value


@bare_inner
def _read_half(buffer: U8, at: np.uint64) -> np.uint64:
    """The four bytes from ``at``."""
    value = np.uint64(0)
    for i in range(4):
        value |= np.uint64(buffer[at + np.uint64(i)]) << np.uint64(8 * i)
    return value


@bare_inner
def _stripes(buffer: U8, start: np.uint64, end: np.uint64, seed: np.uint64) -> np.uint64:
    """The state after all whole 32-byte stripes of ``buffer[start:end]``."""
    a, b, c, d = seed + _P1 + _P2, seed + _P2, seed, seed - _P1
    at = start
    while at + _32 <= end:
        a = _round(a, _read(buffer, at))
        b = _round(b, _read(buffer, at + _8))
        c = _round(c, _read(buffer, at + _8 + _8))
        d = _round(d, _read(buffer, at + _8 + _8 + _8))
        at += _32
    h = _rotate(a, np.uint64(1)) + _rotate(b, np.uint64(7))
    h += _rotate(c, np.uint64(12)) + _rotate(d, np.uint64(18))
    for lane in (a, b, c, d):
        h = (h ^ _round(np.uint64(0), lane)) * _P1 + _P4
    return h


@inner
def _xxh64(buffer: U8, start: np.uint64, end: np.uint64, seed: np.uint64) -> np.uint64:
    n_bytes = end - start
    h = _stripes(buffer, start, end, seed) if n_bytes >= _32 else seed + _P5
    h += n_bytes
    at = start + n_bytes // _32 * _32
    while at + _8 <= end:
        h = _rotate(h ^ _round(np.uint64(0), _read(buffer, at)), np.uint64(27)) * _P1 + _P4
        at += _8
    if at + _4 <= end:
        h = _rotate(h ^ (_read_half(buffer, at) * _P1), np.uint64(23)) * _P2 + _P3
        at += _4
    while at < end:
        h = _rotate(h ^ (np.uint64(buffer[at]) * _P5), np.uint64(11)) * _P1
        at += np.uint64(1)
    h = (h ^ (h >> np.uint64(33))) * _P2
    h = (h ^ (h >> np.uint64(29))) * _P3
    return h ^ (h >> np.uint64(32))


@inner
def find_sorted(values: npt.NDArray[Any], value: int | np.uint64) -> int:
    """Where ``value`` stands in ascending ``values``; -1 if it does not."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low if low < len(values) and values[low] == value else -1


@kernel
def _hash_spans(buffer: U8, starts: I64, ends: I64, seed: np.uint64) -> U64:
    hashes = np.empty(starts.size, np.uint64)
    for i in range(starts.size):
        hashes[i] = _xxh64(buffer, np.uint64(starts[i]), np.uint64(ends[i]), seed)
    return hashes


def read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view of an array that nobody writes to.

    Numba compiles a function once for arrays that may be written and once more for others. What
    comes from an Arrow buffer may not; so nothing that may come from there is handed on as it is.
    """
    view = array.view()
    view.setflags(write=False)
    return view


def hash_spans(buffer: U8, starts: I64, ends: I64, seed: int = 0) -> U64:
    """XXH64 of ``buffer[starts[i]:ends[i]]`` for every i.

    Args:
        buffer: uint8[n_bytes], contiguous.
        starts: int64[n_spans], byte offsets.
        ends: int64[n_spans], byte offsets, exclusive; spans may overlap and may be empty.
        seed: the seed of XXH64, 0 to 2**64 - 1.

    Returns:
        uint64[n_spans].

    Raises:
        ValueError: a span lies outside the buffer or ends before it starts.
    """
    if starts.shape != ends.shape:
        raise ValueError(f"{starts.shape} starts, {ends.shape} ends")
    if starts.size and (
        starts.min() < 0 or ends.max() > buffer.size or bool(np.any(ends < starts))
    ):
        raise ValueError(f"a span lies outside the buffer of {buffer.size} bytes")
    hashes: U64 = _hash_spans(read_only(buffer), starts, ends, np.uint64(seed))
    return hashes
