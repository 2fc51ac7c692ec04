"""The paths of a job, absolute, so that it means the same from any folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curate.config.models import ClassifierConfig, DecontaminateConfig, PerplexityConfig
from curate.config.sections import (
    EMBEDDED,
    IdentifyConfig,
    Settings,
    TuneConfig,
    split_reference,
)


def absolute_lists(section: Settings, folder: Path) -> Settings:
    """A section whose lists of paths are absolute; names of agents and signs are none."""
    changes = {
        name: tuple(absolute(path, folder) for path in value)
        for name, value in section
        if isinstance(value, tuple) and name not in ("agents", "drop_opt_out", "drop")
    }
    return section.model_copy(update=changes)


def absolute_tune(tune: TuneConfig, folder: Path) -> TuneConfig:
    """The section with every path absolute, also behind ``LABEL=``."""
    references = []
    for text in tune.reference:
        label, pattern = split_reference(text)
        path = absolute(pattern, folder)
        references.append(path if label is None else f"{label}={path}")
    out = None if tune.out is None else absolute(tune.out, folder)
    return tune.model_copy(update={"out": out, "reference": tuple(references)})


def absolute_identify(identify: IdentifyConfig, folder: Path) -> IdentifyConfig:
    """The section of identification, with the paths of models and wordlists absolute."""
    paths = (("model", identify.model), ("wordlists", identify.wordlists))
    changes: dict[str, Any] = {
        key: absolute(path, folder) for key, path in paths if path is not None and path != EMBEDDED
    }
    changes["others"] = tuple(
        path if path == EMBEDDED else absolute(path, folder) for path in identify.others
    )
    return identify.model_copy(update=changes)


def absolute_scoring(
    classify: Sequence[ClassifierConfig],
    perplexity: PerplexityConfig | None,
    decontaminate: DecontaminateConfig | None,
    folder: Path,
) -> dict[str, Any]:
    """The sections of classifiers, perplexity and evaluation sets, with every path absolute."""
    changes: dict[str, Any] = {
        "classify": tuple(_of(model, folder, "model", "tokenizer") for model in classify)
    }
    if perplexity is not None:
        changes["perplexity"] = _of(perplexity, folder, "models", "sentencepiece")
    if decontaminate is not None:
        changes["decontaminate"] = _of(decontaminate, folder, "sets")
    return changes


def _of(section: Settings, folder: Path, *names: str) -> Settings:
    """A section whose settings of these names, paths or mappings to paths, are absolute."""
    return section.model_copy(update={n: _deep(getattr(section, n), folder) for n in names})


def _deep(value: Any, folder: Path) -> Any:  # noqa: ANN401 - as it stands in a job
    if isinstance(value, str):
        return absolute(value, folder)
    if isinstance(value, tuple):
        return tuple(absolute(path, folder) for path in value)
    return value if value is None else {k: _deep(v, folder) for k, v in value.items()}


def absolute(path: str, folder: Path) -> str:
    """A path from ``folder``, ``~`` is home; an address as it is."""
    if "://" in path:
        return path
    return str(folder.absolute() / Path(path).expanduser())
