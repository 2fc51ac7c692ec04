"""A small work folder in which all text is measured, for tests of what decides and publishes."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa

from curate.config.job import load_job
from curate.config.language import LanguageConfigs
from curate.engine.local import LocalEngine
from curate.metrics import METRICS
from curate.pipeline.run import run_job
from tests.benchmarks.rehearsal_data import Likeness, make_work, write_job

TEXTS = (
    "ஒரு நாள் ஒரு மரத்தின் கீழ்",
    "วันหนึ่งใต้ต้นไม้ใหญ่",
    "एक दिन एक पेड़ के नीचे",
    "有一天在一棵大树下",
    "في يوم من الأيام تحت شجرة",
    "𞤻𞤢𞤤𞤤𞤢𞤤 𞤺𞤮𞥅 𞤫 𞤤𞤫𞤧 𞤤𞤫𞤳𞥆𞤭",
    "Write to office@debian.org, or stand under a tree.",
)


def likeness(n: int = 50) -> Likeness:
    """Metrics of which some documents keep to every threshold and some do not."""
    random = np.random.default_rng(3)
    english = LanguageConfigs.load("builtin").for_label("eng_Latn")
    is_good = random.random(n) < 0.7
    columns = {"label": pa.array(["eng_Latn"] * n)}
    for name, metric in METRICS.items():
        highest = 1.0 if metric.highest is None else metric.highest
        values = random.random(n) * (2000 if pa.types.is_integer(metric.dtype) else highest / 50)
        limits = english.threshold(name)
        if limits is not None:
            lowest = 0.0 if limits.min is None else limits.min
            fitting = lowest * 1.1 if limits.max is None else (lowest + limits.max) / 2
            values = np.where(is_good, fitting, values)
        columns[name] = pa.array(values.astype(metric.dtype.to_pandas_dtype()))
    return Likeness(pa.table(columns), pa.array(TEXTS), is_numbered=True)


def make(folder: Path, n_documents: int = 1500, n_labels: int = 12, n_shards: int = 7) -> Path:
    """The folder of a job over such a crawl."""
    job = write_job(folder, n_shards, {"removed": "all"})
    make_work(job, n_documents, n_labels, likeness())
    return job


def finish(made: Path, folder: Path) -> Path:
    """Run a job to its end in a copy of its work folder; the copy."""
    shutil.copytree(made.parent / "work", folder / "work")
    job = load_job(made, [f"work={folder / 'work'}"])
    with LocalEngine(workers=0) as engine:
        run_job(job, engine=engine)
    return folder / "work"
