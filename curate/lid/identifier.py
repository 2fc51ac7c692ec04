"""The protocol of identifiers, and the form of their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from curate.labels import NO_LANGUAGE

MIN_LISTED_CONFIDENCE = 0.01
"""FineWeb2 (arXiv 2506.20920) keeps every label above this beside the best."""


@dataclass(frozen=True, slots=True)
class Identification:
    """The language of one text.

    Attributes:
        label: ISO 639-3 and ISO 15924, ``xxx_Yyyy``.
        confidence: the identifier's probability for ``label``, 0 to 1; None for ``zxx_Zxxx``,
            where there is nothing to be confident about.
        top_labels: every label above 0.01 with its probability, best first; they sum to at most 1
            but for the rounding of a model's own numbers.
    """

    label: str
    confidence: float | None
    top_labels: tuple[tuple[str, float], ...]

    def at_most(self, confidence: float) -> Identification:
        """This answer with no more than ``confidence``; other labels shrink with it."""
        if self.confidence is None or self.confidence <= confidence:
            return self
        part = confidence / self.confidence
        listed = ((name, p * part) for name, p in self.top_labels)
        kept = tuple((name, p) for name, p in listed if p > MIN_LISTED_CONFIDENCE)
        return Identification(self.label, confidence, kept)


class Identifier(Protocol):
    """A language identifier. Its answer for a text depends on that text alone."""

    @property
    def name(self) -> str:
        """``embedded``, or the base name of the model file."""
        ...

    @property
    def fingerprint(self) -> str:
        """Hex digits that change whenever an answer could change."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-3 codes of the languages that it knows."""
        ...

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        """One answer per text, in their order; no str makes it raise."""
        ...


NOTHING = Identification(label=NO_LANGUAGE, confidence=None, top_labels=())
"""The answer for a text without a letter."""


def ranked(label: str, probabilities: Mapping[str, float]) -> Identification:
    """The identification of ``label``, which must be one of the most probable.

    Probabilities are clamped to 0..1: fastText gives 1.00001. Equal ones are ordered by label,
    after ``label`` itself.
    """
    clamped = {name: min(max(p, 0.0), 1.0) for name, p in probabilities.items()}
    order = sorted(clamped, key=lambda name: (-clamped[name], name != label, name))
    listed = tuple((name, clamped[name]) for name in order if clamped[name] > MIN_LISTED_CONFIDENCE)
    return Identification(label=label, confidence=clamped[label], top_labels=listed)
