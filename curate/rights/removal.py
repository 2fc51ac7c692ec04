"""Of what kind a removal reason is, and which kinds are published beside what was kept.

The one place that says so: both views, the report and what follows from a take-down ask here. A
reason that stands nowhere in the table is of no kind, and is held back like one of right.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from curate.config.identified import LID
from curate.config.measured import THRESHOLD_METRICS, is_score

DUPLICATE: Final = "duplicate"
MIXTURE: Final = "mixture"
WITHDRAWN: Final = "withdrawn"
WITHDRAWN_CLUSTER: Final = "withdrawn_cluster"

CLUSTER: Final = "_cluster"
"""Ends the reason of a document that goes because another one of its cluster is blocked."""

BLOCKING: Final = ("url_filter", "robots_disallowed", "opt_out", "opted_out_by", "license")
"""Reasons of right that a screen gives."""


class Kind(Enum):
    """Why a document is not published, in kinds."""

    QUALITY = "a threshold of a metric"
    LANGUAGE = "the label is not sure"
    COPY = "another one stands for it"
    AMOUNT = "a label has enough"
    EVALUATION = "an evaluation set has its text"
    RIGHT = "somebody may not use it, or must not publish it"
    WITHDRAWN = "it was taken down"


KINDS: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(THRESHOLD_METRICS, Kind.QUALITY),
    LID: Kind.LANGUAGE,
    DUPLICATE: Kind.COPY,
    MIXTURE: Kind.AMOUNT,
    "contamination_fraction": Kind.EVALUATION,
    "contaminated_by": Kind.EVALUATION,
    **dict.fromkeys(BLOCKING, Kind.RIGHT),
    **dict.fromkeys((f"{reason}{CLUSTER}" for reason in BLOCKING), Kind.RIGHT),
    WITHDRAWN: Kind.WITHDRAWN,
    WITHDRAWN_CLUSTER: Kind.WITHDRAWN,
}
"""Removal reason -> its kind. Named scores, such as ``edu.score``, are of quality."""


def kind_of(reason: str) -> Kind | None:
    """The kind of a removal reason; None for one that nobody has told of."""
    return KINDS.get(reason, Kind.QUALITY if is_score(reason) else None)


def is_published(reason: str, removed: str) -> bool:
    """Whether a document that was removed is published beside what was kept.

    ``selection`` names what it lets through, thresholds of metrics, and not what it holds back: a
    page that a list, robots.txt or its owner forbids, or that an evaluation set has, must not be
    published because its reason is a new one. What was taken down is never published.

    Args:
        reason: a ``removal_reason``.
        removed: of ``emit.removed``: ``none``, ``selection`` or ``all``.
    """
    kind = kind_of(reason)
    if kind is Kind.WITHDRAWN:
        return False
    return removed == "all" or (removed == "selection" and kind is Kind.QUALITY)
