"""Counts of a batch of documents, which marks are given for."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curate.labels import script_of
from curate.scores.compression import compressed_sizes, expected_percent, saved_percent
from curate.scores.figures import Curve
from curate.scores.profiles import Profile, Profiles
from curate.scores.segments import Segments, classes, count_segments, owner
from curate.text.flat import flatten

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Counts of many documents.

    Attributes:
        lines: the segments of each document.
        segments: their counts.
        is_own: bool[n_segments], segments in the document's language.
        is_matched: bool[n_texts], False where there are not as many labels as segments.
        profiles: the bounds of each document's label.
        scripts: of the labels.
        n_addresses: float64[n_texts], ``www`` or ``http``, whichever is more often.
        saved: float64[n_texts], percent that zstd saves; NaN of an empty text.
        expected: float64[n_texts], percent that it saves of such texts.
        repairs: False to give marks as published where labels do not match the segments.
    """

    lines: Sequence[Sequence[str]]
    segments: Segments
    is_own: Bools
    is_matched: Bools
    profiles: list[Profile]
    scripts: list[str]
    n_addresses: F64
    saved: F64
    expected: F64
    repairs: bool = True

    def lines_from(self, least: F64) -> list[list[str]]:
        """The segments of each document that have so many code points at least."""
        return [
            [line for line in own if len(line) >= n]
            for own, n in zip(self.lines, least.tolist(), strict=True)
        ]

    @staticmethod
    def distinct_share(lines: Sequence[Sequence[str]]) -> F64:
        """float64[n]: different lines over all lines, 0-1; 1 for none."""
        return np.array([len(set(own)) / len(own) if own else 1.0 for own in lines], np.float64)

    @staticmethod
    def single_share(lines: Sequence[Sequence[str]]) -> F64:
        """float64[n]: lines that occur once over all lines, 0-1; 1 for none."""
        shares = []
        for own in lines:
            repeated = sum(n for n in Counter(own).values() if n > 1)
            shares.append(1 - repeated / len(own) if own else 1.0)
        return np.array(shares, np.float64)


def measured(
    texts: Sequence[str],
    labels: Sequence[str],
    line_labels: Sequence[Sequence[str] | None],
    profiles: Profiles,
    version: str,
    curves: Mapping[str, Curve] | None = None,
    *,
    repairs: bool = True,
) -> Measured:
    """Count; see :func:`curate.scores.wds.score` for the arguments."""
    texts = [normal(text) for text in texts] if repairs else texts
    flat = flatten(texts)
    segments = count_segments(flat.points, flat.offsets, classes(version))
    is_own, is_matched = _own_segments(segments, labels, line_labels)
    if not repairs:
        is_own |= ~is_matched[owner(segments)]
    raw, packed = compressed_sizes([text.lower() for text in texts])
    return Measured(
        lines=[text.split("\n") for text in texts],
        segments=segments,
        is_own=is_own,
        is_matched=is_matched,
        profiles=[profiles.of(label) for label in labels],
        scripts=[script_of(label) for label in labels],
        n_addresses=np.array([_n_addresses(text) for text in texts], np.float64),
        saved=saved_percent(raw, packed),
        expected=expected_percent(raw, labels, curves),
        repairs=repairs,
    )


def normal(text: str) -> str:
    """The text in NFC: combining marks count as singular, which would punish Vietnamese in NFD."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _n_addresses(text: str) -> int:
    return max(text.count("www"), text.count("http"))


def _own_segments(
    segments: Segments, labels: Sequence[str], line_labels: Sequence[Sequence[str] | None]
) -> tuple[Bools, Bools]:
    is_own = np.zeros(len(segments.chars), np.bool_)
    is_matched = np.zeros(len(labels), np.bool_)
    bounds = segments.offsets.tolist()
    for i, (label, own) in enumerate(zip(labels, line_labels, strict=True)):
        if own is not None and len(own) == bounds[i + 1] - bounds[i]:
            is_own[bounds[i] : bounds[i + 1]] = [line_label == label for line_label in own]
            is_matched[i] = True
    return is_own, is_matched
