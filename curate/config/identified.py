"""What identify measures beside the label, and which setting of a job asks for it.

A threshold may be about these columns as about any metric. Those that cost time or need a folder
are measured only where the job asks, and are null elsewhere; a threshold on a column that was not
asked for would drop every document, so :func:`require_asked` refuses it before anything runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from curate.config.explain import problem
from curate.errors import ConfigError

if TYPE_CHECKING:
    from curate.config.language import LanguageConfig, LanguageConfigs
    from curate.config.sections import IdentifyConfig

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


def refuse_for_parents(config: LanguageConfig, parent: str) -> None:
    """Raise a problem if a config for many labels has a threshold that needs a wordlist.

    A label without a list has null there, so that all its documents would be dropped.
    """
    found = config.threshold(OWN_WORDS)
    if found is not None and found.inherit:
        raise problem(
            f"a threshold of `{OWN_WORDS}` in the file of a label that has a wordlist",
            f"it is in {parent}, which labels without a wordlist inherit",
            "move it to the labels' own files",
        )


def require_asked(
    configs: LanguageConfigs,
    folder: Path,
    identify: IdentifyConfig,
    wordlist_labels: frozenset[str],
) -> None:
    """Check that a job measures what the thresholds of its configs are about.

    Args:
        configs: of the job.
        folder: where they come from, for the error.
        identify: what the job asks for.
        wordlist_labels: labels that its wordlists are for.

    Raises:
        ConfigError: it does not.
    """
    asked = {
        OWN_LABEL: identify.segments,
        OWN_WORDS: identify.wordlists is not None,
        AGREE: bool(identify.others),
    }
    for name, config in configs.files.items():
        for metric in (t.metric for t in config.thresholds if t.inherit):
            where = f"{folder / name}.yaml"
            if not asked.get(metric, True):
                raise ConfigError(
                    where,
                    wanted=f"`{SETTINGS[metric]}` in the job, since `{metric}` has a threshold",
                    found="a job that does not ask for it: every document would be dropped",
                    todo=f"ask for it in the job (and add `--rerun identify` in a work folder that "
                    f"has been begun), or remove the threshold of `{metric}`",
                )
            if metric == OWN_WORDS and name not in wordlist_labels:
                raise ConfigError(
                    where,
                    wanted=f"a wordlist for {name}, since `{metric}` has a threshold",
                    found=f"none in {identify.wordlists}: every document would be dropped",
                    todo=f"make one with `curate wordlists`, or remove the threshold of `{metric}`",
                )
