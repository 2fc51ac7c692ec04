"""A work folder as it is when all text has been measured, of a crawl that was never read.

Documents have an id, an address and a text; their labels, metrics, band keys and
signatures are made as :mod:`tests.benchmarks.cluster_data` and
:mod:`tests.benchmarks.selection` make them. Plans, fingerprints, receipts and seals are the
product's own: a runner stands in for the tasks of the steps that read text, so ``curate run``
goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate import schema
from curate.config.job import load_job
from curate.config.language import LanguageConfigs
from curate.engine.local import LocalEngine
from curate.io.commit import COMPRESSION, FAST_COMPRESSION
from curate.io.store import Store
from curate.pipeline.extract.steps import extract
from curate.pipeline.job_run import JobRun
from curate.pipeline.measure.steps import annotate, identify, measure, pii, sign
from curate.stages.annotate import metrics_schema
from curate.stages.pii import add_pii
from curate.work.claim import claim
from curate.work.configs import RunConfigs, config_folder
from curate.work.plan import ShardPlan, ensure_plan
from curate.work.progress import Silent
from curate.work.ranges import index_of
from curate.work.runner import Runner, Step
from curate.work.seal import Totals, seal
from tests.benchmarks.cluster_data import (
    MadeShard,
    Planted,
    commit_table,
    iter_shards,
    label_shares,
)
from tests.benchmarks.corpus import Document
from tests.benchmarks.selection import inflated

PAGE_TEXT_BYTES = 3_600
"""Bytes of text that a document of a crawl has; see docs/scale.md."""

FRAGMENT_CHARS = 60
"""Characters of text that a made document has."""

FRAGMENTS = 4_096
FIRST = ("eng_Latn", "rus_Cyrl", "deu_Latn", "jpn_Jpan", "fra_Latn", "spa_Latn", "cmn_Hani")
"""The labels with the most documents, about as in a crawl."""


def write_job(folder: Path, n_shards: int, emit: Mapping[str, object]) -> Path:
    """A job over so many input files, which are empty; the path of its YAML file.

    Args:
        folder: of input, work folder and job.
        n_shards: input files.
        emit: settings of that stage.
    """
    (folder / "input").mkdir(parents=True, exist_ok=True)
    for number in range(n_shards):
        (folder / f"input/{number:05d}.warc.gz").touch()
    path = folder / "job.yaml"
    lines = ["name: rehearsal", f"input: {folder}/input/*.warc.gz", f"work: {folder}/work", "emit:"]
    lines += [f"  {name}: {value}" for name, value in emit.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def short_texts(documents: Sequence[Document], seed: int = 1) -> pa.Array:
    """Pieces of texts, to be told apart by a number."""
    random = np.random.default_rng(seed)
    pieces = []
    for which, where in random.random((FRAGMENTS, 2)).tolist():
        text = documents[int(which * len(documents))].text
        first = int(where * max(1, len(text) - FRAGMENT_CHARS))
        pieces.append(text[first : first + FRAGMENT_CHARS - 8])
    return pa.array(pieces, pa.string())


def make_work(job_file: Path, n_documents: int, n_labels: int, like: Likeness) -> None:
    """Fill the job's work folder up to ``pii``."""
    job = load_job(job_file)
    store = Store(job.work)
    claim(store, job)
    configs = RunConfigs(store, config_folder(job.language_configs))
    known = LanguageConfigs.load("builtin").labels
    names = list(dict.fromkeys([*FIRST, *known]))
    crawl = Planted(n_documents, label_shares(n_labels, names))
    with LocalEngine(workers=0) as engine:
        maker = Maker(store, engine, Silent(), crawl, like)
        of_job = JobRun(job, maker, configs)
        done = {"extract": extract(of_job, {})}
        for stage in (identify, annotate, sign, pii):
            step = stage(of_job, done)
            assert step is not None
            done[step.name] = step
        measure(of_job, [step for name, step in done.items() if name != "extract"])


@dataclass
class Likeness:
    """What made documents are like.

    Attributes:
        metrics: labels and metrics of real documents.
        texts: text[n], of which each document gets one.
        is_numbered: the document's number follows, so that no two texts are the same.
        random: draws metrics and confidences.
    """

    metrics: pa.Table
    texts: pa.Array
    is_numbered: bool
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))

    def texts_of(self, rows: npt.NDArray[np.int64]) -> pa.Array:
        """text[n] of documents by their number, the same each time."""
        places = rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)
        found = self.texts.take(pa.array(places % np.uint64(len(self.texts))))
        numbers = pc.cast(pa.array(rows), pa.string())
        return pc.binary_join_element_wise(found, numbers, " ") if self.is_numbered else found


@dataclass
class Maker(Runner):
    """A runner that makes what the tasks of ``extract`` to ``pii`` would have written."""

    crawl: Planted = field(default_factory=lambda: Planted(0))
    like: Likeness | None = None

    def run(
        self,
        steps: Sequence[Step],
        function: str,
        make_shards: Callable[[], Sequence[ShardPlan]],
        *,
        settings: object = None,
        completed: object = None,
    ) -> list[Totals]:
        """See :meth:`Runner.run`."""
        assert self.like is not None
        plans = [ensure_plan(self.store, s.name, s.fields, make_shards) for s in steps]
        shards = plans[0].shards
        signs = any(plan.step == "sign" for plan in plans)
        for shard, made in zip(
            shards, iter_shards(self.crawl, len(shards), signs=signs), strict=True
        ):
            for plan in plans:
                fast = FAST_COMPRESSION if plan.step == "annotate" else COMPRESSION
                table = TABLES[plan.step](made, self.like)
                commit_table(self.store, plan, shard.id, table, fast)
        return [seal(self.store, plan, index_of) for plan in plans]


def documents_table(made: MadeShard, like: Likeness) -> pa.Table:
    """The shard itself, with a short text."""
    n = len(made.rows)
    known = {
        "id": made.ids(),
        "url": made.urls(),
        "date": pa.repeat("2024-02-29T12:00:00Z", n),
        "snapshot": pa.repeat("made", n),
        "warc_path": pa.repeat(f"made/{int(made.rows[0]) if n else 0}.warc.gz", n),
        "warc_offset": pa.array(made.rows * 1000),
        "encoding": pa.repeat("utf-8", n),
        "extraction": pa.repeat("article", n),
        "text": like.texts_of(made.rows),
    }
    return _filled(schema.DOCUMENTS, known, n)


def language_table(made: MadeShard, like: Likeness) -> pa.Table:
    """Labels, and confidences of which some lie below thresholds."""
    n = len(made.rows)
    confidence = like.random.beta(3, 1, n)
    labels = pa.array(made.labels.tolist(), pa.string())
    one = pa.StructArray.from_arrays(
        [labels, pa.array(confidence)], fields=list(schema.TOP_LABELS.value_type)
    )
    known = {
        "label": labels,
        "lid_confidence": pa.array(confidence),
        "top_labels": pa.ListArray.from_arrays(pa.array(np.arange(n + 1, dtype=np.int32)), one),
    }
    return _filled(schema.LANGUAGE, known, n)


def metrics_table(made: MadeShard, like: Likeness) -> pa.Table:
    """Every metric, drawn from those of real documents."""
    return inflated(like.metrics, len(made.rows), like.random).select(metrics_schema().names)


def spans_table(made: MadeShard, like: Likeness) -> pa.Table:
    """Personal data, as the product finds it."""
    return add_pii(pa.table({"text": like.texts_of(made.rows)})).select(["pii_spans"])


TABLES: dict[str, Callable[[MadeShard, Likeness], pa.Table]] = {
    "extract": documents_table,
    "identify": language_table,
    "annotate": metrics_table,
    "sign": lambda made, _: made.bands(),
    "pii": spans_table,
}
"""Step -> its table of one shard."""


def _filled(kind: schema.Table, known: dict[str, pa.Array], n: int) -> pa.Table:
    wanted = kind.schema()
    columns = [known.get(f.name, pa.nulls(n, f.type)) for f in wanted]
    return pa.table([c.cast(f.type) for c, f in zip(columns, wanted, strict=True)], schema=wanted)
