"""Classify: what models say of each text. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from curate.classify import Classifier, scored


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
