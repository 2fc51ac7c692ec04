"""Perplexity of texts under a language model of their label, and the third of a label it is in."""

from __future__ import annotations

from curate.perplexity.buckets import BUCKETS, bucket_of
from curate.perplexity.language_models import (
    PERPLEXITY_VERSION,
    LanguageModel,
    ModelFiles,
    check_model,
    find_models,
    lines_of,
    load_model,
)
from curate.perplexity.normal_form import ccnet_form

__all__ = [
    "BUCKETS",
    "PERPLEXITY_VERSION",
    "LanguageModel",
    "ModelFiles",
    "bucket_of",
    "ccnet_form",
    "check_model",
    "find_models",
    "lines_of",
    "load_model",
]
