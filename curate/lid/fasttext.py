"""Identification by a fastText model file: GlotLID, OpenLID, lid.176 and others of that form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import fasttext
import regex

from curate.errors import ModelError
from curate.labels import NO_LANGUAGE, UNDETERMINED, is_label
from curate.lid.base import MIN_LISTED_CONFIDENCE, NOTHING, Identification, ranked
from curate.lid.codes import WIKIPEDIA, label_of, language_code, script_for
from curate.lid.fasttext_file import check_model_file
from curate.lid.funlang import load_table
from curate.lid.sample import has_letter, printable
from curate.text.scripts import merge_cjk, most_frequent, script_counts

CODE_VERSION = "1"
"""Raised whenever a change of this package's code could change an answer."""

_PREFIX = "__label__"
_SCRIPT = re.compile(r"[A-Z][a-z]{3}")


class FastTextIdentifier:
    """Identifies with a supervised fastText model, from the whole text.

    A model's ``__label__xxx_Yyyy`` are given as they are. Labels of any other form are read as
    language codes, and the script is taken from the text.

    Raises:
        ModelError: ``path`` is no whole fastText model, or the model has no ``__label__``.
    """

    def __init__(self, path: Path) -> None:
        check_model_file(path)
        try:
            self._model = fasttext.load_model(str(path))
            labels = self._model.get_labels()
        except (ValueError, RuntimeError, MemoryError) as error:
            raise ModelError(
                str(path),
                wanted="a model that fastText can load",
                found=str(error),
                todo="fetch the model again",
            ) from error
        if not any(label.startswith(_PREFIX) for label in labels):
            raise ModelError(
                str(path),
                wanted="a supervised model with labels such as __label__fra_Latn",
                found="a model without any __label__, such as word vectors",
                todo="give a language identification model, or 'embedded'",
            )
        self._path = path
        self._table = load_table()
        self.name = path.name

    @cached_property
    def fingerprint(self) -> str:
        """Of the model's bytes, of this code and of what it calls; reads the file once."""
        with self._path.open("rb") as file:
            model = hashlib.file_digest(file, "sha256").hexdigest()
        parts = (
            CODE_VERSION,
            model,
            self._table.sha256,
            version("fasttext-community"),
            regex.__version__,
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        """One answer per text, in their order; no str makes it raise."""
        lines = [" ".join(printable(text).splitlines()) for text in texts]
        asked = [i for i, line in enumerate(lines) if has_letter(line)]
        answers = [NOTHING] * len(lines)
        if asked:
            found, probabilities = self._model.predict(
                [lines[i] for i in asked], k=-1, threshold=MIN_LISTED_CONFIDENCE
            )
            for i, labels, p in zip(asked, found, probabilities, strict=True):
                answers[i] = self._answer(lines[i], zip(labels, p.tolist(), strict=True))
        return answers

    def _answer(self, text: str, found: Iterable[tuple[str, float]]) -> Identification:
        counts = script_counts(text)
        probabilities: dict[str, float] = {}
        for name, probability in found:
            label = self.label_for(name.removeprefix(_PREFIX), counts)
            probabilities[label] = probabilities.get(label, 0.0) + probability
        if not probabilities:
            label = f"{UNDETERMINED}_{most_frequent(merge_cjk(counts))}"
            return ranked(label, {label: 0.0})
        best = max(probabilities, key=lambda label: (probabilities[label], label))
        return NOTHING if best == NO_LANGUAGE else ranked(best, probabilities)

    def label_for(self, name: str, counts: Mapping[str, int]) -> str:
        """The label for what a model calls a language: ``no`` is ``nob_Latn`` in Latin letters."""
        if is_label(name):
            return name
        language = WIKIPEDIA.get(name.lower()) or language_code(name)
        named = [part for part in re.split("[-_]", name)[1:] if _SCRIPT.fullmatch(part)]
        script = named[0] if named else script_for(language, self._table.native_scripts, counts)
        return label_of(language, script)
