"""PII: where personal data is in each text. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from curate import schema
from curate.pii import Span, find
from curate.stages.base import Stage, append
from curate.text.flat import Texts


def spans_column(found: Sequence[Sequence[Span]]) -> pa.Array:
    """Spans by text as a column of :data:`curate.schema.PII_SPANS`."""
    offsets = np.cumsum([0, *map(len, found)], dtype=np.int32)
    flat = [span for spans in found for span in spans]
    fields = list(schema.PII_SPANS.value_type)
    columns = [pa.array([span[i] for span in flat], field.type) for i, field in enumerate(fields)]
    values = pa.StructArray.from_arrays(columns, fields=fields)
    return pa.ListArray.from_arrays(pa.array(offsets), values).cast(schema.PII_SPANS)


def add_pii(batch: pa.Table, *, texts: Texts | None = None) -> pa.Table:
    """Add the spans of personal data.

    Args:
        batch: has ``text``.
        texts: its texts as a flat buffer, if somebody has made one already.
    """
    found = find(batch["text"] if texts is None else texts)
    return append(batch, {"pii_spans": spans_column(found)})


def pii_stage() -> Stage:
    """The stage."""
    return Stage("pii", add_pii, reads=(schema.DOCUMENTS.columns[-1],), writes=schema.PII.columns)
