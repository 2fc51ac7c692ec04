"""The rows of a shard that a take-down concerns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

TAKEN_DOWN = pa.schema(
    [
        ("shard", pa.int32()),
        ("row", pa.int64()),
        ("id", pa.string()),
        ("url", pa.string()),
        ("label", pa.string()),
        ("before_reason", pa.string()),
        ("before_weight", pa.int32()),
        ("reason", pa.string()),
        ("weight", pa.int32()),
    ]
)
"""A document that a take-down concerns: where it stands, and its removal reason and weight without
and with what was taken down."""


def concerned_rows(shard: int, table: pa.Table, before: pa.Table, after: pa.Table) -> pa.Table:
    """:data:`TAKEN_DOWN` of a shard: what is decided otherwise because of a take-down."""
    reasons = [pc.cast(part["removal_reason"], pa.string()) for part in (before, after)]
    is_other = pc.or_(
        pc.not_equal(*(pc.fill_null(reason, "") for reason in reasons)),
        pc.not_equal(before["weight"], after["weight"]),
    )
    rows = np.flatnonzero(is_other.to_numpy())
    at = pa.array(rows)
    columns = [
        pa.array(np.full(rows.size, shard), pa.int32()),
        at,
        *(table[name].take(at) for name in ("id", "url")),
        pc.cast(table["label"], pa.string()).take(at),
        *(reasons[0].take(at), before["weight"].take(at)),
        *(reasons[1].take(at), after["weight"].take(at)),
    ]
    return pa.table(columns, schema=TAKEN_DOWN)
