"""The steps of models and evaluation sets that a job names: classify, perplexity, contamination."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from curate import schema
from curate.classify import CLASSIFY_VERSION, fingerprint_of
from curate.config.job import JobConfig
from curate.io.store import Store
from curate.perplexity import check_model
from curate.pipeline.decontamination import check_sets, compile_sets, sets_of
from curate.pipeline.model_trial import try_models
from curate.pipeline.perplexity_run import cutoffs_of, model_fields, models_of, with_digests
from curate.pipeline.runner import Step
from curate.pipeline.scored_job import score_columns
from curate.pipeline.sidecars import COLUMNS
from curate.pipeline.stage_base import StageBase
from curate.pipeline.step import sealed

Json = Any


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


@dataclass
class ModelStages(StageBase):
    """Scores of models; a stage asks those before it for their fingerprints."""

    def index_sets(self) -> None:
        """Index the evaluation sets and tell what is in them, before hours are spent on pages."""
        asked = self.job.decontaminate
        if asked is not None and sealed(self.runner.store, "contamination") is None:
            compile_sets(self.runner.store, asked, sets_of(asked), self.runner.progress.say)

    def contamination_step(self) -> Step:
        """Overlap with evaluation sets, in the pass over the text, whose words it needs."""
        asked = self.job.decontaminate
        assert asked is not None
        sets = sets_of(asked)
        fields = {**sets, "min_matches": asked.min_matches}
        settings: Json = None
        if sealed(self.runner.store, "contamination") is None or self.job.snapshots:
            key = compile_sets(self.runner.store, asked, sets, self.runner.progress.say)
            settings = {
                "work": str(self.runner.store.root),
                "index": key,
                "min_matches": asked.min_matches,
            }
        names = list(schema.CONTAMINATION.names())
        return self._step(
            "contamination", settings, **fields, **{COLUMNS: names}, **self._after("extract")
        )

    def classify(self) -> None:
        """Models over the texts, on GPUs if the job says so."""
        told: list[Json] = []
        asked: list[Json] = []
        for classifier in self.job.classify:
            spec, columns = classifier.spec(), score_columns(classifier)
            languages = list(classifier.languages)
            digest = fingerprint_of(spec)
            found = {"name": classifier.name, "spec": asdict(spec), "digest": digest}
            asked.append({**found, "columns": columns, "languages": languages})
            fields = asdict(replace(spec, model=digest, tokenizer=None))
            del fields["batch"], fields["gpu"]  # how scores are made, not what they are
            told.append({"name": classifier.name, **fields, "languages": languages})
        names = [name for found in asked for name in found["columns"].values()]
        was_sealed = sealed(self.runner.store, "classify") is not None
        step = self._step(
            "classify",
            code=CLASSIFY_VERSION,
            classifiers=told,
            **{COLUMNS: names},
            **self._after("identify"),
        )
        settings = {"classifiers": asked, "columns": names}
        gpus = max(classifier.num_gpus for classifier in self.job.classify)
        (totals,) = self._run(step, "classify_task:classify_shard", settings, num_gpus=gpus)
        for what, n in ({} if was_sealed else totals.noted).items():
            self.runner.progress.say(f"classify: {n} documents: {what}")

    def perplexity(self) -> None:
        """Perplexity of each document, then the third of its label that it is in."""
        asked, store = self.job.perplexity, self.runner.store
        assert asked is not None
        models = with_digests(models_of(asked))
        fields = model_fields(models)
        measure = self._step("perplexity.measure", **fields, **self._after("identify"))
        files = {label: asdict(found) for label, found in models.items()}
        self._run(measure, "perplexity_task:measure_perplexity", {"models": files})
        step = self._step(
            "perplexity",
            cutoffs={label: list(pair) for label, pair in asked.cutoffs.items()},
            **{COLUMNS: list(schema.PERPLEXITIES.names())},
            **self._after("perplexity.measure"),
        )
        due = sealed(store, "perplexity") is None or self.job.snapshots
        settings = {"cutoffs": cutoffs_of(store, asked)} if due else None
        self._run(step, "perplexity_task:bucket_shard", settings)
