"""The steps of models and evaluation sets that a job names: classify, perplexity, contamination."""

from __future__ import annotations

from dataclasses import asdict, replace

from curate import schema
from curate.classify import CLASSIFY_VERSION, fingerprint_of
from curate.config.job import JobConfig
from curate.io.store import Store
from curate.perplexity import check_model
from curate.pipeline.job_run import Done, JobRun
from curate.pipeline.measure.classify import ClassifySettings, JobClassifier, classify_shard
from curate.pipeline.measure.contamination import ContaminationSettings
from curate.pipeline.measure.evaluation_sets import check_sets, compile_sets, sets_of
from curate.pipeline.measure.model_trial import try_models
from curate.pipeline.measure.perplexity import (
    BucketSettings,
    PerplexitySettings,
    bucket_shard,
    measure_perplexity,
)
from curate.pipeline.measure.perplexity_models import (
    cutoffs_of,
    model_fields,
    models_of,
    with_digests,
)
from curate.pipeline.measure.scored_job import score_columns
from curate.work.runner import Step
from curate.work.seal import sealed
from curate.work.sidecars import COLUMNS


def check_models(store: Store, job: JobConfig) -> None:
    """Find a user's mistakes in what a job asks for, by trying what workers will load.

    Raises:
        CurateError: a model, a package or an evaluation set is missing or wrong.
    """
    if sealed(store, "classify") is None:
        try_models([classifier.spec() for classifier in job.classify])
    if job.perplexity is not None and sealed(store, "perplexity.measure") is None:
        for files in models_of(job.perplexity).values():
            check_model(files)
    if job.decontaminate is not None and sealed(store, "contamination") is None:
        check_sets(job.decontaminate)


def index_sets(run: JobRun) -> None:
    """Index the evaluation sets and tell what is in them, before hours are spent on pages."""
    section = run.job.decontaminate
    if section is not None and sealed(run.store, "contamination") is None:
        compile_sets(run.store, section, sets_of(section), run.runner.progress.say)


def contamination(run: JobRun, done: Done) -> Step | None:
    """Overlap with evaluation sets, in the pass over the text, whose words it needs."""
    section = run.job.decontaminate
    if section is None:
        return None
    sets = sets_of(section)
    fields = {**sets, "min_matches": section.min_matches}
    settings = None
    if sealed(run.store, "contamination") is None or run.job.snapshots:
        key = compile_sets(run.store, section, sets, run.runner.progress.say)
        settings = ContaminationSettings(str(run.store.root), key, section.min_matches)
    names = list(schema.CONTAMINATION.names())
    return Step.of("contamination", [done["extract"]], settings, **fields, **{COLUMNS: names})


def classify(run: JobRun, done: Done) -> Step | None:
    """Models over the texts, on GPUs if the job says so."""
    if not run.job.classify:
        return None
    classifiers, described = [], []
    for classifier in run.job.classify:
        spec, languages = classifier.spec(), tuple(classifier.languages)
        digest, columns = fingerprint_of(spec), score_columns(classifier)
        classifiers.append(JobClassifier(classifier.name, spec, digest, columns, languages))
        fields = asdict(replace(spec, model=digest, tokenizer=None))
        del fields["batch"], fields["gpu"]  # how scores are made, not what they are
        described.append({"name": classifier.name, **fields, "languages": list(languages)})
    names = [name for one in classifiers for name in one.columns.values()]
    was_sealed = sealed(run.store, "classify") is not None
    step = Step.of(
        "classify",
        [done["identify"]],
        code=CLASSIFY_VERSION,
        classifiers=described,
        **{COLUMNS: names},
    )
    settings = ClassifySettings(tuple(classifiers), tuple(names))
    gpus = max(classifier.num_gpus for classifier in run.job.classify)
    totals = run.run(step, classify_shard, settings, num_gpus=gpus)
    for what, n in ({} if was_sealed else totals.noted).items():
        run.runner.progress.say(f"classify: {n} documents: {what}")
    return step


def perplexity(run: JobRun, done: Done) -> Step | None:
    """Perplexity of each document, then the third of its label that it is in."""
    section, store = run.job.perplexity, run.store
    if section is None:
        return None
    models = with_digests(models_of(section))
    fields = model_fields(models)
    measure = Step.of("perplexity.measure", [done["identify"]], **fields)
    run.run(measure, measure_perplexity, PerplexitySettings(models))
    step = Step.of(
        "perplexity",
        [measure],
        cutoffs={label: list(pair) for label, pair in section.cutoffs.items()},
        **{COLUMNS: list(schema.PERPLEXITIES.names())},
    )
    due = sealed(store, "perplexity") is None or run.job.snapshots
    run.run(step, bucket_shard, BucketSettings(cutoffs_of(store, section) if due else {}))
    return step
