"""The order of the stages, and for each what it needs, what decides its result, and its task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

from curate.config.job import JobConfig
from curate.dedup.components import CLUSTER_VERSION
from curate.dedup.minhash import MinHashParams
from curate.errors import InputError
from curate.html.extractors import FINEWEB2 as FINEWEB2_EXTRACTOR
from curate.html.extractors import extractor_version
from curate.io.store import Store
from curate.metrics import METRICS_VERSION
from curate.pipeline import emit_task, rebalance_task
from curate.pipeline.cluster_plan import partition_sizes
from curate.pipeline.cluster_run import ClusterRun
from curate.pipeline.configs import RunConfigs, copy_wordlists
from curate.pipeline.distribution import FINEWEB2, clusters_by_label, weights_by_label
from curate.pipeline.exchange import read_all
from curate.pipeline.inputs import present_files
from curate.pipeline.measure_task import identifier_of
from curate.pipeline.runner import Runner, Step
from curate.pipeline.screening import compile_screens, dropping, screens_of
from curate.pipeline.snapshots import extend_inputs, extend_plan, plan_snapshots, ranks
from curate.pipeline.step import (
    ShardPlan,
    fingerprint,
    load_plan,
    load_receipts,
    sealed,
)
from curate.stages.extract import EXTRACT_VERSION
from curate.stages.gate import gate_version
from curate.stages.kernels import compile_kernels
from curate.stages.screen import SCREEN_VERSION
from curate.text.repair import REPAIR_VERSION

Json = Any

CODE = {"identify": "2", "select": "2", "rebalance": "2", "emit": "1", "report": "2", "tune": "2"}
"""Raised by hand when the code of a stage changes what it gives for the same settings."""


@dataclass
class Stages:
    """Runs each stage of one job; a stage asks those before it for their fingerprints.

    Attributes:
        job: the resolved job.
        runner: drives steps on the engine.
        configs: the language configs of this run.
    """

    job: JobConfig
    runner: Runner
    configs: RunConfigs
    _marks: dict[str, str] = field(default_factory=dict)

    @property
    def _compat(self) -> bool:
        return self.job.compat == FINEWEB2

    def _step(self, name: str, settings: Json = None, **fields: Json) -> Step:
        self._marks[name] = fingerprint(fields)
        return Step(name, fields, settings)

    def _after(self, *steps: str) -> dict[str, str]:
        """Fingerprints of the steps whose results are read."""
        return {f"after {name}": self._marks[name] for name in steps}

    # ---- documents -------------------------------------------------------------------------

    def extract(self) -> None:
        """Input files to document shards.

        Raises:
            InputError: no file matches, or no file holds a document.
        """
        job = self.job
        settings = {
            **job.extract.model_dump(),
            "columns": dict(job.columns),
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
            input=list(job.input),
            format=job.format,
            **settings,
        )
        extend_inputs(self.runner.store, job)
        (totals,) = self.runner.run(
            [step],
            "curate.pipeline.extract_task:extract_shard",
            lambda: plan_snapshots(job),
            settings=settings,
        )
        self._tell_new_files()
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

    def _tell_new_files(self) -> None:
        plan = load_plan(self.runner.store, "extract")
        assert plan is not None
        planned = {str(s.payload["path"]) for s in plan.shards}
        new = [p for p in present_files(self.job.input) if p not in planned]
        if new:
            self.runner.progress.say(
                f"{len(new)} input file(s) came after this work folder was planned and are not "
                f"part of it, such as {new[0]}; `--rerun extract` takes them in"
            )

    def documents(self) -> list[ShardPlan]:
        """One shard per document shard that was extracted, for stages that add columns."""
        rank = ranks(self.runner.store)
        return [
            ShardPlan(
                id=receipt.shard,
                bytes_in=sum(f.bytes for f in receipt.files_of("data")),
                payload={"number": number, "rows": receipt.rows_out, "rank": rank[receipt.shard]},
            )
            for number, receipt in enumerate(load_receipts(self.runner.store, "extract"))
        ]

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

    def _minhash(self) -> MinHashParams:
        found = self.job.minhash
        return MinHashParams(
            n_grams=found.ngram_words,
            n_bands=found.n_bands,
            rows_per_band=found.rows_per_band,
            seed=found.seed,
        )

    def measure(self, steps: Sequence[Step]) -> None:
        """Run identify, annotate and sign, or some of them, in one pass over the text."""
        self._extend(*steps)
        names = {step.name for step in steps if sealed(self.runner.store, step.name) is None}
        if not names.isdisjoint(("annotate", "sign")):
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

    def _run(
        self,
        step: Step,
        function: str,
        settings: Json = None,
        shards: Callable[[], Sequence[ShardPlan]] | None = None,
    ) -> None:
        if shards is None:
            self._extend(step)
        self.runner.run(
            [step], f"curate.pipeline.{function}", shards or self.documents, settings=settings
        )

    def _extend(self, *steps: Step) -> None:
        """Add the documents of later snapshots to steps that were planned without them."""
        for step in steps if self.job.snapshots else ():
            extend_plan(self.runner.store, step.name, self.documents())

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
        step = self._step(
            "select",
            code=CODE["select"],
            screens=screens,
            thresholds=self.configs.fingerprint("thresholds"),
            **self._after("identify", "annotate", *(["screen"] if "screen" in self._marks else [])),
        )
        folder = str(self.configs.folder("thresholds"))
        self._run(step, "select_task:select_shard", {"configs": folder, "screens": screens})

    def rebalance(self) -> None:
        """Representatives and weights."""
        store = self.runner.store
        split = self._step("rebalance.split", **self._after("cluster", "select"))
        rows = sealed_rows(store, "cluster")
        n_partitions = 1 + rows // rebalance_task.PARTITION_ROWS
        self._run(split, "rebalance_task:split_shard", {"n_partitions": n_partitions})
        group = self._step(
            "rebalance.group", regardless=self._compat, **self._after("rebalance.split")
        )
        self._run(
            group,
            "rebalance_task:group_partition",
            {"regardless": self._compat},
            lambda: partition_shards(n_partitions, rows),
        )
        wanted = self.job.rebalance.model_dump(exclude={"repetition"})
        step = self._step(
            "rebalance", code=CODE["rebalance"], **wanted, **self._after("rebalance.group")
        )
        self._run(step, "rebalance_task:gather_shard", {"weights": self.weights()})

    def sizes(self) -> pa.Table:
        """Members and clusters by label and cluster size; see rebalance_task.SIZES."""
        store = self.runner.store
        parts = [
            *read_all(store, "rebalance.split", "sizes"),
            *read_all(store, "rebalance.group", "sizes"),
        ]
        return rebalance_task.sum_sizes(pa.concat_tables(parts))

    def weights(self) -> dict[str, dict[int, int]]:
        """label -> {smallest cluster size: repetitions}."""
        return weights_by_label(self.sizes(), self.job)

    # ---- corpus ----------------------------------------------------------------------------

    def test_fractions(self) -> Mapping[str, float]:
        """label -> share of documents in the test split; labels too small have none."""
        emit = self.job.emit
        return {
            label: min(emit.test_fraction, emit.test_max_documents / n)
            for label, n in clusters_by_label(self.sizes()).items()
            if n >= emit.test_min_documents and emit.test_fraction > 0
        }

    def emit(self) -> None:
        """Write the corpus files; publishing them is the caller's next step."""
        emit, store = self.job.emit, self.runner.store
        materialise = self.job.rebalance.repetition == "materialise"
        tests = {k: v for k, v in emit.model_dump().items() if k.startswith("test_")}
        repair = self._compat and self.job.extract.repair  # otherwise done at extraction
        split = self._step(
            "emit.split",
            code=CODE["emit"],
            removed=emit.removed,
            materialise=materialise,
            repair=repair,
            **tests,
            **self._after("rebalance"),
        )
        self._run(
            split,
            "emit_task:split_shard",
            {
                "removed": emit.removed,
                "materialise": materialise,
                "repair": repair,
                "test_fractions": self.test_fractions(),
            },
        )
        form = emit.model_dump(include={"max_file_mb", "row_group_rows", "compression"})
        size = emit.max_file_mb << 20
        self._run(
            self._step("emit", **form, **self._after("emit.split")),
            "emit_task:write_files",
            {**form, "materialise": materialise},
            lambda: [
                ShardPlan(f"part-{n:05d}", task["bytes"], {"files": task["files"]})
                for n, task in enumerate(
                    emit_task.plan_files(store, max_file_bytes=size, task_bytes=size)
                )
            ],
        )

    def count(self) -> None:
        """Counts by label for the report."""
        step = self._step("report", code=CODE["report"], **self._after("annotate", "rebalance"))
        self._run(step, "count_task:count_shard")


def sealed_rows(store: Store, step: str) -> int:
    """Rows that a sealed step wrote."""
    totals = sealed(store, step)
    assert totals is not None, step
    return totals.rows_out


def partition_shards(n: int, rows: int) -> list[ShardPlan]:
    """One shard per partition of an exchange; ``rows`` only serves to order them."""
    return [ShardPlan(f"partition-{i:05d}", rows // n, {"number": i}) for i in range(n)]
