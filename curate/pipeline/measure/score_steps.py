"""The step of the web document score, which joins the pass over the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.errors import ConfigError
from curate.io import layout
from curate.lid.by_line.fast_lines import lines_fingerprint
from curate.pipeline.job_run import Done, JobRun
from curate.pipeline.measure.scores import ScoreSettings, sum_compression
from curate.scores.curve_fit import curves_to_json, fit_curves, parse_curves
from curate.scores.figures import Curve
from curate.scores.registry import names_in
from curate.scores.wds import fingerprint
from curate.work.exchange import read_all
from curate.work.runner import Step
from curate.work.sidecars import COLUMNS

Json = Any


def score(run: JobRun, done: Done) -> Step | None:
    """WDS, and the labels of lines that it rests on; no step if the job does not ask for it.

    The field ``columns`` has the names of what a step of scores writes, by which all that read
    scores find them: :func:`curate.work.sidecars.scored_columns`.
    """
    if run.job.wds is None:
        return None
    version, curves = run.job.wds.version, _curves(run, done)
    fields = {"version": version, COLUMNS: ["seg_langs", *names_in(version)], "curves": curves}
    return Step.of(
        "score",
        [done["identify"]],
        ScoreSettings(version, tuple(fields[COLUMNS]), curves, run.job.identify.model),
        code=f"{fingerprint()} {lines_fingerprint()}",
        **fields,
    )


def _curves(run: JobRun, done: Done) -> Json:
    """Compression curves by script that are not the published ones, as plain data."""
    wds, tune = run.job.wds, run.job.tune
    assert wds is not None
    if wds.curves is not None:
        return curves_to_json(read_curves(wds.curves))
    if tune is None or not tune.compression:
        return {}
    run.run(Step.of("score.curves", [done["identify"]], code=fingerprint()), sum_compression)
    sums = pa.concat_tables(read_all(run.store, "score.curves", "data"))
    curves = curves_to_json(fit_curves(sums))
    run.store.put(layout.COMPRESSION, json.dumps(curves, indent=1).encode())
    return curves


def read_curves(path: str) -> dict[str, Curve]:
    """Read a file of compression curves.

    Raises:
        ConfigError: there is none, or it is wrong.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"wds.curves: {path}",
            wanted="a file of compression curves",
            found=str(error),
            todo="correct the path, or leave it out for the published curves",
        ) from error
    return parse_curves(text, where=path)
