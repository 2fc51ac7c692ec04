"""The setting ``columns``: where ours are found in an input, and which of its own are kept."""

from __future__ import annotations

from typing import Final

from curate.config.measured import REGISTERED
from curate.config.problems import problem
from curate.schema import (
    CORPUS,
    CORPUS_FILTER_REASON,
    CORPUS_PLACE,
    CORPUS_WEIGHT,
    DOCUMENTS,
    PII,
)
from curate.stage_table import STAGES

Columns = dict[str, str | list[str]]

KEEP: Final = "keep"
"""The one key of `columns` that is none of our columns."""

COLUMNS: Final = DOCUMENTS.names()
"""Columns of the documents table, which `columns` may find under other names in the input."""

_HPLT: Final = (
    *("f", "o", "s", "rs", "u", "c", "ts", "de", "crawl_id", "lang", "prob", "xml", "html_lang"),
    *("cluster_size", "seg_langs", "filter", "pii", "doc_scores", "web-register", "robots"),
)
PUBLISHED: Final = frozenset(
    (
        *CORPUS.names(),
        *PII.names(),
        *(name for s in STAGES if s.table is not None for name in s.table.names()),
        *(column.name for column in (*CORPUS_PLACE, CORPUS_WEIGHT, CORPUS_FILTER_REASON)),
        *REGISTERED,
        *_HPLT,
    )
)
"""Names that columns of the corpus have, in either view, with whatever a job asks for."""


def checked_columns(value: Columns) -> Columns:
    """The setting, if it can be followed.

    Raises:
        PydanticCustomError: a key is no column of ours, or a kept column has the name of one that
            is published anyway.
    """
    for ours, theirs in value.items():
        if ours == KEEP:
            _check_kept(theirs)
        elif ours not in COLUMNS:
            raise problem(
                f"our column names as keys: {', '.join(COLUMNS)}; or `keep`",
                f"`{ours}`",
                "write `our_name: their_name`, such as `text: content`; a column of yours is kept "
                "with `keep: [its_name]`",
            )
        elif not isinstance(theirs, str):
            raise problem(
                f"one name for `{ours}`", f"{theirs!r}"[:80], f"write `{ours}: their_name`"
            )
    return value


def _check_kept(names: str | list[str]) -> None:
    if isinstance(names, str):
        raise problem("a list in `keep`", f"`{names}`", f"write `keep: [{names}]`")
    for name in names:
        if not name or "*" in name:
            raise problem(
                "names in `keep`, each of one column; dots reach into objects",
                f"`{name}`",
                "name each, such as `keep: [my_quality, metadata.source]`",
            )
        if name in PUBLISHED:
            raise problem(
                "names in `keep` that curate does not write itself",
                f"`{name}`",
                "leave it out: the corpus has a column of that name, newly measured",
            )
        if names.count(name) > 1:
            raise problem("each name in `keep` once", f"`{name}` twice", "remove one")
