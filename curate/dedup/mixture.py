"""How much of each label is wanted, and how its documents get there: fewer by hash, more by weight.

A label's documents have weights from rebalance. Its *supply* is the units (characters or words)
of its documents by weight. A wanted amount T gives a *factor* f with
``sum over weights w of supply_w * min(w * f, R) = T``. A document of weight w is then published
``floor(x)`` times with ``x = min(w * f, R)``, and once more if the hash of its id, as a fraction of
1, is below ``x - floor(x)``. Nothing is drawn at random, so the same documents are chosen in every
run, and those of a smaller amount are all among those of a larger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

Integers = TypeVar("Integers", np.int32, np.int64)

_SEED: Final = 7  # another order than that of any other hash of ids

Supply = Mapping[int, float]
"""Weight -> units of the documents of that weight, each counted once."""


@dataclass(frozen=True, slots=True)
class Share:
    """The amounts that a label has and gets, in units.

    Attributes:
        before: with the weights of rebalance.
        target: what the settings ask for.
        factor: what its weights are multiplied by.
        after: what that gives; less than ``target`` if every document is repeated to the limit.
    """

    before: float
    target: float
    factor: float
    after: float


def shares(
    supplies: Mapping[str, Supply],
    *,
    max_repetitions: int,
    temperature_alpha: float | None = None,
    total: float | None = None,
    budget: float | None = None,
    labels: Mapping[str, float] | None = None,
) -> dict[str, Share]:
    """The share of each label.

    Temperature gives label l of ``total`` units a share of ``n_l ** alpha / sum of n ** alpha``,
    where n_l are the units of its documents, each counted once (as XLM-R, arXiv 1911.02116, and
    mT5, arXiv 2010.11934, sample); without it a label keeps what it has. Then ``budget`` is a
    limit, and ``labels`` has the last word. Units that a label cannot take, since it has no more
    documents and no more repetitions, are not given to others.

    Args:
        supplies: label -> its supply.
        max_repetitions: how often a document may be published.
        temperature_alpha: 0-1, or None.
        total: units in all; None for as many as the weights of rebalance give.
        budget: units of a label at most; None for no limit.
        labels: label -> units.
    """
    before = {label: sum(w * u for w, u in s.items()) for label, s in supplies.items()}
    targets = dict(before)
    if temperature_alpha is not None:
        powers = {
            label: units**temperature_alpha if (units := sum(s.values())) else 0.0
            for label, s in supplies.items()
        }
        whole = sum(before.values()) if total is None else total
        all_powers = sum(powers.values()) or 1.0
        targets = {label: whole * power / all_powers for label, power in powers.items()}
    if budget is not None:
        targets = {label: min(units, budget) for label, units in targets.items()}
    targets |= {label: units for label, units in (labels or {}).items() if label in targets}
    share_by_label = {}
    for label, supply in supplies.items():
        factor = 1.0
        if targets[label] != before[label]:
            factor = factor_for(supply, targets[label], max_repetitions)
        after = amount(supply, factor, max_repetitions)
        share_by_label[label] = Share(before[label], targets[label], factor, after)
    return share_by_label


def amount(supply: Supply, factor: float, max_repetitions: int) -> float:
    """Units that a factor gives."""
    if factor == 1.0:
        return sum(w * u for w, u in supply.items())
    return sum(min(w * factor, max_repetitions) * u for w, u in supply.items())


def factor_for(supply: Supply, target: float, max_repetitions: int) -> float:
    """The factor that gives ``target`` units, or the smallest that gives all there are.

    The amount rises with the factor in straight pieces that end where a weight reaches the limit.
    """
    rest, slope = target, sum(w * u for w, u in supply.items())
    if not slope:
        return 0.0
    for weight in sorted((w for w, u in supply.items() if u), reverse=True):
        limit = max_repetitions / weight
        if slope * limit >= rest:
            return rest / slope
        rest -= max_repetitions * supply[weight]
        slope -= weight * supply[weight]
    return max_repetitions / min(w for w, u in supply.items() if u)


def repetitions(
    ids: Sequence[str] | pa.Array,
    weights: npt.NDArray[Integers],
    factors: npt.NDArray[np.float64],
    limit: int,
) -> npt.NDArray[Integers]:
    """How often each document is published, in the type of ``weights``.

    Args:
        ids: of the documents.
        weights: integers of rebalance, n of them; 0 stays 0.
        factors: float64[n], of their labels; 1 leaves a weight as it is.
        limit: the most repetitions.
    """
    places = np.zeros(len(weights), np.float64)
    for row in np.flatnonzero((factors != 1.0) & (weights > 0)).tolist():
        places[row] = position(str(ids[row]))
    return placed_repetitions(places, weights, factors, limit)


def placed_repetitions(
    places: npt.NDArray[np.float64],
    weights: npt.NDArray[Integers],
    factors: npt.NDArray[np.float64],
    limit: int,
) -> npt.NDArray[Integers]:
    """Repetitions of documents whose :func:`position` is known where a factor is not 1."""
    targets = np.minimum(weights * factors, limit)
    whole = np.floor(targets)
    changed = whole + (places < targets - whole)
    return np.where((factors != 1.0) & (weights > 0), changed, weights).astype(weights.dtype)


def position(identity: str) -> float:
    """A document's place between 0 and 1, by its id alone."""
    digest: int = xxhash.xxh3_64_intdigest(identity.encode("utf-8", "surrogatepass"), _SEED)
    return digest / 2**64
