"""Perplexity of each text under the language model of its label. Judges nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate import schema
from curate.perplexity import ModelFiles, bucket_of, load_model
from curate.perplexity.buckets import Cutoffs


def add_perplexity(batch: pa.Table, *, models: Mapping[str, ModelFiles]) -> pa.Table:
    """The column ``perplexity``, of a batch with ``text`` and ``label``.

    Null where the label has no model, or the text no tokens.
    """
    pairs = zip(batch["text"].to_pylist(), batch["label"].to_pylist(), strict=True)
    values = np.array(
        [load_model(models[x]).perplexity(text) if x in models else math.nan for text, x in pairs],
        np.float64,
    )
    return pa.table({"perplexity": pa.array(values, mask=np.isnan(values))})


def add_bucket(batch: pa.Table, *, cutoffs: Cutoffs) -> pa.Table:
    """The columns of the sidecar, of a batch with ``perplexity`` and ``label``."""
    values: npt.NDArray[np.float64] = batch["perplexity"].to_numpy()
    buckets = bucket_of(values, batch["label"].to_pylist(), cutoffs)
    kind = schema.PERPLEXITIES.schema()
    return pa.table([batch["perplexity"], pa.array(buckets, pa.string())], schema=kind)
