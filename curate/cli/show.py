"""Commands that say what exists: metrics, labels, config."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from curate.cli.config_diff import diff
from curate.cli.fineweb2 import export_fineweb2, import_fineweb2
from curate.cli.terminal.shown import console, echo, plain_text
from curate.config.job import BUILTIN
from curate.config.language import LanguageConfigs
from curate.config.measured import REGISTERED
from curate.config.problems import did_you_mean
from curate.errors import ConfigError
from curate.labels import require_label
from curate.work.configs import config_folder

configs_option = click.option(
    "--configs",
    "folder",
    default=BUILTIN,
    show_default=True,
    metavar="DIR",
    help="Folder of language configs.",
)


@click.command()
@click.argument("name", required=False)
def metrics(name: str | None) -> None:
    """List every metric with its unit, or describe one.

    The names are those of the columns, the thresholds and the drop reasons.
    """
    out = console()
    if name is None:
        table = Table(box=None, pad_edge=False)
        for column in ("metric", "unit", "range"):
            table.add_column(column, no_wrap=column != "unit")
        for metric in REGISTERED.values():
            top = "" if metric.highest is None else f"{metric.highest:g}"
            table.add_row(metric.name, metric.unit, f"{metric.lowest:g} .. {top}")
        out.print(table)
        return
    if name not in REGISTERED:
        raise ConfigError(
            f"metric {name!r}",
            wanted="the name of a metric",
            found="no such metric",
            todo=did_you_mean(name, list(REGISTERED), otherwise="`curate metrics` lists them"),
        )
    metric = REGISTERED[name]
    text, value = metric.example
    for line in (
        f"{metric.name}  ({metric.unit})",
        metric.doc,
        f"null: {metric.null_means}",
        f"example: {text!r} -> {value}",
    ):
        out.print(plain_text(line))


@click.command()
@configs_option
def labels(folder: str) -> None:
    """List the labels that have a config of their own.

    Every other label inherits its script's config or the default.
    """
    loaded = LanguageConfigs.load(config_folder(folder))
    table = Table(box=None, pad_edge=False)
    for column in ("label", "stop words", "reference"):
        table.add_column(column, justify="right" if column == "stop words" else "left")
    for label in loaded.labels:
        own = loaded.for_label(label)
        reference = loaded.files[label].provenance.reference
        table.add_row(label, str(len(own.stopwords)), reference)
    console().print(table)


@click.group()
def config() -> None:
    """Look at, check, compare, import and export language configs."""


@config.command("show")
@click.argument("label")
@configs_option
def show_config(label: str, folder: str) -> None:
    """Show a label's thresholds and stop words.

    With everything it inherits from its script and from the default.
    """
    require_label(label, where="argument LABEL")
    loaded = LanguageConfigs.load(config_folder(folder))
    resolved = loaded.for_label(label)
    out = console()
    out.print(f"{label}, from {loaded.layers(label)[0]}", markup=False)
    table = Table(box=None, pad_edge=False)
    for column in ("threshold", "min", "max", "why"):
        table.add_column(column)
    for threshold in resolved.thresholds:
        bounds = ["" if b is None else f"{b:g}" for b in (threshold.min, threshold.max)]
        table.add_row(threshold.metric, *bounds, threshold.why or "")
    out.print(table)
    out.print(plain_text(f"stop words: {' '.join(resolved.stopwords) or 'none'}"))
    out.print(
        plain_text(f"provenance: {resolved.provenance.method}; {resolved.provenance.reference}")
    )


@config.command("check")
@click.argument("folder", metavar="DIR")
def check_configs(folder: str) -> None:
    """Check every file of a folder of language configs."""
    loaded = LanguageConfigs.load(Path(folder).expanduser().absolute())
    echo(f"{len(loaded.files)} files, {len(loaded.labels)} labels: all good")


config.add_command(diff)
config.add_command(import_fineweb2)
config.add_command(export_fineweb2)
