"""The command that says what differs between two sets of language configs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import click

from curate.ask.decide_again import labels_in
from curate.ask.expected_yield import Effect, Expected, expected_yields
from curate.ask.rerun import load_recorded, require_stage
from curate.cli.terminal.shown import echo
from curate.cli.whatif import changed_lines
from curate.config.diff import ConfigChange, Sides, diff_configs, load_sides
from curate.config.problems import did_you_mean
from curate.errors import ConfigError
from curate.io.open_store import open_store
from curate.labels import is_label, require_label
from curate.pipeline.measure.scored_job import require_measured
from curate.report.change import count, share, table, total
from curate.report.terminal_tables import WIDTH

MAX_ROWS = 60


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--label", "labels", multiple=True, metavar="LABEL", help="Only this label; may be repeated."
)
@click.option(
    "--work", metavar="WORK", help="A finished work folder: show what each change would do there."
)
@click.option("--provenance", is_flag=True, help="Show where the values of B come from, too.")
def diff(
    before: str,
    after: str,
    labels: tuple[str, ...],
    work: str | None,
    provenance: bool,  # noqa: FBT001 - a flag
) -> None:
    """Say what differs between two sets of language configs.

    A and B are folders, or files of them, or `builtin` for the folder that comes
    with curate. What a label inherits is taken into account. Labels with the same
    changes are shown together. With --work, the effect of each change on what is
    published there is counted from the sidecars, as `curate whatif` does.
    """
    sides = load_sides(before, after)
    names = _names(sides, labels)
    if work is not None:
        job = load_recorded(work)
        require_measured(job, sides.after, Path(after))
        if not labels and not sides.is_files:
            require_stage(open_store(work), "identify")
            names = tuple(labels_in(open_store(work)))
    changes = diff_configs(sides.before, sides.after, names)
    if any(change.decides for change in changes):
        echo("\n".join(changed_lines(changes)))
    n_same = sum(not change.decides for change in changes)
    if n_same:
        echo(_unchanged(n_same, len(changes)))
    if provenance:
        _show_sources(changes)
    if work is not None:
        chosen = [name for name in names if is_label(name)]
        expected = expected_yields(open_store(work), job, sides.before, sides.after, labels=chosen)
        echo("\n" + "\n".join(_expected_lines(expected)))


def _names(sides: Sides, labels: Sequence[str]) -> tuple[str, ...]:
    for label in labels:
        if label in sides.names:
            continue
        guess = did_you_mean(label, list(sides.names), otherwise="")
        if guess and not is_label(label):
            raise ConfigError(
                f"--label {label}",
                wanted="a label, or the name of a file of A or B",
                found=repr(label),
                todo=guess,
            )
        require_label(label, where=f"--label {label}")
    return tuple(dict.fromkeys(labels)) or sides.names


def _unchanged(n_same: int, n: int) -> str:
    return f"all {n}: no difference" if n_same == n else f"{n_same} more: no difference"


def _show_sources(changes: Sequence[ConfigChange]) -> None:
    groups: dict[str, list[str]] = {}
    for change in changes:
        if change.source:
            groups.setdefault(change.source, []).append(change.name)
    echo()
    for source, names in groups.items():
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        text = f"{', '.join(names[:5])}{more} now from: {source}"
        echo(textwrap.fill(text, WIDTH, subsequent_indent="  "))


def _expected_lines(expected: Expected) -> list[str]:
    """One table: each change of a label alone, then all together; the greatest effects first."""
    rows: list[tuple[str, ...]] = []
    n_idle = 0
    for label, parts in _by_effect(expected):
        before = total(expected.before, labels=[label])
        effects = [(words, total({label: after}, labels=[label])) for words, after in parts]
        if all(after == before for _, after in effects):
            n_idle += 1
            continue
        for words, after in effects:
            numbers = count(before.documents), count(after.documents)
            shares = share(before.documents, after.documents), share(before.chars, after.chars)
            rows.append((label, words, *numbers, *shares))
    lines = []
    if rows:
        head = ("label", "change", "kept", "then", "", "chars")
        lines += [_fitted(head, rows[:MAX_ROWS]), ""]
    if len(rows) > MAX_ROWS:
        lines.append(f"and {len(rows) - MAX_ROWS} changes with less effect; --label shows them")
    lines += [textwrap.fill(note, WIDTH) for note in expected.notes]
    if n_idle:
        lines.append(f"{_labels(n_idle)} of the work folder: no change of what is kept")
    return lines


def _by_effect(expected: Expected) -> list[tuple[str, Sequence[Effect]]]:
    def effect(item: tuple[str, Sequence[Effect]]) -> tuple[int, str]:
        label, parts = item
        kept = total({label: parts[-1][1]}, labels=[label]).documents
        return -abs(kept - total(expected.before, labels=[label]).documents), label

    return sorted(expected.effects.items(), key=effect)


def _fitted(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """The table, with its second column to the left and cut so that the whole fits the width."""
    others = sum(max(len(row[i]) for row in (head, *rows)) + 2 for i in range(len(head)) if i != 1)
    room = min(WIDTH - others, max(len(row[1]) for row in rows))
    cut = [(r[0], textwrap.shorten(r[1], room, placeholder="…").ljust(room), *r[2:]) for r in rows]
    return table((head[0], head[1].ljust(room), *head[2:]), cut)


def _labels(n: int) -> str:
    return f"{n} label{'s' * (n != 1)}"
