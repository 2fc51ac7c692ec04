"""Identification by a fastText model file: GlotLID, OpenLID, lid.176 and others of that form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Final

import fasttext
import regex

from curate.errors import ModelError
from curate.labels import NO_LANGUAGE, UNDETERMINED, is_label
from curate.lid.codes import label_of, model_label, script_for
from curate.lid.identified_text import samples_of
from curate.lid.identifier import MIN_LISTED_CONFIDENCE, NOTHING, Identification, ranked
from curate.lid.voices.funlang import load_table
from curate.models.fasttext_file import check_model_file
from curate.text.scripts import merge_cjk, most_frequent

CODE_VERSION = "3"
"""Raised whenever a change of this package's code could change an answer."""

MAX_CHARS = 800
"""Code points looked at: with lid.176 whole pages are told no better than by so many."""

_PREFIX = "__label__"
_TODO = "give the path of a .bin or .ftz language model, or 'embedded'"


# What OpenLID's texts have nothing of: what is no word character and no space, and digits.
_NOT_OPENLID: Final = regex.compile(r"[^\w\s]|\d")
_SPACES: Final = regex.compile(r"\s+")
_OPENLID_LABELS: Final = range(185, 206)  # 201 of v1, 193 and 194 of v2 and v3; lid218e has 218


def is_openlid(name: str, labels: Sequence[str]) -> bool:
    """True for a model of the OpenLID family, by its file's name or its labels.

    Args:
        name: of the file.
        labels: of the model, with or without prefix.
    """
    bare = [label.removeprefix(_PREFIX) for label in labels]
    return "openlid" in name.lower() or (len(bare) in _OPENLID_LABELS and all(map(is_label, bare)))


def openlid_form(text: str) -> str:
    """``text`` as OpenLID's were before training: lower case, no digits, no punctuation.

    As the model cards of OpenLID v2 and v3 describe it. Without it labels are not those of HPLT,
    which identifies with OpenLID.
    """
    squeezed = _SPACES.sub(" ", text.strip().lower())
    return str(_NOT_OPENLID.sub("", squeezed))


class FastTextIdentifier:
    """Identifies with a supervised fastText model, from about 800 code points a text.

    What a model calls a language becomes a label by :func:`curate.lid.codes.model_label`; a script
    that it does not name is taken from the text.

    Raises:
        ModelError: ``path`` is no whole fastText model, or the model has no ``__label__``.
    """

    def __init__(self, path: Path) -> None:
        check_model_file(path, todo=_TODO)
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
        self._clean = openlid_form if is_openlid(path.name, labels) else str
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

    @cached_property
    def languages(self) -> frozenset[str]:
        """ISO 639-3 codes of the languages that the model names."""
        names = (label.removeprefix(_PREFIX) for label in self._model.get_labels())
        return frozenset(model_label(name)[0] for name in names)

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        """One answer per text, in their order; no str makes it raise."""
        samples = samples_of(texts, max_chars=MAX_CHARS)
        readable = [i for i, counts in enumerate(samples.counts) if counts]
        answers = [NOTHING] * len(texts)
        if readable:
            label_names, probabilities = self._model.predict(
                [self._clean(" ".join(samples.texts[i].splitlines())) for i in readable],
                k=-1,
                threshold=MIN_LISTED_CONFIDENCE,
            )
            for i, labels, p in zip(readable, label_names, probabilities, strict=True):
                pairs = zip(labels, p.tolist(), strict=True)
                answers[i] = self._answer(samples.counts[i], pairs)
        return answers

    def _answer(
        self, counts: Mapping[str, int], predicted: Iterable[tuple[str, float]]
    ) -> Identification:
        probabilities: dict[str, float] = {}
        for name, probability in predicted:
            label = self.label_for(name.removeprefix(_PREFIX), counts)
            probabilities[label] = probabilities.get(label, 0.0) + probability
        if not probabilities:
            label = f"{UNDETERMINED}_{most_frequent(merge_cjk(counts))}"
            return ranked(label, {label: 0.0})
        best = max(probabilities, key=lambda label: (probabilities[label], label))
        return NOTHING if best == NO_LANGUAGE else ranked(best, probabilities)

    def label_for(self, name: str, counts: Mapping[str, int]) -> str:
        """The label for what a model calls a language: ``no`` is ``nob_Latn`` in Latin letters."""
        language, script = model_label(name)
        if script is not None:
            return f"{language}_{script}"
        script = script_for(language, self._table.native_scripts, counts)
        if script is None:  # English, of a text without a Latin letter
            return f"{UNDETERMINED}_{most_frequent(merge_cjk(counts))}"
        return label_of(language, script)
