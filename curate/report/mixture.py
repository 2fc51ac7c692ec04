"""The mixture as a table: what each label has, gets, and cannot get."""

from __future__ import annotations

from collections.abc import Sequence

from curate.report.data import MixtureLine

LIMIT = 30
REACHED = 0.99
"""A label with a smaller part of what was wanted did not reach it."""


def mixture_table(lines: Sequence[MixtureLine], unit: str, *, limit: int = LIMIT) -> str:
    """Label, documents, amounts and shares before and after; at most 80 columns.

    ``x`` is how often a unit of before is there after. A star marks labels that have not enough
    documents for what is wanted, even with every one repeated to the limit.
    """
    before, after = sum(x.before for x in lines), sum(x.after for x in lines)
    head = ("label", "documents", f"{unit} before", "after", "x", "share", "->", "")
    ordered = sorted(lines, key=lambda x: (-x.after, x.label))
    rows = [_row(x.label, [x], before, after) for x in ordered[:limit]]
    if len(ordered) > limit:
        rest = ordered[limit:]
        rows.append(_row(f"{len(rest)} more", rest, before, after))
    total = _row("total", ordered, before, after)
    widths = [max(len(r[i]) for r in (head, *rows, total)) for i in range(len(head))]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    text = [
        _line(head, widths),
        rule,
        *(_line(r, widths) for r in rows),
        rule,
        _line(total, widths),
    ]
    short = [x for x in ordered if is_short(x)]
    if short:
        text.append(
            f"* {len(short)} label(s) have not enough documents for what is wanted:\n"
            f"  {sum(x.wanted - x.reachable for x in short):,.0f} {unit} are missing"
        )
    return "\n".join(line.rstrip() for line in text)


def is_short(line: MixtureLine) -> bool:
    """Whether a label could not reach what was wanted."""
    return line.reachable < REACHED * line.wanted


def _row(name: str, lines: Sequence[MixtureLine], before: float, after: float) -> tuple[str, ...]:
    mine, then = sum(x.before for x in lines), sum(x.after for x in lines)
    return (
        name,
        _amount(sum(x.documents for x in lines)),
        _amount(mine),
        _amount(then),
        f"{then / mine:.2f}" if mine else "",
        f"{mine / before:.2%}" if before else "",
        f"{then / after:.2%}" if after else "",
        "*" if len(lines) == 1 and is_short(lines[0]) else "",
    )


def _amount(n: float) -> str:
    """Whole below ten million, in millions or billions above, so that a crawl fits the width."""
    if n < 1e7:
        return f"{n:,.0f}"
    return f"{n / 1e6:,.1f} M" if n < 1e10 else f"{n / 1e9:,.1f} G"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(
        cell.ljust(width) if i in (0, 7) else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
