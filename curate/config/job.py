"""Jobs: what to read, what to do with it and where to put it. One YAML file each.

A setting that can change the result lies outside ``engine``; one that cannot lies inside. So two
jobs give the same corpus exactly if :meth:`JobConfig.result_settings` agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from curate.config.absolute import (
    absolute,
    absolute_identify,
    absolute_lists,
    absolute_scoring,
    absolute_tune,
)
from curate.config.deciding import EngineConfig, IoConfig, deciding
from curate.config.emit import EmitConfig
from curate.config.input_columns import KEEP, Columns, checked_columns
from curate.config.load import build, load_yaml, parse_value
from curate.config.mixture import MixtureConfig
from curate.config.models import ClassifierConfig, DecontaminateConfig, PerplexityConfig
from curate.config.problems import dotted, field_at, problem
from curate.config.rights import RightsConfig
from curate.config.scoring import AnnotateConfig, WdsConfig
from curate.config.sections import (
    ClusterConfig,
    ExtractConfig,
    IdentifyConfig,
    MinHashConfig,
    RebalanceConfig,
    ReportConfig,
    RobotsConfig,
    SelectConfig,
    Settings,
    SignConfig,
    TuneConfig,
    UrlsConfig,
)
from curate.errors import ConfigError
from curate.extra.declare import PREFIX
from curate.redact import redact_all, redact_text
from curate.stage_table import setting_stages

Json = Any
BUILTIN: Final = "builtin"
_ABSENT: Final = "absent"
_FINER: Final = {"emit.license": "select"}  # a list of licences decides what is dropped


class JobConfig(Settings):
    """One job."""

    name: str = Field(default="job", min_length=1, max_length=200, description="name of the job")
    input: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        min_length=1, description="a path or a list of them; `*`, `?` and `**` match"
    )
    snapshots: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=(),
        description="later snapshots in their order, a path or pattern each; more may be added at "
        "the end when the job has run: what was published stays, and new documents join it",
    )
    work: str = Field(min_length=1, description="work folder: everything the job writes")
    format: Literal["auto", "warc", "jsonl", "parquet", "hplt"] = Field(
        default="auto",
        description="what the input is; `auto` goes by the names; `hplt` is JSON Lines or "
        "Parquet with the fields of HPLT, which `auto` knows by the first record",
    )
    snapshot: str | None = Field(
        default=None,
        min_length=1,
        description="crawl release, where a path has no CC-MAIN-YYYY-WW; null: the job's name",
    )
    columns: dict[str, str | list[str]] = Field(
        default_factory=dict,
        description="JSONL and Parquet: our column name -> the input's; and `keep`: a list of "
        "further columns of the input that are published as they are",
    )
    extract: ExtractConfig = Field(default=ExtractConfig(), description="extraction")
    identify: IdentifyConfig = Field(default=IdentifyConfig(), description="identification")
    language_configs: str = Field(
        default=BUILTIN, min_length=1, description="`builtin`, or a folder of language configs"
    )
    tune: TuneConfig | None = Field(
        default=None,
        description="tune thresholds and stop words; null to use the configs as is",
    )
    minhash: MinHashConfig = Field(default=MinHashConfig(), description="signatures")
    sign: SignConfig = Field(default=SignConfig(), description="what is signed")
    cluster: ClusterConfig = Field(default=ClusterConfig(), description="near-duplicates")
    wds: WdsConfig | None = Field(
        default=None, description="score documents and label their lines; null for no scores"
    )
    classify: tuple[ClassifierConfig, ...] = Field(
        default=(), strict=False, description="classifiers of yours; a list of sections"
    )
    perplexity: PerplexityConfig | None = Field(
        default=None, description="perplexity under language models of yours; null for none"
    )
    decontaminate: DecontaminateConfig | None = Field(
        default=None, description="look for texts of evaluation sets; null not to"
    )
    annotate: AnnotateConfig | None = Field(
        default=None, description="metrics of your own; null for none"
    )
    urls: UrlsConfig | None = Field(
        default=None, description="addresses to look for on lists; null for none"
    )
    robots: RobotsConfig | None = Field(
        default=None, description="robots.txt files to look addresses up in; null for none"
    )
    rights: RightsConfig | None = Field(
        default=None,
        description="signs of pages and sites on training, and licences; null for none",
    )
    select: SelectConfig = Field(default=SelectConfig(), description="selection")
    rebalance: RebalanceConfig = Field(default=RebalanceConfig(), description="repetition")
    mixture: MixtureConfig = Field(
        default=MixtureConfig(), description="how much of each label is published"
    )
    emit: EmitConfig = Field(default=EmitConfig(), description="published files")
    report: ReportConfig = Field(default=ReportConfig(), description="the HTML report")
    compat: Literal["fineweb2"] | None = Field(
        default=None,
        description="`fineweb2` for its published arithmetic: no verification of candidates",
    )
    engine: EngineConfig = Field(default=EngineConfig(), description="what runs the job")
    io: IoConfig = Field(default=IoConfig(), description="how stores are asked")

    @field_validator("input", mode="before")
    @classmethod
    def _one_or_many(cls, value: Json) -> Json:
        return (value,) if isinstance(value, str) else value

    @field_validator("input", "snapshots")
    @classmethod
    def _no_empty_pattern(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(value):
            raise problem("paths", "an empty text", "remove the empty item")
        return value

    @field_validator("classify")
    @classmethod
    def _different_names(cls, value: tuple[ClassifierConfig, ...]) -> tuple[ClassifierConfig, ...]:
        names = [classifier.name for classifier in value]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise problem(
                "a name of its own for each classifier", f"`{twice[0]}` twice", "rename one"
            )
        return value

    @field_validator("name", "snapshot")
    @classmethod
    def _without_secrets(cls, value: str | None) -> str | None:
        return None if value is None else redact_text(value)  # they are published

    @field_validator("columns")
    @classmethod
    def _known_columns(cls, value: Columns) -> Columns:
        return checked_columns(value)

    def asks_for(self, section: str) -> bool:
        """Whether a section is there, without which a stage does not run."""
        return bool(dict(self)[section])

    @property
    def is_compat(self) -> bool:
        """Whether the job does as FineWeb2 did."""
        return self.compat == "fineweb2"

    @property
    def verifies_clusters(self) -> bool:
        """Whether every member of a cluster was compared, and not reached by a chain of pairs."""
        cluster = self.cluster
        return cluster.verify and cluster.min_representative_similarity > 0 and not self.is_compat

    @property
    def mapped_columns(self) -> dict[str, str]:
        """Our column -> the input's."""
        return {ours: str(theirs) for ours, theirs in self.columns.items() if ours != KEEP}

    @property
    def kept_columns(self) -> tuple[str, ...]:
        """Further columns of the input that are kept."""
        return tuple(self.columns.get(KEEP, ()))

    @model_validator(mode="after")
    def _keeps_no_score(self) -> Self:
        prefixes = {f"{classifier.name}." for classifier in self.classify} | {PREFIX}
        taken = [name for name in self.kept_columns if name.startswith(tuple(prefixes))]
        if taken:
            raise problem(
                "names in `columns.keep` that no classifier or function of yours writes",
                f"`{taken[0]}`",
                "rename the classifier, or the column of the input",
            )
        return self

    @model_validator(mode="after")
    def _closes_verified_clusters(self) -> Self:
        if self.rebalance.blocked == "cluster" and not self.verifies_clusters:
            raise problem(
                "verified clusters beside `rebalance.blocked: cluster`",
                "chains of pairs that nobody compared",
                "set `blocked: page`, or `cluster.verify: true` without `compat`",
            )
        return self

    @model_validator(mode="after")
    def _fits_what_is_scored(self) -> Self:
        if self.tune is not None and self.tune.compression:
            if self.wds is None:
                raise problem(
                    "a section `wds` beside `tune.compression`, whose curves it fits",
                    "none",
                    "add `wds: {}`, or remove `tune.compression`",
                )
            if self.wds.curves is not None:
                raise problem(
                    "`tune.compression` or `wds.curves`",
                    "both",
                    "remove one: either the curves are fitted, or they are given",
                )
        return self

    def to_dict(self) -> dict[str, Json]:
        """Plain data, every setting present; :func:`curate.config.load.dump_yaml` writes it."""
        return self.model_dump(mode="json")

    def recorded(self) -> dict[str, Json]:
        """Every setting as it may be written down: addresses without passwords and signatures."""
        plain: dict[str, Json] = redact_all(self.model_dump(mode="json"))
        return plain

    def result_settings(self) -> dict[str, Json]:
        """The settings that decide the result; addresses likewise."""
        return deciding(self.recorded())

    def in_folder(self, folder: Path) -> JobConfig:
        """This job with every path absolute: relative ones lie in ``folder``, ``~`` is home.

        ``builtin``, ``embedded`` and addresses with ``://`` stay as they are.
        """
        changes: dict[str, Json] = {
            "input": tuple(absolute(p, folder) for p in self.input),
            "snapshots": tuple(absolute(p, folder) for p in self.snapshots),
            "work": absolute(self.work, folder),
        }
        if self.language_configs != BUILTIN:
            changes["language_configs"] = absolute(self.language_configs, folder)
        changes["identify"] = absolute_identify(self.identify, folder)
        if self.tune is not None:
            changes["tune"] = absolute_tune(self.tune, folder)
        if self.wds is not None and self.wds.curves is not None:
            curves = absolute(self.wds.curves, folder)
            changes["wds"] = self.wds.model_copy(update={"curves": curves})
        for name in ("urls", "robots", "rights"):
            section = getattr(self, name)
            if section is not None:
                changes[name] = absolute_lists(section, folder)
        changes |= absolute_scoring(self.classify, self.perplexity, self.decontaminate, folder)
        return self.model_copy(update=changes)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One setting that differs between two jobs; None and absence are told apart."""

    path: str
    old: Json
    new: Json

    @property
    def stage(self) -> str | None:
        """The first stage it concerns; None for a setting that changes no result.

        ``engine`` and ``work`` change none. A folder of language configs concerns ``annotate`` by
        its stop words, ``cluster`` by its LID thresholds and ``select`` by the rest: what really
        changed is told by :meth:`curate.config.language.LanguageConfigs.fingerprint`.
        """
        setting = self.path.split("[")[0]
        return _FINER.get(setting, setting_stages().get(setting.split(".")[0]))

    def __str__(self) -> str:
        return f"{self.path}: {_shown(self.old)} -> {_shown(self.new)}"


def _shown(value: Json) -> str:
    return value if value is _ABSENT else repr(value)


def diff_jobs(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[FieldChange]:
    """The settings that differ between two trees of plain data, in the order of ``old``."""
    return list(_diff(old, new, ()))


def _diff(old: Json, new: Json, at: tuple[str, ...]) -> list[FieldChange]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        changes = []
        for key in [*old, *(k for k in new if k not in old)]:
            changes += _diff(old.get(key, _ABSENT), new.get(key, _ABSENT), (*at, str(key)))
        return changes
    is_listed = isinstance(old, list | tuple) and isinstance(new, list | tuple)
    same = list(old) == list(new) if is_listed else old == new
    return (
        [] if same and (old is _ABSENT) == (new is _ABSENT) else [FieldChange(dotted(at), old, new)]
    )


def load_job(path: Path, overrides: Sequence[str] = (), *, folder: Path | None = None) -> JobConfig:
    """Read a job file.

    Args:
        path: the YAML file.
        overrides: ``"key=value"``, dotted for nested settings, such as
            ``"cluster.min_similarity=0.8"``; they win over the file, later ones over earlier ones.
        folder: where relative paths in the job and in the overrides begin; by default the current
            folder, as for every path on a command line.

    Raises:
        ConfigError: the file or an override is wrong; it says where.
    """
    data, positions = load_yaml(path)
    if isinstance(data, dict):
        for override in overrides:
            _override(data, positions, override)
    job = build(JobConfig, data, positions, str(path))
    return job.in_folder(folder or Path.cwd())


def with_settings(job: JobConfig, overrides: Sequence[str], *, section: str) -> JobConfig:
    """A job with settings of one section put over it, each ``"section.key=value"``.

    Raises:
        ConfigError: a setting is of another section, or wrong.
    """
    data: dict[str, Json] = job.to_dict()
    positions: dict[tuple[str | int, ...], str] = {}
    for text in overrides:
        if not text.startswith(f"{section}."):
            raise ConfigError(
                f"--set {text}",
                wanted=f"a setting of `{section}`, such as {section}.key=value",
                found=repr(text),
                todo="the work folder has its job; settings of other sections are made there",
            )
        _override(data, positions, text)
    return build(JobConfig, data, positions, "options")


def _override(
    data: dict[str, Json], positions: dict[tuple[str | int, ...], str], text: str
) -> None:
    key, equals, raw = text.partition("=")
    at = tuple(part.strip() for part in key.split("."))
    where = f"--set {text}"
    if not equals or not all(at):
        raise ConfigError(
            where,
            wanted="key=value, such as cluster.min_similarity=0.8",
            found=repr(text),
            todo="name the setting as in the job file, with dots between levels",
        )
    here = data
    for i, part in enumerate(at[:-1]):
        inner = here.get(part)
        if inner is None:  # `tune: null` in the file and --set tune.min_documents=500
            inner = here[part] = {}
        if not isinstance(inner, dict):
            raise ConfigError(
                where,
                wanted=f"`{'.'.join(at[: i + 1])}` to hold settings",
                found=f"it is {inner!r}",
                todo=f"set `{'.'.join(at[: i + 1])}` itself",
            )
        positions.setdefault(at[: i + 1], where)
        here = inner
    here[at[-1]] = _typed(at, raw)
    for known in [p for p in positions if p[: len(at)] == at]:
        del positions[known]
    positions[at] = where


def _typed(at: tuple[str, ...], raw: str) -> Json:
    """The value of an override; a setting that is text takes it as it stands, but for null."""
    field = field_at(JobConfig, at)
    value = parse_value(raw)
    is_text = field is not None and field.annotation in (str, str | None)
    if is_text and not isinstance(value, str | None):
        return raw
    return value
