"""The files of a classifier's model: their digest, and what the smallest of them says."""

from __future__ import annotations

from pathlib import Path

from curate.classify.classifier import ModelSpec, named_labels
from curate.classify.hugging_face import read_config
from curate.models import digest_of, require_file
from curate.models.fasttext_file import labels_in
from curate.models.onnx_file import external_files

PREFIX = "__label__"
"""The characters before a label in a fastText model."""


def fingerprint_of(spec: ModelSpec) -> str:
    """Of the bytes of all files that decide the scores, wherever they lie; reads each once.

    Raises:
        ModelError: a file is missing or cannot be read.
    """
    model = Path(spec.model)
    if spec.kind == "transformers":
        folders = [model] if spec.tokenizer is None else [model, Path(spec.tokenizer)]
        files = [path for folder in folders for path in sorted(folder.glob("*")) if path.is_file()]
        return digest_of(path for path in files if path.suffix != ".md" and path.name[0] != ".")
    require_file(model, wanted="a model file", todo="correct the classifier's `model`")
    if spec.kind == "fasttext":
        return digest_of([model])
    # weights beyond 2 GiB lie in files of their own, which the model names
    parts = {model, *model.parent.glob(f"{model.name}*"), *external_files(model)}
    tokenizer = Path(spec.tokenizer or model.parent / "tokenizer.json")
    return digest_of({*parts, tokenizer, *model.parent.glob("config.json")})


def labels_told(spec: ModelSpec) -> tuple[str, ...]:
    """The labels, as far as they are known without loading the model; empty if not.

    Raises:
        ModelError: ``config.json`` or a fastText model cannot be read.
    """
    if spec.labels:
        return spec.labels
    model = Path(spec.model)
    if spec.kind == "fasttext":
        return tuple(sorted(name.removeprefix(PREFIX) for name in labels_in(model)))
    return named_labels(read_config(model if spec.kind == "transformers" else model.parent))
