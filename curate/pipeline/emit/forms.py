"""In which forms and where a view was published, so that it can be published there again."""

from __future__ import annotations

from curate.config.job import JobConfig
from curate.errors import ConfigError
from curate.io import layout
from curate.io.digests import json_with_digest, read_json
from curate.io.store import Store
from curate.pipeline.emit.view import View
from curate.pipeline.emit.views import VIEWS, Form, view_of
from curate.work.seal import sealed


def note_published(store: Store, stage: str, form: Form) -> None:
    """Keep the settings of a view, and the place if it is not the view's own folder."""
    before = _noted(store, stage)
    places = [*before["places"], *([form.out] if form.out is not None else [])]
    now = {"settings": list(form.settings), "places": sorted(dict.fromkeys(places))}
    if now != before:
        store.put(layout.forms_key(stage), json_with_digest(now))


def _noted(store: Store, stage: str) -> dict[str, list[str]]:
    key = layout.forms_key(stage)
    data = store.get(key)
    if data is None:
        return {"settings": [], "places": []}
    keys = ("settings", "places")
    return read_json(data, where=str(store.path(key)), todo="delete this file", keys=keys)


def published_forms(store: Store, job: JobConfig) -> list[tuple[View, Form]]:
    """Every view of a work folder that has been published, with each form and place of it.

    The view of the job comes first.
    """
    forms: list[tuple[View, Form]] = []
    for name in sorted(VIEWS, key=lambda name: name != job.emit.view):
        try:
            view = view_of(job, name)
        except ConfigError:
            continue  # the job does not make what it needs, so it cannot have been published
        noted = _noted(store, view.stage)
        settings = tuple(noted["settings"])
        places: list[str | None] = [*noted["places"]]
        if store.exists(f"{view.folder}/manifest.json"):
            places.insert(0, None)
        if not places and sealed(store, view.stage) is not None:
            places = [None]
        named = None if view.is_own else name
        forms += [(view, Form(named, place, settings)) for place in places]
    return forms
