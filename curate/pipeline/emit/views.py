"""The forms in which a work folder is published, and the steps and the folder of each.

A job has one view of its own, which `emit` makes and ``corpus/`` holds. The other view is made from
the same verdicts by steps of its own, beside the first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from curate.config.job import JobConfig, with_settings
from curate.errors import ConfigError, InputError
from curate.io import layout
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.pipeline.emit.fineweb2 import FineWeb2
from curate.pipeline.emit.hplt import Hplt
from curate.pipeline.emit.view import Entry, View

VIEWS: dict[str, type[View]] = {kind.name: kind for kind in (FineWeb2, Hplt)}
"""Name -> the view; the first is that of manifests that name none."""

NAMES: Final = tuple(VIEWS)


def view_of(job: JobConfig, name: str | None = None) -> View:
    """The view of a job, or the one that is named.

    Raises:
        ConfigError: the job does not make what the view needs.
    """
    name = name or job.emit.view
    kind = VIEWS[name]
    kind.require(job)
    if name == job.emit.view:
        return kind("emit", layout.CORPUS)
    return kind(f"emit-{name}", f"{layout.CORPUS}-{name}")


def view_in(manifest: Entry) -> type[View]:
    """The view that a manifest is of. KeyError for an unknown one."""
    return VIEWS[manifest.get("view", FineWeb2.name)]


@dataclass(frozen=True, slots=True)
class Form:
    """The form that a caller wants published, where it is not the job's.

    Attributes:
        view: one of :data:`NAMES`; None for the job's own.
        out: a folder or an address; None for the view's own folder.
        settings: of ``emit``, put over the job's; see
            :func:`curate.config.job.with_settings`.
    """

    view: str | None = None
    out: str | None = None
    settings: tuple[str, ...] = ()

    def applied(self, job: JobConfig) -> JobConfig:
        """The job with these settings.

        Raises:
            ConfigError: a setting is wrong, or the view is the job's own.
        """
        if not self.settings:
            return job
        if self.view in (None, job.emit.view):
            raise ConfigError(
                f"--set {self.settings[0]}",
                wanted="the settings that the work folder was begun with, for its own view",
                found="other ones",
                todo="run the job again with them: curate run JOB --set ... --rerun emit",
            )
        return with_settings(job, self.settings, section="emit")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a view is published: a folder of a store, which may be the work folder."""

    store: Store
    folder: str

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.store.path(self.folder)

    def key(self, name: str) -> str:
        """The key of what lies in it."""
        return f"{self.folder}/{name}"


def target_of(store: Store, view: View, out: str | None) -> Target:
    """The folder that is asked for, else the view's own in the work folder.

    Raises:
        InputError: the folder holds something else than a corpus of this view.
    """
    if out is None:
        return Target(store, view.folder)
    parent, _, name = out.rstrip("/").rpartition("/")
    if "://" not in out:
        path = Path(out).expanduser().absolute()
        parent, name = str(path.parent), path.name
    target = Target(open_store(parent), name)
    there = _view_in(target)
    if there not in (None, view.name):
        raise InputError(
            f"--out {out}",
            wanted=f"a new folder, or one with a corpus in the view {view.name}",
            found=there,
            todo="name another folder: what is there would be replaced",
        )
    return target


def _view_in(target: Target) -> str | None:
    """The view of the corpus in a folder, or what else is there; None for nothing."""
    if not target.path.exists() or next(target.path.rglob("*"), None) is None:
        return None
    data = target.store.get(target.key("manifest.json"))
    try:
        manifest = json.loads(data or b"null")
        return str(manifest.get("view", FineWeb2.name)) if "curate" in manifest else "other files"
    except (ValueError, TypeError, AttributeError):
        return "other files"
