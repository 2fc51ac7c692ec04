"""The embedded identifier: CLD2 knows 160 languages well, FunLangID 1,500; both together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version

import pycld2
import regex

from curate.labels import UNDETERMINED
from curate.lid.base import NOTHING, Identification
from curate.lid.codes import label_of, language_code, script_for, scripts_of
from curate.lid.funlang import NOISE, load_table
from curate.lid.fusion import BaseAnswer, Resemblance, fuse
from curate.lid.sample import sample_of
from curate.text.scripts import script_counts

CODE_VERSION = "1"
"""Raised whenever a change of this package's code could change an answer."""


@lru_cache(maxsize=1)
def base_languages() -> frozenset[str]:
    """ISO 639-3 codes of the languages that CLD2 can answer."""
    codes = dict(pycld2.LANGUAGES)
    languages = {language_code(codes[name]) for name in pycld2.DETECTED_LANGUAGES}
    return frozenset(languages - {UNDETERMINED})


class EmbeddedIdentifier:
    """Identifies about 1,500 languages without a model file, from about 6,000 code points a text.

    On one core it identifies about 1,500 texts of 2,000 code points a second.
    """

    name = "embedded"

    def __init__(self) -> None:
        self._table = load_table()
        parts = (
            CODE_VERSION,
            self._table.sha256,
            version("pycld2"),
            regex.__version__,  # the Unicode version that scripts are read from
        )
        self.fingerprint = hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        """One answer per text, in their order; no str makes it raise."""
        return [self._identify(text) for text in texts]

    def _identify(self, text: str) -> Identification:
        sample = sample_of(text)
        counts = script_counts(sample)
        if not counts:
            return NOTHING
        scores, n_ngrams = self._table.label_scores(sample)
        return fuse(
            self._base_answer(sample, counts),
            Resemblance(scores, n_ngrams),
            counts,
            base_languages(),
        )

    def _base_answer(self, sample: str, counts: dict[str, int]) -> BaseAnswer:
        """CLD2's answer, with its best effort where it would rather not answer."""
        for is_guess in (False, True):
            try:
                is_reliable, _, details = pycld2.detect(
                    sample, isPlainText=True, bestEffort=is_guess
                )
            except pycld2.error:  # text that CLD2 takes for invalid UTF-8
                break
            shares: dict[str, float] = {}
            for _, code, percent, _ in details:
                language = language_code(code)
                if language != UNDETERMINED:
                    script = script_for(language, self._table.native_scripts, counts)
                    label = label_of(language, script)
                    shares[label] = shares.get(label, 0.0) + percent / 100
            if shares:
                return BaseAnswer(shares, is_reliable=is_reliable, is_guess=is_guess)
        return BaseAnswer({}, is_reliable=False)


@lru_cache(maxsize=1)
def known_labels() -> tuple[str, ...]:
    """Every label of the table, and every base language in each script it is written in, sorted."""
    table = load_table()
    labels = set(table.unique_labels) - {NOISE}
    for language in base_languages():
        labels |= {label_of(language, s) for s in scripts_of(language, table.native_scripts)}
    return tuple(sorted(labels))
