"""One metric of one label as a small picture: its histogram and where the threshold cuts."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np

from curate.report.histogram import N_BINS, UNMEASURED, edges
from curate.report.model import Bounds

WIDTH, HEIGHT, FOOT = 260, 90, 16


def histogram_svg(label: str, bounds: Bounds, counts: Mapping[int, int]) -> str:
    """SVG of a metric's histogram with its threshold.

    Args:
        label: of the documents.
        bounds: the threshold.
        counts: bin -> documents; see :mod:`curate.report.histogram`.
    """
    limits = edges(bounds.metric)
    highest = max((n for b, n in counts.items() if b != UNMEASURED), default=0)
    step = WIDTH / N_BINS
    bars = []
    for number in range(N_BINS):
        n = counts.get(number, 0)
        if n:
            tall = max((HEIGHT - FOOT) * n / highest, 1.0)
            bars.append(
                f'<rect x="{number * step:.1f}" y="{HEIGHT - FOOT - tall:.1f}" '
                f'width="{step - 0.5:.1f}" height="{tall:.1f}"/>'
            )
    shades, lines = [], []
    if bounds.min is not None:
        x = _place(bounds.min, limits)
        shades.append(f'<rect x="0" y="0" width="{x:.1f}" height="{HEIGHT - FOOT}"/>')
        lines.append(x)
    if bounds.max is not None:
        x = _place(bounds.max, limits)
        shades.append(f'<rect x="{x:.1f}" y="0" width="{WIDTH - x:.1f}" height="{HEIGHT - FOOT}"/>')
        lines.append(x)
    cuts = "".join(f'<path d="M{x:.1f} 0V{HEIGHT - FOOT}"/>' for x in lines)
    total = sum(counts.values())
    words = _words(bounds)
    unmeasured = counts.get(UNMEASURED, 0)
    more = f", {unmeasured} not measurable" if unmeasured else ""
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{escape(bounds.metric)} '
        f"of {escape(label)}</title><desc>{total} documents{more}; kept {words}</desc>"
        f'<g class="shade">{"".join(shades)}</g><g class="bars">{"".join(bars)}</g>'
        f'<g class="cut">{cuts}</g>'
        f'<text x="0" y="{HEIGHT - 3}">{_axis(limits[0])}</text>'
        f'<text x="{WIDTH}" y="{HEIGHT - 3}" text-anchor="end">{_axis(limits[-1])}</text></svg>'
        f"<figcaption><code>{escape(bounds.metric)}</code> {words}{more}</figcaption></figure>"
    )


def _place(value: float, limits: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Where a value lies on the axis, in the axis' own scale."""
    return float(np.interp(value, limits, np.linspace(0.0, WIDTH, len(limits))))


def _words(bounds: Bounds) -> str:
    low = "" if bounds.min is None else f"≥ {bounds.min:g}"
    high = "" if bounds.max is None else f"≤ {bounds.max:g}"
    return " and ".join(x for x in (low, high) if x)


def _axis(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"
