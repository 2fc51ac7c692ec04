"""The tune stage: stop words before annotate, thresholds after it, from a job's own documents."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from curate import __version__
from curate.config.builtin import builtin_folder
from curate.config.identified import SETTINGS
from curate.config.language import THRESHOLD_METRICS, LanguageConfig, LanguageConfigs
from curate.config.sections import TuneConfig
from curate.io import layout
from curate.labels import NO_LANGUAGE
from curate.metrics import choose_stopwords
from curate.pipeline.configs import config_folder
from curate.pipeline.exchange import read_all
from curate.pipeline.step import load_plan, load_receipts
from curate.tune.fit import count_documents, english_reference, fit_label
from curate.tune.sketch import Summaries, from_json, merge
from curate.tune.write import to_yaml

if TYPE_CHECKING:
    from curate.pipeline.stages_run import Stages

STOPWORD_FOLDER = "stopwords/configs"
KEPT_STOPWORDS = 60


def tune_stopwords(stages: Stages) -> None:
    """Count words by label and let annotate look for this job's own stop words."""
    assert stages.job.tune is not None
    words = count_stopwords(stages, stages.job.tune.min_documents)
    base = LanguageConfigs.load(config_folder(stages.job.language_configs))
    changed = {
        label: base.for_label(label).model_copy(update={"stopwords": found})
        for label, found in words.items()
    }
    store = stages.runner.store
    target = store.make_folder(STOPWORD_FOLDER)
    write_configs(target, config_folder(stages.job.language_configs), changed)
    stages.configs.use(target, ("stopwords",))


def count_stopwords(stages: Stages, min_documents: int) -> dict[str, tuple[str, ...]]:
    """label -> stop words, for labels with enough documents."""
    stages.stopwords_step()
    counts: dict[str, Counter[str]] = {}
    for table in read_all(stages.runner.store, "stopwords", "data"):
        for row in table.to_pylist():
            counts.setdefault(row["label"], Counter())[row["word"]] += row["n"]
    n_words: Counter[str] = Counter()
    for receipt in load_receipts(stages.runner.store, "stopwords"):
        n_words.update(receipt.counts["n_words"])
    documents: Counter[str] = Counter()
    for receipt in load_receipts(stages.runner.store, "identify"):
        documents.update(receipt.counts["labels"])
    return {
        label: tuple(choose_stopwords(found, n_words[label])[:KEPT_STOPWORDS])
        for label, found in sorted(counts.items())
        if documents[label] >= min_documents
    }


def tune_thresholds(stages: Stages) -> None:
    """Fit thresholds and let cluster and select use them."""
    settings = stages.job.tune
    assert settings is not None
    target = stages.runner.store.make_folder(layout.TUNED)
    tune_folder(stages, settings, target)
    if settings.out is not None:
        tune_folder(stages, settings, Path(settings.out))
    stages.configs.use(target, ("lid", "thresholds"))


def tune_folder(
    stages: Stages, settings: TuneConfig, target: Path, only: frozenset[str] = frozenset()
) -> list[str]:
    """Write tuned configs of every label that can be tuned, or of some.

    A second run on the same data changes nothing: a file whose content differs in its date alone
    is left as it is.

    Returns:
        The labels tuned.
    """
    summaries = _summaries(stages)
    words = count_stopwords(stages, settings.min_documents)
    english = english_reference(summaries, settings.min_documents)
    base = LanguageConfigs.load(config_folder(stages.job.language_configs))
    fitted: dict[str, LanguageConfig] = {}
    for label in sorted(summaries):
        if label == NO_LANGUAGE or (only and label not in only):
            continue
        config = fit_label(
            label,
            summaries,
            stopwords=words.get(label, ()),
            methods={
                "repetition": settings.methods.repetition,
                "fineweb_quality": settings.methods.fineweb_quality,
                "gopher_quality": settings.methods.gopher_quality,
            },
            english=english,
            min_documents=settings.min_documents,
            reference=f"documents of job {stages.job.name}",
            curate=__version__,
            date=datetime.datetime.now(datetime.UTC).date(),
        )
        if config.thresholds:
            own = base.files.get(label)
            fitted[label] = config if own is None else _with_untuned(config, own)
    write_configs(target, config_folder(stages.job.language_configs), fitted)
    return [x for x in fitted if count_documents(summaries[x]) >= settings.min_documents]


def _with_untuned(config: LanguageConfig, before: LanguageConfig) -> LanguageConfig:
    """A tuned config with what the label's file said of columns that no method tunes."""
    kept = {t.metric: t for t in (*before.thresholds, *config.thresholds) if t.metric in SETTINGS}
    if not kept:
        return config
    thresholds = {**kept, **{t.metric: t for t in config.thresholds}}
    ordered = tuple(thresholds[m] for m in THRESHOLD_METRICS if m in thresholds)
    return config.model_copy(update={"thresholds": ordered})


def _summaries(stages: Stages) -> Summaries:
    stages.tune_step()
    found: Summaries = {}
    for table in read_all(stages.runner.store, "tune", "data"):
        plan = load_plan(stages.runner.store, "tune")
        assert plan is not None
        found = merge(found, from_json(table["summaries"][0].as_py(), where=f"stage {plan.step}"))
    return found


def write_configs(target: Path, base: Path, configs: Mapping[str, LanguageConfig]) -> None:
    """Write a folder that can be used as it is: the base's files, and these over them."""
    target.mkdir(parents=True, exist_ok=True)
    shipped = base == builtin_folder("language_configs")
    for path in sorted([*base.glob("*.yaml"), *base.glob("_script/*.yaml")]):
        place = target / path.relative_to(base)
        if path.stem not in configs and (not place.exists() or not shipped):
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(path.read_bytes())
    for label, config in configs.items():
        place = target / f"{label}.yaml"
        if not _same_but_for_date(place, config):
            place.write_text(to_yaml(config), encoding="utf-8")


def _same_but_for_date(place: Path, config: LanguageConfig) -> bool:
    if not place.exists():
        return False
    before = place.read_text(encoding="utf-8")
    dates = [line for line in before.splitlines() if line.strip().startswith("date:")]
    after = to_yaml(config)
    ours = [line for line in after.splitlines() if line.strip().startswith("date:")]
    if len(dates) != 1 or len(ours) != 1:
        return before == after
    return before == after.replace(ours[0], dates[0])
