"""Which settings of a job decide its result, and which only say how it is run."""

from __future__ import annotations

from typing import Any

Json = Any

_HOW = ("engine", "io", "work")
"""Sections that say how a job is run, and where: they change no result."""

_HOW_TO_CLASSIFY = ("batch", "num_gpus")


def deciding(settings: dict[str, Json]) -> dict[str, Json]:
    """Of the settings of a resolved job as plain data those that decide its result."""
    found = {name: value for name, value in settings.items() if name not in _HOW}
    if isinstance(found.get("classify"), list):
        found["classify"] = [
            {k: v for k, v in one.items() if k not in _HOW_TO_CLASSIFY}
            if isinstance(one, dict)
            else one
            for one in found["classify"]
        ]
    return found
