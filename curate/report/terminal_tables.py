"""Plain text for a terminal: the yields table and a document in a few lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import regex

from curate.report.data import Bounds, Example, LabelYield, ReportData

WIDTH = 80
LIMIT = 20
TEXT_CHARS = 200
HEAD = ("label", "documents", "identified", "deduped", "kept", "repeated", "yield")

_WIDE = {"W", "F"}
_JOINERS = "\u200c\u200d"  # Persian, Indic scripts and emoji are spelt with them


def plain(text: str) -> str:
    """Text that cannot drive a terminal: controls, escapes and direction overrides are blanks."""
    return "".join(c if is_harmless(c) else " " for c in text)


def escaped(text: str) -> str:
    """The text with ``\x1b`` and the like in their place, for addresses that are looked up."""
    return "".join(c if is_harmless(c) else c.encode("unicode_escape").decode() for c in text)


def is_harmless(c: str) -> bool:
    """True unless a character drives a terminal or the direction of text."""
    return c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def columns_of(text: str) -> int:
    """Terminal columns that a text takes: two for a wide character, none for a mark."""
    return sum(
        0
        if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(c) in _WIDE
        else 1
        for c in text
    )


def yields_table(data: ReportData, *, limit: int = LIMIT) -> str:
    """The outcomes of each label's documents, stage by stage; at most 80 columns.

    ``deduped`` counts one document a cluster, ``repeated`` the kept ones with their weights,
    ``yield`` is kept over documents.
    """
    shown = list(data.yields[:limit])
    rows = [_row(y.label, [y]) for y in shown]
    rest = data.yields[limit:]
    if rest:
        rows.append(_row(f"{len(rest)} more", rest))
    total = _row("total", data.yields)
    widths = [max(len(r[i]) for r in (HEAD, *rows, total)) for i in range(len(HEAD))]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [_line(HEAD, widths), rule, *(_line(r, widths) for r in rows)]
    return "\n".join([*lines, rule, _line(total, widths)])


def _row(name: str, yields: Sequence[LabelYield]) -> tuple[str, ...]:
    documents = sum(y.documents for y in yields)
    kept = sum(y.kept for y in yields)
    share = f"{kept / documents:.0%}" if documents else ""
    numbers = (
        documents,
        sum(y.identified for y in yields),
        sum(y.deduplicated for y in yields),
        kept,
        sum(y.n_repeated for y in yields),
    )
    return (name, *(_count(n) for n in numbers), share)


def _count(n: int) -> str:
    """Whole below ten million, in millions above, so that a crawl fits the width too."""
    return f"{n:,}" if n < 10_000_000 else f"{n / 1e6:,.1f} M"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        c.ljust(w) if i == 0 else c.rjust(w)
        for i, (c, w) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([first, *rest])


def shown_example(example: Example, *, width: int = WIDTH) -> str:
    """A document for a reader: label, why, where from, and the beginning of its text."""
    head = f"{example.label}  {reason_in_words(example)}"
    lines = [_cut(head, width), _cut(f"  {plain(example.url)}", width)]
    return "\n".join(lines + wrapped(plain(example.text[:TEXT_CHARS]), width, 3))


def reason_in_words(example: Example) -> str:
    """``kept``, ``duplicate`` or such as ``n_words 12 < 50``."""
    if not example.reason:
        return "kept"
    if example.bounds is None:
        return example.reason
    return f"{example.reason} {_against(example.value, example.bounds)}"


def _against(value: float | None, bounds: Bounds) -> str:
    if value is None or value != value:
        return "could not be measured"
    if bounds.min is not None and value < bounds.min:
        return f"{value:.4g} < {bounds.min:g}"
    return f"{value:.4g} > {bounds.max:g}"


def _cut(text: str, width: int) -> str:
    if columns_of(text) <= width:
        return text
    out, used = "", 0
    for c in text:
        used += columns_of(c)
        if used > width - 1:
            break
        out += c
    return out + "…"


def wrapped(text: str, width: int, n_lines: int) -> list[str]:
    """At most ``n_lines`` indented lines, broken between words where a script has blanks.

    Elsewhere, and inside words of more than half a line, a line ends between two graphemes.
    """
    lines, line = [], ""
    for word in " ".join(text.split()).split(" "):
        joined = f"{line} {word}" if line else word
        if columns_of(joined) <= width - 3:
            line = joined
        elif columns_of(word) <= (width - 3) // 2:
            lines.append(line)
            line = word
        else:
            *full, line = _between_graphemes(joined, width - 3)
            lines += full
    lines.append(line)
    shown = [f"  {line}" for line in lines]
    return shown if len(lines) <= n_lines else [*shown[: n_lines - 1], f"{shown[n_lines - 1]}…"]


def _between_graphemes(text: str, width: int) -> list[str]:
    """The text in lines of so many columns; marks stay with their letters."""
    lines, line, used = [], "", 0
    for grapheme in regex.findall(r"\X", text):
        size = columns_of(grapheme)
        if used + size > width:
            lines.append(line)
            line, used = "", 0
        line, used = line + grapheme, used + size
    return [*lines, line]
