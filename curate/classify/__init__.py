"""Classifiers of whole texts, from models that users have: fastText, ONNX, Hugging Face folders.

All answer alike: a score for each text and label. What a score means is the model's affair.
"""

from __future__ import annotations

from curate.classify.classifier import CLASSIFY_VERSION, Classifier, ModelSpec, scored, to_score
from curate.classify.model_files import fingerprint_of, labels_told

__all__ = [
    "CLASSIFY_VERSION",
    "Classifier",
    "ModelSpec",
    "fingerprint_of",
    "labels_told",
    "load_classifier",
    "scored",
    "to_score",
]


def load_classifier(spec: ModelSpec) -> Classifier:
    """The classifier of a model.

    Raises:
        ModelError: the model or its tokenizer is missing or cannot be used, the package that reads
            it is not installed, or it has another number of labels than ``spec`` names.
    """
    # Imported on demand: each needs a package of its own.
    if spec.kind == "fasttext":
        from curate.classify.by_fasttext import FastTextClassifier

        return FastTextClassifier(spec)
    if spec.kind == "onnx":
        from curate.classify.by_onnx import OnnxClassifier

        return OnnxClassifier(spec)
    from curate.classify.by_transformers import TransformersClassifier

    return TransformersClassifier(spec)
