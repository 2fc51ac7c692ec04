"""Guards that keep a tuned bound sensible: shrinkage, ranges, and how much one rule may remove.

Of FineWeb2's 1,929 published configs 828 hold a limit that can never fire and some a limit that
hardly any document keeps. Here

* a bound moves toward that of the parent, the script's file or the default, the less documents it
  rests on: ``w x own + (1 - w) x parent`` with ``w = n / (n + k)``;
* a bound at the end of the metric's range is no bound;
* a rule removes at most three quarters of the documents it was tuned on: FineWeb2 excluded settings
  that removed more with one filter in any language (arXiv 2506.20920, 4.4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from curate.tune.methods import Side, useful_range
from curate.tune.sketch import Sketch

MAX_REMOVED: Final = 0.75
"""Share of the documents that one rule may remove."""

_STEPS = 1000  # a bound has three decimals
_HALF = 0.5
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Bounds:
    """A rule of one metric; None for no bound on that side."""

    low: float | None = None
    high: float | None = None

    @property
    def is_contradiction(self) -> bool:
        """True if no value keeps both."""
        return self.low is not None and self.high is not None and self.low > self.high


def weight(n_documents: int, shrinkage: float) -> float:
    """How much a label's own statistics count beside its parent's bound, 0 to 1: ``n / (n + k)``.

    Args:
        n_documents: that the statistics rest on.
        shrinkage: ``k``, the documents whose statistics weigh as much as the parent.
    """
    return n_documents / (n_documents + shrinkage) if n_documents else 0.0


def shrunk(
    own: float | None, parent: float | None, share: float, *, metric: str, side: Side
) -> float | None:
    """A bound between the label's own and its parent's.

    There is no half way to a rule that is off. Where the label's own statistics say that nothing is
    too much, the heavier of the two decides. Where the parent has no bound, the label's goes toward
    the end of the metric's range, which is off; without an end, it is divided by its weight.

    Args:
        own: what the label's statistics give; None if they say that the rule should be off.
        parent: the parent's bound; None if it has none.
        share: of the label's own, from :func:`weight`.
        metric: the metric.
        side: of the bound.
    """
    if own is None:
        return None if share >= _HALF else parent
    if parent is None:
        lowest, highest = useful_range(metric)
        end = lowest if side == "min" else highest
        if end is None:
            return own / share if share > 0 else None
        parent = end
    return share * own + (1 - share) * parent


def clamped(value: float | None, metric: str, side: Side) -> float | None:
    """The bound with three decimals, inside the metric's range; None if no document could break it.

    A minimum above the range, or a maximum below it, is moved to where it keeps something.
    """
    if value is None or not math.isfinite(value):
        return None
    lowest, highest = useful_range(metric)
    value = round(value, 3)
    if side == "min":
        inside = value if highest is None else min(value, highest)
        return inside if inside > lowest else None
    inside = max(value, lowest)
    return inside if highest is None or inside < highest else None


def loosened(bounds: Bounds, samples: Sequence[Sketch], metric: str) -> Bounds | None:
    """Bounds that remove at most :data:`MAX_REMOVED` of each sample, wider only where they must be.

    What counts is what a threshold would remove: values that are less or greater than the bound,
    not those that tie with it. A sample too large to be kept whole is known to within a bucket, and
    there what is in doubt counts as removed.

    Args:
        bounds: of the metric.
        samples: sketches of the metric; values that are null count as removed by any bounds.
        metric: the metric.

    Returns:
        None if no rule on this metric keeps enough, because too many values are null.
    """
    for sample in samples:
        total = sample.n + sample.n_null
        room = math.floor(MAX_REMOVED * total) - sample.n_null
        if not total:
            continue
        if room < 0:
            return None
        bounds = _loosened(bounds, sample, room / sample.n if sample.n else 1.0, metric)
    return bounds


def _loosened(bounds: Bounds, sample: Sketch, room: float, metric: str) -> Bounds:
    """Bounds that remove at most a share ``room`` of the values."""
    below = 0.0 if bounds.low is None else _surely_below(sample, bounds.low)
    above = 0.0 if bounds.high is None else _surely_above(sample, bounds.high)
    if below + above <= room + _ROUNDING:
        return bounds
    each = room / 2 if bounds.low is not None and bounds.high is not None else room
    low, high = bounds.low, bounds.high
    if low is not None and below > each:
        reached = min(low, sample.around(each)[0])
        low = clamped(math.floor(reached * _STEPS) / _STEPS, metric, "min")
    if high is not None and above > each:
        reached = max(high, sample.around(1 - each)[1])
        high = clamped(math.ceil(reached * _STEPS) / _STEPS, metric, "max")
    return Bounds(low, high)


def _surely_below(sample: Sketch, low: float) -> float:
    """Share of the values that may be less than ``low``."""
    if low <= sample.lowest:
        return 0.0
    return sample.below(low) if sample.is_exact else sample.cdf(low)


def _surely_above(sample: Sketch, high: float) -> float:
    """Share of the values that may be greater than ``high``."""
    if high >= sample.highest:
        return 0.0
    return 1.0 - (sample.cdf(high) if sample.is_exact else sample.below(high))
