"""A question about other thresholds, and the form of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curate.ask.changed_sides import Movers
from curate.config.job import JobConfig
from curate.config.language import LanguageConfigs
from curate.io.store import Store
from curate.pipeline.decide.screens import dropping
from curate.report.change import Outcomes
from curate.report.data import DUPLICATE, KEPT
from curate.rights.removal import MIXTURE
from curate.stages.rebalance import BLOCKED
from curate.stages.select import Selector

N_BLOCKED = len(BLOCKED) - 1


@dataclass(frozen=True, slots=True)
class Question:
    """A question about other thresholds.

    Attributes:
        store: a work folder with verdicts and weights.
        job: its job.
        labels: the labels that are counted.
        variants: configs to decide with, each by itself; the first is the one whose changes of
            sides are sampled.
        lid_differs: for each variant, whether an LID threshold of these labels is another.
        n: documents to sample.
        seed: of the sample.
        scores: named scores that any of the configs has a threshold of, those decided with too.
    """

    store: Store
    job: JobConfig
    labels: tuple[str, ...]
    variants: tuple[LanguageConfigs, ...]
    lid_differs: tuple[bool, ...]
    n: int
    seed: int
    scores: tuple[str, ...] = ()

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Every outcome by number; the first is *published*, the last are :data:`N_BLOCKED` that
        no threshold changes."""
        selector = Selector(self.variants[0], dropping(self.job), self.scores)
        mixture = (MIXTURE,) if self.job.mixture.is_set else ()
        return (KEPT, *selector.reasons, DUPLICATE, *mixture, *BLOCKED[1:])


@dataclass(frozen=True, slots=True)
class Counted:
    """The answer.

    Attributes:
        before: outcomes as they were decided.
        after: outcomes of each variant.
        passing: of each variant, label -> documents that break no threshold, duplicates among them.
        words: of each variant, label -> words of the documents that are published.
        movers: who changes sides in the first variant.
    """

    before: Outcomes
    after: tuple[Outcomes, ...]
    passing: tuple[Mapping[str, int], ...]
    words: tuple[Mapping[str, int], ...]
    movers: Movers
