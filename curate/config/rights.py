"""The section of a job on signs of training, of pages and of sites."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from curate.config.sections import Paths, Settings

SignKind: TypeAlias = Literal[
    "aipref",
    "content_signal",
    "rsl",
    "tdmrep",
    "noai",
    "noml",
    "ai_txt",
]
"""Kinds of :mod:`curate.robots.page_signs`."""


class RightsConfig(Settings):
    """Signs by which pages and sites say whether models may be trained on them, and licences."""

    files: Paths = Field(
        default=(),
        description="WARC files with `robots.txt`, `/.well-known/tdmrep.json`, `ai.txt` and RSL "
        "licences of the sites; `*`, `?` and `**` match",
    )
    agents: Paths = Field(
        default=("CCBot",),
        min_length=1,
        description="agents whose groups of rules are looked up; of several the strictest counts",
    )
    drop: Annotated[tuple[SignKind, ...], Field(strict=False)] = Field(
        default=(),
        description="drop what one of these signs says may not be trained on: `aipref`, "
        "`content_signal`, `rsl`, `tdmrep`, `noai`, `noml`, `ai_txt`",
    )
