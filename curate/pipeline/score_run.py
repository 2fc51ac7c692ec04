"""The steps that score documents, which a job has to ask for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.errors import ConfigError
from curate.io import layout
from curate.lid.by_line.fast_lines import lines_fingerprint
from curate.pipeline.exchange import read_all
from curate.pipeline.model_run import ModelStages
from curate.pipeline.runner import Step
from curate.pipeline.sidecars import COLUMNS
from curate.scores.fit import curves_to_json, fit_curves, parse_curves
from curate.scores.registry import names_in
from curate.scores.tables import Curve
from curate.scores.wds import fingerprint

Json = Any


@dataclass
class ScoringStages(ModelStages):
    """Scores; a stage asks those before it for their fingerprints.

    A step either joins the one pass over the text, or is run by itself after it. Its fields have
    ``columns``, the names of what it writes, by which all that read scores find them:
    :func:`curate.pipeline.sidecars.scored_columns`.
    """

    def joining_steps(self, stages: Sequence[str]) -> list[Step]:
        """Steps of ``stages`` that the job asks for and that join the pass over the text."""
        found = []
        if "score" in stages and self.job.wds is not None:
            found.append(self.score_step())
        if "contamination" in stages and self.job.decontaminate is not None:
            found.append(self.contamination_step())
        return found

    def score_apart(self, stages: Sequence[str]) -> None:
        """Run the steps of ``stages`` that the job asks for and that need a pass of their own."""
        if "classify" in stages and self.job.classify:
            self.classify()
        if "perplexity" in stages and self.job.perplexity is not None:
            self.perplexity()

    def score_step(self) -> Step:
        """WDS, and the labels of lines that it rests on."""
        assert self.job.wds is not None
        version, curves = self.job.wds.version, self._curves()
        fields = {"version": version, COLUMNS: ["seg_langs", *names_in(version)], "curves": curves}
        return self._step(
            "score",
            {**fields, "model": self.job.identify.model},
            code=f"{fingerprint()} {lines_fingerprint()}",
            **fields,
            **self._after("identify"),
        )

    def _curves(self) -> Json:
        """Compression curves by script that are not the published ones, as plain data."""
        assert self.job.wds is not None
        if self.job.wds.curves is not None:
            return curves_to_json(read_curves(self.job.wds.curves))
        if self.job.tune is None or not self.job.tune.compression:
            return {}
        step = self._step("score.curves", code=fingerprint(), **self._after("identify"))
        self._run(step, "score_task:sum_compression")
        store = self.runner.store
        sums = pa.concat_tables(read_all(store, "score.curves", "data"))
        found = curves_to_json(fit_curves(sums))
        store.put(layout.COMPRESSION, json.dumps(found, indent=1).encode())
        return found


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
