"""Identify: give each document its language and script."""

from __future__ import annotations

from functools import partial

import pyarrow as pa

from curate import schema
from curate.lid.base import Identifier
from curate.stages.base import Stage, append


def add_language(batch: pa.Table, *, identifier: Identifier) -> pa.Table:
    """Add ``label``, ``lid_confidence`` and ``top_labels``."""
    answers = identifier.identify(batch["text"].to_pylist())
    top = [[{"label": n, "confidence": c} for n, c in a.top_labels] for a in answers]
    return append(
        batch,
        {
            "label": pa.array([a.label for a in answers], pa.string()),
            "lid_confidence": pa.array([a.confidence for a in answers], pa.float64()),
            "top_labels": pa.array(top, schema.TOP_LABELS),
        },
    )


def identify_stage(identifier: Identifier) -> Stage:
    """The stage, bound to a loaded identifier."""
    return Stage(
        "identify",
        partial(add_language, identifier=identifier),
        reads=(schema.DOCUMENTS.columns[-1],),
        writes=schema.LANGUAGE.columns,
    )
