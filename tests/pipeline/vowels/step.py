"""Its task and its step."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from curate.pipeline.job_run import Done, JobRun
from curate.work.runner import Step
from curate.work.sidecars import COLUMNS
from curate.work.tables import iter_columns
from curate.work.task import ShardTask, shard_task
from tests.pipeline.vowels.columns import VOWELS
from tests.pipeline.vowels.section import VowelsConfig


@dataclass(frozen=True, slots=True)
class VowelSettings:
    """Letters that are counted."""

    letters: str


@shard_task(VowelSettings)
def count_vowels(task: ShardTask[VowelSettings]) -> int:
    """Write the sidecar of one shard."""
    pattern = f"[{task.settings.letters}]"
    with task.attempt() as attempt:
        writer = attempt.writer(VOWELS.schema(), gather=True)
        for batch in iter_columns(task.store, task.shard, {"extract": ("text",)}):
            n = pc.count_substring_regex(batch["text"], pattern, ignore_case=True)
            length = pc.cast(pc.utf8_length(batch["text"]), pa.float64())
            # nothing over nothing is null, never 0
            fraction = pc.if_else(pc.equal(length, 0), None, pc.divide(n, length))
            writer.write(pa.table([n, fraction], schema=VOWELS.schema()))
        attempt.commit(rows_in=writer.rows, rows_out=writer.rows)
    return writer.rows


def vowels(run: JobRun, done: Done) -> Step | None:
    """Vowels, if the job asks for them."""
    section = dict(run.job)["vowels"]  # a setting that only the edited job has
    if section is None:
        return None
    assert isinstance(section, VowelsConfig)
    names = list(VOWELS.names())
    step = Step.of("vowels", [done["extract"]], letters=section.letters, **{COLUMNS: names})
    run.run(step, count_vowels, VowelSettings(section.letters))
    return step
