"""Classify: what models say of each text. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from curate.classify import Classifier, scored, to_score


def add_scores(
    batch: pa.Table,
    *,
    classifier: Classifier,
    columns: Mapping[str, str],
    languages: Sequence[str] = (),
) -> pa.Table:
    """The columns of one classifier, of a batch with ``text`` and ``label``.

    Args:
        batch: documents.
        classifier: the model.
        columns: label of the model -> name of its column.
        languages: labels of documents that it is for; empty for all.
    """
    scores = scored(classifier, batch["text"].to_pylist(), batch["label"].to_pylist(), languages)
    return pa.table(
        {
            column: pa.array(scores[label], pa.float32(), mask=np.isnan(scores[label]))
            for label, column in columns.items()
        }
    )


def n_without_scores(
    batch: pa.Table, scores: pa.Table, *, columns: Mapping[str, str], languages: Sequence[str] = ()
) -> int:
    """How many texts the model was asked about and gave something else than numbers for.

    Args:
        batch: documents.
        scores: what :func:`add_scores` gave for them.
        columns: as there.
        languages: as there.
    """
    rows = to_score(batch["text"].to_pylist(), batch["label"].to_pylist(), languages)
    is_null = np.zeros(batch.num_rows, bool)
    for column in columns.values():
        is_null |= scores[column].is_null().to_numpy()
    return int(is_null[rows].sum())
