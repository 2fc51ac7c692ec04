"""HTML -> the text of the page's main content with trafilatura (Barbaresi, ACL 2021).

Every call stands for itself. ``deduplicate`` with the library's own memory of lines, which lives as
long as the process, would make a page's text depend on the pages before it; where FineWeb2's
settings are asked for, each page gets a memory of its own.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any

_LINES_REMEMBERED = 4096  # the library's own number
_SURROGATE = re.compile("[\ud800-\udfff]")

# Pages are hostile or broken every day; what the library has to say about each is noise.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def precise_text(html: str) -> str:
    """FineWeb2's settings (arXiv 2506.20920, section 3), but no line is removed as repeated."""
    return _run(html, favor_precision=True)


def balanced_text(html: str) -> str:
    """The library's balanced settings: finds lists, forums and shops that precision empties."""
    return _run(html)


def quick_text(html: str) -> str:
    """Balanced settings without the library's second opinions, readability and jusText."""
    return _run(html, fast=True)


def fineweb2_text(html: str) -> str:
    """The arguments of datatrove's extractor, repeated lines judged within the page alone."""
    from trafilatura.deduplication import LRUCache

    return _run(html, favor_precision=True, deduplicate=LRUCache(maxsize=_LINES_REMEMBERED))


def page_xml(html: str) -> str:
    """The page as the library's XML, with the settings of HPLT 3.0: comments, tables, marks."""
    options = {"include_tables": True, "include_formatting": True, "include_comments": True}
    return _run(html, output_format="xml", favor_precision=True, **options)


@cache
def _settings() -> Any:  # noqa: ANN401 - the library's, which has no types
    from trafilatura.settings import use_config

    return use_config()


def _run(html: str, **options: Any) -> str:  # noqa: ANN401 - the library's arguments
    # Loaded with the first page: it takes a sixth of a second, and most processes never ask it.
    import trafilatura

    page = _SURROGATE.sub("\ufffd", html)  # lxml takes the paragraph with it
    arguments = {
        "output_format": "txt",
        "include_comments": False,
        "config": _settings(),
        **options,
    }
    text = trafilatura.extract(page, **arguments)
    return _SURROGATE.sub("\ufffd", text) if text else ""
