"""WDS 1.2 and 1.3 once more, one document at a time, from the published formulas alone.

Nothing of :mod:`curate.scores` is used but its file of medians and curves. Only labels that have
medians of their own are known here.
"""

from __future__ import annotations

import json
import math
import statistics
from collections import Counter
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pyarrow as pa

DATA: dict[str, Any] = json.loads((files("curate") / "data" / "scores" / "wds.json").read_bytes())
NUMBERS, PUNCTUATION, SINGULAR = 0, 1, 2  # their places in the medians

CLASSES = {
    SINGULAR: "0023-0026 002A-002B 002F 003C-003E 0040 005C 007C 007E 00A2-00B3 00B8-00BE 00D7 "
    "00F7 02B0-0385 0483-0489 0559-055F 2010-2D00 2DE0-2E52 10000-1FFFF A670-A67F 3200-33FF",
    PUNCTUATION: "0021-0022 0027-0029 002C-002E 003A-003B 003F 005B 005D 0060 00A1 00B4-00B5 00B7 "
    "00BF 0589-05C7 0600-061F 066A-066D 06D4-06ED 0700-070F 1360-1368 1800-180A 1AB0-1AFF "
    "1C78-1C7F 1CC0-1CC7 1FBD-1FC1 1FCD-1FCF 1FDD-1FDF 1FED-1FEF 1FFD-2027 3000-303F 4DC0-4DFF "
    "A6F0-A6F7 FE10-FE6F",
    NUMBERS: "0030-0039 0660-0669 06F0-06F9 0964-096F 09F2-09F9 0B66-0B77 0BE6-0BFA 0C66-0C6F "
    "0C78-0C7E 0CE6-0CEF 0D66-0D79 0DE6-0DEF 0E50-0E5B 0EC0-0ED9 1040-1049 1090-1099 1369-137C "
    "17E0-17E9 1810-1819 19D0-19DA 1A80-1A99 1B50-1B59 1C40-1C49 1C50-1C59 A830-A839 A8D0-A8D9 "
    "AA50-AA59",
}
SPACES = "0000-0020 007F-00A0 2B7E"
MORE_IN_1_3 = "055C-055F 0964-0965 104B FF0C-FF0E"


def members(ranges: str) -> set[str]:
    found: set[str] = set()
    for one in ranges.split():
        first, _, last = one.partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return found


SETS = {kind: members(ranges) for kind, ranges in CLASSES.items()}
SETS_1_3 = {**SETS, PUNCTUATION: SETS[PUNCTUATION] | members(MORE_IN_1_3)}
SPACE_SET = members(SPACES)


class Bounds:
    """What is usual in a language: Spanish's, times its median over that of Spanish."""

    def __init__(self, label: str, version: str) -> None:
        own, spanish = DATA["medians"][label], DATA["medians"]["spa_Latn"]

        def scaled(kind: int, of_spanish: tuple[float, ...]) -> list[float]:
            return [min(round(own[kind] * x / spanish[kind], 1), 100) for x in of_spanish]

        def length(of_spanish: float) -> int:
            usual: float = of_spanish * spanish[PUNCTUATION] / own[PUNCTUATION]
            return round(usual)

        self.menu = length(25 if version == "1.2" else 30)
        self.long_min, self.long_max = length(250), length(1000)
        if version == "1.2":
            self.punctuation = scaled(PUNCTUATION, (0.3, 0.9, 2.5, 9, 13, 25))
            self.numbers = scaled(NUMBERS, (1, 10, 15, 30))
        else:
            self.punctuation = scaled(PUNCTUATION, (0.3, 0.5, 0.9, 2.5, 25))
            self.numbers = scaled(NUMBERS, (1, 30))
        self.singular = scaled(SINGULAR, (1, 2, 6, 10))


class Line:
    """One segment's counts."""

    def __init__(self, text: str, sets: dict[int, set[str]], *, own: bool) -> None:
        self.text, self.own = text, own
        counts = Counter(text)
        self.n = {k: sum(n for c, n in counts.items() if c in known) for k, known in sets.items()}
        classes = (SPACE_SET, *sets.values())
        self.words = sum(n for c, n in counts.items() if not any(c in known for known in classes))


def between(x: float, corners: list[tuple[float, float]]) -> float:
    """The broken line through corners (x, y), with its ends before and behind it."""
    if x <= corners[0][0]:
        return corners[0][1]
    for (a, p), (b, q) in pairwise(corners):
        if x <= b:
            return p + (x - a) / (b - a) * (q - p)
    return corners[-1][1]


def hundredth(n: int, words: int) -> float:
    return round(100 * n / words, 1) if words else 0.0


def url_1_2(q: float) -> float:
    if q <= 3:
        return 10
    if q <= 5:
        return 10 + (q - 3) / (7 - 3) * (5 - 10)  # through (3, 10) and (7, 5)
    if q < 10:
        return 5 + (q - 7) / (10 - 7) * (0 - 5)  # through (7, 5) and (10, 0)
    return 0


def saved(text: str) -> tuple[int, float]:
    """Bytes with every digit as 1, and the percent of them that zstd saves."""
    data = "".join("1" if c.isdecimal() else c for c in text.lower()).encode()
    if not data:
        return 0, math.inf  # nothing is informative
    size = len(pa.Codec("zstd", compression_level=3).compress(data))
    return len(data), round(100 * (1 - size / len(data)), 1)


def expected(n_bytes: int, label: str) -> float:
    """The group's curve: straight between knots, as at its end beyond, its first line before."""
    script = label.split("_")[1]
    curve = next((c for c in DATA["curves"] if script in c["scripts"]), None)
    curve = curve or next(c for c in DATA["curves"] if "Latn" in c["scripts"])
    knots = list(zip(curve["bytes"], curve["saved_percent"], strict=True))
    (a, p), (b, q) = knots[:2]
    if n_bytes < a:
        return float(p + (n_bytes - a) / (b - a) * (q - p))
    return between(n_bytes, knots)


def lines_of(text: str, label: str, labels: list[str], version: str) -> list[Line]:
    sets = SETS if version == "1.2" else SETS_1_3
    texts = text.split("\n")
    assert len(texts) == len(labels)
    return [Line(t, sets, own=own == label) for t, own in zip(texts, labels, strict=True)]


def wds_1_2(text: str, label: str, labels: list[str]) -> list[float]:
    """The ten marks of version 1.2, in the order of HPLT 3.0's ``doc_scores``."""
    bounds, lines = Bounds(label, "1.2"), lines_of(text, label, labels, "1.2")
    words = sum(line.words for line in lines)
    told = [line for line in lines if line.words > bounds.menu]
    right = sum(line.words for line in told if line.own)
    language = 10 * right / sum(line.words for line in told) if right else 0
    n_addresses = max(text.count("www"), text.count("http"))
    url = url_1_2(n_addresses / (words / (100 * bounds.menu) or 0.1))

    def ratio(kind: int) -> float:
        return hundredth(sum(line.n[kind] for line in lines), words)

    low, least, most, high, bad, top = bounds.punctuation
    r = ratio(PUNCTUATION)
    if r < low:
        punctuation = 5 + (low - r) / low * (0 - 5)
    elif r < least:
        punctuation = 10 + (least - r) / (least - low) * (5 - 10)
    else:
        punctuation = between(r, [(most, 10), (high, 7), (bad, 5), (top, 0)])
    singular, numbers = (
        between(ratio(kind), list(zip(corners, (10, 7, 5, 0), strict=True)))
        for kind, corners in ((SINGULAR, bounds.singular), (NUMBERS, bounds.numbers))
    )
    long_lines = [line.text for line in lines if len(line.text) >= bounds.menu]
    repeated = 10 * len(set(long_lines)) / len(long_lines) if long_lines else 10
    long = [line.words for line in lines if line.own and line.words > bounds.long_min]
    length = bounds.long_max - bounds.long_min
    greats = [10 * (min(w, bounds.long_max) - bounds.long_min) / length for w in long]
    greats = [great for great in greats if great > 5]
    great = min(sum(greats) / len(greats) + 0.1, 10) if greats else 0
    n_bytes, percent = saved(text)
    off = abs(percent - expected(n_bytes, label))
    informative = 0.0 if off >= 20 else between(off, [(10, 10), (15, 7), (20, 0)])
    own = [language, url, punctuation, singular, numbers, repeated, min(len(long), 10), great]
    own = [round(mark, 1) for mark in [*own, informative]]
    return [together_1_2(own), *own]


def together_1_2(own: list[float]) -> float:
    """The mark for all, from the other nine."""
    language, url, punctuation, singular, numbers, repeated, n_long, great, informative = own
    x = sorted(m / 10 for m in (url, punctuation, singular, numbers, repeated, informative))
    penalty = x[0] * x[1] * (sum(x[2:]) / 4)
    return round(min((0.8 * language + n_long / 10 + great / 10) * penalty, 10), 1)


def crowd(lines: list[Line], kind: int) -> int:
    """How far a class outnumbers the word characters of one line."""
    some = [
        line.n[kind] - line.words
        for line in lines
        if line.n[kind] >= 10 and line.n[kind] > 0.1 * line.words
    ]
    return max(some, default=0)


def wds_1_3(text: str, label: str, labels: list[str]) -> list[float]:
    """The eleven marks of version 1.3."""
    bounds, lines = Bounds(label, "1.3"), lines_of(text, label, labels, "1.3")
    words = sum(line.words for line in lines)
    told = [line for line in lines if line.words > bounds.menu]
    right = sum(line.words for line in told if line.own)
    if right:
        language = right / sum(line.words for line in told)
    else:
        language = 1.0 if all(line.own for line in lines) else 0.0
    n_addresses = max(text.count("www"), text.count("http"))
    q = n_addresses / (words / (80 * bounds.menu) or 0.1)
    url = between(q, [(3, 1), (10, 0)]) if told else 1.0

    def ratio(kind: int) -> float:
        return hundredth(sum(line.n[kind] for line in lines), words)

    singular = between(ratio(SINGULAR), list(zip(bounds.singular, (1, 0.7, 0.5, 0), strict=True)))
    singular *= between(crowd(lines, SINGULAR), [(30, 1), (250, 0)])
    numbers = between(ratio(NUMBERS), list(zip(bounds.numbers, (1, 0), strict=True)))
    numbers *= between(crowd(lines, NUMBERS), [(50, 1), (1000, 0)])
    longer = Counter(line.text for line in lines if len(line.text) > 4)
    again = sum(n for n in longer.values() if n > 1)
    repeated = 1 - again / longer.total() if longer else 1.0
    long = [line.words for line in lines if line.own and line.words > bounds.long_min]
    length = bounds.long_max - bounds.long_min
    greats = [(min(w, bounds.long_max) - bounds.long_min) / length for w in long]
    greats = [great for great in greats if great > 0.5]
    great = min(sum(greats) / len(greats) + 0.01, 1) if greats else 0
    n_bytes, percent = saved(text)
    off = abs(percent - expected(n_bytes, label))
    informative = 0.0 if off >= 20 else between(off, [(10, 1), (15, 0.7), (20, 0)])
    punctuation = punctuation_1_3(lines, label, bounds)
    own = [language, url, punctuation, singular, numbers, repeated, min(len(long), 10) / 10, great]
    own += [informative, short_1_3(lines, bounds)]
    return [round(together_1_3(own), 2), *(round(mark, 2) for mark in own)]


def punctuation_1_3(lines: list[Line], label: str, bounds: Bounds) -> float:
    bad, semibad, least, most, top = bounds.punctuation
    rules = [line for line in lines if line.n[PUNCTUATION] > 5 and not line.words + line.n[NUMBERS]]
    texts = [line for line in lines if line not in rules]
    words = sum(line.words for line in lines)
    r = hundredth(sum(line.n[PUNCTUATION] for line in texts), words)
    if r >= top or r <= bad:
        whole = 0.0
    elif r < least:
        whole = between(r, [(bad, 0), (semibad, 0.5), (least, 1)])
    else:
        whole = between(r, [(most, 1), (top, 0)])
    if label == "tha_Thai":
        return 1.0 if r <= least else whole
    if whole < 0.3:
        return whole
    bare = sum(
        line.words
        for line in texts
        if line.words > 3 * bounds.menu and hundredth(line.n[PUNCTUATION], line.words) < semibad
    )
    return min(whole, between(bare / max(words, 1), [(0.05, 1), (0.2, 0.6), (0.4, 0)]))


def short_1_3(lines: list[Line], bounds: Bounds) -> float:
    lengths = [min(line.words, bounds.long_min) for line in lines]
    mean = statistics.fmean(lengths)
    if len(lengths) < 5:
        return 1.0
    s = 1 / (1 + (statistics.pstdev(lengths) / mean if mean else 0))
    return 1.0 if s > 0.6 else 0.5 + 0.5 * s / 0.6


def together_1_3(own: list[float]) -> float:
    """The mark for all, from the other ten, which are not rounded."""
    language, url, punctuation, singular, numbers, repeated, n_long, great, informative, short = own
    x = [url, punctuation, singular, numbers, repeated, informative, short]
    if min(x) < 0.1:
        return 0.0
    total = sum(one**-2.9 for one in x)
    penalty = 1.0
    for one in x:
        penalty *= one ** (3 * one**-2.9 / total)
    return (0.8 * language + 0.1 * n_long + 0.1 * great) * penalty
