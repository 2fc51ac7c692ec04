"""Identification by a MillID model: a folder with ``config.json``, ``labels.json`` and ``onnx/``.

MillID reads UTF-8 bytes, each with its script and the hashed n-grams that end there, in windows of
some 250 bytes; a text's answer is that of its windows, weighed by their length. Its own package
makes the encoding and runs the model (``pip install 'curate-corpus[millid]'``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from curate.errors import ModelError
from curate.labels import NO_LANGUAGE
from curate.lid.codes import model_label
from curate.lid.identified_text import samples_of
from curate.lid.identifier import NOTHING, Identification, ranked
from curate.models.named_files import digest_of
from curate.models.packages import load_package
from curate.text.reading import READING_VERSION
from curate.text.scripts import merge_cjk, most_frequent

CODE_VERSION = "1"
"""Raised whenever a change of this package's code could change an answer."""

MAX_CHARS: Final = 800
"""Code points looked at, as of other models by path."""

_EXTRA: Final = "millid"
_N_LABELS: Final = 20
_FILES: Final = ("config.json", "labels.json")
_MODELS: Final = ("onnx/model.onnx", "model.onnx")  # where the package looks for it, in this order
_TODO: Final = "give a folder with config.json, labels.json and onnx/model.onnx"


class MillIDIdentifier:
    """Identifies with a MillID model, from about 800 code points a text.

    Raises:
        ModelError: the folder lacks a file, the package is not installed, or it cannot load the
            model.
    """

    def __init__(self, folder: Path) -> None:
        self._files = _files_of(folder)
        package = load_package("millid", extra=_EXTRA, where=str(folder))
        try:
            self._model: Any = package.LanguageIdentifier(folder, device="cpu", threads=1)
        except Exception as error:  # onnxruntime's exceptions have no common class
            raise ModelError(
                str(folder),
                wanted="a model that the package millid can load",
                found=f"{type(error).__name__}: {error}"[:300],
                todo="fetch the model again; pip install 'curate-corpus[millid]' if one is missing",
            ) from error
        self.name = folder.name

    @cached_property
    def fingerprint(self) -> str:
        """Of the files' bytes, of this code and of what it calls."""
        packages = (f"{name} {version(name)}" for name in ("millid", "onnxruntime", "numpy"))
        parts = (CODE_VERSION, digest_of(self._files), f"reading {READING_VERSION}", *packages)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @cached_property
    def languages(self) -> frozenset[str]:
        """ISO 639-3 codes of the languages that the model names."""
        return frozenset(model_label(name)[0] for name in self._model.labels)

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        """One answer per text, in their order; no str makes it raise.

        Each is asked about alone: MillID's answers differ a little with the texts beside them.
        """
        samples = samples_of(texts, max_chars=MAX_CHARS)
        return [
            self._answer(text, most_frequent(merge_cjk(counts))) if counts else NOTHING
            for text, counts in zip(samples.texts, samples.counts, strict=True)
        ]

    def _answer(self, text: str, script: str) -> Identification:
        languages = self._model.identify_document(text, k=_N_LABELS).languages
        probabilities: dict[str, float] = {}
        for one in languages:
            language, own = model_label(one.label)
            label = f"{language}_{own or script}"
            probabilities[label] = probabilities.get(label, 0.0) + float(one.probability)
        best = max(probabilities, key=lambda label: (probabilities[label], label))
        return NOTHING if best == NO_LANGUAGE else ranked(best, probabilities)


def _files_of(folder: Path) -> list[Path]:
    models = [folder / name for name in _MODELS if (folder / name).is_file()]
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing or not models:
        raise ModelError(
            str(folder),
            wanted=", ".join((*_FILES, _MODELS[0])),
            found=f"a folder without {', '.join(missing or _MODELS[:1])}",
            todo=_TODO,
        )
    weights = sorted(models[0].parent.glob(f"{models[0].name}?data"))
    return [*(folder / name for name in _FILES), models[0], *weights]
