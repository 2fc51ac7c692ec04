"""Lists and robots.txt files of a job, compiled once for all workers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from curate.config.job import JobConfig
from curate.config.sections import RobotsConfig, UrlsConfig
from curate.io.robots_in import read_robots
from curate.io.store import Store
from curate.io.texts.lists import read_lines
from curate.pipeline.made_once import keep_made
from curate.robots.index import ROBOTS_VERSION, RobotsIndex
from curate.urls.filter import URL_FILTER_VERSION, UrlFilter
from curate.work.inputs import find_files

LISTS = ("domains", "urls", "words", "soft_words", "substrings")
_UT1 = ("domains", "urls")

Json = Any


def screens_of(job: JobConfig) -> dict[str, Json]:
    """The fields of `screen`'s plan: settings and content of files; empty for no screening.

    Raises:
        InputError: a file cannot be read.
    """
    fields: dict[str, Json] = {}
    if job.urls is not None:
        files = url_lists(job.urls)
        fields["urls"] = {
            "code": URL_FILTER_VERSION,
            "min_soft_words": job.urls.min_soft_words,
            **{kind: _digest(paths) for kind, paths in files.items() if paths},
        }
    if job.robots is not None and job.robots.files:
        fields["robots"] = {
            "code": ROBOTS_VERSION,
            "agents": list(job.robots.agents),
            "unreachable_disallows": job.robots.unreachable_disallows,
            "files": _digest(find_files(job.robots.files, setting="robots.files")),
        }
    return fields


def dropping(job: JobConfig) -> dict[str, list[str]]:
    """The columns that drop a document: column -> the values that do; empty for any value."""
    columns: dict[str, list[str]] = {}
    if job.urls is not None and job.urls.drop:
        columns["url_filter"] = []
    if job.robots is not None and job.robots.files and job.robots.drop:
        columns["robots_disallowed"] = []
    if job.robots is not None and job.robots.drop_opt_out:
        columns["opt_out"] = sorted(set(job.robots.drop_opt_out))
    if job.rights is not None and job.rights.drop:
        columns["opted_out_by"] = sorted(set(job.rights.drop))
    if isinstance(job.emit.license, tuple):
        columns["license"] = sorted(set(job.emit.license))
    if job.decontaminate is not None and job.decontaminate.drop:
        columns["contaminated_by"] = []
    return columns


def url_lists(urls: UrlsConfig) -> dict[str, list[str]]:
    """The files of each kind of list, those in folders of the UT1 form among them."""
    files = {kind: find_files(getattr(urls, kind), setting=f"urls.{kind}") for kind in LISTS}
    for folder in urls.folders:
        present = [kind for kind in _UT1 if (Path(folder) / kind).is_file()]
        if not present:
            find_files([f"{folder}/domains"], setting="urls.folders")  # says what is not there
        for kind in present:
            files[kind].append(str(Path(folder) / kind))
    return files


def compile_screens(job: JobConfig, store: Store, screens: dict[str, Json]) -> dict[str, str]:
    """Write what workers need into the work folder; files named by their content are made once.

    Returns:
        ``urls`` and ``robots``, as far as the job has them -> key in the store.
    """
    keys = {}
    if job.urls is not None:
        urls = job.urls
        keys["urls"] = _kept(store, "url_filter", screens["urls"], lambda: _filter_of(urls))
    if job.robots is not None and job.robots.files:
        robots = job.robots
        keys["robots"] = _kept(store, "robots", screens["robots"], lambda: _index_of(robots))
    return keys


def _kept(store: Store, name: str, fields: Json, make: Callable[[], bytes]) -> str:
    digest = hashlib.sha256(repr(sorted(fields.items())).encode()).hexdigest()[:16]
    key = f"_run/{name}-{digest}"
    keep_made(store, key, make)
    return key


def _filter_of(urls: UrlsConfig) -> bytes:
    files = url_lists(urls)
    lines = {kind: _lines(paths) for kind, paths in files.items()}
    compiled = UrlFilter.from_lists(**lines, min_soft_words=urls.min_soft_words)
    compiled.check(["http://example.org/"])  # numba compiles here, before many workers would
    return compiled.to_bytes()


def _index_of(robots: RobotsConfig) -> bytes:
    records = chain.from_iterable(
        map(read_robots, find_files(robots.files, setting="robots.files"))
    )
    return RobotsIndex.build(
        records, robots.agents, unreachable_disallows=robots.unreachable_disallows
    ).to_bytes()


def _lines(paths: Iterable[str]) -> Iterator[bytes]:
    return chain.from_iterable(map(read_lines, paths))


def _digest(paths: Sequence[str]) -> str:
    """Sixteen hex digits of the content of files, wherever they lie."""
    seen = hashlib.sha256()
    for path in paths:
        for line in read_lines(path):
            seen.update(line)
    return seen.hexdigest()[:16]
