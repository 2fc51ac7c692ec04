"""The steps of the report stage: counts, the sample, and counts under other thresholds."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from curate.pipeline import sample_task
from curate.pipeline.configs import RunConfigs
from curate.pipeline.count_task import outcome_counts
from curate.pipeline.stages_run import CODE, Stages
from curate.report.model import SampleSettings


class Reporting(Stages):
    """The stages of a job, with what its report needs after the last of them."""

    def sample(self, wanted: SampleSettings) -> None:
        """Some documents of each label."""
        step = self._step(
            "report.sample", code=CODE["report"], **asdict(wanted), **self._after("report")
        )
        counts = outcome_counts(self.runner.store)
        self._run(step, "sample_task:sample_shard", sample_task.limits(counts, wanted))

    def count_against(self, folder: Path) -> None:
        """Counts by label under the language configs of another folder."""
        other = RunConfigs(self.runner.store, folder)
        step = self._step(
            "report.against",
            code=CODE["report"],
            thresholds=other.fingerprint("thresholds"),
            **self._after("report"),
        )
        settings = {"configs": str(other.folder("thresholds"))}
        self._run(step, "compare_task:count_shard", settings)
