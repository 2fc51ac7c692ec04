"""What the extractor learns of the names of elements: one vote a site, and by folds of sites."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.name_tokens import N_MARKS, TokenTable, table_of
from curate.html.blocks.page_kinds import KINDS
from jobs.extractor_data import N_FOLDS, Example

_LEAST_SITES: Final = 3
_LEAST_PAGES: Final = 8  # with a known kind
_PRIOR: Final = 3.0  # sites of an average kind that are added to each token's
_BASE: Final = 0.45
_MOST_ODDS: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class TokenCounts:
    """Votes about N tokens, by fold.

    Attributes:
        tokens: uint32[N], ascending.
        shares: float64[N, N_FOLDS], sum over sites of the share of their text that is content.
        sites: float64[N, N_FOLDS], sites.
        contrast: float64[N, N_FOLDS], of the sites whose pages are articles, as ``shares`` less the
            mean; tells tokens that mean one thing there and another elsewhere.
        kinds: float64[N, N_FOLDS, K], pages of each kind that have the token.
    """

    tokens: npt.NDArray[np.uint32]
    shares: npt.NDArray[np.float64]
    sites: npt.NDArray[np.float64]
    article_shares: npt.NDArray[np.float64]
    article_sites: npt.NDArray[np.float64]
    kinds: npt.NDArray[np.float64]


def _of_page(example: Example) -> tuple[npt.NDArray[np.uint32], ...]:
    """Distinct tokens of a page's elements, with the content in them and the text in them."""
    page = example.page
    known = example.weight * np.maximum(example.features.counts[:, 0], 1) ** 0.6
    known = known / max(1e-9, known.sum())
    sums = [np.append(0.0, np.cumsum(part)) for part in (known * (example.content >= 0.5), known)]
    lengths = (page.token_end - page.token_start).astype(np.int64)
    lengths[0] = 0
    owner = np.repeat(np.arange(page.n_elements), lengths)
    offsets = np.repeat(page.token_start - (np.cumsum(lengths) - lengths), lengths)
    tokens = page.tokens[np.arange(len(owner)) + offsets]
    good, all_ = (s[page.end_block[owner]] - s[page.first_block[owner]] for s in sums)
    tokens, good, all_ = tokens[all_ > 0], good[all_ > 0], all_[all_ > 0]
    distinct, inverse = np.unique(tokens, return_inverse=True)
    n = len(distinct)
    return distinct, np.bincount(inverse, good, n), np.bincount(inverse, all_, n)  # type: ignore[return-value]


def count_tokens(examples: Sequence[Example]) -> TokenCounts:
    """Count the votes of all sites."""
    sites = {site: number for number, site in enumerate(sorted({e.site for e in examples}))}
    fold_of = np.zeros(len(sites), np.int64)
    is_article = np.zeros(len(sites), bool)
    parts: list[list[npt.NDArray[np.generic]]] = [[], [], [], []]
    pages: list[tuple[npt.NDArray[np.uint32], int, int]] = []
    for example in examples:
        site = sites[example.site]
        fold_of[site], is_article[site] = example.fold, example.kind == "article"
        distinct, good, all_ = _of_page(example)
        for part, values in zip(
            parts, (distinct, np.full(len(distinct), site), good, all_), strict=True
        ):
            part.append(values)
        if example.kind in KINDS:
            pages.append((np.unique(example.page.tokens), example.fold, KINDS.index(example.kind)))
    token, site_of, good, all_ = (np.concatenate(part) for part in parts)
    everything = np.unique(np.concatenate([token, *(p[0] for p in pages)]))
    everything = everything[everything != 0].astype(np.uint32)
    pair = np.searchsorted(everything, token) * len(sites) + site_of
    pairs, inverse = np.unique(pair, return_inverse=True)
    share = np.bincount(inverse, good) / np.bincount(inverse, all_)
    place, site = pairs // len(sites), pairs % len(sites)
    cell = place * N_FOLDS + fold_of[site]
    size = len(everything) * N_FOLDS
    art = is_article[site]
    shaped = [
        np.bincount(c, w, size).reshape(-1, N_FOLDS)
        for c, w in ((cell, share), (cell, None), (cell[art], share[art]), (cell[art], None))
    ]
    kinds = np.zeros((len(everything), N_FOLDS, len(KINDS)))
    for tokens, fold, kind in pages:
        kinds[np.searchsorted(everything, tokens[tokens != 0]), fold, kind] += 1.0
    return TokenCounts(everything, *shaped, kinds)


def learn_tokens(
    counts: TokenCounts, marks: npt.NDArray[np.int64], left_out: Collection[int] = ()
) -> TokenTable:
    """The table of tokens as all folds but those left out know it.

    Args:
        counts: all votes.
        marks: see :func:`choose_marks`.
        left_out: folds whose votes are not counted.
    """
    folds = [fold for fold in range(N_FOLDS) if fold not in left_out]
    shares, sites = counts.shares[:, folds].sum(1), counts.sites[:, folds].sum(1)
    odds = _log_odds((shares + _PRIOR * _BASE) / (sites + _PRIOR)) - _log_odds(np.array(_BASE))
    odds[sites < _LEAST_SITES] = 0.0
    by_kind = counts.kinds[:, folds].sum(1)
    total = counts.kinds[:, folds].max(axis=(0, 1)) if not len(by_kind) else by_kind.sum(0)
    prior = np.maximum(total, 1e-9) / max(1e-9, total.sum())
    seen = by_kind.sum(1, keepdims=True)
    told = np.log((by_kind + 4.0 * prior) / (seen + 4.0) / prior)
    told = np.clip(told, -_MOST_ODDS, _MOST_ODDS)
    told[seen[:, 0] < _LEAST_PAGES] = 0.0
    used = (odds != 0) | (told != 0).any(1) | (marks >= 0)
    return table_of(
        counts.tokens[used],
        odds[used].astype(np.float32),
        marks[used].astype(np.int32),
        told[used].astype(np.float32),
    )


def _log_odds(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    p = np.clip(p, 0.02, 0.98)
    return np.log(p / (1 - p))


def choose_marks(counts: TokenCounts) -> npt.NDArray[np.int64]:
    """Which tokens get a column, and which: int64[N], -1 for those without.

    Half of them tell most, half tell one thing in articles and another elsewhere, as ``comment``
    does. Chosen once: a column must mean one token in every fold.
    """
    shares, sites = counts.shares.sum(1), counts.sites.sum(1)
    in_articles, n_articles = counts.article_shares.sum(1), counts.article_sites.sum(1)
    rest = sites - n_articles
    with np.errstate(invalid="ignore", divide="ignore"):
        tells = np.sqrt(sites) * np.abs(np.nan_to_num(shares / sites) - _BASE)
        differs = np.abs(
            np.nan_to_num(in_articles / n_articles) - np.nan_to_num((shares - in_articles) / rest)
        )
        differs = differs * np.sqrt(np.minimum(n_articles, rest))
    marks = np.full(len(sites), -1, np.int64)
    chosen: list[int] = []
    for value in (tells, differs):
        order = np.argsort(-value, kind="stable").tolist()
        chosen += [place for place in order if place not in chosen][: N_MARKS // 2]
    marks[chosen] = np.arange(len(chosen))
    return marks
