"""The columns of WDS, in the order in which HPLT 3.0 publishes them as ``doc_scores``.

WDS, *Web Docs Scorer*, gives a document marks for nine or ten properties and one mark for all.
HPLT 3.0 (arXiv 2511.01066) selects by it. Names are HPLT's with ``wds_`` before them. Marks are
from 0 to 10 in version 1.2, from 0 to 1 in version 1.3: more is better.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pyarrow as pa

from curate.columns import Metric

SHORT_SEGMENTS: Final = "wds_short_segments"
"""The mark that version 1.3 has and 1.2 has not."""

_EMPTY = "the document has no text"


def _mark(name: str, doc: str, example: tuple[str, float | None], null: str = _EMPTY) -> Metric:
    return Metric(name, pa.float64(), "mark, 0-10 (1.3: 0-1)", 0.0, 10.0, doc, null, example)


_MISMATCH = "the document has no text, or not as many labels of lines as lines"

WDS_METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            _mark(
                "wds",
                "All marks together: the language, with up to a tenth each for long segments and "
                "for the best of them, times penalties for the others. HPLT 3.0 keeps 5 and more.",
                ("", None),
                _MISMATCH,
            ),
            _mark(
                "wds_language",
                "Word characters in segments of the document's language, over those in all "
                "segments that are not as short as an entry of a menu.",
                ("", None),
                _MISMATCH,
            ),
            _mark("wds_url", "Few addresses: `www` or `http` for the length.", ("", None)),
            _mark(
                "wds_punctuation",
                "Punctuation for 100 word characters: as much as is usual in the language.",
                ("", None),
            ),
            _mark(
                "wds_singular_chars",
                "Signs, symbols and emoji for 100 word characters: no more than is usual.",
                ("", None),
            ),
            _mark(
                "wds_numbers",
                "Digits for 100 word characters: no more than is usual.",
                ("", None),
            ),
            _mark("wds_repeated", "Segments that are not repeated, over all.", ("", None)),
            _mark(
                "wds_n_long_segments",
                "Long segments in the document's language; ten are full marks.",
                ("", None),
                _MISMATCH,
            ),
            _mark(
                "wds_great_segment",
                "How long the long segments are, from the least that is long to what is very long.",
                ("", None),
                _MISMATCH,
            ),
            _mark(
                "wds_informativeness",
                "How far the text compresses as texts of its script and length do: the more "
                "repetition or the more noise, the fewer marks.",
                ("", None),
            ),
            _mark(
                SHORT_SEGMENTS,
                "Segments of different lengths, as in prose; lists have equal ones. Version 1.3 "
                "only.",
                ("", None),
            ),
        )
    }
)
"""Every column by name; version 1.2 has all but the last."""

VERSIONS: Final = ("1.2", "1.3")


def names_in(version: str) -> tuple[str, ...]:
    """The columns of a version, in order."""
    return tuple(name for name in WDS_METRICS if version != "1.2" or name != SHORT_SEGMENTS)


def highest_in(version: str) -> float:
    """Full marks."""
    return 10.0 if version == "1.2" else 1.0
