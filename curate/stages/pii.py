"""PII: where personal data is in each text. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np
import pyarrow as pa

from curate import schema
from curate.pii import DEFAULT_KINDS, Span, find
from curate.stages.stage import Stage, append
from curate.text.flat import Texts


def spans_column(spans_by_text: Sequence[Sequence[Span]]) -> pa.Array:
    """Spans by text as a column of :data:`curate.schema.PII_SPANS`."""
    offsets = np.cumsum([0, *map(len, spans_by_text)], dtype=np.int32)
    flat = [span for spans in spans_by_text for span in spans]
    fields = list(schema.PII_SPANS.value_type)
    columns = [pa.array([span[i] for span in flat], field.type) for i, field in enumerate(fields)]
    values = pa.StructArray.from_arrays(columns, fields=fields)
    return pa.ListArray.from_arrays(pa.array(offsets), values).cast(schema.PII_SPANS)


def add_pii(
    batch: pa.Table, *, kinds: Collection[str] = DEFAULT_KINDS, texts: Texts | None = None
) -> pa.Table:
    """Add the spans of personal data.

    Args:
        batch: has ``text``.
        kinds: what is looked for, of :data:`curate.pii.KINDS`.
        texts: its texts as a flat buffer, if somebody has made one already.
    """
    spans_by_text = find(batch["text"] if texts is None else texts, kinds)
    return append(batch, {"pii_spans": spans_column(spans_by_text)})


def pii_stage(kinds: Collection[str] = DEFAULT_KINDS) -> Stage:
    """The stage."""
    find_those = partial(add_pii, kinds=kinds)
    return Stage(
        "pii", find_those, reads=(schema.DOCUMENTS.columns[-1],), writes=schema.PII.columns
    )
