"""The embedded identifier: CLD2 for 160 languages, FunLangID for 1,500, a table for 470."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.metadata import version
from typing import Final

import numpy as np
import pycld2
import regex

from curate.labels import UNDETERMINED, language_of
from curate.lid.codes import label_of, language_code, script_for, scripts_of
from curate.lid.identified_text import Samples, samples_of
from curate.lid.identifier import NOTHING, Identification
from curate.lid.lookalikes import LABELS, with_second_look
from curate.lid.noise import MAX_CONFIDENCE, is_noise
from curate.lid.voices.candidate_rows import NOT_MASKED
from curate.lid.voices.candidates import Candidates, Known, Universe, candidates_of
from curate.lid.voices.confidence import Kind, curves_sha256, packaged_curves
from curate.lid.voices.funlang import NOISE, FunLangTable, load_table
from curate.lid.voices.funlang import packaged_sha256 as lists_sha256
from curate.lid.voices.fusion import BaseAnswer, Evidence, Resemblance, fuse, undetermined
from curate.lid.voices.ranking import are_agreed, packaged_ranking, ranked_evidence
from curate.lid.voices.table import NgramTable, piece_of
from curate.lid.voices.table import load_table as load_ngrams
from curate.lid.voices.table import packaged_sha256 as ngrams_sha256
from curate.text.flat import flatten
from curate.text.reading import READING_VERSION

CODE_VERSION = "6"
"""Raised whenever a change of this package's code could change an answer."""

SURE: Final = 0.9
"""Confidence of CLD2's answer from which on the table is not asked: it would hardly change one in
two hundred, and half of those for the worse."""

MIN_SCORED: Final = 20
"""N-grams of a text that the table is asked about."""

PAGE_NGRAMS: Final = 400
"""A text with so many n-grams is taken for a page, and not for a sentence."""

_TEXTS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Steps:
    """How an answer came about.

    Attributes:
        base: CLD2's answer.
        first: the answer of CLD2 and FunLangID.
        confidence: of that.
        final: the answer of all that were asked; None if only the script is known.
        candidates: that were ranked; None if the table was not asked.
    """

    base: BaseAnswer
    first: Evidence | None
    confidence: float
    final: Evidence | None
    candidates: Candidates | None


@lru_cache(maxsize=1)
def base_languages() -> frozenset[str]:
    """ISO 639-3 codes of the languages that CLD2 can answer."""
    codes = dict(pycld2.LANGUAGES)
    languages = {language_code(codes[name]) for name in pycld2.DETECTED_LANGUAGES}
    return frozenset(languages - {UNDETERMINED})


@lru_cache(maxsize=1024)
def base_language(code: str) -> str:
    """CLD2's name of a language as an ISO 639-3 code; it has some 160 of them."""
    return language_code(code)


class EmbeddedIdentifier:
    """Identifies about 1,700 languages without a model file, from about 1,500 code points a text.

    CLD2 and FunLangID answer (:mod:`curate.lid.voices.fusion`); where CLD2 is not sure, a table of
    n-grams is asked, and all that the three say is ranked (:mod:`curate.lid.voices.ranking`). Signs
    of one language decide between look-alikes (:mod:`curate.lid.lookalikes`); noise has no
    confidence (:mod:`curate.lid.noise`).
    """

    name = "embedded"

    def __init__(self) -> None:
        self._curves = packaged_curves()
        self._ranking = packaged_ranking()
        parts = (
            CODE_VERSION,
            f"reading {READING_VERSION}",
            lists_sha256(),
            ngrams_sha256(),
            self._ranking.sha256,
            curves_sha256(),
            version("pycld2"),
            regex.__version__,  # the Unicode version that scripts are read from
        )
        self.fingerprint = hashlib.sha256("\n".join(parts).encode()).hexdigest()

    # Who only plans a run asks for the fingerprint, and need not unpack 200 MB for it.
    @cached_property
    def _table(self) -> FunLangTable:
        return load_table()

    @cached_property
    def _ngrams(self) -> NgramTable:
        return load_ngrams()

    @cached_property
    def _universe(self) -> Universe:
        return Universe.of(known_labels(), self._table, self._ngrams, base_languages())

    @cached_property
    def languages(self) -> frozenset[str]:
        """ISO 639-3 codes of the languages that it knows."""
        return frozenset(language_of(label) for label in known_labels())

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        """One answer per text, in their order; no str makes it raise."""
        return [
            answer
            for start in range(0, len(texts), _TEXTS_AT_ONCE)
            for answer in self._identify(texts[start : start + _TEXTS_AT_ONCE])
        ]

    def _identify(self, texts: Sequence[str]) -> list[Identification]:
        samples = samples_of(texts)
        noisy = is_noise(flatten([piece_of(text) for text in samples.texts])).tolist()
        answers = []
        for i, steps in enumerate(self.steps(samples)):
            if steps is None:
                answers.append(NOTHING)
                continue
            answer = self._answer(samples.counts[i], steps.final)
            is_sure = steps.confidence >= SURE
            answer = with_second_look(answer, samples.texts[i], is_sure=is_sure)
            answers.append(answer.at_most(MAX_CONFIDENCE) if noisy[i] else answer)
        return answers

    def evidence(self, texts: Sequence[str], masked: Sequence[str] = ()) -> list[Steps | None]:
        """The evidence for each answer, for fitting; None without a letter.

        Args:
            texts: any; of all the table is asked.
            masked: a label for each text that the table is taken not to know.
        """
        return [
            steps
            for start in range(0, len(texts), _TEXTS_AT_ONCE)
            for steps in self.steps(
                samples_of(texts[start : start + _TEXTS_AT_ONCE]),
                asks_all=True,
                masked=masked[start : start + _TEXTS_AT_ONCE],
            )
        ]

    def _answer(self, counts: Mapping[str, int], evidence: Evidence | None) -> Identification:
        if evidence is None:
            return undetermined(counts)
        return evidence.identification(self._curves[evidence.kind])

    def steps(
        self, samples: Samples, *, asks_all: bool = False, masked: Sequence[str] = ()
    ) -> list[Steps | None]:
        """The answers of two voices, and of three where these are not sure."""
        hits, n_ngrams = self._table.hits(samples.texts)
        own = [Resemblance(*scores) for scores in self._table.scores_of(hits, n_ngrams)]
        steps_of: list[Steps | None] = []
        for sample, counts, one in zip(samples.texts, samples.counts, own, strict=True):
            steps_of.append(self._two_voices(sample, counts, one) if counts else None)
        unsure = [
            i
            for i, steps in enumerate(steps_of)
            if steps is not None and (asks_all or _is_doubted(steps, own[i]))
        ]
        scores, n_scored = self._ngrams.score([samples.texts[i] for i in unsure])
        enough = np.flatnonzero(n_scored >= MIN_SCORED)
        unsure = [unsure[i] for i in enough.tolist()]
        candidates = candidates_of(
            self._universe,
            [_known(steps_of[i], samples.counts[i]) for i in unsure],
            (hits[unsure], n_ngrams[unsure]),
            (scores[enough], n_scored[enough]),
            [self._universe.places.get(masked[i], NOT_MASKED) for i in unsure] if masked else None,
        )
        ranked = ranked_evidence(self._ranking, candidates)
        for i, measured, evidence in zip(unsure, candidates, ranked, strict=True):
            steps = steps_of[i]
            if steps is None or evidence is None:
                continue
            sure = self._curves[Kind.RANKED](evidence.strength)
            if asks_all or not _is_surer(steps, sure, int(n_ngrams[i])):
                steps = replace(steps, final=evidence)
            steps_of[i] = replace(steps, candidates=measured)
        return steps_of

    def _two_voices(self, sample: str, counts: Mapping[str, int], own: Resemblance) -> Steps:
        base = self._base_answer(sample, counts)
        first = fuse(
            base,
            own,
            counts,
            base_languages(),
            guess=lambda: self._base_answer(sample, counts, is_guess=True).shares,
        )
        confidence = 0.0 if first is None else self._curves[first.kind](first.strength)
        return Steps(base, first, confidence, first, None)

    def _base_answer(
        self, sample: str, counts: Mapping[str, int], *, is_guess: bool = False
    ) -> BaseAnswer:
        """CLD2's answer; a guess is its best effort where it would rather not answer."""
        shares: dict[str, float] = {}
        is_reliable, typicality = False, 0.0
        with suppress(pycld2.error):  # text that CLD2 takes for invalid UTF-8
            is_reliable, _, details = pycld2.detect(sample, isPlainText=True, bestEffort=is_guess)
            typicality = details[0][3]
            for _, code, percent, _ in details:
                language = base_language(code)
                if language == UNDETERMINED:
                    continue
                script = script_for(language, self._table.native_scripts, counts)
                if script is not None:
                    label = label_of(language, script)
                    shares[label] = shares.get(label, 0.0) + percent / 100
        return BaseAnswer(shares, is_reliable=is_reliable, typicality=typicality)


def _is_surer(steps: Steps, confidence: float, n_ngrams: int) -> bool:
    """Whether what CLD2 says of a page stands against a ranking that is less sure.

    Both confidences are calibrated. Lists of names and addresses on English pages resemble some
    language that few speak; of short texts CLD2 knows less, and the ranking is heard.
    """
    first = steps.first
    is_named = first is not None and first.kind is Kind.BASE
    return is_named and n_ngrams >= PAGE_NGRAMS and steps.confidence > confidence


def _is_doubted(steps: Steps, own: Resemblance) -> bool:
    """Whether the table is asked: always where the answer is not CLD2's."""
    first = steps.first
    if first is None or first.kind is not Kind.BASE:
        return True
    return steps.confidence < SURE and not are_agreed(first, own)


def _known(steps: Steps | None, counts: Mapping[str, int]) -> Known:
    assert steps is not None  # only those are asked about
    return Known(steps.base, steps.first, steps.confidence, counts)


@lru_cache(maxsize=1)
def known_labels() -> tuple[str, ...]:
    """Every label of the table, and every base language in each script it is written in, sorted."""
    table = load_table()
    labels = (set(table.unique_labels) - {NOISE}) | set(load_ngrams().labels) | LABELS
    for language in base_languages():
        labels |= {label_of(language, s) for s in scripts_of(language, table.native_scripts)}
    return tuple(sorted(labels))
