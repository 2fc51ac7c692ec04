"""The extractors by name: what a job may ask for, and the versions that go into fingerprints.

Importing this loads no extractor, so that the command line starts without them.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

TRAFILATURA: Final = "trafilatura"
RESILIPARSE: Final = "resiliparse"
CASCADE: Final = "cascade"
FINEWEB2: Final = "fineweb2"
"""Trafilatura with exactly the arguments of datatrove's extractor; what ``compat`` chooses."""

_CASCADE_VERSION = "1"  # to be raised with every change to the lines that it gives


def extractor_version(extractor: str) -> str:
    """What tells one text of a page from another: the libraries with their versions, and settings.

    Raises:
        KeyError: there is no such extractor.
    """
    return {
        TRAFILATURA: f"{_library('trafilatura')} favor_precision no_comments",
        RESILIPARSE: f"{_library('resiliparse')} main_content no_comments",
        CASCADE: f"cascade {_CASCADE_VERSION} {_library('resiliparse')} {_library('trafilatura')}",
        FINEWEB2: f"{_library('trafilatura')} favor_precision no_comments deduplicate-in-page",
    }[extractor]


def _library(name: str) -> str:
    return f"{name} {version(name)}"
