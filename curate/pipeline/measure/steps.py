"""The steps of the pass over the text: labels, metrics, bands, personal data."""

from __future__ import annotations

from collections.abc import Sequence

from curate.dedup.minhash import MinHashParams
from curate.metrics import METRICS_VERSION
from curate.pii import PII_VERSION
from curate.pipeline.job_run import Done, JobRun
from curate.pipeline.measure.task import (
    AnnotateSettings,
    IdentifySettings,
    MeasureSettings,
    PiiSettings,
    identifier_of,
    measure_shard,
)
from curate.stage_table import stage_of
from curate.stages.kernels import compile_kernels
from curate.work.configs import copy_wordlists
from curate.work.runner import Step
from curate.work.seal import sealed


def identify(run: JobRun, done: Done) -> Step:
    """Labels."""
    settings = run.job.identify
    lists = copy_wordlists(run.store, settings.wordlists)
    return Step.of(
        "identify",
        [done["extract"]],
        IdentifySettings(
            settings.model,
            settings.others,
            settings.segments,
            None if lists is None else str(lists.folder),
        ),
        code=stage_of("identify").version,
        identifier=identifier_of(settings.model).fingerprint,
        others=[identifier_of(model).fingerprint for model in settings.others],
        segments=settings.segments,
        wordlists=lists and lists.fingerprint,
    )


def annotate(run: JobRun, done: Done) -> Step:
    """Metrics."""
    return Step.of(
        "annotate",
        [done["identify"]],
        AnnotateSettings(run.folder("stopwords")),
        # a few line ends count otherwise, which moves no shipped statistics
        code=f"{METRICS_VERSION} {stage_of('annotate').version}",
        stopwords=run.configs.fingerprint("stopwords"),
    )


def sign(run: JobRun, done: Done) -> Step:
    """Bands."""
    minhash = run.job.minhash
    params = MinHashParams(
        n_grams=minhash.ngram_words,
        n_bands=minhash.n_bands,
        rows_per_band=minhash.rows_per_band,
        seed=minhash.seed,
        digits=run.job.sign.digits,
        reading=not run.is_compat,
    )
    return Step.of("sign", [done["extract"]], params, params=params.version)


def pii(run: JobRun, done: Done) -> Step | None:
    """Personal data; no step if no view takes it from here."""
    if not run.masks_sidecar:
        return None
    kinds = sorted(run.job.emit.pii_kinds)
    settings = PiiSettings(tuple(kinds))
    return Step.of("pii", [done["extract"]], settings, code=PII_VERSION, kinds=kinds)


def measure(run: JobRun, steps: Sequence[Step]) -> None:
    """Run steps of the pass over the text together."""
    run.extend(*steps)
    open_steps = {step.name for step in steps if sealed(run.store, step.name) is None}
    if open_steps - {"identify"}:
        compile_kernels(run.runner.progress.say)
    run.runner.run(
        steps,
        measure_shard,
        run.documents,
        settings=MeasureSettings(**{step.name: step.settings for step in steps}),
    )
