"""Hebrew that is stored as it is seen, left to right, into the order in which it is read.

Before browsers could turn text round, pages in iso-8859-8 held each line from its left end to its
right, the last word of a Hebrew line first. Browsers still show that encoding so, and no other.
Many pages that declare it are in reading order all the same; final letters tell, which stand at
the end of a word and nowhere else.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_HEBREW: Final = re.compile("[\u05d0-\u05ea]")
_TAG: Final = re.compile("(<[^<>]*>)")
_NAME: Final = re.compile(r"<(/?)(pre|textarea|xmp|script|style)\b", re.IGNORECASE)
_CODE: Final = frozenset({"script", "style"})
_FINAL_LAST: Final = re.compile("(?<=[\u05d0-\u05ea])[ךםןףץ](?![\u05d0-\u05ea])")
_FINAL_FIRST: Final = re.compile("(?<![\u05d0-\u05ea])[ךםןףץ](?=[\u05d0-\u05ea])")
_LEFT_TO_RIGHT: Final = re.compile(
    "&(?:#[0-9a-fA-Fx]{1,8}|[0-9A-Za-z]{1,16});"
    "|[A-Za-z\xc0-\u024f][0-9A-Za-z\xc0-\u024f]*"
    "(?:[-./:,@&'+=?_~ ]{1,3}[0-9A-Za-z\xc0-\u024f]+)*"
    "|[0-9]+(?:[-./:,+][0-9]+)*%?"
)
_MIRRORED: Final = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def to_reading_order(html: str) -> str:
    """The page with every text that is in visual order turned round; markup stays as it is.

    Args:
        html: a page that declares visual order, which is believed where nothing tells.
    """
    if not _HEBREW.search(html):
        return html
    parts = _TAG.split(html)
    votes = sum(_vote(part) for part in parts[::2])
    n_open: Counter[str] = Counter()
    for i, part in enumerate(parts):
        if i % 2:
            if tag := _NAME.match(part):
                n_open[tag[2].lower()] += -1 if tag[1] else 1
        elif _HEBREW.search(part) and (_vote(part) or votes) >= 0:
            inside = {name for name, n in n_open.items() if n > 0}
            if not inside & _CODE:
                lines = part.split("\n") if inside else [part]
                parts[i] = "\n".join(map(_turned, lines))
    return "".join(parts)


def _vote(text: str) -> int:
    """Above 0: visual order; below 0: reading order; 0: nothing tells."""
    return len(_FINAL_FIRST.findall(text)) - len(_FINAL_LAST.findall(text))


def _turned(line: str) -> str:
    """A line from right to left, in which numbers, Latin words and references keep their order."""
    start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    body, pieces, at = line[start:end], [], 0
    for run in _LEFT_TO_RIGHT.finditer(body):
        pieces.append(body[at : run.start()][::-1].translate(_MIRRORED))
        pieces.append(run[0])
        at = run.end()
    pieces.append(body[at:][::-1].translate(_MIRRORED))
    return line[:start] + "".join(reversed(pieces)) + line[end:]
