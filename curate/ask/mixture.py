"""The mixture that would be published, from the counts of a run, without writing."""

from __future__ import annotations

from collections.abc import Sequence

from curate.config.job import JobConfig, diff_jobs, load_job
from curate.errors import ConfigError, InputError
from curate.io import layout
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.pipeline.decide.mixture import planned, planned_lines, read_amounts, read_sizes
from curate.pipeline.decide.weights import weights_by_label
from curate.report.data import MixtureLine
from curate.work.plan import require_work_folder
from curate.work.seal import sealed


def look_at_mixture(
    work: str, overrides: Sequence[str] = ()
) -> tuple[tuple[MixtureLine, ...], str]:
    """The lines of the mixture table, and its unit.

    Args:
        work: a work folder whose run has counted its clusters.
        overrides: ``"mixture.…=value"`` or ``"rebalance.…=value"``.

    Raises:
        InputError: the folder is no work folder, or not so far.
        ConfigError: an override is wrong, or of another section.
    """
    store = open_store(work)
    job = _job(store, overrides)
    if sealed(store, "rebalance.group") is None:
        raise InputError(
            f"work folder {store.root}",
            wanted="a run that has counted its clusters, which `rebalance` does first",
            found="it has not",
            todo="curate run JOB --until rebalance",
        )
    sizes = read_sizes(store)
    shares = planned(read_amounts(store), weights_by_label(sizes, job), job)
    return planned_lines(sizes, shares), job.mixture.unit


def _job(store: Store, overrides: Sequence[str]) -> JobConfig:
    require_work_folder(store)
    path = store.path(layout.JOB)
    recorded, changed = load_job(path), load_job(path, overrides)
    for change in diff_jobs(recorded.result_settings(), changed.result_settings()):
        if change.path.split(".")[0] not in ("mixture", "rebalance"):
            raise ConfigError(
                f"--set {change.path}",
                wanted="a setting of `mixture` or `rebalance`",
                found=str(change),
                todo="change it in the job, and run that",
            )
    return changed
