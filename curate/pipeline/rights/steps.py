"""The step of the rights stage, and what it counted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import chain
from typing import Any

from curate import schema
from curate.config.rights import RightsConfig
from curate.io.robots_in import read_site_files
from curate.io.texts.lists import read_lines
from curate.pipeline.job_run import Done, JobRun
from curate.pipeline.made_once import keep_made
from curate.pipeline.rights.task import RightsKeys, rights_shard
from curate.robots.site_index import SITE_INDEX_VERSION, SiteIndex
from curate.stage_table import stage_of
from curate.work.inputs import find_files
from curate.work.runner import Step
from curate.work.seal import sealed
from curate.work.sidecars import COLUMNS

Json = Any


def rights(run: JobRun, done: Done) -> Step | None:
    """Signs of pages and of the files of their sites; no step if the job does not ask for it."""
    section = run.job.rights
    if section is None:
        return None
    sites = sites_of(section)
    step = Step.of(
        "rights",
        [done["extract"]],
        code=stage_of("rights").version,
        sites=sites,
        **{COLUMNS: list(schema.RIGHTS.names())},
    )
    run.extend(step)
    key = f"_run/sites-{hashlib.sha256(repr(sorted(sites.items())).encode()).hexdigest()[:16]}"
    if sealed(run.store, "rights") is None:
        keep_made(run.store, key, lambda: _index_of(section))
    run.run(step, rights_shard, RightsKeys(key))
    return step


def sites_of(section: RightsConfig) -> dict[str, Json]:
    """All that decides what is known of sites: settings, and the content of files.

    Raises:
        InputError: a file cannot be read.
    """
    return {
        "code": SITE_INDEX_VERSION,
        "agents": list(section.agents),
        "files": _digest(files_of(section)),
    }


def files_of(section: RightsConfig) -> list[str]:
    """The files of sites."""
    return find_files(section.files, setting="rights.files") if section.files else []


def _index_of(section: RightsConfig) -> bytes:
    files = chain.from_iterable(map(read_site_files, files_of(section)))
    return SiteIndex.build(files, section.agents).to_bytes()


def _digest(paths: Sequence[str]) -> str:
    """Sixteen hex digits of the content of files, wherever they lie."""
    seen = hashlib.sha256()
    for path in paths:
        for line in read_lines(path):
            seen.update(line)
    return seen.hexdigest()[:16]
