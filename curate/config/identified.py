"""Columns that identify measures beside the label, and the setting of a job that asks for each.

A threshold may be about these columns as about any metric. Those that cost time or need a folder
are measured only where the job asks, and are null elsewhere; a threshold on a column that was not
asked for would drop every document, so :func:`curate.config.required.require_identified` refuses it
before anything runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pydantic_core import PydanticCustomError

from curate.config.problems import problem

LID: Final = "lid_confidence"
"""The identifier's confidence: not measured on the text, but thresholded like what is."""

OWN_LABEL: Final = "own_label_char_fraction"
OWN_WORDS: Final = "own_word_fraction"
URL_NAMES: Final = "url_names_language"
AGREE: Final = "identifiers_agree_fraction"

IDENTIFIED: Final = (LID, OWN_LABEL, OWN_WORDS, AGREE)
"""Columns of the language sidecar that a threshold may be about, all from 0 to 1."""

SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        OWN_LABEL: "identify.segments: true",
        OWN_WORDS: "identify.wordlists: DIR",
        AGREE: "identify.others: [MODEL]",
    }
)
"""Column -> what a job says to have it measured; those that are not here always are."""

SELECTED: Final = (*IDENTIFIED, URL_NAMES)
"""Columns of the language sidecar that selection reads, beside the label."""


def own_words_in_parent(parent: str) -> PydanticCustomError:
    """The problem of a config for many labels that has a threshold which needs a wordlist.

    A label without a list has null there, so that all its documents would be dropped.
    """
    return problem(
        f"a threshold of `{OWN_WORDS}` in the file of a label that has a wordlist",
        f"it is in {parent}, which labels without a wordlist inherit",
        "move it to the labels' own files",
    )
