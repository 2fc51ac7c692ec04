"""WDS of a batch of documents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.scores import wds12, wds13
from curate.scores.document_counts import measured
from curate.scores.figures import Curve, tables
from curate.scores.profiles import Profiles
from curate.scores.registry import names_in

F64 = npt.NDArray[np.float64]

CODE_VERSION: Final = "2"
"""Raised whenever a change of this package's code could change a mark."""


def fingerprint() -> str:
    """Hex digits that change whenever a mark could change."""
    return hashlib.sha256(f"{CODE_VERSION} {tables().sha256}".encode()).hexdigest()[:16]


def score(
    texts: Sequence[str],
    labels: Sequence[str],
    line_labels: Sequence[Sequence[str] | None],
    profiles: Profiles,
    *,
    version: str = "1.2",
    curves: Mapping[str, Curve] | None = None,
    repairs: bool = True,
) -> dict[str, F64]:
    """Marks of many documents.

    Args:
        texts: the documents.
        labels: theirs.
        line_labels: for each document the label of each line, as many as it has line feeds and one
            more. Where there are not as many, what rests on them is null, and so is ``wds``.
        profiles: what is usual in each language, of the same version.
        version: ``1.2`` or ``1.3``.
        curves: script -> how well its texts compress, in place of what WDS was published with.
        repairs: False for marks as published: text is counted as it is, not in NFC; and where
            labels do not match the lines, version 1.2 gives full marks for the language.

    Returns:
        Column -> float64[n_texts], in the order of :func:`curate.scores.registry.names_in`; NaN is
        null.
    """
    if not texts:
        return {name: np.zeros(0) for name in names_in(version)}
    documents = measured(texts, labels, line_labels, profiles, version, curves, repairs=repairs)
    marks = (wds12 if version == "1.2" else wds13).marks(documents)
    return {name: marks[name] for name in names_in(version)}
