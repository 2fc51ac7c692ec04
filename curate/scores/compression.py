"""How much of a text zstd saves, beside what it saves of texts of that script and size."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.labels import script_of
from curate.scores.figures import Curve, tables

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

LEVEL: Final = 3
_DIGIT = re.compile(r"\d")
_ONES = bytes.maketrans(b"0123456789", b"1111111111")


@lru_cache(maxsize=1)
def _codec() -> pa.Codec:
    return pa.Codec("zstd", compression_level=LEVEL)


def compressed_sizes(lowered: Sequence[str]) -> tuple[I64, I64]:
    """int64[n] twice: bytes of each text with every digit as 1, and of it under zstd.

    Args:
        lowered: texts in lower case.
    """
    codec = _codec()
    raw = np.zeros(len(lowered), np.int64)
    packed = np.zeros(len(lowered), np.int64)
    for i, text in enumerate(lowered):
        if text.isascii():
            data = text.encode().translate(_ONES)
        else:
            data = _DIGIT.sub("1", text).encode("utf-8", "replace")
        raw[i], packed[i] = len(data), codec.compress(data).size
    return raw, packed


def saved_percent(raw: I64, packed: I64) -> F64:
    """float64[n]: percent saved, one decimal; negative where zstd adds. NaN for no bytes."""
    share = np.divide(packed, raw, out=np.full(len(raw), np.nan), where=raw > 0)
    return np.array([round(100 * (1 - x), 1) for x in share.tolist()], np.float64)


def expected_percent(
    raw: I64, labels: Sequence[str], curves: Mapping[str, Curve] | None = None
) -> F64:
    """float64[n]: percent that texts of the label's script and of so many bytes save.

    Args:
        raw: int64[n], bytes.
        labels: of the texts.
        curves: script -> its curve, in place of those that WDS was published with.
    """
    known = {**tables().curves, **(curves or {})}
    other = (curves or {}).get("Latn", tables().other)
    scripts = np.array([script_of(label) for label in labels])
    percents = np.empty(len(raw))
    for script in np.unique(scripts).tolist():
        rows = scripts == script
        percents[rows] = known.get(script, other).at(raw[rows].astype(np.float64))
    return percents
