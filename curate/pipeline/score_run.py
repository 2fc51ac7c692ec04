"""The steps that score documents, which a job has to ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curate.lid.fast_lines import lines_fingerprint
from curate.pipeline.runner import Step
from curate.pipeline.sidecars import COLUMNS
from curate.pipeline.stage_base import StageBase
from curate.scores.registry import names_in
from curate.scores.wds import fingerprint


@dataclass
class ScoringStages(StageBase):
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
        return found

    def score_apart(self, stages: Sequence[str]) -> None:
        """Run the steps of ``stages`` that the job asks for and that need a pass of their own."""

    def score_step(self) -> Step:
        """WDS, and the labels of lines that it rests on."""
        assert self.job.wds is not None
        version = self.job.wds.version
        fields = {"version": version, COLUMNS: ["seg_langs", *names_in(version)]}
        return self._step(
            "score",
            {**fields, "model": self.job.identify.model},
            code=f"{fingerprint()} {lines_fingerprint()}",
            **fields,
            **self._after("identify"),
        )
