"""The order of the stages, and for each what it needs, what decides its result, and its task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from curate.dedup.components import CLUSTER_VERSION
from curate.dedup.minhash import MinHashParams
from curate.errors import InputError
from curate.html.extractors import BLOCKS, extractor_version
from curate.html.extractors import FINEWEB2 as FINEWEB2_EXTRACTOR
from curate.io.texts.documents import TEXTS_VERSION
from curate.metrics import METRICS_VERSION
from curate.pii import PII_VERSION
from curate.pipeline.cluster_plan import partition_sizes
from curate.pipeline.cluster_run import ClusterRun
from curate.pipeline.configs import copy_wordlists
from curate.pipeline.emit_run import PublishingStages
from curate.pipeline.kept import kept_schema
from curate.pipeline.measure_task import identifier_of
from curate.pipeline.runner import Step
from curate.pipeline.screening import compile_screens, dropping, screens_of
from curate.pipeline.snapshots import extend_inputs, plan_snapshots
from curate.pipeline.step import ShardPlan, sealed
from curate.pipeline.told_inputs import tell_inputs
from curate.redact import redact_all, reveal
from curate.stages.extract import EXTRACT_VERSION
from curate.stages.gate import gate_version
from curate.stages.kernels import compile_kernels, compile_page_kernels
from curate.stages.screen import SCREEN_VERSION
from curate.text.repair import REPAIR_VERSION

Json = Any

CODE = {"identify": "2", "select": "2", "report": "2", "tune": "3"}
"""Raised by hand when the code of a stage changes what it gives for the same settings."""


@dataclass
class Stages(PublishingStages):
    """Runs each stage of one job; a stage asks those before it for their fingerprints."""

    # ---- documents -------------------------------------------------------------------------

    def extract(self) -> None:
        """Input files to document shards.

        Raises:
            InputError: no file matches, or no file holds a document.
        """
        job = self.job
        settings = {
            **job.extract.model_dump(),
            "columns": job.mapped_columns,
            "keep": list(job.kept_columns),
            "snapshot": job.snapshot or job.name,
            "compat": self._compat,
        }
        if self._compat:
            settings |= {"extractor": FINEWEB2_EXTRACTOR, "fallback_chars": 0}
        step = self._step(
            "extract",
            code=f"{EXTRACT_VERSION} {extractor_version(settings['extractor'])}",
            repair_code=REPAIR_VERSION if job.extract.repair else None,
            gate=gate_version() if job.extract.labels else None,
            texts=TEXTS_VERSION,
            input=redact_all(list(job.input)),
            format=job.format,
            **settings,
        )
        extend_inputs(self.runner.store, job)
        (totals,) = self.runner.run(
            [step],
            "curate.pipeline.extract_task:extract_shard",
            lambda: self._planned(str(settings["extractor"])),
            settings=settings,
            completed=self._with_address,
        )
        tell_inputs(self.runner, job)
        if totals.rows_out == 0:
            reasons = {**totals.dropped, **totals.quarantined}
            why = ", ".join(f"{n} {reason}" for reason, n in reasons.items()) or "no record at all"
            raise InputError(
                f"input {', '.join(job.input)}",
                wanted="at least one document",
                found=f"{totals.shards} file(s) with {totals.rows_in} record(s) and none: {why}",
                todo="check that these are WARC, WET, JSONL or Parquet files with pages in them; "
                "with another input, use another work folder or add `--rerun extract`",
            )

        if job.kept_columns:
            kept_schema(self.runner.store, job.kept_columns)  # says now what does not agree

    def _planned(self, extractor: str) -> list[ShardPlan]:
        """The shards of the inputs; what reads their pages is compiled before the first one."""
        shards = plan_snapshots(self.job)
        if extractor == BLOCKS and any(shard.payload["format"] == "warc" for shard in shards):
            compile_page_kernels(self.runner.progress.say)
        return shards

    def _with_address(self, payload: Mapping[str, Json]) -> Mapping[str, Json]:
        """What a task is told: the address that the job gives, where the plan has it redacted."""
        path = str(payload["path"])
        address = reveal(path, (*self.job.input, *self.job.snapshots))
        return payload if address == path else {**payload, "address": address}

    # ---- measurements ----------------------------------------------------------------------

    def identify_step(self) -> Step:
        """Labels."""
        found = self.job.identify
        lists = copy_wordlists(self.runner.store, found.wordlists)
        return self._step(
            "identify",
            {**found.model_dump(), "wordlists": lists and str(lists.folder)},
            code=CODE["identify"],
            identifier=identifier_of(found.model).fingerprint,
            others=[identifier_of(model).fingerprint for model in found.others],
            segments=found.segments,
            wordlists=lists and lists.fingerprint,
            **self._after("extract"),
        )

    def annotate_step(self) -> Step:
        """Metrics."""
        return self._step(
            "annotate",
            {"configs": str(self.configs.folder("stopwords"))},
            code=METRICS_VERSION,
            stopwords=self.configs.fingerprint("stopwords"),
            **self._after("identify"),
        )

    def sign_step(self) -> Step:
        """Bands."""
        params = self._minhash()
        return self._step("sign", asdict(params), params=params.version, **self._after("extract"))

    def pii_step(self) -> Step:
        """Personal data."""
        kinds = {"kinds": sorted(self.job.emit.pii_kinds)}
        return self._step("pii", kinds, code=PII_VERSION, **kinds, **self._after("extract"))

    def _minhash(self) -> MinHashParams:
        found = self.job.minhash
        return MinHashParams(
            n_grams=found.ngram_words,
            n_bands=found.n_bands,
            rows_per_band=found.rows_per_band,
            seed=found.seed,
            digits=self.job.sign.digits,
            reading=not self._compat,
        )

    def measure(self, steps: Sequence[Step]) -> None:
        """Run identify, annotate and sign, or some of them, in one pass over the text."""
        self._extend(*steps)
        names = {step.name for step in steps if sealed(self.runner.store, step.name) is None}
        if names - {"identify"}:
            compile_kernels(self.runner.progress.say)
        self.runner.run(
            steps,
            "curate.pipeline.measure_task:measure_shard",
            self.documents,
            settings={step.name: step.settings for step in steps},
        )

    def stopwords_step(self) -> None:
        """Word counts by label."""
        step = self._step(
            "stopwords",
            words=f"{METRICS_VERSION} {CODE['tune']}",
            lid=self.configs.fingerprint("lid"),
            **self._after("identify"),
        )
        self._run(step, "tune_task:count_shard_words", {"configs": str(self.configs.folder("lid"))})

    def tune_step(self) -> None:
        """Metric summaries by label."""
        step = self._step(
            "tune",
            code=CODE["tune"],
            lid=self.configs.fingerprint("lid"),
            **self._after("identify", "annotate"),
        )
        self._run(step, "tune_task:summarise_shard", {"configs": str(self.configs.folder("lid"))})

    # ---- clusters --------------------------------------------------------------------------

    def cluster(self) -> None:
        """Near-duplicates within a label."""
        fields = {"code": CLUSTER_VERSION, "partitions": partition_sizes()}
        lid = self.configs.fingerprint("lid")
        ClusterRun.of(self.job, self.runner, self.documents(), str(self.configs.folder("lid"))).run(
            self._step("cluster.split", lid=lid, **fields, **self._after("identify", "sign")),
            lambda name, reads, **more: self._step(name, **more, **self._after(*reads)),
        )

    # ---- verdicts --------------------------------------------------------------------------

    def screen(self) -> None:
        """Addresses on lists and in robots.txt; no step at all if the job names none."""
        screens = screens_of(self.job)
        if not screens:
            return
        step = self._step("screen", code=SCREEN_VERSION, **screens, **self._after("extract"))
        store, keys = self.runner.store, {}
        self._extend(step)
        if sealed(store, "screen") is None:
            keys = compile_screens(self.job, store, screens)
        self._run(step, "screen_task:screen_shard", keys)

    def select(self) -> None:
        """Thresholds, and the screens that drop."""
        screens = dropping(self.job)
        screened = ["screen"] if "screen" in self._marks else []
        step = self._step(
            "select",
            code=CODE["select"],
            screens=screens,
            thresholds=self.configs.fingerprint("thresholds"),
            **self._after("identify", "annotate", *self.scored, *screened),
        )
        folder = str(self.configs.folder("thresholds"))
        self._run(step, "select_task:select_shard", {"configs": folder, "screens": screens})

    # ---- report ----------------------------------------------------------------------------

    def count(self) -> None:
        """Counts by label for the report."""
        step = self._step("report", code=CODE["report"], **self._after("annotate", "rebalance"))
        self._run(step, "count_task:count_shard")
