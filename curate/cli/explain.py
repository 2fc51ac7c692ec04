"""The command that shows one document's way through every stage."""

from __future__ import annotations

import textwrap
from collections import Counter

import click
from rich.console import Console
from rich.table import Table

from curate import schema
from curate.ask.explain import Explanation, broken, margin
from curate.ask.explain import explain as explain_document
from curate.ask.rerun import load_recorded
from curate.cli.quarantine import show_row
from curate.cli.terminal.options import work_argument
from curate.cli.terminal.shown import console, echo, plain_text
from curate.config.diff import in_words
from curate.config.identified import SETTINGS
from curate.config.language import THRESHOLD_METRICS, Threshold
from curate.config.measured import in_order, is_optional, is_score
from curate.io.open_store import open_store
from curate.io.texts.kept import PREFIX
from curate.report.terminal_tables import WIDTH, plain, wrapped
from curate.rights.removal import CLUSTER, WITHDRAWN, WITHDRAWN_CLUSTER
from curate.work.configs import configs_in_use
from curate.work.quarantine import find_quarantined

PREVIEW_LINES = 6
SHOWN_LABELS = 8
INDENT = 16

_PLACE = ("id", "url", "date", "snapshot", "warc_path", "warc_offset", "html_lang")
_REASONS = ("opt_out", "contaminated_by", "opted_out_by", "license")
_FOUND = ("extraction", "label", "lid_confidence", "url_names_language")


@click.command()
@work_argument
@click.argument("document", metavar="ID|URL")
def explain(work: str, document: str) -> None:
    """Show one document's way through every stage.

    Its metrics beside the thresholds of its label, and which of these is the
    nearest; its cluster, its verdict and its weight. Of a page that was set
    aside: why, and where it is.
    """
    store = open_store(work)
    configs = configs_in_use(store, load_recorded(work))
    out = console()
    aside = find_quarantined(store, document)
    documents = explain_document(store, document, configs, may_be_none=bool(aside))
    for explanation in documents:
        _show(out, explanation)
    for row in aside:
        out.print("\nalso set aside:" if documents else "set aside, no document:")
        show_row(out, row)


def _show(out: Console, explanation: Explanation) -> None:
    columns = explanation.columns
    for name in _PLACE:
        _say_value(out, name, columns.get(name))
    _say_value(out, "encoding", _encoding(columns))
    if columns.get("truncated"):
        _say(out, "truncated", "some of the page is known to be missing")
    for name in _FOUND:
        _say_value(out, name, columns.get(name))
    for name in filter(lambda name: name.startswith(PREFIX), columns):
        _say(out, name.removeprefix(PREFIX), str(columns[name]))
    show_labels(out, columns)
    _show_cluster(out, explanation)
    _say(out, "in", f"shard {explanation.shard}, row {explanation.row}")
    if explanation.config is not None and "n_chars" in columns:
        out.print()
        out.print(_thresholds(explanation))
        _show_spreads(out, explanation)
        _show_others(out, explanation)
    out.print()
    _say(out, "verdict", _verdict(columns))
    if (nearest := explanation.nearest) is not None:
        is_broken = broken(columns, nearest)
        _say(out, "broken" if is_broken else "nearest bound", _nearest(explanation, nearest))
    lines = wrapped(plain(str(columns.get("text") or "")), WIDTH, PREVIEW_LINES)
    echo("\n" + "\n".join(lines) + "\n")


def _encoding(columns: dict[str, object]) -> str | None:
    """The encoding that a page was read in, its source, and another one that was declared."""
    if columns.get("encoding") is None:
        return None
    source = columns.get("encoding_source")
    by = "" if source is None else f", told by {source}"
    others = "; the page's declarations disagree" if columns.get("encoding_conflict") else ""
    return f"{columns['encoding']}{by}{others}"


def _say_value(out: Console, name: str, value: object) -> None:
    if value is not None:
        _say(out, name, f"{value:.4f}" if isinstance(value, float) else str(value))


def _say(out: Console, name: str, value: str) -> None:
    out.print(plain_text(f"{name:<{INDENT - 1}} {plain(value)}"), overflow="fold", soft_wrap=False)


def show_labels(out: Console, columns: dict[str, object]) -> None:
    """The labels it might have had, and those of its lines, most frequent first."""
    top = columns.get("top_labels")
    if isinstance(top, list):
        others = [x for x in top if x["label"] != columns.get("label")][:SHOWN_LABELS]
        if others:
            shown = ", ".join(f"{x['label']} {x['confidence']:.4f}" for x in others)
            _say(out, "runners-up", shown)
    line_labels = columns.get("seg_langs")
    if isinstance(line_labels, list):
        counts = Counter(line_labels).most_common()
        shown = ", ".join(f"{label} {n}" for label, n in counts[:SHOWN_LABELS])
        more = f" and {len(counts) - SHOWN_LABELS} more" if len(counts) > SHOWN_LABELS else ""
        _say(out, "seg_langs", shown + more)


def _show_cluster(out: Console, explanation: Explanation) -> None:
    size = explanation.columns.get("cluster_size")
    if size is None:
        return
    _say(out, "cluster_size", str(size))
    if explanation.columns["cluster_id"] is not None and size != 1:
        _say(out, "cluster_id", f"{explanation.columns['cluster_id']:016x}")
    other = explanation.representative
    if other is not None:
        _say(out, "representative", other.id)
        if other.url:
            _say(out, "", other.url)
        if other.similarity is not None:
            _say(out, "", f"estimated similarity {other.similarity:.2f}")
    elif size != 1 and explanation.columns.get("is_representative"):
        _say(out, "representative", "this document")


def _thresholds(explanation: Explanation) -> Table:
    assert explanation.config is not None
    table = Table(box=None, pad_edge=False, collapse_padding=True, padding=(0, 2, 0, 0))
    for name in ("threshold", "value", "min", "max", "margin", "spreads"):
        table.add_column(name, justify="left" if name == "threshold" else "right", no_wrap=True)
    for threshold in explanation.config.thresholds:
        value = explanation.columns.get(threshold.metric)
        table.add_row(
            threshold.metric,
            "unmeasured" if value is None else _number(value),
            _number(threshold.min),
            _number(threshold.max),
            _number(margin(value, threshold)),
            _place(explanation, threshold),
            style="bold" if threshold == explanation.nearest else "",
        )
    return table


def _place(explanation: Explanation, threshold: Threshold) -> str:
    if broken(explanation.columns, threshold):
        return "BROKEN"
    spreads = explanation.spreads.get(threshold.metric)
    return "" if spreads is None else f"{spreads:.2f}" if spreads < 10 else f"{spreads:,.0f}"


def _show_spreads(out: Console, explanation: Explanation) -> None:
    if explanation.n_neighbours:
        text = (
            f"spreads: the margin over the spread of {explanation.columns['label']}, "
            f"from the 5th to the 95th percentile of {explanation.n_neighbours:,} documents"
        )
        out.print(plain_text(f"\n{textwrap.fill(text, WIDTH)}"))


def _show_others(out: Console, explanation: Explanation) -> None:
    assert explanation.config is not None
    others = []
    for metric in in_order((*THRESHOLD_METRICS, *filter(is_score, explanation.columns))):
        if is_optional(metric) and metric not in explanation.columns:
            continue
        value = explanation.columns.get(metric)
        if explanation.config.threshold(metric) is not None or (
            metric in SETTINGS and value is None
        ):
            continue  # shown above, or nobody asked for it
        others.append(f"{metric} {'unmeasured' if value is None else _number(value)}")
    text = textwrap.fill("; ".join(others), WIDTH, break_on_hyphens=False)
    out.print(plain_text(f"\nwithout a threshold:\n{text}"))


def _nearest(explanation: Explanation, threshold: Threshold) -> str:
    value = explanation.columns.get(threshold.metric)
    number = "unmeasured" if value is None else _number(value)
    said = f"{threshold.metric} {number}, allowed {in_words(threshold)}"
    spreads = explanation.spreads.get(threshold.metric)
    return said if spreads is None else f"{said}; {abs(spreads):.2f} spreads away"


def _number(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.4g}"
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


def _verdict(columns: dict[str, object | None]) -> str:
    if "removal_reason" not in columns:
        reason = columns.get("drop_reason")
        if "drop_reason" not in columns:
            return "not decided yet"
        return f"breaks {reason}" if reason else "passes every threshold"
    reason = columns["removal_reason"]
    if reason is None:
        return f"published with weight {columns.get('weight')}"
    if reason == "duplicate":
        own = columns.get("drop_reason")
        also = f"; it would break {own}" if own else ""
        return f"removed as a duplicate of its cluster's representative{also}"
    if reason in (*schema.SCREEN.names(), *_REASONS):
        return f"removed: {reason} is {plain(str(columns.get(str(reason))))}"
    if reason == WITHDRAWN:
        return "taken down"
    if reason == WITHDRAWN_CLUSTER:
        return "taken down with its cluster, one of which is on a list"
    if str(reason).endswith(CLUSTER):
        blocked = str(reason).removesuffix(CLUSTER)
        return f"removed: a page of its cluster is blocked by {blocked}, which closes it"
    if reason == "mixture":
        return "left out by the mixture: its label has more than is wanted of it"
    return f"removed: breaks {reason}"
