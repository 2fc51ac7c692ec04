"""How CLD2's and FunLangID's answers become one.

CLD2, the base, answers first. FunLangID replaces its answer where CLD2 has none or doubts it, and
where the text resembles a language outside CLD2's set clearly more than the one CLD2 names. The
constants were chosen on paragraphs of the Universal Declaration of Human Rights in 189 languages
and on Wikipedia sentences in 60.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from curate.labels import UNDETERMINED, language_of, script_of
from curate.lid.base import Identification, ranked
from curate.lid.codes import LANGUAGE_OF_SCRIPT, label_of, letters_of
from curate.lid.funlang import NOISE
from curate.text.scripts import merge_cjk, most_frequent

MIN_SCORE = 0.08
"""FunLangID score up to which a text resembles no language."""

MIN_LEAD = 1.2
"""FunLangID's label must score more than this many times the base's label to replace it."""

_LEAD_DEVIATIONS = 2.0  # ... and by this many standard deviations of its number of n-grams
_MIN_HITS = 6.0  # n-grams in common with a language, to name it without the base
_SCRIPT_FRACTION = 1 / 3  # of the letters of the dominant script, for a label to be considered

# Menus, consent banners and server messages are English on pages in every language, so English
# must outweigh another language of the page by 1 / 0.7 to be the page's language.
_ENGLISH = "eng_Latn"
_ENGLISH_WEIGHT = 0.7

# Confidence follows the accuracy observed on the texts named above. With the base's answer it
# falls from 0.98 to 0.4 with FunLangID's support for it (cubic); with FunLangID's answer it grows
# with the lead over its runner-up (logistic: 0.24 at a lead of 0, 0.93 at 3 deviations).
_UNSUPPORTED, _SUPPORT_GAIN = 0.4, 0.58
_UNRELIABLE_FACTOR = 0.6
_STEEPNESS, _MIDPOINT, _MAX_CONFIDENCE = 1.3, 0.9, 0.97
_SCRIPT_CONFIDENCE, _GUESS_FACTOR = 0.6, 0.1
_N_RUNNERS_UP = 4


@dataclass(frozen=True, slots=True)
class BaseAnswer:
    """What CLD2 said.

    Attributes:
        shares: label -> fraction of the text's bytes, 0 to 1; empty if undetermined.
        is_reliable: CLD2's own judgement.
        is_guess: CLD2 was made to answer although it had found too little text.
    """

    shares: Mapping[str, float]
    is_reliable: bool
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What FunLangID said: label -> score, as fractions of so many n-grams."""

    scores: Mapping[str, float]
    n_ngrams: int

    def of_language(self, label: str) -> float:
        """The best score of the label's language, in any script."""
        language = language_of(label)
        scores = (s for name, s in self.scores.items() if language_of(name) == language)
        return max(scores, default=0.0)

    def lead(self, label: str, over: float) -> float:
        """How far ``label`` is ahead of the score ``over``, in standard deviations.

        The number of n-grams found is taken to vary as a Poisson count does.
        """
        hits = self.scores[label] * self.n_ngrams
        return (hits - over * self.n_ngrams) / math.sqrt(hits)

    def best(self, counts: Mapping[str, int]) -> str | None:
        """The best label in a script that the text is written in; None if none, or if it is noise.

        Args:
            counts: letters per script of the text.
        """
        enough = _SCRIPT_FRACTION * max(merge_cjk(counts).values(), default=0)
        for label in sorted(self.scores, key=lambda name: (-self.scores[name], name)):
            if label == NOISE:
                return None
            if letters_of(script_of(label), counts) >= enough:
                return label
        return None


def fuse(
    base: BaseAnswer, own: Resemblance, counts: Mapping[str, int], base_languages: Collection[str]
) -> Identification:
    """The identification of a text that has a letter.

    Args:
        base: the base's answer.
        own: FunLangID's answer.
        counts: letters per script of the text.
        base_languages: ISO 639-3 codes that the base can answer.
    """
    best = own.best(counts)
    if best is not None and own.scores[best] <= MIN_SCORE:
        best = None
    if not base.shares or base.is_guess:
        return _without_base(base, own, best, counts)
    shares = _with_less_english(base.shares)
    label = max(shares, key=lambda name: (shares[name], name))
    if best is not None and _replaces(best, label, own, base, base_languages):
        return _own_answer(best, own)
    return _base_answer(label, shares, own, is_reliable=base.is_reliable)


def _replaces(
    best: str, label: str, own: Resemblance, base: BaseAnswer, base_languages: Collection[str]
) -> bool:
    score, base_score = own.scores[best], own.of_language(label)
    if not base.is_reliable:
        return score > base_score
    return (
        language_of(best) not in base_languages
        and score > MIN_LEAD * base_score
        and own.lead(best, MIN_LEAD * base_score) > _LEAD_DEVIATIONS
    )


def _with_less_english(shares: Mapping[str, float]) -> Mapping[str, float]:
    """The shares, with less for English if that makes another language the first."""
    english = shares.get(_ENGLISH, 0.0) * _ENGLISH_WEIGHT
    if any(share > english for label, share in shares.items() if label != _ENGLISH):
        return {**shares, _ENGLISH: english} if _ENGLISH in shares else shares
    return shares


def _base_answer(
    label: str, shares: Mapping[str, float], own: Resemblance, *, is_reliable: bool
) -> Identification:
    highest = max(own.scores.values(), default=0.0)
    support = own.of_language(label) / highest if highest else 1.0
    factor = _UNSUPPORTED + _SUPPORT_GAIN * support**3
    if not is_reliable:
        factor *= _UNRELIABLE_FACTOR
    return ranked(label, {name: share * factor for name, share in shares.items()})


def _own_answer(label: str, own: Resemblance) -> Identification:
    others = {name: s for name, s in own.scores.items() if name not in (label, NOISE)}
    order = sorted(others, key=lambda name: (-others[name], name))[:_N_RUNNERS_UP]
    lead = own.lead(label, others[order[0]] if order else 0.0)
    confidence = min(1 / (1 + math.exp(-_STEEPNESS * (lead - _MIDPOINT))), _MAX_CONFIDENCE)
    total = own.scores[label] + sum(others[name] for name in order)
    rest = (1 - confidence) / total
    probabilities = {name: min(rest * others[name], confidence) for name in order}
    return ranked(label, {label: confidence, **probabilities})


def _without_base(
    base: BaseAnswer, own: Resemblance, best: str | None, counts: Mapping[str, int]
) -> Identification:
    if best is not None and own.scores[best] * own.n_ngrams >= _MIN_HITS:
        return _own_answer(best, own)
    script = most_frequent(merge_cjk(counts))
    if script in LANGUAGE_OF_SCRIPT:
        label = label_of(LANGUAGE_OF_SCRIPT[script], script)
        return ranked(label, {label: _SCRIPT_CONFIDENCE})
    if base.shares:
        label = max(base.shares, key=lambda name: (base.shares[name], name))
        return ranked(label, {name: s * _GUESS_FACTOR for name, s in base.shares.items()})
    label = f"{UNDETERMINED}_{script}"
    return ranked(label, {label: 0.0})
