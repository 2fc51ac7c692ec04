"""Supervised fastText models: those of DCLM, and others of that form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import fasttext
import numpy as np

from curate.classify.classifier import F32, ModelSpec
from curate.classify.model_files import PREFIX
from curate.errors import ModelError
from curate.models.fasttext_file import check_model_file


class FastTextClassifier:
    """The probability of each ``__label__`` of a supervised model, for the whole text on one line.

    Raises:
        ModelError: ``spec.model`` is no whole supervised model, or has no label that the job names.
    """

    lacks_gpu = False  # it is never asked for one

    def __init__(self, spec: ModelSpec) -> None:
        self._path = Path(spec.model)
        check_model_file(self._path)
        try:
            self._model = fasttext.load_model(spec.model)
            names = [label.removeprefix(PREFIX) for label in self._model.get_labels()]
        except (ValueError, RuntimeError, MemoryError) as error:
            raise self._error("a supervised model that fastText can load", str(error)) from error
        is_supervised = any(label.startswith(PREFIX) for label in self._model.get_labels())
        if not is_supervised:
            raise self._error("a supervised model with labels", "word vectors, or no label at all")
        unknown = [name for name in spec.labels if name not in names]
        if unknown:
            shown = ", ".join(sorted(names)[:30])
            raise self._error(f"labels of the model, which are {shown}", repr(unknown[0]))
        self.labels = spec.labels or tuple(sorted(names))

    def _error(self, wanted: str, found: str) -> ModelError:
        todo = "correct `model` or `labels` of this classifier"
        return ModelError(str(self._path), wanted=wanted, found=found, todo=todo)

    def scores(self, texts: Sequence[str]) -> dict[str, F32]:
        """See :class:`curate.classify.classifier.Classifier`."""
        by_label = {name: np.zeros(len(texts), np.float32) for name in self.labels}
        if not texts:
            return by_label
        # as DCLM joined the lines it trained on; fastText itself reads up to the first of them
        lines = [" ".join(text.replace("\0", " ").splitlines()) for text in texts]
        for i, answer in enumerate(self._predict(lines)):
            if answer is None:
                for scores in by_label.values():
                    scores[i] = np.nan
                continue
            for name, value in zip(*answer, strict=True):
                column = by_label.get(name.removeprefix(PREFIX))
                if column is not None:
                    column[i] = min(value, 1.0)  # fastText adds 1e-5 to what it takes logs of
        return by_label

    def _predict(self, lines: list[str]) -> list[tuple[list[str], list[float]] | None]:
        """Labels and probabilities of each text; None where the model has no number for it."""
        try:
            answers, probabilities = self._model.predict(lines, k=-1, threshold=0.0)
        except RuntimeError:  # it says so of all if one of them has none
            if len(lines) == 1:
                return [None]
            return [predicted for line in lines for predicted in self._predict([line])]
        pairs = zip(answers, probabilities, strict=True)
        return [(list(names), values.tolist()) for names, values in pairs]
