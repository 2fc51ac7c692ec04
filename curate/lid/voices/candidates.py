"""The labels that a text may have, by what each voice says of it.

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

from curate.labels import language_of, script_of
from curate.lid.codes import letters_of
from curate.lid.voices.candidate_rows import (
    FEATURES,
    MAX_CANDIDATES,
    N_NAMED,
    NOT_MASKED,
    UNKNOWN,
    Inputs,
    Labels,
    measure,
)
from curate.lid.voices.confidence import Kind
from curate.lid.voices.funlang import NOISE, FunLangTable
from curate.lid.voices.fusion import BaseAnswer, Evidence
from curate.lid.voices.table import NgramTable
from curate.text.scripts import merge_cjk

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

_SCRIPT_FRACTION: Final = 1 / 3  # of the letters of the dominant script
_TYPICAL, _LEAST_TYPICAL = 800.0, 50.0
_FEW_CHARS: Final = 3_000.0
_RELIED_ON: Final = frozenset({Kind.BASE, Kind.OWN, Kind.SCRIPT})
_WITH_HAN: Final = frozenset({"Hani", "Jpan", "Hang"})
_KINDS: Final = {kind: place for place, kind in enumerate(Kind)}


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
        facts[:, 2:] = UNKNOWN
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


class Candidates(NamedTuple):
    """The labels that a text may have.

    Args:
        names: at most :data:`MAX_CANDIDATES`.
        rows: float32[n_names, n_features], what :data:`FEATURES` names.
    """

    names: list[str]
    rows: F32


class Known(NamedTuple):
    """The answers of the first two voices about a text, and the scripts it is written in.

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
        hits: of the lists, and n-grams; as in :class:`Inputs`.
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
    inputs = Inputs(
        *hits,
        *scores,
        np.array([_possible(universe, one) for one in known], np.uint8),
        named,
        shares,
        np.array([_facts(one) for one in known], np.float32),
        np.array([NOT_MASKED] * n if masked is None else masked, np.int32),
    )
    candidate_labels = np.zeros((n, MAX_CANDIDATES), np.int32)
    n_candidates = np.zeros(n, np.int64)
    rows = np.zeros((n, MAX_CANDIDATES, len(FEATURES)), np.float32)
    measure(universe.labels, inputs, candidate_labels, n_candidates, rows)
    return [
        Candidates(
            [universe.names[place] for place in candidate_labels[i, :k].tolist()], rows[i, :k]
        )
        for i, k in enumerate(n_candidates.tolist())
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
