"""Sequence-classification folders of Hugging Face's transformers, run by PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from curate.classify.classifier import F32, ModelSpec, activation_of, labels_of, readable, scores_of
from curate.classify.halving import Batches
from curate.classify.hugging_face import check_positions, read_config
from curate.errors import ModelError
from curate.models import load_package, require_file
from curate.models.safetensors_file import check_folder

_EXTRA = "transformers"
_NO_MEMORY = ("out of memory", "can't allocate memory", "ALLOC_FAILED", "bad_alloc")


@dataclass(frozen=True, slots=True)
class Device:
    """Where a model of PyTorch's computes, and in which numbers.

    Attributes:
        name: as PyTorch calls it.
        dtype: of weights and outputs. Never float16: it ends at 65,504, and a head's sums are
            then infinite.
        let_go: gives back memory that nothing needs.
    """

    name: str
    dtype: Any
    let_go: Callable[[], None] = lambda: None


def device_of(torch: Any, *, gpu: bool) -> Device:  # noqa: ANN401 - a module that may be absent
    """The GPU, if asked for and there, in bfloat16 where it computes in that; else the CPU."""
    if not (gpu and torch.cuda.is_available()):
        return Device("cpu", torch.float32)
    has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    return Device("cuda", torch.bfloat16 if has_bfloat16 else torch.float32, torch.cuda.empty_cache)


class TransformersClassifier:
    """Runs a folder with ``config.json``, weights and tokenizer; nothing is downloaded.

    Code that a folder brings along is not run, and weights that are pickled are read as weights
    alone.

    Args:
        spec: the model.
        device: where it computes; None for what ``spec`` asks for and is there.

    Raises:
        ModelError: the folder cannot be used, lacks weights of the model that it says it is, or a
            package is not installed.
    """

    def __init__(self, spec: ModelSpec, device: Device | None = None) -> None:
        self._spec, self._folder = spec, Path(spec.model)
        require_file(
            self._folder / "config.json",
            wanted="a folder with the config.json of a model",
            todo="name a folder that `save_pretrained` wrote as the classifier's `model`",
        )
        config = read_config(self._folder)
        check_positions(spec, config)
        check_folder(self._folder)
        self._torch = load_package("torch", extra=_EXTRA, where=spec.model)
        package = load_package("transformers", extra=_EXTRA, where=spec.model)
        package.utils.logging.disable_progress_bar()
        self._device = device or device_of(self._torch, gpu=spec.gpu)
        self.lacks_gpu = spec.gpu and self._device.name == "cpu"
        self._tokenizer, self._model = _loaded(package, spec, config, self._device.dtype)
        self._model.to(self._device.name).eval()
        self._batches = Batches(self._is_of_memory, self._device.let_go)
        n_labels = int(self._model.config.num_labels)
        self.labels = labels_of(spec, config, n_labels)
        self._activation = spec.activation or activation_of(config, n_labels)

    def _is_of_memory(self, error: Exception) -> bool:
        is_told = isinstance(error, RuntimeError) and any(x in str(error) for x in _NO_MEMORY)
        return is_told or isinstance(error, MemoryError)

    def scores(self, texts: Sequence[str]) -> dict[str, F32]:
        """See :class:`curate.classify.classifier.Classifier`."""
        outputs = np.empty((len(texts), len(self.labels)), np.float32)
        if texts:
            encoded = self._tokenizer(
                [readable(text, self._spec.max_tokens) for text in texts],
                truncation=True,
                max_length=self._spec.max_tokens,
            )
            lengths = [len(row) for row in encoded["input_ids"]]

            def run(batch: list[int]) -> F32:
                return self._run({k: [v[i] for i in batch] for k, v in encoded.items()})

            for batch, scores in self._batches.run(lengths, self._spec.batch, run):
                outputs[batch] = scores
            outputs = scores_of(outputs, self._activation)
        return {name: np.ascontiguousarray(outputs[:, i]) for i, name in enumerate(self.labels)}

    def _run(self, batch: dict[str, Any]) -> F32:
        threads = self._torch.get_num_threads()
        self._torch.set_num_threads(1)  # the engine runs one process per core
        try:
            with self._torch.inference_mode():
                given = self._tokenizer.pad(batch, return_tensors="pt").to(self._device.name)
                logits = self._model(**given).logits.float().cpu().numpy()
        finally:
            self._torch.set_num_threads(threads)
        return np.asarray(logits, np.float32)


def _loaded(
    package: Any,  # noqa: ANN401 - as above
    spec: ModelSpec,
    config: Mapping[str, Any],
    dtype: Any,  # noqa: ANN401
) -> tuple[Any, Any]:
    """Tokenizer and model of a folder.

    Raises:
        ModelError: they cannot be loaded, or weights are missing.
    """
    load = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = package.AutoTokenizer.from_pretrained(spec.tokenizer or spec.model, **load)
        model, loading_info = package.AutoModelForSequenceClassification.from_pretrained(
            spec.model, dtype=dtype, output_loading_info=True, **load
        )
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # of a damaged folder any class may come, from any library
        raise _unusable(spec, config, error) from error
    missing = sorted(loading_info["missing_keys"])
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise ModelError(
            spec.model,
            wanted=f"all weights of a {type(model).__name__}, its classification head among them",
            found=f"none for {', '.join(missing[:3])}{more}: they would be made at random, and "
            "score at random",
            todo="name the folder of the model that was trained to classify, not the one that it "
            "was trained from",
        )
    return tokenizer, model


def _unusable(spec: ModelSpec, config: Mapping[str, Any], error: Exception) -> ModelError:
    said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    if "trust_remote_code" in str(error):
        classes = ", ".join(sorted(map(str, config.get("auto_map", {})))) or "its classes"
        return ModelError(
            spec.model,
            wanted="a model whose classes transformers has itself",
            found=f"a folder that asks to run code of its own for {classes}, which is never run",
            todo="export the model to ONNX, or choose another",
        )
    return ModelError(
        spec.model,
        wanted="a sequence-classification model that transformers can load",
        found=said,
        todo="fetch the folder again, or export the model to ONNX",
    )
