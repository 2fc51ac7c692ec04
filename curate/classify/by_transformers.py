"""Sequence-classification folders of Hugging Face's transformers, run by PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from curate.classify.base import (
    F32,
    MAX_CHARS_PER_TOKEN,
    ModelSpec,
    activate,
    activation_of,
    labels_of,
    longest_first,
)
from curate.classify.hugging_face import read_config
from curate.errors import ModelError
from curate.models import load_package, require_file

_EXTRA = "transformers"


class TransformersClassifier:
    """Runs a folder with ``config.json``, weights and tokenizer; nothing is downloaded.

    Code that a folder brings along is not run, and weights that are pickled are read as weights
    alone. On a GPU the model computes in half precision.

    Raises:
        ModelError: the folder cannot be used, or a package is not installed.
    """

    def __init__(self, spec: ModelSpec) -> None:
        self._spec, self._folder = spec, Path(spec.model)
        require_file(
            self._folder / "config.json",
            wanted="a folder with the config.json of a model",
            todo="name a folder that `save_pretrained` wrote as the classifier's `model`",
        )
        config = read_config(self._folder)
        self._torch = load_package("torch", extra=_EXTRA, where=spec.model)
        package = load_package("transformers", extra=_EXTRA, where=spec.model)
        package.utils.logging.disable_progress_bar()
        on_gpu = spec.gpu and self._torch.cuda.is_available()
        self._device = "cuda" if on_gpu else "cpu"
        try:
            load = {"local_files_only": True, "trust_remote_code": False}
            self._tokenizer = package.AutoTokenizer.from_pretrained(
                spec.tokenizer or spec.model, **load
            )
            self._model = package.AutoModelForSequenceClassification.from_pretrained(
                spec.model, dtype=self._torch.float16 if on_gpu else self._torch.float32, **load
            )
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
            raise ModelError(
                spec.model,
                wanted="a sequence-classification model that transformers can load",
                found=str(error)[:300],
                todo="fetch the folder again, or export the model to ONNX",
            ) from error
        self._model.to(self._device).eval()
        n_labels = int(self._model.config.num_labels)
        self.labels = labels_of(spec, config, n_labels)
        self._activation = spec.activation or activation_of(config, n_labels)

    def scores(self, texts: Sequence[str]) -> dict[str, F32]:
        """See :class:`curate.classify.base.Classifier`."""
        outputs = np.empty((len(texts), len(self.labels)), np.float32)
        if texts:
            longest = self._spec.max_tokens * MAX_CHARS_PER_TOKEN
            encoded = self._tokenizer(
                [text[:longest] for text in texts],
                truncation=True,
                max_length=self._spec.max_tokens,
            )
            lengths = [len(row) for row in encoded["input_ids"]]
            for batch in longest_first(lengths, self._spec.batch):
                outputs[batch] = self._run({k: [v[i] for i in batch] for k, v in encoded.items()})
            outputs = activate(outputs, self._activation)
        return {name: np.ascontiguousarray(outputs[:, i]) for i, name in enumerate(self.labels)}

    def _run(self, batch: dict[str, Any]) -> F32:
        threads = self._torch.get_num_threads()
        self._torch.set_num_threads(1)  # the engine runs one process per core
        try:
            with self._torch.inference_mode():
                given = self._tokenizer.pad(batch, return_tensors="pt").to(self._device)
                logits = self._model(**given).logits.float().cpu().numpy()
        finally:
            self._torch.set_num_threads(threads)
        return np.asarray(logits, np.float32)
