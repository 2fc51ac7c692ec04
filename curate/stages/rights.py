"""Rights: what pages and their sites say of being trained on. Removes nothing."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any, Final
from urllib.parse import urljoin

import pyarrow as pa

from curate import schema
from curate.documents import LICENSE
from curate.robots.license_terms import RSL
from curate.robots.page_signs import NOAI, NOML, SCRIPT, Sign
from curate.robots.preferences import NO, UNSET, strictest
from curate.robots.site_index import SiteIndex, applied, sign_row
from curate.stages.stage import Stage, append

READ: Final = tuple(
    column
    for column in schema.DOCUMENTS.columns
    if column.name in ("url", "date", "usage_signs") or column in LICENSE
)
"""Columns of the documents that the stage reads."""

_SIGN_COLUMNS = schema.RIGHTS.columns[:3]


def mark_rights(batch: pa.Table, *, index: SiteIndex) -> pa.Table:
    """Add ``train_ai``, ``train_ai_signs`` and ``opted_out_by``; the licence is there already.

    A sign of the page for an agent counts if it is one of the index's, and an RSL licence that
    the page only names says what the document at its address does, if that is known.
    """
    agents = frozenset(agent.lower() for agent in index.agents)
    answers: list[tuple[str, list[dict[str, str]], list[str]]] = []
    rows = (batch[name].to_pylist() for name in ("url", "date", "usage_signs"))
    for url, date, page in zip(*rows, strict=True):
        signs = signs_of(page or [], url or "", date or "", index=index, agents=agents)
        refusing = sorted({sign.sign for sign in signs if sign.train_ai == NO})
        strictest_of_all = strictest(sign.train_ai for sign in signs)
        answers.append((strictest_of_all, [sign_row(sign) for sign in signs], refusing))
    columns = {
        column.name: pa.array([answer[n] for answer in answers], column.type)
        for n, column in enumerate(_SIGN_COLUMNS)
    }
    return append(batch, columns)


def signs_of(
    page: list[dict[str, Any]], url: str, date: str, *, index: SiteIndex, agents: Collection[str]
) -> list[Sign]:
    """The signs of a page and of its site, each once."""
    own = [_resolved(Sign(**row), url, date, index, agents) for row in page]
    return list(dict.fromkeys([*own, *index.signs(url, date)]))


def _resolved(sign: Sign, url: str, date: str, index: SiteIndex, agents: Collection[str]) -> Sign:
    """A sign of the page, once it is known whose page it is and who asks."""
    answer = sign.train_ai
    if sign.sign in (NOAI, NOML) and sign.text.rpartition(":")[0] in agents:
        answer = NO
    elif sign.sign == RSL and sign.place == SCRIPT:
        answer = applied([(sign.text, answer)], url)
    elif sign.sign == RSL and answer == UNSET:
        answer = index.license(_absolute(url, sign.text), url, date)
    return Sign(sign.sign, sign.place, sign.text, answer)


def _absolute(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def rights_stage(index: SiteIndex) -> Stage:
    """The stage, bound to what is known of sites."""
    return Stage(
        "rights",
        partial(mark_rights, index=index),
        reads=READ,
        writes=_SIGN_COLUMNS,
    )
