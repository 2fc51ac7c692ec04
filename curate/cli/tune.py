"""The command that computes thresholds and stop words from statistics."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from curate.ask.rerun import load_recorded, tune_again, tune_references
from curate.cli.terminal.options import engine_option, with_engine, workers_option
from curate.cli.terminal.progress import TerminalProgress
from curate.cli.terminal.shown import console, echo
from curate.config.job import BUILTIN, JobConfig, with_settings
from curate.config.load import build
from curate.config.sections import EMBEDDED, TuneConfig
from curate.errors import ConfigError
from curate.labels import require_label
from curate.pipeline.tuning.reference import LabelCounts
from curate.pipeline.tuning.tuning import TunedLabel, shared_among
from curate.tune.fit import replacements
from curate.tune.methods import ENGLISH

_SHOWN_INHERITING = 12
_TOLD = 0.0005  # a smaller share would be shown as 0.0 %


@click.command()
@click.argument("work", metavar="[WORK]", required=False)
@click.option(
    "--reference",
    "references",
    multiple=True,
    metavar="PATTERN",
    help="Trusted text: JSON Lines, Parquet or WET; files, folders or patterns, "
    "each may be LABEL=PATTERN; may be repeated.",
)
@click.option("--label", "labels", multiple=True, help="Only this label; may be repeated.")
@click.option(
    "--out", metavar="DIR", help="Folder for the YAML files.  [default: WORK/tuned, or tuned]"
)
@click.option(
    "--work",
    "folder",
    metavar="FOLDER",
    help="Without WORK: where statistics of references are kept.  [default: DIR.work]",
)
@click.option(
    "--configs",
    default=None,
    metavar="DIR",
    help="Without WORK: language configs to inherit from.  [default: builtin]",
)
@click.option(
    "--model",
    default=None,
    metavar="PATH",
    help="Without WORK: fastText model that cleans references.  [default: embedded]",
)
@click.option("--min-documents", type=int, help="Documents a label needs to be tuned.")
@click.option("--shrinkage", type=int, help="Documents that weigh as much as the parent.")
@click.option("--parents", is_flag=True, help="Write scripts' files too, pooled from their labels.")
@click.option(
    "--reference-name",
    "names",
    multiple=True,
    metavar="[LABEL=]TEXT",
    help="What the reference is, for the provenance; may be repeated.",
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Another setting of tune, such as tune.methods.repetition=10tail; may be repeated.",
)
@engine_option
@workers_option
def tune(
    work: str | None,
    *,
    references: Sequence[str],
    labels: Sequence[str],
    out: str | None,
    folder: str | None,
    configs: str | None,
    model: str | None,
    min_documents: int | None,
    shrinkage: int | None,
    parents: bool,
    names: Sequence[str],
    overrides: Sequence[str],
    engine: str | None,
    workers: int | None,
) -> None:
    """Compute thresholds and stop words from statistics.

    WORK is a finished run, whose own documents are tuned on. References are
    text that is trusted to be good and in its label's language, such as a
    Wikipedia; what is in another script or language is left out. Either is
    enough; with both, each family of metrics has its source.

    Writes one YAML file per label with enough documents, beside a copy of the
    configs the others inherit, so that DIR can be used as it is:
    `curate select WORK --configs DIR`.
    """
    options: dict[str, Any] = {"min_documents": min_documents, "shrinkage": shrinkage}
    if parents:
        options["parents"] = True
    if references:
        options["reference"] = tuple(references)
    if names:
        options["reference_names"] = _names(names)
    for label in labels:
        require_label(label, where="--label")
    progress = TerminalProgress()
    if work is not None:
        _only_without_work({"--work": folder, "--configs": configs, "--model": model})
        job = with_engine(
            _with_options(load_recorded(work), options, overrides), engine, None, workers
        )
        target, tuned = tune_again(job, labels=labels, out=out, progress=progress)
    else:
        target = Path(out or "tuned").expanduser().absolute()
        job = _reference_job(folder or f"{target}.work", configs, model, references)
        job = with_engine(_with_options(job, options, overrides), engine, None, workers)
        tuned = tune_references(job, target, labels=labels, progress=progress)
    _show(tuned)
    echo(f"configs: {target}")


def _with_options(job: JobConfig, options: dict[str, Any], overrides: Sequence[str]) -> JobConfig:
    """The job with what the options say of tuning."""
    settings = (job.tune or TuneConfig()).model_dump()
    changes = {key: value for key, value in options.items() if value is not None}
    tuning = build(TuneConfig, {**settings, **changes}, {}, "options")
    changed = with_settings(job.model_copy(update={"tune": tuning}), overrides, section="tune")
    return changed.in_folder(Path.cwd())


def _names(names: Sequence[str]) -> dict[str, str]:
    named = {}
    for text in names:
        label, equals, name = text.partition("=")
        if equals and len(label) == 8:
            named[require_label(label, where=f"--reference-name {text}")] = name
        else:
            named["*"] = text
    return named


def _reference_job(
    work: str, configs: str | None, model: str | None, references: Sequence[str]
) -> JobConfig:
    """A job that has references and nothing else."""
    if not references:
        raise ConfigError(
            "curate tune",
            wanted="a work folder, or --reference with trusted text, or both",
            found="neither",
            todo="name one: curate tune WORK, or curate tune --reference fra_Latn=wiki.jsonl",
        )
    settings = {
        "name": "reference",
        "input": tuple(references),
        "work": work,
        "language_configs": configs or BUILTIN,
        "identify": {"model": model or EMBEDDED},
    }
    return build(JobConfig, settings, {}, "options")


def _only_without_work(options: dict[str, str | None]) -> None:
    for name, value in options.items():
        if value is not None:
            raise ConfigError(
                f"{name} {value}",
                wanted="a command without WORK",
                found="a WORK, whose job says this",
                todo="leave one of the two out",
            )


# ---- what is shown ---------------------------------------------------------------------------


def _show(tuned_labels: Sequence[TunedLabel]) -> None:
    tuned = [one for one in tuned_labels if one.is_tuned]
    cleaned = {one.label: one.reference for one in tuned_labels if one.reference is not None}
    for label, counts in cleaned.items():
        if counts.n_kept != counts.n_in or counts.share_removed >= _TOLD:
            echo(_cleaned(label, counts))
    if tuned:
        console().print(_table(tuned))
    labels_of: dict[str, list[str]] = {}
    for one in tuned:
        for note in replacements(one.config):
            labels_of.setdefault(note, []).append(one.label)
    for note, labels in labels_of.items():
        of = labels[0] if len(labels) == 1 else f"{len(labels)} labels"
        echo(f"{of}: {note}")
    for script, words in shared_among(tuned_labels).items():
        echo(f"stop words of most labels in {script}: {', '.join(words)}")
    inheriting = [one.label for one in tuned_labels if not one.is_tuned]
    if inheriting:
        some = ", ".join(inheriting[:_SHOWN_INHERITING])
        more = len(inheriting) - _SHOWN_INHERITING
        echo(
            f"{len(inheriting)} label(s) inherit, with too few documents: {some}"
            + (f" and {more} more" if more > 0 else "")
        )
    named = ", ".join(one.label for one in tuned[:_SHOWN_INHERITING])
    more = len(tuned) - _SHOWN_INHERITING
    named += f" and {more} more" if more > 0 else ""
    echo(f"{len(tuned)} label(s) tuned: {named or 'none had enough documents'}")


def _cleaned(label: str, counts: LabelCounts) -> str:
    reasons = {**counts.dropped, **counts.quarantined}
    left_out = ", ".join(f"{n:,} {reason}" for reason, n in sorted(reasons.items()))
    removed = counts.share_removed
    share = f"; {removed:.1%} of characters in another language" if removed >= _TOLD else ""
    return (
        f"{label} reference: {counts.n_in:,} documents, {counts.n_kept:,} kept"
        + (f" ({left_out})" if left_out else "")
        + share
    )


def _table(tuned: Sequence[TunedLabel]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("label")
    for name in ("reference", "own", "weight", "tuned", "off", "inherited", "stop words", "LID"):
        table.add_column(name, justify="right")
    metrics = {rule.metric for rule in ENGLISH}
    for one in tuned:
        config = one.config
        named = {t.metric: t for t in config.thresholds if t.metric in metrics}
        n_off = sum(not t.inherit for t in named.values())
        lid = config.threshold("lid_confidence")
        sources = config.provenance.sources
        table.add_row(
            one.label,
            f"{sources.get('reference', 0):,}",
            f"{sources.get('own', 0):,}",
            f"{config.provenance.weight:.2f}",
            str(len(named) - n_off),
            str(n_off),
            str(len(metrics) - len(named)),
            str(len(config.stopwords)),
            "-" if lid is None or lid.min is None else f"{lid.min:.3f}",
        )
    return table
