"""Language configs: thresholds and stop words of one label, as data with provenance.

A folder of configs has one file per label, and parents for what the labels do not say::

    _default.yaml           every label
    _script/Thai.yaml       every label in a script
    tha_Thai.yaml           one label

A file says what differs from its parent. For each metric the nearest file that names it decides,
whole: an entry ``{metric: mean_word_chars, max: 15}`` replaces the parent's minimum as well. A
metric that no file names has no rule. To go without a rule of the parent, a file says so::

    - {metric: terminal_punct_line_fraction, inherit: false, why: Thai ends sentences with a space}

(YAML reads a key *off* as the boolean false.) After inheritance, off is absence: no
:class:`Threshold` is left for the metric. A limit at the end of a metric's range drops nothing and
is refused, as a rule off in disguise. Stop words are inherited whole.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from curate.config.builtin import builtin_folder, builtin_or_repository
from curate.config.identified import LID as LID
from curate.config.identified import OWN_WORDS, own_words_in_parent
from curate.config.load import build, parse_yaml, read_text
from curate.config.measured import THRESHOLD_METRICS as THRESHOLD_METRICS
from curate.config.measured import Range as Range
from curate.config.measured import in_order, is_metric, is_optional, rank_of
from curate.config.measured import range_of as range_of
from curate.config.problems import did_you_mean, problem
from curate.errors import ConfigError
from curate.labels import is_label, require_label, script_of
from curate.text.normalize import nfc

DEFAULT: Final = "_default"
SCRIPTS: Final = "_script"
_PARENT = re.compile(rf"{DEFAULT}|{SCRIPTS}/[A-Z][a-z]{{3}}")

Aspect = Literal["lid", "stopwords", "thresholds"]
"""Parts of the configs that decide different stages: cluster, annotate, select."""

_JOINERS = "\u200c\u200d"  # zero width; Persian, Sinhala and other words are spelt with them


Bound = Annotated[float, Field(allow_inf_nan=False)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Threshold(_Frozen):
    """Bounds of one metric, themselves included; a document outside them is dropped.

    A document whose metric is null is outside any bounds.
    """

    metric: str = Field(
        description="name of a metric, a column of identify, or a classifier's `name.label`"
    )
    min: Bound | None = Field(default=None, description="least value that is kept")
    max: Bound | None = Field(default=None, description="greatest value that is kept")
    inherit: bool = Field(
        default=True, description="false, and no bound, to go without the parent's rule"
    )
    why: str | None = Field(default=None, description="reason for a value that nobody computed")

    @field_validator("metric")
    @classmethod
    def _known(cls, name: str) -> str:
        if not is_metric(name):
            raise problem(
                "the name of a metric",
                f"`{name}`",
                did_you_mean(
                    name, list(THRESHOLD_METRICS), otherwise="`curate metrics` lists the names"
                ),
            )
        return name

    @model_validator(mode="after")
    def _decides(self) -> Self:
        lowest, highest = range_of(self.metric)
        has_bound = self.min is not None or self.max is not None
        if self.inherit != has_bound:
            raise problem(
                f"a min or a max for `{self.metric}`, or `inherit: false` and neither",
                "neither" if self.inherit else "`inherit: false` and a bound",
                "give a bound, or `inherit: false` to go without the parent's rule",
            )
        for name, bound in (("min", self.min), ("max", self.max)):
            if bound is not None and not _within(bound, lowest, highest):
                raise problem(
                    f"a {name} of `{self.metric}` {_span(lowest, highest)}",
                    f"{bound:g}",
                    "correct it; a rule is switched off by leaving it out, or by `inherit: false`",
                )
        if self.min is not None and self.max is not None and self.min > self.max:
            raise problem(
                f"min of `{self.metric}` at most its max",
                f"min {self.min:g}, max {self.max:g}",
                "swap or correct them",
            )
        if self.min == lowest or (self.max is not None and self.max == highest):
            name, bound = ("min", self.min) if self.min == lowest else ("max", self.max)
            raise problem(
                f"bounds of `{self.metric}` that a document can break",
                f"{name} {bound:g}, which every document keeps",
                f"leave the {name} out, or write `inherit: false` to go without the parent's rule",
            )
        if self.metric == LID and self.max is not None:
            raise problem(f"a min of `{LID}` alone", "a max", "leave the max out")
        return self


def _within(value: float, lowest: float, highest: float | None) -> bool:
    return value >= lowest and (highest is None or value <= highest)


def _span(lowest: float, highest: float | None) -> str:
    return f"from {lowest:g} on" if highest is None else f"from {lowest:g} to {highest:g}"


class Provenance(_Frozen):
    """Where the values of one file come from, so that they can be made again or doubted."""

    method: str = Field(min_length=1, description="how the values were computed, or by whom chosen")
    reference: str = Field(min_length=1, description="the corpus or publication they rest on")
    documents: int | None = Field(
        default=None, ge=0, description="documents of the label they rest on"
    )
    sources: dict[str, int] = Field(
        default_factory=dict,
        description="the same by source: `reference`, and `own` for those of the job",
    )
    weight: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="share of the label's own statistics in a bound, n / (n + shrinkage), the "
        "least of any rule; the rest is the parent's bound",
    )
    shrinkage: int | None = Field(
        default=None, ge=0, description="documents that weigh as much as the parent's bound"
    )
    date: datetime.date | None = Field(default=None, description="the day they were computed")
    curate: str | None = Field(default=None, description="the version of curate that computed them")
    notes: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=(), description="what a reader should know before relying on them"
    )


class LanguageConfig(_Frozen):
    """The contents of one file; or, from :class:`LanguageConfigs`, all that holds for one label."""

    label: str = Field(description="the file's path in its folder, without .yaml")
    stopwords: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=(), description="letters only, case-folded; absent to inherit"
    )
    thresholds: Annotated[tuple[Threshold, ...], Field(strict=False)] = Field(
        default=(), description="the rules; lid_confidence comes first"
    )
    provenance: Provenance = Field(description="where the values come from")

    @field_validator("label")
    @classmethod
    def _is_label(cls, label: str) -> str:
        if not is_label(label) and _PARENT.fullmatch(label) is None:
            raise problem(
                "a label: ISO 639-3, '_', ISO 15924, such as fra_Latn or cmn_Hani",
                repr(label[:80]),
                "correct the label; a file has the name of its label",
            )
        return label

    @field_validator("stopwords")
    @classmethod
    def _are_words(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        for word in words:
            folded = nfc(word.casefold())
            if not is_letters(word):
                raise problem(
                    "stop words of letters and their marks",
                    repr(word),
                    "remove it: punctuation and digits say nothing about a text's language",
                )
            if word != folded:
                raise problem(
                    f"stop words in NFC and case-folded, here {folded!r}",
                    repr(word),
                    f"write {folded}: the text is folded before it is compared",
                )
        repeated = [word for word, count in Counter(words).items() if count > 1]
        if repeated:
            raise problem("every stop word once", f"{repeated[0]!r} twice", "remove one of them")
        return words

    @field_validator("thresholds")
    @classmethod
    def _in_order(cls, thresholds: tuple[Threshold, ...]) -> tuple[Threshold, ...]:
        names = [t.metric for t in thresholds]
        repeated = [name for name, count in Counter(names).items() if count > 1]
        if repeated:
            raise problem(
                "one threshold for each metric",
                f"`{repeated[0]}` twice",
                "merge them: one entry may hold a min and a max",
            )
        if LID in names[1:]:
            raise problem(
                f"`{LID}` first: deduplication and tuning see only what passes it",
                f"it is number {names.index(LID) + 1} of {len(names)}",
                "move it to the top of `thresholds`",
            )
        return tuple(sorted(thresholds, key=lambda t: rank_of(t.metric)))

    @model_validator(mode="after")
    def _decides_what_is_measured(self) -> Self:
        own_words = self.threshold(OWN_WORDS)
        if own_words is not None and own_words.inherit and not is_label(self.label):
            raise own_words_in_parent(f"{self.label}.yaml")
        return self

    def threshold(self, metric: str) -> Threshold | None:
        """The entry for a metric, if there is one."""
        return next((t for t in self.thresholds if t.metric == metric), None)

    def lid_threshold(self) -> float:
        """The least confidence to be compared and published; 0.0 if any will do. None is below."""
        threshold = self.threshold(LID)
        return 0.0 if threshold is None or threshold.min is None else threshold.min


def is_letters(word: str) -> bool:
    """True for letters with their marks and joiners, the form of a stop word; ``"l'"`` is not."""
    kinds = [unicodedata.category(c)[0] for c in word if c not in _JOINERS]
    return bool(kinds) and kinds[0] == "L" and word[0] not in _JOINERS and set(kinds) <= {"L", "M"}


class LanguageConfigs:
    """The configs of one folder, with inheritance."""

    def __init__(self, files: Mapping[str, LanguageConfig]) -> None:
        self._files = dict(sorted(files.items()))
        self._resolved: dict[str, LanguageConfig] = {}

    @staticmethod
    def load(folder: Path | Literal["builtin"]) -> LanguageConfigs:
        """Read a folder, or the one that comes with curate.

        Raises:
            ConfigError: the folder or its ``_default.yaml`` is missing; a file is wrong; a label
                needs stop words that it has not got.
        """
        root = builtin_folder("language_configs") if folder == "builtin" else folder
        paths = _config_files(root)
        if DEFAULT not in paths:
            raise ConfigError(
                str(root),
                wanted=f"a folder of language configs, with a {DEFAULT}.yaml for every other label",
                found="a folder without one" if root.is_dir() else "no such folder",
                todo=f"copy {DEFAULT}.yaml and {SCRIPTS}/ from {builtin_or_repository()}",
            )
        configs = LanguageConfigs({name: load_config(path, name) for name, path in paths.items()})
        for name, path in paths.items():
            _require_stopwords(configs.resolve(name), path)
        return configs

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that have a file of their own, sorted."""
        return tuple(name for name in self._files if is_label(name))

    @property
    def files(self) -> Mapping[str, LanguageConfig]:
        """The contents of each file, parents included, before inheritance."""
        return self._files

    @property
    def scores(self) -> tuple[str, ...]:
        """Metrics that the configs have thresholds of and only some jobs measure, in order."""
        named = {t.metric for config in self._files.values() for t in config.thresholds}
        return in_order(name for name in named if is_optional(name))

    def for_label(self, label: str) -> LanguageConfig:
        """Everything that holds for a label: its file's, else its script's, else the default.

        Raises:
            ConfigError: ``label`` is none.
        """
        if label not in self._resolved:
            self._resolved[label] = self.resolve(require_label(label, where="language config"))
        return self._resolved[label]

    def layers(self, name: str) -> tuple[str, ...]:
        """The files that a label or a parent takes its config from, nearest first."""
        script = f"{SCRIPTS}/{script_of(name)}" if is_label(name) else DEFAULT
        chain = dict.fromkeys((name, script, DEFAULT))
        return tuple(layer for layer in chain if layer in self._files)

    def resolve(self, name: str) -> LanguageConfig:
        """As :meth:`for_label`, for parents too."""
        layers = [self._files[layer] for layer in self.layers(name)]
        merged = {t.metric: t for layer in reversed(layers) for t in layer.thresholds}
        kept = (t for t in merged.values() if t.inherit)
        return LanguageConfig(
            label=name,
            stopwords=next((x.stopwords for x in layers if x.stopwords), ()),
            thresholds=tuple(sorted(kept, key=lambda t: t.metric != LID)),
            provenance=layers[0].provenance,
        )

    def fingerprint(self, aspect: Aspect) -> str:
        """SHA-256 of one aspect of every config, in hex; reasons and provenance do not count."""
        said = {name: aspect_of(self.resolve(name), aspect) for name in self._files}
        text = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def aspect_of(config: LanguageConfig, aspect: Aspect) -> object:
    """The part of a config that decides one kind of stage, as plain data to compare."""
    if aspect == "lid":
        return config.lid_threshold()
    if aspect == "stopwords":
        return sorted(config.stopwords)
    return [[t.metric, t.min, t.max] for t in config.thresholds]


def _config_files(root: Path) -> dict[str, Path]:
    """Config name -> file. A file that would be passed over by a wrong ending is an error."""
    paths: dict[str, Path] = {}
    for path in sorted([*root.glob("*"), *root.glob(f"{SCRIPTS}/*")]):
        if path.suffix in (".yml", ".YAML", ".YML"):
            raise ConfigError(
                str(path),
                wanted="a file that ends in .yaml",
                found=path.suffix,
                todo="rename it; FineWeb2's own config files have other keys and must be converted",
            )
        if path.suffix == ".yaml":
            paths[path.relative_to(root).with_suffix("").as_posix()] = path
    return paths


def load_config(path: Path, name: str | None = None) -> LanguageConfig:
    """Read one file, whose label is its name without .yaml, by default.

    Raises:
        ConfigError: it cannot be read, or is wrong.
    """
    return _parsed(read_text(path), str(path), path.stem if name is None else name)


@lru_cache(maxsize=4096)  # a driver reads every file of a folder, and of its copy, several times
def _parsed(text: str, where: str, name: str) -> LanguageConfig:
    data, positions = parse_yaml(text, where)
    config = build(LanguageConfig, data, positions, where)
    if config.label != name:
        raise ConfigError(
            positions[("label",)],
            wanted=f"`label: {name}`, as the file is called",
            found=f"`label: {config.label}`",
            todo="rename the file or correct the label",
        )
    return config


def _require_stopwords(config: LanguageConfig, path: Path) -> None:
    if config.threshold("n_stopwords") is not None and not config.stopwords:
        raise ConfigError(
            str(path),
            wanted=f"stop words for {config.label}, since `n_stopwords` has a threshold",
            found="none, here or in a parent: every document would be dropped as not measured",
            todo="add `stopwords`, or `{metric: n_stopwords, inherit: false}`",
        )
