"""Text classifiers in ONNX, with the ``tokenizer.json`` that they were exported with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from curate.classify.classifier import F32, ModelSpec, activation_of, labels_of, readable, scores_of
from curate.classify.halving import Batches
from curate.classify.hugging_face import check_positions, read_config
from curate.errors import ModelError
from curate.models import load_package, require_file
from curate.models.onnx_file import external_files

_EXTRA = "onnx"
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_TYPES = {"tensor(int64)": "int64", "tensor(int32)": "int32"}
_CUDA = "CUDAExecutionProvider"
_NO_MEMORY = ("Failed to allocate memory", "bad_alloc", "out of memory", "ALLOC_FAILED")


class _RunError(Exception):
    """Errors that onnxruntime raises while it runs a model; its classes have nothing in common."""


class OnnxClassifier:
    """Runs a model with inputs ``input_ids``, ``attention_mask`` and ``token_type_ids``.

    Of these a model may lack the latter two. Its output is ``[n_texts, n_labels]``: the one called
    ``logits``, or the first.

    Raises:
        ModelError: a file is missing or unusable, or a package is not installed.
    """

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._path = require_file(
            Path(spec.model), wanted="an ONNX model file", todo="correct the classifier's `model`"
        )
        folder = self._path.parent
        tokenizer = require_file(
            Path(spec.tokenizer or folder / "tokenizer.json"),
            wanted="the tokenizer.json of the model",
            todo="name it as the classifier's `tokenizer`",
        )
        config = read_config(folder)
        check_positions(spec, config)
        external_files(self._path)
        self._tokenizer = _Tokenizer(tokenizer, spec, config.get("pad_token_id"))
        self._session = _session(spec)
        # asked for CUDA, onnxruntime takes the CPU without a word where that cannot be had
        self.lacks_gpu = spec.gpu and _CUDA not in self._session.get_providers()
        self._batches = Batches(_is_of_memory)
        self._inputs = self._check_inputs()
        self._output = self._check_output()
        n_labels = self._raw(["a"]).shape[1]
        self.labels = labels_of(spec, config, n_labels)
        self._activation = spec.activation or activation_of(config, n_labels)

    def _check_inputs(self) -> dict[str, str]:
        """Input name -> its integer type."""
        inputs = {item.name: _TYPES.get(item.type) for item in self._session.get_inputs()}
        wrong = [name for name, kind in inputs.items() if name not in _INPUTS or kind is None]
        if wrong or "input_ids" not in inputs:
            raise self._error(f"inputs {', '.join(_INPUTS)}, of integers", ", ".join(inputs))
        return {name: kind for name, kind in inputs.items() if kind is not None}

    def _check_output(self) -> str:
        names: list[str] = [item.name for item in self._session.get_outputs()]
        return "logits" if "logits" in names else names[0]

    def _error(self, wanted: str, found: str) -> ModelError:
        todo = "export the model for sequence classification"
        return ModelError(self._spec.model, wanted=wanted, found=found, todo=todo)

    def scores(self, texts: Sequence[str]) -> dict[str, F32]:
        """See :class:`curate.classify.classifier.Classifier`."""
        scores = scores_of(self._raw(texts), self._activation) if texts else None
        none = np.empty(0, np.float32)
        return {
            name: none if scores is None else np.ascontiguousarray(scores[:, i])
            for i, name in enumerate(self.labels)
        }

    def _raw(self, texts: Sequence[str]) -> F32:
        """float32[n_texts, n_labels]: the model's outputs, in the order of the texts."""
        rows = self._tokenizer.encode(texts)
        outputs: F32 | None = None
        answers = self._batches.run(
            [len(row) for row in rows],
            self._spec.batch,
            lambda batch: self._run([rows[i] for i in batch]),
        )
        try:
            for batch, answer in answers:
                if outputs is None:
                    outputs = np.empty((len(texts), answer.shape[1]), np.float32)
                outputs[batch] = answer
        except _RunError as error:
            raise self._error("a model that runs on its tokens", str(error)[:300]) from error
        assert outputs is not None
        return outputs

    def _run(self, rows: Sequence[Sequence[int]]) -> F32:
        ids, mask = self._tokenizer.pad(rows)
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        given = {name: feeds[name].astype(kind) for name, kind in self._inputs.items()}
        try:
            (answer,) = self._session.run([self._output], given)
        except Exception as error:
            raise _RunError(str(error)) from error
        if answer.ndim == 1 and len(answer) == len(rows):
            answer = answer.reshape(-1, 1)
        if answer.ndim != 2 or len(answer) != len(rows):
            raise self._error(
                f"output {self._output} of shape [n_texts, n_labels]", str(list(answer.shape))
            )
        return np.asarray(answer, np.float32)


def _is_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(said in str(error) for said in _NO_MEMORY)


def _session(spec: ModelSpec) -> Any:  # noqa: ANN401 - of a package that may be absent
    runtime = load_package("onnxruntime", extra=_EXTRA, where=spec.model)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1  # the engine runs one process per core
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    has_cuda = spec.gpu and _CUDA in runtime.get_available_providers()
    providers = [_CUDA, "CPUExecutionProvider"] if has_cuda else ["CPUExecutionProvider"]
    try:
        return runtime.InferenceSession(spec.model, options, providers=providers)
    except Exception as error:  # its exceptions have no common class
        raise ModelError(
            spec.model,
            wanted="an ONNX model that onnxruntime can load",
            found=str(error)[:300],
            todo="export or fetch the model again; weights in a file beside it must be there too",
        ) from error


class _Tokenizer:
    """Token numbers of texts, cut and padded as the classifier asks."""

    def __init__(self, path: Path, spec: ModelSpec, pad: int | None) -> None:
        package = load_package("tokenizers", extra=_EXTRA, where=str(path))
        try:
            self._tokenizer = package.Tokenizer.from_file(str(path))
        except Exception as error:  # it raises no other class
            raise ModelError(
                str(path),
                wanted="a tokenizer.json of Hugging Face's tokenizers",
                found=str(error)[:300],
                todo="fetch the tokenizer again",
            ) from error
        padding = self._tokenizer.padding or {}
        self._pad = int(padding.get("pad_id", 0)) if pad is None else pad
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=spec.max_tokens)
        self._max_tokens = spec.max_tokens
        self._at_once = spec.gpu

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of each text, not padded."""
        cut = [readable(text, self._max_tokens) for text in texts]
        if self._at_once:  # in threads, so that a GPU does not wait
            return [encoding.ids for encoding in self._tokenizer.encode_batch(cut)]
        return [self._tokenizer.encode(text).ids for text in cut]

    def pad(
        self, rows: Sequence[Sequence[int]]
    ) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.int64]]]:
        """int64[n_texts, n_tokens] twice: tokens, and 1 where there is one."""
        width = max(1, *(len(row) for row in rows))
        ids = np.full((len(rows), width), self._pad, np.int64)
        mask = np.zeros((len(rows), width), np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        return ids, mask
