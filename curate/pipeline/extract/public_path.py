"""Paths that may be published: where anybody finds a file, and nothing of where it lay here."""

from __future__ import annotations

import re
from typing import Final

from curate.redact import redact

_CRAWL: Final = re.compile(r"(?:^|/)(crawl-data/CC-MAIN-[^/]+/.+)")
"""The path that Common Crawl gives a file, wherever a copy of it is kept."""

_LOCAL: Final = re.compile(r"file:|/|~|[A-Za-z]:[\\/]|\\\\")


def public_path(path: str, place: str) -> str:
    """The path of an input file as it is published.

    Of a file of Common Crawl its path there; of one in a bucket or on a server its path below
    these; of one on a disk what is below the fixed part of the pattern that found it.

    Args:
        path: of the file, or its address.
        place: the part of it that is not in the fixed part of the job's pattern.
    """
    path = redact(path)
    if crawl := _CRAWL.search(path):
        return crawl[1]
    _, is_address, rest = path.partition("://")
    if is_address and not path.startswith("file:"):
        return rest.partition("/")[2] or place
    return place


def public_name(name: str) -> str:
    """The path that an input gives for a document: as it stands, unless it is one on a disk."""
    if crawl := _CRAWL.search(name) if _LOCAL.match(name) else None:
        return crawl[1]
    return re.split(r"[\\/]", name)[-1] if _LOCAL.match(name) else redact(name)
