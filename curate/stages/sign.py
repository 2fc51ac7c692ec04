"""Sign: MinHash band keys and an 8-bit signature for each document."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate import schema
from curate.dedup.bands import band_keys, compact_signature
from curate.dedup.minhash import MinHashParams, signatures
from curate.dedup.shingles import shingle_hashes
from curate.stages.base import Stage, append
from curate.text.normalize import shingle_form
from curate.text.split import Tokens, split


def add_bands(
    batch: pa.Table, *, params: MinHashParams, tokens: Sequence[Tokens] | None = None
) -> pa.Table:
    """Add ``band_keys`` and ``signature``; null where the text has no words.

    Args:
        batch: has ``text``.
        params: shingle length, bands, rows and seed.
        tokens: the texts' tokens, if somebody has split them already.
    """
    if tokens is None:
        tokens = [split(text) for text in batch["text"].to_pylist()]
    hashes = [
        shingle_hashes([form for w in t.words() if (form := shingle_form(w))], params.n_grams)
        for t in tokens
    ]
    counts = np.array([len(h) for h in hashes], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    flat = np.concatenate([np.empty(0, np.uint64), *hashes])
    signed = signatures(flat, offsets, params)
    empty = counts == 0
    return append(
        batch,
        {
            "band_keys": _fixed_list(band_keys(signed, params), empty),
            "signature": _fixed_binary(compact_signature(signed), empty),
        },
    )


def _fixed_list(keys: npt.NDArray[np.uint64], empty: npt.NDArray[np.bool_]) -> pa.Array:
    values = pa.array(np.ascontiguousarray(keys).reshape(-1))
    kind = pa.list_(pa.uint64(), keys.shape[1])
    return pa.FixedSizeListArray.from_arrays(values, type=kind, mask=pa.array(empty))


def _fixed_binary(packed: npt.NDArray[np.uint8], empty: npt.NDArray[np.bool_]) -> pa.Array:
    rows = [None if blank else row.tobytes() for row, blank in zip(packed, empty, strict=True)]
    return pa.array(rows, pa.binary(packed.shape[1]))


def bands_schema(params: MinHashParams) -> pa.Schema:
    """Schema of the bands sidecar: as declared, with the widths of these parameters."""
    widths = {
        "band_keys": pa.list_(pa.uint64(), params.n_bands),
        "signature": pa.binary(params.n_bands * params.rows_per_band),
    }
    return pa.schema([pa.field(c.name, widths[c.name]) for c in schema.BANDS.columns])


def sign_stage(params: MinHashParams) -> Stage:
    """The stage, bound to MinHash parameters."""
    return Stage(
        "sign",
        partial(add_bands, params=params),
        reads=(schema.DOCUMENTS.columns[-1],),
        writes=schema.BANDS.columns,
    )
