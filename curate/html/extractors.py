"""The extractors by name: what a job may ask for, and the versions that go into fingerprints.

Importing this loads no extractor, so that the command line starts without them.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from importlib.resources import files
from typing import Final

BLOCKS: Final = "blocks"
"""Our own; the default."""
TRAFILATURA: Final = "trafilatura"
RESILIPARSE: Final = "resiliparse"
CASCADE: Final = "cascade"
FINEWEB2: Final = "fineweb2"
"""Trafilatura with exactly the arguments of datatrove's extractor; what ``compat`` chooses."""

BLOCKS_VERSION: Final = "3"
"""To be raised with every change to the text that blocks give with the same model."""

_CASCADE_VERSION = "2"  # to be raised with every change to the lines that it gives


def extractor_version(extractor: str) -> str:
    """All that decides the text of a page but the page: libraries with versions, and settings.

    Raises:
        KeyError: there is no such extractor.
    """
    if extractor == BLOCKS:
        return f"blocks {BLOCKS_VERSION} {_model_digest()}"
    return {
        TRAFILATURA: f"{_library('trafilatura')} favor_precision no_comments",
        RESILIPARSE: f"{_library('resiliparse')} main_content no_comments shielded",
        CASCADE: f"cascade {_CASCADE_VERSION} {_library('resiliparse')} {_library('trafilatura')}",
        FINEWEB2: f"{_library('trafilatura')} favor_precision no_comments deduplicate-in-page",
    }[extractor]


def _model_digest() -> str:
    model = files("curate").joinpath("data", "extraction", "blocks.npz")
    return hashlib.sha256(model.read_bytes()).hexdigest()[:16]


def _library(name: str) -> str:
    return f"{name} {version(name)}"
