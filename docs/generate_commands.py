"""The page of commands, from what the command line declares."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

import click
from generate_tables import head, row

from curate.cli.app import cli


def commands() -> Iterator[str]:
    """The page of commands, line by line."""
    yield from ("# Commands", "")
    yield from _help(cli.help)
    yield from (
        "",
        "Paths on the command line begin in the current folder. Results go to standard output, "
        "progress and errors to standard error. `curate` without a command prints its help; "
        "`-h` or `--help` explains a command, `-V` or `--version` prints the version.\n",
    )
    for names, command in _walk(cli, ("curate",)):
        if command is not cli:
            yield from _command(names, command)


def _walk(
    command: click.Command, names: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield names, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _walk(inner, (*names, name))


def command_names() -> list[str]:
    """``curate run`` and the like, groups included, in the order of the help."""
    return [" ".join(names) for names, command in _walk(cli, ("curate",)) if command is not cli]


def _command(names: tuple[str, ...], command: click.Command) -> Iterator[str]:
    yield from (f"## {' '.join(names)}", "", "```text", _usage(names, command), "```", "")
    yield from _help(command.help)
    yield ""
    options = [p for p in command.params if isinstance(p, click.Option)]
    if options:
        yield from head("option", "what it does")
        for option in options:
            yield row(_option(option), _option_help(option))
        yield ""


def _usage(names: tuple[str, ...], command: click.Command) -> str:
    parts = list(names)
    if isinstance(command, click.Group):
        return " ".join([*parts, "COMMAND"])
    if any(isinstance(p, click.Option) for p in command.params):
        parts.append("[OPTIONS]")
    parts += [_argument(p) for p in command.params if isinstance(p, click.Argument)]
    return " ".join(parts)


def _argument(argument: click.Argument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _option(option: click.Option) -> str:
    shown = ", ".join(option.opts)
    if isinstance(option.type, click.Choice):
        shown += f" {'/'.join(str(c) for c in option.type.choices)}"
    elif not option.is_flag:
        kind = "N" if isinstance(option.type, click.types.IntParamType) else "TEXT"
        shown += f" {option.metavar or kind}"
    return f"`{shown}`"


def _option_help(option: click.Option) -> str:
    text = option.help or ""
    if option.required:
        text += " Required."
    if option.show_default and option.default is not None:
        text += f" [default: {option.default}]"
    return text


def _help(text: str | None) -> Iterator[str]:
    """Paragraphs of a docstring; one that click is told not to wrap stays as it stands."""
    for number, block in enumerate((text or "").strip().split("\n\n")):
        if number:
            yield ""
        lines = block.splitlines()
        if lines and lines[0].strip() == "\b":
            yield from ("```text", *dedent("\n".join(lines[1:])).splitlines(), "```")
        else:
            yield " ".join(line.strip() for line in lines)
