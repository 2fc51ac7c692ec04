"""Pages that nobody wants to read, made of real text: each breaks some rule, or nearly does.

A shape takes the lines of a real document and gives the lines of a worse one. Web pages are mostly
this: menus, lists, teasers, tables, tags, repeated notices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Final

Shape = Callable[[Random, Sequence[str]], list[str]]

_PHRASES: Final = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
    "Please enable JavaScript to view this page.",
    "Terms of Use | Privacy Policy | Cookie Policy",
    "if (window.top) { window.top.location = self.location; }",
    "This site uses cookies [12] to work better.",
)


def _piece(random: Random, line: str, low: int, high: int) -> str:
    """Some characters from the start of a line."""
    return line[: random.randint(low, high)].strip() or line


def _menu(random: Random, lines: Sequence[str]) -> list[str]:
    return [_piece(random, line, 4, 24) for line in lines for _ in range(random.randint(1, 3))]


def _bullets(random: Random, lines: Sequence[str]) -> list[str]:
    mark = random.choice(("• ", "- ", " - ", "* "))
    return [mark + _piece(random, line, 10, 90) for line in lines]


def _teasers(random: Random, lines: Sequence[str]) -> list[str]:
    ending = random.choice(("…", "...", " …", " [...]"))
    share = random.random()
    return [
        _piece(random, line, 40, 140) + ending if random.random() < share else line
        for line in lines
    ]


def _table(random: Random, lines: Sequence[str]) -> list[str]:
    rows = []
    for line in lines:
        price = f"{random.randint(1, 9999)},{random.randint(0, 99):02}"
        cells = (_piece(random, line, 4, 16), price, f"{random.randint(1, 31)}.{2}.2024", "%", "—")
        rows.append("| " + " | ".join(cells[: random.randint(2, 5)]) + " |")
    return rows


def _tags(random: Random, lines: Sequence[str]) -> list[str]:
    tagged = []
    for line in lines:
        tagged += [line, " ".join(f"#{_piece(random, line, 3, 9)}" for _ in range(5))]
    return tagged


def _notices(random: Random, lines: Sequence[str]) -> list[str]:
    notice = _piece(random, random.choice(lines), 20, 200)
    every = random.randint(1, 4)
    repeated = []
    for n, line in enumerate(lines):
        repeated += [line, notice] if n % every == 0 else [line]
    return repeated


def _spam(random: Random, lines: Sequence[str]) -> list[str]:
    phrase = _piece(random, random.choice(lines), 8, 60)
    return [line + f" {phrase}" * random.randint(0, 6) for line in lines]


def _twice(random: Random, lines: Sequence[str]) -> list[str]:
    part = lines[: random.randint(1, len(lines))]
    return [*lines, *part]


def _stanzas(random: Random, lines: Sequence[str]) -> list[str]:
    """Paragraphs with blank lines between them, some of them more than once."""
    often = random.randint(1, len(lines))
    repeated = [line for n, line in enumerate(lines) for _ in range(1 + (n % often == 0))]
    return [part for line in repeated for part in (line, "")]


def _shout(random: Random, lines: Sequence[str]) -> list[str]:
    del random
    return [line.upper() for line in lines]


def _numbers(random: Random, lines: Sequence[str]) -> list[str]:
    mixed = []
    for line in lines:
        digits = " ".join(str(random.randint(0, 10**6)) for _ in range(random.randint(1, 25)))
        mixed += [line, f"{digits} (+49) 89/2180-{random.randint(100, 999)}"]
    return mixed


def _symbols(random: Random, lines: Sequence[str]) -> list[str]:
    marks = ("»", "«", "“", "”", "→", "–", "/", "©", "★", "!!!", "😀", "👍🏽")
    return [
        f"{random.choice(marks)} " + line.replace(" ", f" {random.choice(marks)} ", 5)
        for line in lines
    ]


def _phrases(random: Random, lines: Sequence[str]) -> list[str]:
    return [*lines, *random.sample(_PHRASES, random.randint(1, 3))]


def _unfinished(random: Random, lines: Sequence[str]) -> list[str]:
    """Without the marks that end sentences, as headings are."""
    share = random.random()
    return [line.rstrip(" .。!?।؟") if random.random() < share else line for line in lines]


SHAPES: Final[Mapping[str, Shape]] = {
    "menu": _menu,
    "bullets": _bullets,
    "teasers": _teasers,
    "table": _table,
    "tags": _tags,
    "notices": _notices,
    "spam": _spam,
    "twice": _twice,
    "stanzas": _stanzas,
    "shout": _shout,
    "numbers": _numbers,
    "symbols": _symbols,
    "phrases": _phrases,
    "unfinished": _unfinished,
}
"""Name -> shape, in the order in which they take turns."""


def worsen(random: Random, shape: str, text: str) -> str:
    """A worse page made of ``text``; half of them are so only in part."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return text
    cut = random.randint(0, len(lines) - 1) if random.random() < 0.5 else 0
    return "\n".join([*lines[:cut], *SHAPES[shape](random, lines[cut:])])
