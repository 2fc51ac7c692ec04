"""A quick answer for a line that is not plainly in its document's language.

CLD2's if it is sure of it, else the language whose list has most of the line's n-grams if these are
enough; else no language. One tenth of the time that :class:`EmbeddedIdentifier` takes, which weighs
the two against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Final

import numpy as np
import pycld2

from curate.labels import UNDETERMINED
from curate.lid.codes import LANGUAGE_OF_SCRIPT, label_of, script_for, scripts_of
from curate.lid.embedded import base_language
from curate.lid.identified_text import printable
from curate.lid.noise import is_noise
from curate.lid.survey import REFUSED, Survey, codes, survey
from curate.lid.voices.funlang import NOISE, load_table
from curate.text.flat import flatten
from curate.text.scripts import NO_LETTER

MIN_HITS: Final = 8
"""N-grams in common with a language, to name it."""

MIN_SHARE: Final = 0.4
"""Share of the line's n-grams that these must be."""

_MERGED: Final = {"Hira": "Jpan", "Kana": "Jpan", "Bopo": "Hani", "": NO_LETTER}


def undetermined(lines: Sequence[str]) -> list[str]:
    """``und`` and the script of most letters, for each line; the language of a script of one."""
    return _undetermined(survey(lines)) if lines else []


def _undetermined(seen: Survey) -> list[str]:
    known = [_MERGED.get(code, code) for code in codes()]
    labels = [f"{LANGUAGE_OF_SCRIPT.get(script, UNDETERMINED)}_{script}" for script in known]
    return [labels[i] for i in seen.counts.argmax(axis=1).tolist()]


def quick_labels(
    lines: Sequence[str], best: Sequence[int], hits: Sequence[int], n_ngrams: Sequence[int]
) -> list[str]:
    """The label of each line; ``und`` in its script where no language is sure.

    Args:
        lines: with letters.
        best: which list has most of a line's n-grams, in the order of labels.
        hits: how many.
        n_ngrams: of the line.
    """
    if not lines:
        return []
    flat = flatten(lines)
    seen = survey(flat)
    line_labels = _undetermined(seen)
    noisy = is_noise(flat)
    table = load_table()
    for i, line in enumerate(lines):
        if noisy[i]:
            continue
        language = _sure(printable(line) if seen.marks[i] & REFUSED else line)
        if language != UNDETERMINED:
            # of most letters; of those it is written in if this is none
            script = line_labels[i][4:]
            if script not in _written_in(language):
                script = script_for(language, table.native_scripts, seen.counts_of(i)) or ""
            line_labels[i] = label_of(language, script) if script else line_labels[i]
        elif hits[i] >= MIN_HITS and hits[i] >= MIN_SHARE * n_ngrams[i]:
            label = table.labels[int(table.by_label[best[i]])]
            line_labels[i] = line_labels[i] if label == NOISE else label
    return line_labels


@lru_cache(maxsize=1024)
def _written_in(language: str) -> frozenset[str]:
    return scripts_of(language, load_table().native_scripts)


def _sure(line: str) -> str:
    """The language that CLD2 is sure of, or none."""
    with suppress(pycld2.error):  # text that it takes for invalid UTF-8
        is_reliable, _, details = pycld2.detect(line, isPlainText=True)
        if is_reliable:
            return base_language(details[0][1])
    return UNDETERMINED


def places() -> dict[str, tuple[int, int]]:
    """Label -> its first list in the order of labels, and the one behind its last."""
    table = load_table()
    starts = np.append(table.label_starts, len(table.tags)).tolist()
    return {label: (starts[i], starts[i + 1]) for i, label in enumerate(table.unique_labels)}
