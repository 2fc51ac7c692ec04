"""What each voice says of the labels that a text may have, as numbers that a forest ranks by.

The candidates of a text are the labels whose FunLangID lists have most of its n-grams, those that
the table of n-grams scores highest, those that CLD2 names, and the answer of the first two voices;
only labels in a script that the text is written in. No number tells which label it stands for, so
that what is learnt from some languages holds for others.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.jit import kernel
from curate.labels import language_of, script_of
from curate.lid.codes import letters_of
from curate.lid.voices.confidence import Kind
from curate.lid.voices.funlang import NOISE, FunLangTable
from curate.lid.voices.fusion import BaseAnswer, Evidence
from curate.lid.voices.table import SCALE, NgramTable
from curate.text.scripts import merge_cjk

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
"""What is measured of a candidate, and of the text that it is one of."""

N_LISTED: Final = 10
"""Candidates by FunLangID's lists."""

N_SCORED: Final = 5
"""Candidates by the table."""

N_NAMED: Final = 4
"""Candidates by CLD2, and the answer without the table."""

MAX_CANDIDATES: Final = N_LISTED + N_SCORED + N_NAMED
NOT_MASKED: Final = -1

_SCRIPT_FRACTION: Final = 1 / 3  # of the letters of the dominant script
_LEAST_HITS: Final = -8.0
_LEAST_SCORE: Final = -12.0
_UNKNOWN: Final = -1.0
_LEAST_SHARE: Final = 0.001
_FIRST_OF_TEXT: Final = 11
_TYPICAL, _LEAST_TYPICAL = 800.0, 50.0
_FEW_CHARS: Final = 3_000.0
_SCALE: Final = SCALE
_RELIED_ON: Final = frozenset({Kind.BASE, Kind.OWN, Kind.SCRIPT})
_WITH_HAN: Final = frozenset({"Hani", "Jpan", "Hang"})
_KINDS: Final = {kind: place for place, kind in enumerate(Kind)}


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


@dataclass(frozen=True, slots=True, eq=False)
class Universe:
    """The labels by name.

    Attributes:
        names: sorted.
        places: name -> its place.
        scripts: that the labels are in, sorted.
        labels: the same for the kernel.
    """

    names: tuple[str, ...]
    places: Mapping[str, int]
    scripts: tuple[str, ...]
    labels: Labels

    @classmethod
    def of(
        cls,
        names: Collection[str],
        lists: FunLangTable,
        table: NgramTable,
        base_languages: Collection[str],
    ) -> Universe:
        """The labels ``names``, and all of both tables."""
        known = tuple(sorted({*names, *lists.unique_labels, *table.labels} - {NOISE}))
        places = {name: place for place, name in enumerate(known)}
        scripts = tuple(sorted(set(map(script_of, known))))
        in_lists = {name: place for place, name in enumerate(lists.unique_labels)}
        facts = np.zeros((len(known), 4), np.float32)
        facts[:, 2:] = _UNKNOWN
        for place, name in enumerate(known):
            if name in table.places:
                facts[place, 0] = math.log(table.n_chars[table.places[name]] / _FEW_CHARS)
            facts[place, 1] = language_of(name) in base_languages
            if name in in_lists:
                facts[place, 2:] = table.listed[in_lists[name]]
        labels = Labels(
            np.array([in_lists.get(name, -1) for name in known], np.int32),
            np.array([table.places.get(name, -1) for name in known], np.int32),
            np.array([places.get(name, -1) for name in lists.unique_labels], np.int32),
            np.array([places[name] for name in table.labels], np.int32),
            np.array([scripts.index(script_of(name)) for name in known], np.int32),
            facts,
        )
        return cls(known, places, scripts, labels)


class Asked(NamedTuple):
    """What is known of many texts.

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


class Candidates(NamedTuple):
    """The labels that a text may have.

    Args:
        names: at most :data:`MAX_CANDIDATES`.
        rows: float32[n_names, n_features], what :data:`FEATURES` names.
    """

    names: list[str]
    rows: F32


class Known(NamedTuple):
    """What the first two voices say of a text, and what it is written in.

    Args:
        base: CLD2's answer.
        first: the answer of CLD2 and FunLangID, if there is one.
        confidence: of that.
        counts: letters per script.
    """

    base: BaseAnswer
    first: Evidence | None
    confidence: float
    counts: Mapping[str, int]


def candidates_of(
    universe: Universe,
    known: Sequence[Known],
    hits: tuple[I32, I64],
    scores: tuple[I32, I64],
    masked: Sequence[int] | None = None,
) -> list[Candidates]:
    """The candidates of each text.

    Args:
        universe: all labels.
        known: a text each.
        hits: of the lists, and n-grams; as in :class:`Asked`.
        scores: of the table, and n-grams.
        masked: labels that the table is taken not to know, for training.
    """
    n = len(known)
    if not n:
        return []
    shares, named = np.zeros((n, N_NAMED), np.float32), np.full((n, N_NAMED), -1, np.int32)
    for i, one in enumerate(known):
        for k, (label, share) in enumerate(list(one.base.shares.items())[: N_NAMED - 1]):
            named[i, k], shares[i, k] = universe.places.get(label, -1), share
        if one.first is not None:
            named[i, -1] = universe.places.get(one.first.label, -1)
            shares[i, -1] = one.base.shares.get(one.first.label, 0.0)
    asked = Asked(
        *hits,
        *scores,
        np.array([_possible(universe, one) for one in known], np.uint8),
        named,
        shares,
        np.array([_facts(one) for one in known], np.float32),
        np.array([NOT_MASKED] * n if masked is None else masked, np.int32),
    )
    found = np.zeros((n, MAX_CANDIDATES), np.int32)
    n_found = np.zeros(n, np.int64)
    rows = np.zeros((n, MAX_CANDIDATES, len(FEATURES)), np.float32)
    measure(universe.labels, asked, found, n_found, rows)
    return [
        Candidates([universe.names[place] for place in found[i, :k].tolist()], rows[i, :k])
        for i, k in enumerate(n_found.tolist())
    ]


def _possible(universe: Universe, one: Known) -> list[bool]:
    """The scripts of candidates: that of the answer so far, if it is to be relied on.

    Else all that the text is written in, but for Latin if there is another: menus and banners are
    English on pages in every language.
    """
    enough = _SCRIPT_FRACTION * max(merge_cjk(one.counts).values(), default=1)
    may_be = one.counts.keys() | _WITH_HAN
    present = {name for name in may_be if letters_of(name, one.counts) >= enough}
    first = one.first
    if first is not None and first.kind in _RELIED_ON and script_of(first.label) in present:
        script = script_of(first.label)
        present &= _WITH_HAN if script in _WITH_HAN else {script}
    present = present - {"Latn"} or present
    return [name in present for name in universe.scripts]


def _facts(one: Known) -> tuple[float, float, float, float]:
    typicality = math.log(max(one.base.typicality, _LEAST_TYPICAL) / _TYPICAL)
    kind = -1 if one.first is None else _KINDS[one.first.kind]
    return float(one.base.is_reliable), typicality, one.confidence, float(kind)


@kernel
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


@kernel
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
def measure(known: Labels, asked: Asked, found: I32, n_found: I64, rows: F32) -> None:
    """Find the candidates of many texts, and what is to be known of each.

    Args:
        known: all labels.
        asked: the texts.
        found: int32[n_texts, MAX_CANDIDATES]; written.
        n_found: int64[n_texts]; written.
        rows: float32[n_texts, MAX_CANDIDATES, n_features], zeros; written.
    """
    best = _Best(np.empty(N_LISTED, np.int32), np.empty(N_SCORED, np.int32), np.zeros(2, np.int64))
    for text in range(len(n_found)):
        n = _union(known, asked, text, best, found[text])
        n_found[text] = n
        most, highest = _of_text(known, asked, text, best, rows[text, 0])
        for k in range(n):
            for column in range(_FIRST_OF_TEXT, rows.shape[2]):
                rows[text, k, column] = rows[text, 0, column]
            _of_label(known, asked, text, found[text, k], most, highest, rows[text, k])


@kernel
def _union(known: Labels, asked: Asked, text: int, best: _Best, found: I32) -> int:
    """Put the candidates of a text into ``found``; how many there are."""
    hits, possible, masked = asked.hits[text], asked.possible[text], int(asked.masked[text])
    n = _first(hits, known.of_lists, known, possible, NOT_MASKED, best.listed)
    while n and hits[best.listed[n - 1]] <= 0:
        n -= 1
    best.n[0] = n
    best.n[1] = _first(asked.scores[text], known.of_columns, known, possible, masked, best.scored)
    n = 0
    for k in range(best.n[0]):
        n = _add(found, n, known.of_lists[best.listed[k]])
    for k in range(best.n[1]):
        n = _add(found, n, known.of_columns[best.scored[k]])
    for k in range(N_NAMED):
        label = asked.named[text, k]
        if label >= 0 and possible[known.scripts[label]]:
            n = _add(found, n, label)
    return n


@kernel
def _of_text(known: Labels, asked: Asked, text: int, best: _Best, row: F32) -> tuple[int, int]:
    """Write what is known of a text; the most hits and the highest score."""
    hits, scores = asked.hits[text], asked.scores[text]
    n_listed, n_scored = best.n[0], best.n[1]
    most = max(int(hits[best.listed[0]]), 1) if n_listed else 1
    highest = int(scores[best.scored[0]]) if n_scored else 0
    deviation = math.sqrt(most)
    n_ngrams, n_read = max(asked.n_ngrams[text], 1), max(asked.n_scored[text], 1)
    root = _SCALE * math.sqrt(n_read)
    row[11] = most / n_ngrams
    row[12] = (hits[best.listed[1]] - most) / deviation if n_listed > 1 else _LEAST_HITS
    row[12] = max(row[12], _LEAST_HITS)
    row[13] = highest / (_SCALE * n_read)
    row[14] = (scores[best.scored[1]] - highest) / root if n_scored > 1 else _LEAST_SCORE
    row[14] = max(row[14], _LEAST_SCORE)
    row[15], row[16] = _UNKNOWN, 1.0
    if n_scored:
        place = known.lists[known.of_columns[best.scored[0]]]
        row[15] = hits[place] / most if place >= 0 else _UNKNOWN
    if n_listed:
        column = known.columns[known.of_lists[best.listed[0]]]
        row[16] = max((scores[column] - highest) / root, _LEAST_SCORE) if column >= 0 else 1.0
    row[17] = asked.facts[text, 0]
    row[18] = asked.facts[text, 1]
    for k in range(N_NAMED):
        row[19] = max(row[19], asked.shares[text, k])
    row[20] = asked.facts[text, 2]
    row[21] = asked.facts[text, 3]
    row[22] = math.log(n_ngrams)
    return most, highest


@kernel
def _of_label(
    known: Labels, asked: Asked, text: int, label: int, most: int, highest: int, row: F32
) -> None:
    """Write what is known of a candidate."""
    place, column = known.lists[label], known.columns[label]
    row[3], row[4] = _UNKNOWN, _UNKNOWN
    if place >= 0:
        hits, share = asked.hits[text, place], row[11] * asked.hits[text, place] / most
        row[0] = max((hits - most) / math.sqrt(most), _LEAST_HITS)
        row[1] = hits / most
        row[2] = 1.0
        if known.facts[label, 2] > 0:
            row[3] = share / known.facts[label, 2]
        row[4] = share / max(known.facts[label, 3], _LEAST_SHARE)
    if column >= 0 and label != asked.masked[text]:
        root = _SCALE * math.sqrt(max(asked.n_scored[text], 1))
        row[5] = max((asked.scores[text, column] - highest) / root, _LEAST_SCORE)
        row[6] = 1.0
        row[7] = known.facts[label, 0]
    row[8] = known.facts[label, 1]
    for k in range(N_NAMED):
        if asked.named[text, k] == label:
            row[9] = max(row[9], asked.shares[text, k])
    row[10] = label == asked.named[text, N_NAMED - 1]
