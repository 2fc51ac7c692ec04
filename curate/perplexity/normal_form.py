"""The form of a line that CCNet's language models were trained on.

What it does, and the table of punctuation, are those of cc_net's ``text_normalizer`` (arXiv
1911.00359; github.com/facebookresearch/cc_net, MIT). It strips accents and takes Hangul apart, as
nothing else here does: the models know no other form.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache

_PUNCTUATION = {
    '"': "„”“«»」「《》",
    "'": "´’",
    ",": "，、",
    ".": "。",
    ". ": "．",
    ":": "∶：",
    ";": "；",
    "?": "？",
    "!": "！",
    "(": "（",
    ")": "）",
    "<": "〈",
    ">": "〉",
    "[": "【",
    "]": "】",
    "%": "％",
    "~": "～",
    "-": "–━►",
    " - ": "—",
    "...": "…",
}


@lru_cache(maxsize=1)
def _table() -> dict[int, str | None]:
    """Of every character that changes: what becomes of it, None for nothing."""
    table: dict[int, str | None] = {}
    for point in range(sys.maxunicode + 1):
        category = unicodedata.category(chr(point))
        if category == "Mn":
            table[point] = None
        elif category == "Nd":
            table[point] = "0"
    for plain, fancy in _PUNCTUATION.items():
        table |= dict.fromkeys(map(ord, fancy), plain)
    return table | dict.fromkeys([*range(32), *range(127, 160)])


def ccnet_form(line: str) -> str:
    """Lower case, without accents, digits as ``0``, plain punctuation, no controls.

    >>> ccnet_form(" «Élève» n° 12… की ")
    '"eleve" n° 00... की'
    """
    lowered = line.strip().lower()
    return unicodedata.normalize("NFD", lowered).translate(_table())
