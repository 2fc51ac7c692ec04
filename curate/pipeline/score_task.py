"""What joins the pass over the text to score documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from curate.config.measured import column_of
from curate.text.split import TokenBatch


@dataclass(frozen=True, slots=True)
class Annotator:
    """A step of the pass over the text, bound to its settings.

    Attributes:
        schema: of its sidecar.
        add: a batch with ``text``, and its tokens if it needs them -> the rows of the sidecar.
        needs_label: True if the batch must have ``label``.
        needs_tokens: True if it wants tokens; None is handed over otherwise, or what others need.
    """

    schema: pa.Schema
    add: Callable[[pa.Table, TokenBatch | None], pa.Table]
    needs_label: bool = True
    needs_tokens: bool = False


def sidecar_schema(columns: list[str]) -> pa.Schema:
    """Of a sidecar of scores, all of whose columns may be null."""
    return pa.schema([pa.field(name, column_of(name).type) for name in columns])


def score_annotator(settings: Mapping[str, Any]) -> Annotator:
    """WDS, and the labels of lines."""
    kind = sidecar_schema(settings["columns"])

    def add(batch: pa.Table, tokens: TokenBatch | None) -> pa.Table:
        raise NotImplementedError

    return Annotator(kind, add)
