"""The tune stage: stop words before annotate, thresholds after it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from curate import __version__
from curate.config.identified import SETTINGS
from curate.config.job import JobConfig
from curate.config.language import (
    SCRIPTS,
    LanguageConfig,
    LanguageConfigs,
    Threshold,
)
from curate.config.measured import in_order, is_optional
from curate.config.sections import Source, TuneConfig
from curate.extra import own_metrics
from curate.io.store import Store
from curate.labels import NO_LANGUAGE, script_of
from curate.metrics.stopwords import choose_stopwords
from curate.pipeline.tuning.reference import (
    LabelCounts,
    notes_on,
    reference_counts,
    reference_summaries,
    reference_words,
    words_of,
)
from curate.pipeline.tuning.write import write_configs
from curate.tune.english import shipped_english
from curate.tune.fit import Corpus, Fitting, Stopwords, Tail, english_of, fit_label
from curate.tune.parents import fit_parent
from curate.tune.sketch import Summaries
from curate.tune.stored import merge_tables
from curate.tune.word_counts import WordCounts
from curate.work.configs import config_folder
from curate.work.exchange import read_all
from curate.work.seal import iter_receipts

STOPWORD_FOLDER = "stopwords/configs"
KEPT_STOPWORDS = 60
_LOOKED_AT = 500
_FEW = 3
"""Labels of a script from which on words of most of them are told."""


@dataclass(frozen=True, slots=True)
class TunedLabel:
    """The result of tuning one label.

    Attributes:
        label: the label.
        config: its file; with neither thresholds nor stop words none is written.
        reference: what became of its reference text; None without one.
    """

    label: str
    config: LanguageConfig
    reference: LabelCounts | None = None

    @property
    def is_tuned(self) -> bool:
        """True if its metrics are its own."""
        return self.config.provenance.weight is not None


def tune_folder(
    store: Store,
    job: JobConfig,
    target: Path,
    *,
    only: frozenset[str] = frozenset(),
    own: bool = True,
) -> list[TunedLabel]:
    """Write tuned configs of every label that there are statistics of, or of some.

    A second run on the same data changes nothing: a file whose content differs in its date alone
    is left as it is.

    Args:
        store: the work folder, with the steps ``stopwords`` and ``tune``, ``reference``, or all.
        job: says how, and which configs to begin with.
        target: folder to write.
        only: labels to write; all if there are none.
        own: tune on documents of the job too; False where there are only references.

    Returns:
        What was made, also of labels that had too few documents.
    """
    settings = job.tune
    assert settings is not None
    folder = config_folder(job.language_configs)
    base = LanguageConfigs.load(folder)
    statistics = _Statistics.load(store, job, own=own)
    parents: dict[str, LanguageConfig] = {}
    if settings.parents:
        alone = _fitting(job, shrinkage=0)
        parents = _pooled(base, [statistics.fit(x, base, alone) for x in statistics.labels], alone)
        base = LanguageConfigs({**base.files, **parents})
    tuned = [
        statistics.fit(label, base, _fitting(job, shrinkage=settings.shrinkage))
        for label in statistics.labels
        if not only or label in only
    ]
    written = {x.label: x.config for x in tuned if x.config.thresholds}
    write_configs(target, folder, {**parents, **written})
    return tuned


@dataclass(frozen=True, slots=True)
class _Statistics:
    """All that configs are fitted to."""

    settings: TuneConfig
    corpora: Mapping[Source, Corpus]
    counts: Mapping[str, LabelCounts]
    words: Mapping[str, Stopwords]
    shared: Mapping[str, tuple[str, ...]]

    @staticmethod
    def load(store: Store, job: JobConfig, *, own: bool) -> _Statistics:
        """From the steps of a work folder."""
        assert job.tune is not None
        words = stopwords_by_label(store, job, own=own)
        return _Statistics(
            settings=job.tune,
            corpora=_corpora(store, job, own=own),
            counts=reference_counts(store) if job.tune.reference else {},
            words=words,
            shared=shared_words(words),
        )

    @property
    def labels(self) -> list[str]:
        """Of any source, also where cleaning has left nothing."""
        seen = {*self.counts, *(label for c in self.corpora.values() for label in c.summaries)}
        return sorted(seen - {NO_LANGUAGE})

    def fit(self, label: str, base: LanguageConfigs, fitting: Fitting) -> TunedLabel:
        """The config of one label, drawn toward its parents in ``base``."""
        counts = self.counts.get(label)
        named = {
            source: _named(corpus, source, self.settings, counts, label)
            for source, corpus in self.corpora.items()
        }
        config = fit_label(
            label,
            named,
            fitting,
            parent=_parent(base, label),
            stopwords=self.words.get(label),
            notes=(
                *(() if counts is None else notes_on(counts)),
                *_notes_on_shared(label, self.words, self.shared),
            ),
        )
        if label in base.files:
            config = _with_untuned(config, base.files[label])
        return TunedLabel(label, config, counts)


def _pooled(
    base: LanguageConfigs, tuned_labels: Sequence[TunedLabel], fitting: Fitting
) -> dict[str, LanguageConfig]:
    """The files of the scripts that enough labels are tuned of."""
    by_script: dict[str, dict[str, LanguageConfig]] = {}
    for one in tuned_labels:
        if one.is_tuned:
            by_script.setdefault(script_of(one.label), {})[one.label] = one.config
    pooled = {}
    for script, configs in sorted(by_script.items()):
        name = f"{SCRIPTS}/{script}"
        parent = fit_parent(name, configs, base.files.get(name), fitting)
        if parent is not None:
            pooled[name] = parent
    return pooled


def tails_of(job: JobConfig) -> dict[str, Tail]:
    """Metric of the user's own -> its tail; of those that are tuned."""
    metrics = {} if job.annotate is None else own_metrics(job.annotate.extra)
    return {
        name: Tail(metric.tail, metric.highest)
        for name, metric in metrics.items()
        if metric.tail is not None
    }


def _fitting(job: JobConfig, *, shrinkage: int) -> Fitting:
    settings = job.tune
    assert settings is not None
    return Fitting(
        own=tails_of(job),
        curate=__version__,
        date=datetime.datetime.now(datetime.UTC).date(),
        methods={
            "repetition": settings.methods.repetition,
            "fineweb_quality": settings.methods.fineweb_quality,
            "gopher_quality": settings.methods.gopher_quality,
        },
        sources={
            "repetition": settings.sources.repetition,
            "fineweb_quality": settings.sources.fineweb_quality,
            "gopher_quality": settings.sources.gopher_quality,
        },
        min_documents=settings.min_documents,
        shrinkage=shrinkage,
    )


def _corpora(store: Store, job: JobConfig, *, own: bool) -> dict[Source, Corpus]:
    assert job.tune is not None
    least = job.tune.min_documents
    corpora: dict[Source, Corpus] = {}
    if job.tune.reference:
        trusted = reference_summaries(store)
        english, name = english_of(trusted, least), ""
        if english is None:
            english, name = shipped_english()
        corpora["reference"] = Corpus("reference", trusted, english, name)
    if own:
        ours = own_summaries(store)
        corpora["own"] = Corpus(f"documents of job {job.name}", ours, english_of(ours, least))
    return corpora


def own_summaries(store: Store) -> Summaries:
    """Statistics of the job's own documents by label, of what is tuned."""
    return merge_tables(read_all(store, "tune", "data"), where="step tune")


def _named(
    corpus: Corpus, source: Source, settings: TuneConfig, counts: LabelCounts | None, label: str
) -> Corpus:
    """The corpus with what the reference of this label is called."""
    if source == "own":
        return corpus
    names = settings.reference_names
    files = counts.files if counts is not None else []
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    default = ", ".join(files[:3]) + more or "reference"
    return replace(corpus, name=names.get(label, names.get("*", default)))


def _parent(base: LanguageConfigs, label: str) -> dict[str, Threshold]:
    """Metric -> the entry of the nearest parent that names it."""
    layers = [base.files[name] for name in base.layers(label) if name != label]
    return {t.metric: t for layer in reversed(layers) for t in layer.thresholds}


def _with_untuned(config: LanguageConfig, before: LanguageConfig) -> LanguageConfig:
    """A tuned config with what the label's file said of columns that no method tunes."""
    kept = {
        t.metric: t
        for t in (*before.thresholds, *config.thresholds)
        if t.metric in SETTINGS or is_optional(t.metric)
    }
    if not kept:
        return config
    thresholds = {**kept, **{t.metric: t for t in config.thresholds}}
    ordered = tuple(thresholds[m] for m in in_order(thresholds))
    return config.model_copy(update={"thresholds": ordered})


# ---- stop words ------------------------------------------------------------------------------


def stopwords_by_label(store: Store, job: JobConfig, *, own: bool) -> dict[str, Stopwords]:
    """Stop words of every label with enough documents: of its reference, else of its own."""
    assert job.tune is not None
    least = job.tune.min_documents
    stopwords: dict[str, Stopwords] = {}
    if own:
        documents: Counter[str] = Counter()
        for receipt in iter_receipts(store, "identify"):
            documents.update(receipt.counts["labels"])
        for label, words in words_of(store, "stopwords", "data").items():
            if documents[label] >= least and label != NO_LANGUAGE:
                stopwords[label] = _chosen(words, "own")
    if job.tune.reference:
        counts = reference_counts(store)
        for label, words in reference_words(store).items():
            if counts[label].n_kept >= least:
                stopwords[label] = _chosen(words, "reference")
    return dict(sorted(stopwords.items()))


def _chosen(words: WordCounts, source: Source) -> Stopwords:
    """The most frequent words that are none of few documents or files, nor names."""
    ranked = choose_stopwords(words.counts, words.n_words)[:KEPT_STOPWORDS]
    left_out = {word for word, _ in words.most_common(_LOOKED_AT) if words.is_no_stopword(word)}
    counts = {word: n for word, n in words.counts.items() if word not in left_out}
    chosen = choose_stopwords(counts, words.n_words)[:KEPT_STOPWORDS]
    return Stopwords(chosen, source, tuple(word for word in ranked if word in left_out))


def shared_words(words: Mapping[str, Stopwords]) -> dict[str, tuple[str, ...]]:
    """Script -> stop words of more than half of its labels, where these are three or more.

    Such a word tells no language from another: it is a loan, a name, or text in another language
    that cleaning has not found.
    """
    by_script: dict[str, list[Stopwords]] = {}
    for label, stopwords in words.items():
        by_script.setdefault(script_of(label), []).append(stopwords)
    shared = {}
    for script, lists in sorted(by_script.items()):
        if len(lists) < _FEW:
            continue
        n_labels = Counter(word for stopwords in lists for word in stopwords.words)
        most = tuple(sorted(w for w, n in n_labels.items() if n > len(lists) / 2))
        if most:
            shared[script] = most
    return shared


def _notes_on_shared(
    label: str, words: Mapping[str, Stopwords], shared: Mapping[str, tuple[str, ...]]
) -> list[str]:
    script = script_of(label)
    if label not in words or script not in shared:
        return []
    own = [word for word in shared[script] if word in words[label].words]
    return [f"stop words of most labels tuned in {script} too: {', '.join(own)}"] if own else []


def shared_among(tuned_labels: Sequence[TunedLabel]) -> dict[str, tuple[str, ...]]:
    """The shared words among those of the labels that were tuned."""
    used = {x.label: Stopwords(x.config.stopwords) for x in tuned_labels if x.config.stopwords}
    return shared_words(used)
