"""The embedded identifier: CLD2 knows 160 languages well, FunLangID 1,500; both together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from importlib.metadata import version

import pycld2
import regex

from curate.labels import UNDETERMINED, language_of
from curate.lid.base import NOTHING, Identification
from curate.lid.codes import label_of, language_code, script_for, scripts_of
from curate.lid.confidence import curves_sha256, packaged_curves
from curate.lid.funlang import NOISE, load_table
from curate.lid.fusion import BaseAnswer, Evidence, Resemblance, fuse, undetermined
from curate.lid.sample import samples_of

CODE_VERSION = "2"
"""Raised whenever a change of this package's code could change an answer."""


_TEXTS_AT_ONCE = 256


@lru_cache(maxsize=1)
def base_languages() -> frozenset[str]:
    """ISO 639-3 codes of the languages that CLD2 can answer."""
    codes = dict(pycld2.LANGUAGES)
    languages = {language_code(codes[name]) for name in pycld2.DETECTED_LANGUAGES}
    return frozenset(languages - {UNDETERMINED})


@lru_cache(maxsize=1024)
def base_language(code: str) -> str:
    """What CLD2 calls a language, as an ISO 639-3 code; it has some 160 of them."""
    return language_code(code)


class EmbeddedIdentifier:
    """Identifies about 1,500 languages without a model file, from about 1,500 code points a text.

    On one core it identifies about 4,500 texts of 2,000 code points a second.
    """

    name = "embedded"

    def __init__(self) -> None:
        self._table = load_table()
        self._curves = packaged_curves()
        parts = (
            CODE_VERSION,
            self._table.sha256,
            curves_sha256(),
            version("pycld2"),
            regex.__version__,  # the Unicode version that scripts are read from
        )
        self.fingerprint = hashlib.sha256("\n".join(parts).encode()).hexdigest()

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
        own = self._table.label_scores(samples.texts)
        return [
            self._answer(counts, self._fused(sample, counts, Resemblance(*scores)))
            if counts
            else NOTHING
            for sample, counts, scores in zip(samples.texts, samples.counts, own, strict=True)
        ]

    def evidence(self, texts: Sequence[str]) -> list[Evidence | None]:
        """What speaks for each answer, for fitting curves to; None without a language."""
        samples = samples_of(texts)
        own = self._table.label_scores(samples.texts)
        return [
            self._fused(sample, counts, Resemblance(*scores)) if counts else None
            for sample, counts, scores in zip(samples.texts, samples.counts, own, strict=True)
        ]

    def _answer(self, counts: dict[str, int], evidence: Evidence | None) -> Identification:
        if evidence is None:
            return undetermined(counts)
        return evidence.identification(self._curves[evidence.kind])

    def _fused(self, sample: str, counts: dict[str, int], own: Resemblance) -> Evidence | None:
        return fuse(
            self._base_answer(sample, counts),
            own,
            counts,
            base_languages(),
            guess=lambda: self._base_answer(sample, counts, is_guess=True).shares,
        )

    def _base_answer(
        self, sample: str, counts: dict[str, int], *, is_guess: bool = False
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


@lru_cache(maxsize=1)
def known_labels() -> tuple[str, ...]:
    """Every label of the table, and every base language in each script it is written in, sorted."""
    table = load_table()
    labels = set(table.unique_labels) - {NOISE}
    for language in base_languages():
        labels |= {label_of(language, s) for s in scripts_of(language, table.native_scripts)}
    return tuple(sorted(labels))
