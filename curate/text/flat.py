"""Many texts as one flat buffer of code points: what the kernels read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.jit import bare_inner, bare_kernel, kernel

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
Bools = npt.NDArray[np.bool_]

_CONTINUATION = np.uint8(0x80)

# Numba compiles a function for a literal 0 and once more for any number; int(ZERO) is the latter.
ZERO: Final = np.int64(0)


@dataclass(frozen=True, slots=True, eq=False)
class FlatTexts:
    """The code points of many texts, one after the other.

    Args:
        points: uint32[n_points]; lone surrogates are passed through.
        offsets: int64[n_texts + 1]; text i is ``points[offsets[i]:offsets[i + 1]]``.
        is_valid: bool[n_texts]; False where there is no text at all, which is not an empty one.
    """

    points: U32
    offsets: I64
    is_valid: Bools

    def __len__(self) -> int:
        return len(self.is_valid)

    def string(self, index: int) -> str:
        """Text ``index`` as Python knows it; ``""`` where there is none."""
        points = self.points[self.offsets[index] : self.offsets[index + 1]]
        return points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


Texts: TypeAlias = Sequence[str | None] | pa.Array | pa.ChunkedArray | FlatTexts
"""The forms of many texts that every function accepts."""


def flatten(texts: Texts) -> FlatTexts:
    """Many texts as a flat buffer, in time linear in their length. Raises on no text.

    Args:
        texts: strings, an Arrow column of strings, or what is flat already. Bytes of an Arrow
            column that are no UTF-8 become U+FFFD, as ``bytes.decode("utf-8", "replace")`` has it.
    """
    if isinstance(texts, FlatTexts):
        return texts
    if isinstance(texts, pa.Array | pa.ChunkedArray):
        return _of_arrow(texts)
    lengths = [0 if text is None else len(text) for text in texts]
    joined = "".join(text for text in texts if text)
    # A bytearray, because kernels are compiled once for arrays that may be written and once more
    # for others.
    points = np.frombuffer(bytearray(joined.encode("utf-32-le", "surrogatepass")), dtype="<u4")
    is_valid = np.fromiter((text is not None for text in texts), np.bool_, len(texts))
    return FlatTexts(points, _offsets(np.array(lengths, np.int64)), is_valid)


def _offsets(lengths: I64) -> I64:
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def _of_arrow(column: pa.Array | pa.ChunkedArray) -> FlatTexts:
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    parts = [_of_chunk(chunk) for chunk in chunks]
    if len(parts) == 1:
        return parts[0]
    lengths = [np.diff(part.offsets) for part in parts]
    return FlatTexts(
        np.concatenate([np.empty(0, np.uint32), *(part.points for part in parts)]),
        _offsets(np.concatenate([np.empty(0, np.int64), *lengths])),
        np.concatenate([np.empty(0, np.bool_), *(part.is_valid for part in parts)]),
    )


def _of_chunk(chunk: pa.Array) -> FlatTexts:
    n_texts = len(chunk)
    is_valid = np.asarray(chunk.is_valid().to_numpy(zero_copy_only=False), np.bool_)
    if pa.types.is_null(chunk.type) or not n_texts:
        return FlatTexts(np.empty(0, np.uint32), np.zeros(n_texts + 1, np.int64), is_valid)
    is_large = pa.types.is_large_string(chunk.type)
    if not is_large and not pa.types.is_string(chunk.type):
        raise TypeError(f"texts are strings, not {chunk.type}")
    _, offset_buffer, data = chunk.buffers()
    kind = np.int64 if is_large else np.int32
    stored = np.frombuffer(offset_buffer, kind)[chunk.offset :][: n_texts + 1]
    byte_offsets: I64 = stored.astype(np.int64)
    raw = np.empty(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    offsets, n_bad = _count_points(raw, byte_offsets, is_valid)
    if n_bad:
        return flatten(_leniently(raw, byte_offsets, is_valid))
    points = np.empty(offsets[-1], np.uint32)
    _decode(raw, byte_offsets, is_valid, points)
    return FlatTexts(points, offsets, is_valid)


def _leniently(raw: U8, byte_offsets: I64, is_valid: Bools) -> list[str | None]:
    """The texts by Python's own decoder, which knows what to do with bytes that are no UTF-8."""
    pairs = zip(byte_offsets[:-1].tolist(), byte_offsets[1:].tolist(), is_valid, strict=True)
    return [
        raw[start:end].tobytes().decode("utf-8", "replace") if valid else None
        for start, end, valid in pairs
    ]


@bare_inner
def _sequence_length(raw: U8, at: int, end: int) -> int:
    """Bytes of the well-formed UTF-8 sequence at ``at`` (Unicode, table 3-7); 0 if none is."""
    lead = raw[at]
    if lead < 0x80:
        return 1
    if lead < 0xC2 or lead > 0xF4:
        return 0
    n = 2 if lead < 0xE0 else (3 if lead < 0xF0 else 4)
    if at + n > end:
        return 0
    for k in range(1, n):
        if raw[at + k] & 0xC0 != _CONTINUATION:
            return 0
    second = raw[at + 1]
    overlong = (lead == 0xE0 and second < 0xA0) or (lead == 0xF0 and second < 0x90)
    surrogate = lead == 0xED and second >= 0xA0
    too_large = lead == 0xF4 and second >= 0x90
    return 0 if overlong or surrogate or too_large else n


@kernel
def _count_points(raw: U8, byte_offsets: I64, is_valid: Bools) -> tuple[I64, int]:
    """int64[n_texts + 1] offsets in code points, and the number of ill-formed texts."""
    offsets = np.empty(len(is_valid) + 1, np.int64)
    offsets[0] = 0
    n_bad = 0
    for text in range(len(is_valid)):
        n_points = 0
        if is_valid[text]:
            at, end = byte_offsets[text], byte_offsets[text + 1]
            while at < end:
                n = 1 if raw[at] < 0x80 else _sequence_length(raw, at, end)
                if n == 0:
                    n_bad += 1
                    break
                at += n
                n_points += 1
        offsets[text + 1] = offsets[text] + n_points
    return offsets, n_bad


@bare_kernel
def _decode(raw: U8, byte_offsets: I64, is_valid: Bools, points: U32) -> None:
    """Fill ``points`` from well-formed UTF-8."""
    place = 0
    for text in range(len(is_valid)):
        if not is_valid[text]:
            continue
        at, end = byte_offsets[text], byte_offsets[text + 1]
        while at < end:
            lead = np.uint32(raw[at])
            if lead < 0x80:
                points[place] = lead
                at += 1
            else:
                n = 2 if lead < 0xE0 else (3 if lead < 0xF0 else 4)
                value = lead & np.uint32(0x7F >> n)
                for k in range(1, n):
                    value = (value << np.uint32(6)) | np.uint32(raw[at + k] & 0x3F)
                points[place] = value
                at += n
            place += 1
