"""Checks that a job measures what the thresholds of its language configs are about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from curate.config.identified import AGREE, OWN_LABEL, OWN_WORDS, SETTINGS
from curate.config.language import LanguageConfigs
from curate.config.measured import Range, is_optional, is_score, step_of
from curate.config.problems import did_you_mean
from curate.config.sections import IdentifyConfig
from curate.errors import ConfigError
from curate.stage_table import stage_of

MAX_SCORES: Final = 40
"""Named scores that the configs of a job may have thresholds of: a reason is a number of one byte
in the verdicts, and a bit of 96 in the report."""


def require_identified(
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
    is_measured = {
        OWN_LABEL: identify.segments,
        OWN_WORDS: identify.wordlists is not None,
        AGREE: bool(identify.others),
    }
    for name, config in configs.files.items():
        for metric in (t.metric for t in config.thresholds if t.inherit):
            where = f"{folder / name}.yaml"
            if not is_measured.get(metric, True):
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


def require_scores(configs: LanguageConfigs, folder: Path, scores: Mapping[str, Range]) -> None:
    """Check that a job makes the scores that the thresholds of its configs are about.

    Args:
        configs: of the job.
        folder: where they come from, for the error.
        scores: columns that the job makes beside those of every job, and where they can lie.

    Raises:
        ConfigError: it does not, or a bound lies where the score cannot.
    """
    for name, config in configs.files.items():
        where = f"{folder / name}.yaml"
        for t in config.thresholds:
            if not t.inherit or not is_optional(t.metric):
                continue
            if t.metric not in scores:
                raise _without_score(where, t.metric, scores)
            highest = scores[t.metric].highest
            if highest is not None and max(t.min or 0, t.max or 0) > highest:
                raise ConfigError(
                    where,
                    wanted=f"bounds of `{t.metric}` from 0 to {highest:g}, as this job makes it",
                    found=f"{max(t.min or 0, t.max or 0):g}",
                    todo="correct the bound, or the version of the score in the job",
                )
    named = [name for name in configs.scores if is_score(name)]
    if len(named) > MAX_SCORES:
        raise ConfigError(
            str(folder),
            wanted=f"thresholds of at most {MAX_SCORES} scores of classifiers",
            found=f"of {len(named)}",
            todo="remove those that decide little; `curate whatif` says what each decides",
        )


def _without_score(where: str, metric: str, scores: Mapping[str, Range]) -> ConfigError:
    section = stage_of(step_of(metric)).asked_by
    listed = ", ".join(list(scores)[:12]) + (" ..." if len(scores) > 12 else "")
    guess = did_you_mean(metric, list(scores), otherwise="") if scores else ""
    return ConfigError(
        where,
        wanted=f"a job that makes `{metric}`, since it has a threshold",
        found=f"one that makes {listed or 'no scores'}",
        todo=f"{guess + '; or ' if guess else ''}ask for it in the job's section `{section}`, or "
        f"remove the threshold of `{metric}`",
    )
