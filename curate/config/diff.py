"""Differences between two sets of language configs, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from curate.config.builtin import builtin_folder
from curate.config.language import (
    DEFAULT,
    SCRIPTS,
    LanguageConfig,
    LanguageConfigs,
    Threshold,
    load_config,
)
from curate.config.measured import in_order
from curate.config.problems import did_you_mean
from curate.errors import ConfigError
from curate.labels import is_label

BUILTIN: Final = "builtin"
SHOWN_WORDS: Final = 12


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One metric's threshold in both; None where there is no rule."""

    metric: str
    before: Threshold | None
    after: Threshold | None

    def __str__(self) -> str:
        """``mean_word_chars at most 12 instead of 11 (laxer)``."""
        return self.said + self._direction()

    @property
    def said(self) -> str:
        """The difference in words, without a judgement."""
        if self.before is None:
            assert self.after is not None
            return f"{self.metric} {in_words(self.after)}, a new rule"
        if self.after is None:
            return f"{self.metric} no longer a rule, was {in_words(self.before)}"
        old, new = self.before, self.after
        if old.max == new.max and old.min is not None and new.min is not None:
            said = f"at least {new.min:g} instead of {old.min:g}"
        elif old.min == new.min and old.max is not None and new.max is not None:
            said = f"at most {new.max:g} instead of {old.max:g}"
        else:
            said = f"{in_words(new)} instead of {in_words(old)}"
        return f"{self.metric} {said}"

    def _direction(self) -> str:
        if self.before is None or self.after is None:
            return ""
        old, new = _ends(self.before), _ends(self.after)
        if new[0] <= old[0] and new[1] >= old[1]:
            return " (laxer)"
        if new[0] >= old[0] and new[1] <= old[1]:
            return " (stricter)"
        return ""


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """The differences for one label, or for one parent that labels inherit.

    Attributes:
        name: the label, ``_script/Thai`` or ``_default``.
        rules: thresholds that differ, in the order in which they are checked.
        words_new: stop words that came in.
        words_gone: stop words that went out.
        source: provenance after, if it differs; empty if not.
    """

    name: str
    rules: tuple[RuleChange, ...]
    words_new: tuple[str, ...]
    words_gone: tuple[str, ...]
    source: str

    @property
    def decides(self) -> bool:
        """True if a document may be decided otherwise."""
        return bool(self.rules or self.words_new or self.words_gone)

    def lines(self) -> list[str]:
        """Each difference in words; stop words last."""
        texts = [str(rule) for rule in self.rules]
        for words, what in ((self.words_new, "new"), (self.words_gone, "gone")):
            if words:
                more = f" and {len(words) - SHOWN_WORDS} more" if len(words) > SHOWN_WORDS else ""
                texts.append(f"stop words {what}: {' '.join(words[:SHOWN_WORDS])}{more}")
        return texts


def in_words(threshold: Threshold) -> str:
    """``at least 3``, ``at most 12`` or ``from 3 to 12``."""
    low, high = threshold.min, threshold.max
    if low is None:
        return f"at most {high:g}"
    return f"at least {low:g}" if high is None else f"from {low:g} to {high:g}"


def _ends(threshold: Threshold) -> tuple[float, float]:
    low = float("-inf") if threshold.min is None else threshold.min
    return low, float("inf") if threshold.max is None else threshold.max


def diff_config(before: LanguageConfig, after: LanguageConfig) -> ConfigChange:
    """The differences between two configs with all they inherit."""
    rules = []
    for metric in in_order(t.metric for x in (before, after) for t in x.thresholds):
        old, new = before.threshold(metric), after.threshold(metric)
        if (old and _ends(old)) != (new and _ends(new)):
            rules.append(RuleChange(metric, old, new))
    old_words, new_words = set(before.stopwords), set(after.stopwords)
    source = f"{after.provenance.method}; {after.provenance.reference}"
    same = source == f"{before.provenance.method}; {before.provenance.reference}"
    return ConfigChange(
        name=after.label,
        rules=tuple(rules),
        words_new=tuple(word for word in after.stopwords if word not in old_words),
        words_gone=tuple(word for word in before.stopwords if word not in new_words),
        source="" if same else source,
    )


def diff_configs(
    before: LanguageConfigs, after: LanguageConfigs, names: Iterable[str]
) -> list[ConfigChange]:
    """The differences for each name, inheritance resolved; names without a difference too."""
    return [diff_config(before.resolve(name), after.resolve(name)) for name in names]


def names_of(*configs: LanguageConfigs) -> tuple[str, ...]:
    """Every file of some folders: ``_default``, then scripts, then labels."""
    names = {name for config in configs for name in config.files}
    return tuple(sorted(names, key=lambda name: (name != DEFAULT, is_label(name), name)))


@dataclass(frozen=True, slots=True)
class Sides:
    """Two sets of configs, the names that are compared, and whether single files were named."""

    before: LanguageConfigs
    after: LanguageConfigs
    names: tuple[str, ...]
    is_files: bool = False


def load_sides(before: str, after: str) -> Sides:
    """Two folders, or files, to compare. ``builtin`` names the folder that comes with curate.

    A file inherits from the folder it lies in; one that lies alone, from the other side, or from
    the folder that comes with curate.

    Raises:
        ConfigError: one of them is neither, or is wrong.
    """
    sides = [_Side.of(name) for name in (before, after)]
    loaded = []
    for side, other in zip(sides, reversed(sides), strict=True):
        if side.is_whole or side.name is None:
            loaded.append(LanguageConfigs.load(side.folder))
            continue
        parent = other.folder if other.is_whole else builtin_folder("language_configs")
        config = load_config(side.folder / f"{side.name}.yaml", side.name)
        loaded.append(LanguageConfigs({**LanguageConfigs.load(parent).files, side.name: config}))
    files = dict.fromkeys(side.name for side in sides if side.name is not None)
    return Sides(loaded[0], loaded[1], tuple(files) or names_of(*loaded), bool(files))


@dataclass(frozen=True, slots=True)
class _Side:
    """A folder, and the one config in it that is meant; None for all."""

    folder: Path
    name: str | None

    @property
    def is_whole(self) -> bool:
        return (self.folder / f"{DEFAULT}.yaml").is_file()

    @staticmethod
    def of(name: str) -> _Side:
        path = _place(name)
        if path.is_dir():
            return _Side(path, None)
        is_script = path.parent.name == SCRIPTS
        folder = path.parent.parent if is_script else path.parent
        return _Side(folder, path.relative_to(folder).with_suffix("").as_posix())


def _place(name: str) -> Path:
    path = builtin_folder("language_configs") if name == BUILTIN else Path(name).expanduser()
    if not path.exists():
        raise ConfigError(
            str(path),
            wanted="a folder of language configs, one file of them, or `builtin`",
            found="nothing of that name",
            todo=did_you_mean(name, [BUILTIN], otherwise="correct the path"),
        )
    return path.absolute()
