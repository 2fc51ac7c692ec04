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

EXAMPLE_LABEL: Final = "hin_Deva"
"""The label of the examples; a line in Latin letters is ``eng_Latn``. Of version 1.2, if it has
the mark."""

_HINDI = "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।"
_HINDI_2 = "उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।"
_HINDI_3 = "प्रत्येक व्यक्ति को जीवन, स्वाधीनता और वैयक्तिक सुरक्षा का अधिकार है।"
_ENGLISH = "All human beings are born free and equal in dignity."

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
                (_HINDI + "\n" + _HINDI_2 + "\n" + _HINDI_3 + "\n" + _ENGLISH, 6.6),
                _MISMATCH,
            ),
            _mark(
                "wds_language",
                "Word characters in segments of the document's language, over those in all "
                "segments that are not as short as an entry of a menu.",
                (_HINDI + "\n" + _ENGLISH, 6.3),
                _MISMATCH,
            ),
            _mark(
                "wds_url",
                "Few addresses: `www` or `http`, for the length of the text.",
                (_HINDI + " www.un.org", 0.0),
            ),
            _mark(
                "wds_punctuation",
                "Punctuation for 100 word characters: as much as is usual in the language.",
                (_HINDI + " — ! ! !", 8.1),
            ),
            _mark(
                "wds_singular_chars",
                "Signs, symbols and emoji for 100 word characters: no more than is usual.",
                (_HINDI + " ★ ★ ★", 5.9),
            ),
            _mark(
                "wds_numbers",
                "Digits for 100 word characters: no more than is usual.",
                (_HINDI + " १९४८ १९४९ १९५०", 7.3),
            ),
            _mark(
                "wds_repeated",
                "Different segments over all but very short ones (1.3: those that occur once).",
                (f"{_HINDI}\n{_HINDI}\n{_HINDI}", 3.3),
            ),
            _mark(
                "wds_n_long_segments",
                "Long segments in the document's language; ten are full marks.",
                (_HINDI * 6 + "\n" + _HINDI * 7, 2.0),
                _MISMATCH,
            ),
            _mark(
                "wds_great_segment",
                "How long the long segments are, from the least that is long to what is very long.",
                (_HINDI * 12, 6.4),
                _MISMATCH,
            ),
            _mark(
                "wds_informativeness",
                "How far the text compresses as texts of its script and length do: the more "
                "repetition or the more noise, the fewer marks.",
                (_HINDI * 3, 1.6),
            ),
            _mark(
                SHORT_SEGMENTS,
                "Segments of about equal length; where many short ones stand among long ones, as "
                "menus do, down to a half. Version 1.3 only.",
                ("क\n" * 7 + _HINDI * 5, 0.73),
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
