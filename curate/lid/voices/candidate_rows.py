"""Numbers of each voice about the candidates of texts, which a forest ranks by. Kernels."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, inner, kernel
from curate.lid.voices.table import SCALE

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

FEATURES: Final = (
    "lists: hits behind the most, in standard deviations",
    "lists: hits, of the most",
    "lists: the label has one",
    "lists: hits, of those expected of its language",
    "lists: hits, of those in languages that have most",
    "table: score behind the highest, in nats a root of the n-grams",
    "table: has the label",
    "table: logarithm of the code points trained on",
    "CLD2: knows the language",
    "CLD2: share of the text",
    "is the answer of the first two voices",
    "text: most hits, of all n-grams",
    "text: second most hits, in standard deviations",
    "text: highest score of the table, in nats an n-gram",
    "text: second highest score",
    "text: hits of the table's best",
    "text: score of the lists' best",
    "text: CLD2 is sure",
    "text: how typical CLD2 finds it",
    "text: largest share that CLD2 names",
    "text: confidence of the first two voices",
    "text: how they came to their answer",
    "text: logarithm of its n-grams",
)
"""Names of the measures of a candidate, and of the text that it is one of."""

N_LISTED: Final = 10
"""Candidates by FunLangID's lists."""

N_SCORED: Final = 5
"""Candidates by the table."""

N_NAMED: Final = 4
"""Candidates by CLD2, and the answer without the table."""

MAX_CANDIDATES: Final = N_LISTED + N_SCORED + N_NAMED
NOT_MASKED: Final = -1

UNKNOWN: Final = -1.0
"""A share of which nothing is known."""

_LEAST_HITS: Final = -8.0
_LEAST_SCORE: Final = -12.0
_LEAST_SHARE: Final = 0.001
_FIRST_OF_TEXT: Final = 11
_SCALE: Final = SCALE


class Labels(NamedTuple):
    """All labels that can be candidates, as the kernel reads them.

    Args:
        lists: int32[n_labels], the place of each in FunLangID's labels, or -1.
        columns: int32[n_labels], its column of the table, or -1.
        of_lists: int32[n_unique_labels], which label each of FunLangID's is; -1 for noise.
        of_columns: int32[n_columns].
        scripts: int32[n_labels], an index of scripts.
        facts: float32[n_labels, 4]: logarithm of the code points trained on, 1 if CLD2 knows the
            language, and the two shares of :attr:`~curate.lid.voices.table.NgramTable.listed`.
    """

    lists: I32
    columns: I32
    of_lists: I32
    of_columns: I32
    scripts: I32
    facts: F32


class Inputs(NamedTuple):
    """The facts about many texts.

    Args:
        hits: int32[n_texts, n_unique_labels], of FunLangID's lists.
        n_ngrams: int64[n_texts], that FunLangID reads.
        scores: int32[n_texts, n_columns], of the table.
        n_scored: int64[n_texts], n-grams that the table reads.
        possible: uint8[n_texts, n_scripts], 1 for a script that the text is written in.
        named: int32[n_texts, N_NAMED], labels; the last one is the answer of the first two voices.
            -1 for none.
        shares: float32[n_texts, N_NAMED], of the text, by CLD2.
        facts: float32[n_texts, 4], the last features but one.
        masked: int32[n_texts], a label that the table is taken not to know, or -1.
    """

    hits: I32
    n_ngrams: I64
    scores: I32
    n_scored: I64
    possible: U8
    named: I32
    shares: F32
    facts: F32
    masked: I32


@bare_inner
def _first(values: I32, ids: I32, known: Labels, possible: U8, masked: int, best: I32) -> int:
    """Put the places of the highest values into ``best``, highest first; how many there are."""
    n = 0
    for place in range(len(values)):
        label = ids[place]
        if label < 0 or label == masked or not possible[known.scripts[label]]:
            continue
        value = values[place]
        if n == len(best) and value <= values[best[n - 1]]:
            continue
        k = min(n, len(best) - 1)
        while k > 0 and values[best[k - 1]] < value:
            best[k] = best[k - 1]
            k -= 1
        best[k] = place
        n = min(n + 1, len(best))
    return n


@bare_inner
def _add(labels: I32, n: int, label: int) -> int:
    """Add a label that is not there yet; how many there are."""
    for k in range(n):
        if labels[k] == label:
            return n
    labels[n] = label
    return n + 1


class _Best(NamedTuple):
    """Room for the places with the highest values of one text, and how many there are.

    Args:
        listed: int32[N_LISTED], of FunLangID's labels.
        scored: int32[N_SCORED], columns of the table.
        n: int64[2], how many of each.
    """

    listed: I32
    scored: I32
    n: I64


@kernel
def measure(
    known: Labels, inputs: Inputs, candidate_labels: I32, n_candidates: I64, rows: F32
) -> None:
    """Find the candidates of many texts, and what is to be known of each.

    Args:
        known: all labels.
        inputs: the texts.
        candidate_labels: int32[n_texts, MAX_CANDIDATES]; written.
        n_candidates: int64[n_texts]; written.
        rows: float32[n_texts, MAX_CANDIDATES, n_features], zeros; written.
    """
    best = _Best(np.empty(N_LISTED, np.int32), np.empty(N_SCORED, np.int32), np.zeros(2, np.int64))
    for text in range(len(n_candidates)):
        n = _union(known, inputs, text, best, candidate_labels[text])
        n_candidates[text] = n
        most, highest = _of_text(known, inputs, text, best, rows[text, 0])
        for k in range(n):
            for column in range(_FIRST_OF_TEXT, rows.shape[2]):
                rows[text, k, column] = rows[text, 0, column]
            _of_label(known, inputs, text, candidate_labels[text, k], most, highest, rows[text, k])


@bare_inner
def _union(known: Labels, inputs: Inputs, text: int, best: _Best, candidate_labels: I32) -> int:
    """Put the candidates of a text into ``candidate_labels``; how many there are."""
    hits, possible, masked = inputs.hits[text], inputs.possible[text], int(inputs.masked[text])
    n = _first(hits, known.of_lists, known, possible, NOT_MASKED, best.listed)
    while n and hits[best.listed[n - 1]] <= 0:
        n -= 1
    best.n[0] = n
    best.n[1] = _first(inputs.scores[text], known.of_columns, known, possible, masked, best.scored)
    n = 0
    for k in range(best.n[0]):
        n = _add(candidate_labels, n, known.of_lists[best.listed[k]])
    for k in range(best.n[1]):
        n = _add(candidate_labels, n, known.of_columns[best.scored[k]])
    for k in range(N_NAMED):
        label = inputs.named[text, k]
        if label >= 0 and possible[known.scripts[label]]:
            n = _add(candidate_labels, n, label)
    return n


@inner
def _of_text(known: Labels, inputs: Inputs, text: int, best: _Best, row: F32) -> tuple[int, int]:
    """Write what is known of a text; the most hits and the highest score."""
    hits, scores = inputs.hits[text], inputs.scores[text]
    n_listed, n_scored = best.n[0], best.n[1]
    most = max(int(hits[best.listed[0]]), 1) if n_listed else 1
    highest = int(scores[best.scored[0]]) if n_scored else 0
    deviation = math.sqrt(most)
    n_ngrams, n_read = max(inputs.n_ngrams[text], 1), max(inputs.n_scored[text], 1)
    root = _SCALE * math.sqrt(n_read)
    row[11] = most / n_ngrams
    row[12] = (hits[best.listed[1]] - most) / deviation if n_listed > 1 else _LEAST_HITS
    row[12] = max(row[12], _LEAST_HITS)
    row[13] = highest / (_SCALE * n_read)
    row[14] = (scores[best.scored[1]] - highest) / root if n_scored > 1 else _LEAST_SCORE
    row[14] = max(row[14], _LEAST_SCORE)
    row[15], row[16] = UNKNOWN, 1.0
    if n_scored:
        place = known.lists[known.of_columns[best.scored[0]]]
        row[15] = hits[place] / most if place >= 0 else UNKNOWN
    if n_listed:
        column = known.columns[known.of_lists[best.listed[0]]]
        row[16] = max((scores[column] - highest) / root, _LEAST_SCORE) if column >= 0 else 1.0
    row[17] = inputs.facts[text, 0]
    row[18] = inputs.facts[text, 1]
    for k in range(N_NAMED):
        row[19] = max(row[19], inputs.shares[text, k])
    row[20] = inputs.facts[text, 2]
    row[21] = inputs.facts[text, 3]
    row[22] = math.log(n_ngrams)
    return most, highest


@inner
def _of_label(
    known: Labels, inputs: Inputs, text: int, label: int, most: int, highest: int, row: F32
) -> None:
    """Write what is known of a candidate."""
    place, column = known.lists[label], known.columns[label]
    row[3], row[4] = UNKNOWN, UNKNOWN
    if place >= 0:
        hits, share = inputs.hits[text, place], row[11] * inputs.hits[text, place] / most
        row[0] = max((hits - most) / math.sqrt(most), _LEAST_HITS)
        row[1] = hits / most
        row[2] = 1.0
        if known.facts[label, 2] > 0:
            row[3] = share / known.facts[label, 2]
        row[4] = share / max(known.facts[label, 3], _LEAST_SHARE)
    if column >= 0 and label != inputs.masked[text]:
        root = _SCALE * math.sqrt(max(inputs.n_scored[text], 1))
        row[5] = max((inputs.scores[text, column] - highest) / root, _LEAST_SCORE)
        row[6] = 1.0
        row[7] = known.facts[label, 0]
    row[8] = known.facts[label, 1]
    for k in range(N_NAMED):
        if inputs.named[text, k] == label:
            row[9] = max(row[9], inputs.shares[text, k])
    row[10] = label == inputs.named[text, N_NAMED - 1]
