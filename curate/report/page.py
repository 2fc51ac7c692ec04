"""The HTML report: one file that works from ``file://``, without script or network.

Everything that comes from a page is escaped, stripped of controls and isolated in direction; the
content security policy forbids all loading, so that a mistake here stays harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from curate.report.chart import histogram_svg
from curate.report.model import KEPT, Example, LabelYield, ReportData
from curate.report.style import STYLE
from curate.report.table import plain, reason_in_words

SHOWN_LABELS = 50
CHARTED_LABELS = 12
SIZE_BINS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 9), (10, 99), (100, None))


def render_page(data: ReportData) -> str:
    """The whole page."""
    body = "\n".join(
        (
            _header(data),
            _funnel(data),
            _steps(data),
            _reasons(data),
            _clusters(data),
            _charts(data),
            _examples("Kept documents", data.kept),
            _examples("Dropped documents", data.dropped),
            _files(data),
        )
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{_safe(data.job)} · curate report</title>\n<style>{STYLE}</style>\n"
        f"</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _safe(text: str) -> str:
    return escape(plain(text))


def _n(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str, text_columns: int = 1
) -> str:
    """A table of cells that are HTML already; columns after the first few are numbers."""
    classes = ["t" if i < text_columns else "n" for i in range(len(head))]
    top = "".join(
        f'<th scope="col" class="{c}">{escape(h)}</th>' for c, h in zip(classes, head, strict=True)
    )
    lines = []
    for row in rows:
        first, *rest = row
        cells = "".join(f'<td class="{c}">{x}</td>' for c, x in zip(classes[1:], rest, strict=True))
        lines.append(f'<tr><th scope="row" class="t">{first}</th>{cells}</tr>')
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption><thead><tr>{top}</tr>'
        f"</thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _header(data: ReportData) -> str:
    documents = sum(y.documents for y in data.yields)
    kept = sum(y.kept for y in data.yields)
    facts = (
        ("documents", _n(documents)),
        ("published", _n(kept)),
        ("yield", _share(kept, documents)),
        ("after repetition", _n(sum(y.n_repeated for y in data.yields))),
        ("labels", _n(len(data.yields))),
        ("quarantined", _n(sum(data.quarantined.values()))),
    )
    cards = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    return (
        f"<header><h1>{_safe(data.job)}</h1><p>made with curate {_safe(data.version)}</p>"
        f'<dl class="facts">{cards}</dl></header>'
    )


def _funnel(data: ReportData) -> str:
    head = ("label", "documents", "identified", "deduplicated", "kept", "repeated", "yield", "")
    largest = max((y.documents for y in data.yields), default=1)
    rows = [_funnel_row(y.label, [y], largest) for y in data.yields]
    total = _funnel_row("all labels", data.yields, sum(y.documents for y in data.yields))
    caption = "Documents by label: found, at or above the LID threshold, one a cluster, published"
    shown = _table(head, [total, *rows[:SHOWN_LABELS]], caption=caption)
    more = rows[SHOWN_LABELS:]
    if more:
        rest = _table(head, more, caption="The other labels")
        shown += f"<details><summary>{len(more)} more labels</summary>{rest}</details>"
    return f"<section><h2>Funnel</h2>{shown}</section>"


def _funnel_row(name: str, yields: Sequence[LabelYield], largest: int) -> tuple[str, ...]:
    steps = (
        sum(y.documents for y in yields),
        sum(y.identified for y in yields),
        sum(y.deduplicated for y in yields),
        sum(y.kept for y in yields),
    )
    bar = "".join(
        f'<i class="b{i}" style="width:{100 * n / max(largest, 1):.2f}%"></i>'
        for i, n in enumerate(steps)
    )
    repeated = sum(y.n_repeated for y in yields)
    return (
        _safe(name),
        *(_n(n) for n in steps),
        _n(repeated),
        _share(steps[3], steps[0]),
        f'<span class="bar" aria-hidden="true">{bar}</span>',
    )


def _listed(counts: Mapping[str, int]) -> str:
    return "<br>".join(f"{_n(n)} {_safe(reason)}" for reason, n in counts.items()) or "–"


def _steps(data: ReportData) -> str:
    rows = []
    for s in data.stages:
        whole = s.rows_out + sum(s.dropped.values()) + sum(s.quarantined.values())
        mark = "✓ adds up" if whole == s.rows_in else f"✗ {_n(whole)} accounted for"
        rows.append(
            (
                _safe(s.step),
                _n(s.rows_in),
                _n(s.rows_out),
                _listed(s.dropped),
                _listed(s.quarantined),
                f'<span class="{"ok" if mark[0] == "✓" else "bad"}">{mark}</span>',
            )
        )
    head = ("step", "rows in", "rows out", "left out", "quarantined", "in = out + rest")
    caption = "Every row that entered a step is accounted for"
    return f"<section><h2>Steps</h2>{_table(head, rows, caption=caption)}</section>"


def _reasons(data: ReportData) -> str:
    total: dict[str, int] = {}
    for y in data.yields:
        for reason, n in y.outcomes.items():
            if reason != KEPT:
                total[reason] = total.get(reason, 0) + n
    removed = sum(total.values())
    rows = [
        (f"<code>{_safe(reason)}</code>", _n(n), _share(n, removed))
        for reason, n in sorted(total.items(), key=lambda x: (-x[1], x[0]))
    ]
    caption = "Why documents are not published: the first threshold each one breaks"
    shown = _table(("reason", "documents", "share"), rows, caption=caption)
    by_label = [
        (_safe(y.label), _n(sum(y.reasons.values())), _listed(dict(list(y.reasons.items())[:8])))
        for y in data.yields[:SHOWN_LABELS]
        if y.reasons
    ]
    head = ("label", "removed by selection", "most frequent reasons")
    per = _table(head, by_label, caption="Removed by selection, after deduplication, by label")
    details = f"<details><summary>By label</summary>{per}</details>" if by_label else ""
    return f"<section><h2>Why documents are dropped</h2>{shown}{details}</section>"


def _clusters(data: ReportData) -> str:
    names = [f"{a}" if a == b else f"{a}+" if b is None else f"{a}–{b}" for a, b in SIZE_BINS]
    total: dict[int, int] = {}
    for sizes in data.cluster_sizes.values():
        for size, n in sizes.items():
            total[size] = total.get(size, 0) + n
    rows = [("all labels", *_binned(total))]
    order = [y.label for y in data.yields if y.label in data.cluster_sizes]
    rows += [(_safe(x), *_binned(data.cluster_sizes[x])) for x in order[:SHOWN_LABELS]]
    caption = "Near-duplicate clusters by number of members"
    return (
        f"<section><h2>Cluster sizes</h2>{_table(('label', *names), rows, caption=caption)}"
        "</section>"
    )


def _binned(sizes: Mapping[int, int]) -> list[str]:
    return [
        _n(sum(n for size, n in sizes.items() if size >= low and (high is None or size <= high)))
        for low, high in SIZE_BINS
    ]


def _charts(data: ReportData) -> str:
    parts = []
    labels = [y.label for y in data.yields if data.histograms.get(y.label)]
    for label in labels[:CHARTED_LABELS]:
        metrics = data.histograms[label]
        charts = "".join(
            histogram_svg(label, bounds, metrics[bounds.metric])
            for bounds in data.thresholds.get(label, ())
            if bounds.metric in metrics
        )
        source = _safe(data.sources.get(label, ""))
        parts.append(
            f"<details><summary>{_safe(label)} <small>thresholds from {source}</small></summary>"
            f'<div class="charts">{charts}</div></details>'
        )
    note = (
        "<p>Each bar is a share of the label's documents; shaded ranges lie outside the "
        "threshold. The last bar also holds what lies beyond it.</p>"
    )
    return f"<section><h2>Metrics and thresholds</h2>{note}{''.join(parts)}</section>"


def _examples(title: str, examples: Sequence[Example]) -> str:
    parts = []
    for example in examples:
        url = _safe(example.url)
        if example.url.startswith(("http://", "https://")):
            url = f'<a href="{url}" rel="noopener noreferrer">{url}</a>'
        parts.append(
            f"<article><h3>{_safe(example.label)} <small>{_safe(reason_in_words(example))}"
            f"</small></h3><p class=url>{url}</p>"
            f'<blockquote><bdi dir="auto">{_safe(example.text)}</bdi></blockquote></article>'
        )
    return f"<section><h2>{escape(title)}</h2>{''.join(parts) or '<p>None.</p>'}</section>"


def _files(data: ReportData) -> str:
    rows = [(f"<code>{_safe(path)}</code>", _n(n), _n(size)) for path, n, size in data.files]
    head = ("file", "rows", "bytes")
    shown = _table(head, rows[:200], caption="Published files, below the corpus folder")
    more = f"<p>and {_n(len(rows) - 200)} more, in manifest.json</p>" if len(rows) > 200 else ""
    return (
        f"<section><h2>Files</h2><details><summary>{_n(len(rows))} files</summary>{shown}{more}"
        "</details></section>"
    )
