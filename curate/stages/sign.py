"""Sign: MinHash band keys and an 8-bit signature for each document."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate import schema
from curate.dedup.bands import band_keys, compact_signature
from curate.dedup.minhash import UNSIGNED, MinHashParams, is_signed, signatures
from curate.dedup.shingles import shingle_words
from curate.stages.stage import Stage, append
from curate.text.hashing import I64, U64
from curate.text.normalize import nfc
from curate.text.reading import shingle_reading
from curate.text.reading_words import ANEW, BY_CHARACTER, PLAIN, reading_fold, ways
from curate.text.split import TokenBatch, split_texts


def add_bands(
    batch: pa.Table, *, params: MinHashParams, tokens: TokenBatch | None = None
) -> pa.Table:
    """Add ``band_keys`` and ``signature``; null where the text has no words.

    Args:
        batch: has ``text``.
        params: shingle length, bands, rows and seed.
        tokens: the texts' tokens, if somebody has split them already.
    """
    signed = sign_texts(batch["text"], params, tokens)
    empty = ~is_signed(signed)
    return append(
        batch,
        {
            "band_keys": _fixed_list(band_keys(signed, params), empty),
            "signature": _fixed_binary(compact_signature(signed), empty),
        },
    )


def sign_texts(
    texts: pa.Array | pa.ChunkedArray, params: MinHashParams, tokens: TokenBatch | None = None
) -> U64:
    """uint64[n, n_hashes]: the signature of each text, UNSIGNED where it has no words.

    Texts that are not in their reading form are split once more in that form; most are.

    Args:
        texts: a column.
        params: shingle length, bands, rows and seed.
        tokens: the texts' tokens, if somebody has split them already.
    """
    split = tokens
    if split is None:
        split = split_texts([text and nfc(text) for text in texts.to_pylist()])
    how = ways(split.texts) if params.reading else np.full(len(split), PLAIN, np.uint8)
    to_read: list[int] = np.flatnonzero(how == ANEW).tolist()
    forms = {row: shingle_reading(split.texts.string(row)) for row in to_read}
    how[[row for row, form in forms.items() if form == split.texts.string(row)]] = PLAIN
    signed = np.full((len(split), params.n_hashes), UNSIGNED, np.uint64)
    for way in (PLAIN, BY_CHARACTER):
        rows = np.flatnonzero(how == way)
        if rows.size:
            signed[rows] = _signed(split, params, rows, is_read=way == BY_CHARACTER)
    rows = np.flatnonzero(how == ANEW)
    if rows.size:
        read = split_texts([forms[row] for row in rows.tolist()])
        signed[rows] = _signed(read, params, np.arange(len(read)), is_read=False)
    return signed


def _signed(tokens: TokenBatch, params: MinHashParams, rows: I64, *, is_read: bool) -> U64:
    """uint64[n, n_hashes]: signatures of some texts.

    Args:
        tokens: of the texts.
        params: of the signature.
        rows: int64[n], ascending.
        is_read: fold words by the table that knows the reading form.
    """
    keeps_digits = params.digits == "keep"
    if is_read or keeps_digits:
        fold = reading_fold() if is_read else None
        words = tokens.words_folded(keeps_digits=keeps_digits, fold=fold, rows=rows)
        shingles = shingle_words(words, params.n_grams)
    else:  # annotate has made the words of all texts already
        is_all = len(rows) == len(tokens)
        shingles = shingle_words(tokens.words(), params.n_grams, None if is_all else rows)
    return signatures(*shingles, params)


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
