"""Commands that look at a document or a corpus: explain, verify."""

from __future__ import annotations

from collections import Counter

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from curate import schema
from curate.cli.options import work_argument
from curate.config.identified import SETTINGS
from curate.config.language import THRESHOLD_METRICS, LanguageConfigs
from curate.io.layout import TUNED
from curate.io.object_path import local_folder, place_of
from curate.io.store import Store
from curate.pipeline.again import load_recorded
from curate.pipeline.configs import config_folder
from curate.pipeline.explain import Explanation, broken
from curate.pipeline.explain import explain as explain_document
from curate.pipeline.verify import verify as verify_corpus
from curate.report.table import plain

WIDTH = 80
PREVIEW_CHARS = 400
SHOWN_LABELS = 8


def console() -> Console:
    """Standard output, never wider than 80 columns when it is no terminal."""
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=WIDTH)


@click.command()
@work_argument
@click.argument("document", metavar="ID|URL")
def explain(work: str, document: str) -> None:
    """Show one document's way through every stage.

    Its metrics beside the thresholds of its label, its cluster, its verdict and
    its weight.
    """
    job = load_recorded(work)
    store = Store(work)
    folder = config_folder(job.language_configs)
    if job.tune is not None and store.exists(TUNED):
        folder = store.path(TUNED)
    for found in explain_document(store, document, LanguageConfigs.load(local_folder(folder))):
        _explain_one(console(), found)


def _explain_one(out: Console, found: Explanation) -> None:
    columns = found.columns
    for name in (
        "id",
        "url",
        "date",
        "snapshot",
        "warc_path",
        "warc_offset",
        "html_lang",
        "encoding",
        "extraction",
        "label",
        "lid_confidence",
        "url_names_language",
        "cluster_size",
    ):
        value = columns.get(name)
        if value is not None:
            shown = f"{value:.4f}" if isinstance(value, float) else plain(str(value))
            out.print(Text(f"{name:<15} {shown}"), overflow="fold")
    _explain_lines(out, columns)
    out.print(f"{'in':<15} shard {found.shard}, row {found.row}", markup=False)
    if found.config is not None and "n_chars" in columns:
        out.print()
        out.print(_metric_table(found))
    out.print(Text(f"\nverdict         {_verdict(columns)}"))
    text = plain(str(columns.get("text") or ""))
    out.print(Text(f"\n{text[:PREVIEW_CHARS]}{'…' if len(text) > PREVIEW_CHARS else ''}\n"))


def _explain_lines(out: Console, columns: dict[str, object]) -> None:
    """The labels of the lines, most frequent first."""
    found = columns.get("seg_langs")
    if isinstance(found, list):
        counts = Counter(found).most_common()
        shown = ", ".join(f"{label} {n}" for label, n in counts[:SHOWN_LABELS])
        more = f" and {len(counts) - SHOWN_LABELS} more" if len(counts) > SHOWN_LABELS else ""
        out.print(Text(f"{'seg_langs':<15} {shown}{more}"), overflow="fold")


def _metric_table(found: Explanation) -> Table:
    assert found.config is not None
    table = Table(box=None, pad_edge=False)
    for name in ("metric", "value", "min", "max", "margin", ""):
        table.add_column(name, justify="left" if name in ("metric", "") else "right")
    for metric in THRESHOLD_METRICS:
        value = found.columns.get(metric)
        threshold = found.config.threshold(metric)
        if metric in SETTINGS and value is None and threshold is None:
            continue  # nobody asked for it
        shown = "unmeasured" if value is None else _number(value)
        if threshold is None:
            table.add_row(metric, shown, "", "", "", "")
            continue
        table.add_row(
            metric,
            shown,
            _number(threshold.min),
            _number(threshold.max),
            _number(_margin(value, threshold.min, threshold.max)),
            "BROKEN" if broken(found.columns, threshold) else "",
        )
    return table


def _number(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.4g}"
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


def _margin(value: object, low: float | None, high: float | None) -> float | None:
    """Distance to the nearest bound; negative outside."""
    if not isinstance(value, int | float):
        return None
    distances = [value - low] if low is not None else []
    distances += [high - value] if high is not None else []
    return min(distances, default=None)


def _verdict(columns: dict[str, object | None]) -> str:
    if "removal_reason" not in columns:
        reason = columns.get("drop_reason")
        if "drop_reason" not in columns:
            return "not decided yet"
        return f"breaks {reason}" if reason else "passes every threshold"
    reason = columns["removal_reason"]
    if reason is None:
        weight = columns.get("weight")
        return f"published with weight {weight}"
    if reason == "duplicate":
        own = columns.get("drop_reason")
        also = f"; it would break {own}" if own else ""
        return f"removed as a duplicate of its cluster's representative{also}"
    if reason in (*schema.SCREEN.names(), "opt_out"):
        return f"removed: {reason} is {plain(str(columns.get(str(reason))))}"
    return f"removed: breaks {reason}"


@click.command()
@click.argument("corpus", metavar="CORPUS")
def verify(corpus: str) -> None:
    """Check a corpus: checksums, row counts, sums of receipts.

    CORPUS is the corpus folder or the work folder around it.
    """
    found = verify_corpus(place_of(corpus))
    click.echo(
        f"{found.files} files, {found.rows:,} rows, {found.bytes:,} bytes: checksums and counts "
        f"agree with the manifest"
    )
    if found.receipts:
        click.echo(
            f"{found.receipts} receipts: files are whole and {found.documents:,} documents add up"
        )
