"""CCNet's buckets: the third of a label's documents that a perplexity is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

BUCKETS: Final = ("head", "middle", "tail")
"""From the lowest perplexity to the highest."""

QUANTILES: Final = (1 / 3, 2 / 3)
"""Where the buckets part a label's documents (CCNet, arXiv 1911.00359, section 3.3)."""

Cutoffs = Mapping[str, Sequence[float]]
"""Label -> the least perplexity that is no longer ``head``, and the least that is ``tail``."""


def bucket_of(
    perplexities: npt.NDArray[np.float64], labels: Sequence[str | None], cutoffs: Cutoffs
) -> list[str | None]:
    """The bucket of each document; None where the perplexity is NaN or the label has no cutoffs.

    Args:
        perplexities: float64[n].
        labels: of n documents.
        cutoffs: by label.
    """
    buckets: list[str | None] = []
    for value, label in zip(perplexities.tolist(), labels, strict=True):
        bounds = cutoffs.get(label) if label is not None and value == value else None
        buckets.append(None if bounds is None else BUCKETS[sum(value >= b for b in bounds)])
    return buckets
