"""How CLD2's and FunLangID's answers become one.

CLD2, the base, answers first. FunLangID replaces its answer where CLD2 has none or doubts it, and
where the text resembles a language outside CLD2's set clearly more than the one CLD2 names. How
clearly depends on how typical CLD2 finds the text for its language, which it finds a text in a
language it does not know less often. The constants were chosen on one half of the paragraphs of the
Universal Declaration of Human Rights in 189 languages, on GNOME's user guides in 38 and on
LibreOffice's help in 28; docs/language-identification.md has the results on others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import islice

from curate.labels import UNDETERMINED, language_of, script_of
from curate.lid.codes import LANGUAGE_OF_SCRIPT, label_of, letters_of
from curate.lid.identifier import Identification, ranked
from curate.lid.voices.confidence import Curve, Kind
from curate.lid.voices.funlang import NOISE
from curate.text.scripts import merge_cjk, most_frequent

MIN_SCORE = 0.08
"""FunLangID score up to which a text resembles no language."""

MIN_LEAD = 1.1
"""FunLangID's label must score this many times the base's label to replace one CLD2 doubts."""

# To replace one it does not doubt, FunLangID's label must lead by so many standard deviations: more
# the more typical CLD2 finds the text, less the more of it FunLangID knows. The factors are those
# of a logistic regression on 2,629 texts of which one of the two was right; the sum is 0.4 higher,
# because a page is in one of CLD2's languages more often than those texts were.
_LEAD, _LEAD_BY_TYPICALITY, _LEAD_BY_SCORE = 3.3, 2.0, 3.3
_TYPICAL = 800.0  # CLD2's score of a text, in the middle of those where it is right and wrong
_LEAST_TYPICAL = 50.0
_MIN_HITS = 6.0  # n-grams in common with a language, to name it without the base
_SCRIPT_FRACTION = 1 / 3  # of the letters of the dominant script, for a label to be considered

# Menus, consent banners and server messages are English on pages in every language, so English
# must outweigh another language of the page by 1 / 0.7 to be the page's language.
_ENGLISH = "eng_Latn"
_ENGLISH_WEIGHT = 0.7

# How strong an answer of CLD2's is falls from 0.98 to 0.4 with FunLangID's support for it (cubic).
_UNSUPPORTED, _SUPPORT_GAIN = 0.4, 0.58
_N_RUNNERS_UP = 4


@dataclass(frozen=True, slots=True)
class BaseAnswer:
    """The answer of CLD2.

    Attributes:
        shares: label -> fraction of the text's bytes, 0 to 1; empty if undetermined.
        is_reliable: CLD2's own judgement.
        typicality: CLD2's score of its first language for this text, per 1,024 bytes: about 900
            in that language, about 600 in one that it does not know.
    """

    shares: Mapping[str, float]
    is_reliable: bool
    typicality: float = _TYPICAL


@dataclass(frozen=True, slots=True)
class Resemblance:
    """The answer of FunLangID: label -> score, as fractions of so many n-grams.

    Attributes:
        scores: best first.
        n_ngrams: of the text.
    """

    scores: Mapping[str, float]
    n_ngrams: int

    def of_language(self, label: str) -> float:
        """The best score of the label's language, in any script."""
        language = language_of(label)
        return next((s for name, s in self.scores.items() if name[:3] == language), 0.0)

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
        for label in self.scores:
            if label == NOISE:
                return None
            if letters_of(script_of(label), counts) >= enough:
                return label
        return None


@dataclass(frozen=True, slots=True)
class Evidence:
    """An answer, and what speaks for it.

    Attributes:
        label: the answer.
        kind: how it came about.
        strength: on the scale of ``kind``.
        weights: label -> how much of the text, or what resemblance; ``label`` among them.
    """

    label: str
    kind: Kind
    strength: float
    weights: Mapping[str, float]

    def identification(self, curve: Curve) -> Identification:
        """The answer with its confidence; other labels share what is left by their weights."""
        confidence = curve(self.strength)
        # CLD2 can be sure of a language and give it 0 % of the text: short text with odd tokens.
        total = sum(self.weights.values())
        rest = (1 - confidence) / total if total else 0.0
        probabilities = {name: min(rest * w, confidence) for name, w in self.weights.items()}
        return ranked(self.label, {**probabilities, self.label: confidence})


def fuse(
    base: BaseAnswer,
    own: Resemblance,
    counts: Mapping[str, int],
    base_languages: Collection[str],
    guess: Callable[[], Mapping[str, float]],
) -> Evidence | None:
    """The answer for a text that has a letter; None if nothing is known but its script.

    Args:
        base: the base's answer.
        own: FunLangID's answer.
        counts: letters per script of the text.
        base_languages: ISO 639-3 codes that the base can answer.
        guess: gives the shares of the base's best effort; asked only if nothing else answers.
    """
    best = own.best(counts)
    if best is not None and own.scores[best] <= MIN_SCORE:
        best = None
    if not base.shares:
        return _without_base(guess, own, best, counts)
    shares = _with_less_english(base.shares)
    label = max(shares, key=lambda name: (shares[name], name))
    if best is not None and _replaces(best, label, own, base, base_languages):
        return _own_answer(best, own)
    return _base_answer(label, shares, own, is_reliable=base.is_reliable)


def undetermined(counts: Mapping[str, int]) -> Identification:
    """The answer where only the script is known."""
    label = f"{UNDETERMINED}_{most_frequent(merge_cjk(counts))}"
    return ranked(label, {label: 0.0})


def _replaces(
    best: str, label: str, own: Resemblance, base: BaseAnswer, base_languages: Collection[str]
) -> bool:
    score, base_score = own.scores[best], own.of_language(label)
    if not base.is_reliable:
        return score > MIN_LEAD * base_score
    if language_of(best) in base_languages:
        return False
    typicality = math.log(max(base.typicality, _LEAST_TYPICAL) / _TYPICAL)
    needed = _LEAD + _LEAD_BY_TYPICALITY * typicality - _LEAD_BY_SCORE * score
    return own.lead(best, base_score) > needed


def _with_less_english(shares: Mapping[str, float]) -> Mapping[str, float]:
    """The shares, with less for English if that makes another language the first."""
    english = shares.get(_ENGLISH, 0.0) * _ENGLISH_WEIGHT
    if any(share > english for label, share in shares.items() if label != _ENGLISH):
        return {**shares, _ENGLISH: english} if _ENGLISH in shares else shares
    return shares


def _base_answer(
    label: str, shares: Mapping[str, float], own: Resemblance, *, is_reliable: bool
) -> Evidence:
    highest = next(iter(own.scores.values()), 0.0)
    support = own.of_language(label) / highest if highest else 1.0
    strength = shares[label] * (_UNSUPPORTED + _SUPPORT_GAIN * support**3)
    return Evidence(label, Kind.BASE if is_reliable else Kind.UNRELIABLE, strength, shares)


def _own_answer(label: str, own: Resemblance) -> Evidence:
    first = islice(own.scores.items(), _N_RUNNERS_UP + 2)
    others = [item for item in first if item[0] not in (label, NOISE)][:_N_RUNNERS_UP]
    strength = own.lead(label, others[0][1] if others else 0.0)
    return Evidence(label, Kind.OWN, strength, {label: own.scores[label], **dict(others)})


def _without_base(
    guess: Callable[[], Mapping[str, float]],
    own: Resemblance,
    best: str | None,
    counts: Mapping[str, int],
) -> Evidence | None:
    if best is not None and own.scores[best] * own.n_ngrams >= _MIN_HITS:
        return _own_answer(best, own)
    script = most_frequent(merge_cjk(counts))
    if script in LANGUAGE_OF_SCRIPT:
        label = label_of(LANGUAGE_OF_SCRIPT[script], script)
        return Evidence(label, Kind.SCRIPT, 1.0, {label: 1.0})
    shares = guess()
    if not shares:
        return None
    label = max(shares, key=lambda name: (shares[name], name))
    return Evidence(label, Kind.GUESS, shares[label], shares)
