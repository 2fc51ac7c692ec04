"""Checks of a work folder beside its steps: the job, copies of configs, the report, leftovers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from curate.config.language import Aspect
from curate.errors import CurateError
from curate.io import layout
from curate.io.digests import check_text, read_json, short_digest
from curate.io.folders import readable
from curate.io.store import Store
from curate.pipeline.made_once import read_made
from curate.pipeline.verify.findings import Findings
from curate.stage_table import other_views
from curate.work import copies
from curate.work.plan import load_plan

_DECIDED: Final[Mapping[str, tuple[tuple[Aspect, str], ...]]] = {
    "annotate": (("stopwords", "stopwords"),),
    "cluster.split": (("lid", "lid"),),
    "select": (("thresholds", "thresholds"),),
}
"""Step -> aspects of language configs, and the fields of its plan that hold their fingerprints."""

_TUNED: Final = (layout.TUNED, "stopwords/configs")
"""Folders of configs that a run wrote and then copied."""

_MADE: Final = ("contamination-", "url_filter-", "robots-", "withdrawn-")
"""Files that are compiled for workers, from lists and sets that the job names."""

_RECORDS: Final[Mapping[str, tuple[str, ...]]] = {
    layout.REPEATED_IDS: ("of", "repeated"),
    layout.CLUSTER_COUNTS: ("labels", "warnings"),
    layout.DECIDED_BEFORE: ("outcomes",),
    layout.REPORT_STATS: ("labels", "totals"),
}
"""Records, and keys that tell each from others, which may have been copied over it."""


def check_named(store: Store, needed: set[str], findings: Findings) -> None:
    """Check what has a digest in itself or in its name."""
    _check_job(store, findings)
    folders = _check_copies(store, findings)
    _check_deciding(store, folders, needed, findings)
    for name in store.names(layout.COPIES):
        if name.startswith(_MADE):
            _check_made(store, f"{layout.COPIES}/{name}", findings)
    for key, keys in (*_RECORDS.items(), *_take_down_records(store)):
        _check_record(store, key, keys, findings)
    if layout.REPORT_STATS not in findings.known and "emit" in needed:  # other views have none
        findings.problems.append(f"{layout.REPORT_STATS}: missing; the next run writes it")


def _check_job(store: Store, findings: Findings) -> None:
    findings.known.add(layout.JOB)
    data = store.get(layout.JOB)
    if data is None:
        findings.problems.append(f"{layout.JOB}: missing")
        return
    try:
        if not check_text(data, where=layout.JOB, todo=""):
            plan = load_plan(store, "extract")
            if plan is None or plan.has_digest:
                findings.problems.append(f"{layout.JOB}: its digest is missing")
    except CurateError as error:
        findings.problems.append(f"{layout.JOB}: {error.found}")


class _Copy(NamedTuple):
    digest: str
    marks: Mapping[Aspect, str]


def _check_copies(store: Store, findings: Findings) -> list[_Copy]:
    """The sound copies of language configs; a damaged one is a problem, and so is one of lists."""
    sound = []
    for name in store.names(layout.COPIES):
        folder = store.path(f"{layout.COPIES}/{name}")
        if not name.startswith((copies.CONFIGS, copies.WORDLISTS)):
            continue
        _know(store, folder, findings)
        try:
            if name.startswith(copies.WORDLISTS):
                copies.load_lists(folder)
                continue
            configs = copies.load_copy(folder)
        except CurateError as error:
            findings.problems.append(f"{layout.COPIES}/{name}: {error.found}")
            continue
        aspects: tuple[Aspect, ...] = ("lid", "stopwords", "thresholds")
        marks = {aspect: configs.fingerprint(aspect) for aspect in aspects}
        sound.append(_Copy(name.removeprefix(copies.CONFIGS), marks))
    for key in _TUNED:
        folder = store.path(key)
        if not folder.is_dir():
            continue
        _know(store, folder, findings)
        with readable(folder) as here:
            digest = copies.digest_of(copies.texts_of(here))
        if digest not in {copy.digest for copy in sound}:
            findings.problems.append(f"{key}: other files than the run that wrote them used")
    return sound


def _know(store: Store, folder: Path, findings: Findings) -> None:
    for path in folder.rglob("*.*"):
        findings.known.add(path.relative_to(store.root).as_posix())


def _check_deciding(
    store: Store, sound: Iterable[_Copy], needed: set[str], findings: Findings
) -> None:
    """The configs that decided have to be among the copies."""
    for step, aspects in _DECIDED.items():
        try:
            plan = load_plan(store, step) if step in needed else None
        except CurateError:
            continue  # told where steps are checked
        for aspect, name in aspects if plan is not None else ():
            assert plan is not None
            if plan.fields.get(name) not in {copy.marks[aspect] for copy in sound}:
                findings.problems.append(
                    f"{layout.COPIES}/: no copy of the {aspect} that stage {step} was made with"
                )


def _check_made(store: Store, key: str, findings: Findings) -> None:
    findings.known.add(key)
    try:
        read_made(store, key)
    except CurateError as error:
        findings.problems.append(f"{key}: {error.found}")


def _take_down_records(store: Store) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The lists of what was taken down, and what says with which of them stages were made."""
    lists = [f"{layout.TAKE_DOWN}/{name}" for name in store.names(layout.TAKE_DOWN)]
    entries = (name for name in store.names(layout.COPIES) if name.startswith("take-down-"))
    for key in (*lists, *(f"{layout.COPIES}/{name}" for name in entries)):
        yield key, ("entries",)
    views = ("emit", *other_views())
    for stage in ("rebalance", *views):
        yield layout.listed_key(stage), ("lists",)
    for view in views:
        yield layout.forms_key(view), ("settings", "places")


def _check_record(store: Store, key: str, keys: Sequence[str], findings: Findings) -> None:
    data = store.get(key)
    if data is None:
        return
    findings.known.add(key)
    try:
        said = read_json(data, where=key, todo="", keys=keys)
    except CurateError as error:
        findings.problems.append(f"{key}: {error.found}")
        return
    if key == layout.REPORT_STATS and "page" in said:
        findings.known.add(layout.REPORT_PAGE)
        page = store.get(layout.REPORT_PAGE)
        if page is None or short_digest(page) != said["page"]:
            what = "missing" if page is None else "another page than was written"
            findings.problems.append(
                f"{layout.REPORT_PAGE}: {what}; `curate report` draws it again"
            )


def check_rest(store: Store, corpus: str, findings: Findings) -> None:
    """List what no record names: no stage reads it, so that damage there changes no corpus."""
    rest = sorted(
        entry.key
        for entry in store.entries()
        if not entry.is_folder
        and entry.key not in findings.known
        and not entry.key.startswith(f"{corpus}/")
    )
    groups: dict[str, list[str]] = {}
    for key in rest:
        first = key.split("/")[0]
        # a hidden folder is what a killed run was about to publish or to delete: one line
        head = first if first.startswith(".") and first != key else key.rpartition("/")[0]
        groups.setdefault(head, []).append(key)
    for keys in groups.values():
        more = f" and {len(keys) - 1} more there" if len(keys) > 1 else ""
        findings.notes.append(f"{keys[0]}{more}: named by no record")
