"""A model tried in a process that may die of it: what it says of two texts, or why it cannot.

Readers of model files are C++ that believes what a file says, and a damaged one may take its
process along. So whoever checks a job runs :func:`try_model` in a sandbox, on the CPU.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from curate.classify import Classifier, ModelSpec, load_classifier
from curate.errors import ModelError

Json = Any

LONGEST = 2048
"""Tokens of the long text at most: of more, attention alone would take gigabytes."""


def spec_of(fields: Mapping[str, Json]) -> ModelSpec:
    """A spec that came as JSON."""
    return ModelSpec(**{**fields, "labels": tuple(fields["labels"])})


def try_model(fields: Mapping[str, Json]) -> dict[str, Json]:
    """Load a model and ask it about a short text and one as long as it may be.

    Args:
        fields: of a :class:`ModelSpec`.

    Returns:
        ``labels``, or the four parts of a ModelError as ``error``.
    """
    try:
        classifier = load_classifier(replace(spec_of(fields), gpu=False))
        _check_answers(classifier, spec_of(fields))
    except ModelError as error:
        return {"error": [error.where, error.wanted, error.found, error.todo]}
    return {"labels": list(classifier.labels)}


def _check_answers(classifier: Classifier, spec: ModelSpec) -> None:
    """Raise ModelError if a text as the job allows it has no answer, or none that is a number."""
    n = min(spec.max_tokens, LONGEST)
    for text, which in (("a", "a short text"), ("a " * n, f"a text of {n} tokens")):
        try:
            scores = classifier.scores([text])
        except MemoryError:
            raise
        except Exception as error:  # a library's, of any class
            reason = error.found if isinstance(error, ModelError) else repr(error)
            raise ModelError(
                spec.model,
                wanted=f"a model that answers {which}, as `max_tokens` allows it",
                found=" ".join(reason.split())[:300],
                todo="set a smaller `max_tokens`, if the model has positions for fewer tokens; "
                "else export or fetch it again",
            ) from error
        broken = [name for name, values in scores.items() if not np.isfinite(values).all()]
        if broken:
            raise ModelError(
                spec.model,
                wanted="scores that are numbers",
                found=f"for {which} none for {', '.join(broken[:9])}: its weights hold what is no "
                "number, or its sums overflow",
                todo="fetch or export the model again",
            )
