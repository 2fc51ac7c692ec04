"""The group of commands, and how errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from curate import __version__
from curate.cli.terminal.shown import echo
from curate.cli.terminal.streams import Streams, guard
from curate.errors import CurateError

DONE, MISTAKE, UNHEARD, INTERRUPTED = 0, 1, 4, 130

LOOKING = frozenset(
    {"status", "explain", "quarantine", "metrics", "labels", "whatif", "verify", "doctor"}
)
"""Commands that only print: they end when nobody reads on."""

COMMANDS: dict[str, str] = {
    "demo": "curate.cli.run:demo",
    "run": "curate.cli.run:run",
    "status": "curate.cli.status:status",
    "tune": "curate.cli.tune:tune",
    "wordlists": "curate.cli.wordlists:wordlists",
    "lid-bench": "curate.cli.lid_bench:lid_bench",
    "select": "curate.cli.decide:select",
    "whatif": "curate.cli.whatif:whatif",
    "emit": "curate.cli.decide:emit",
    "mixture": "curate.cli.mixture:mixture",
    "explain": "curate.cli.explain:explain",
    "quarantine": "curate.cli.quarantine:quarantine",
    "report": "curate.cli.report:report",
    "verify": "curate.cli.verify:verify",
    "clean": "curate.cli.clean:clean",
    "metrics": "curate.cli.show:metrics",
    "labels": "curate.cli.show:labels",
    "config": "curate.cli.show:config",
    "doctor": "curate.cli.doctor:doctor",
}


class _Commands(click.Group):
    """Imports a command's module when it is called, so that help and errors come at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        if cmd_name in LOOKING and isinstance(ctx.obj, Streams):
            ctx.obj.stop_when_unread()
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    no_args_is_help=True,
)
@click.version_option(__version__, "-V", "--version", prog_name="curate")
def cli() -> None:
    """Turn web crawls into pretraining corpora in every language.

    \b
    First try:    curate demo
    Your data:    curate run jobs/snapshot.yaml \\
                    --set 'input=/data/**/*.warc.gz' --set work=/data/work
    How far:      curate status /data/work
    Why dropped:  curate explain /data/work URL
    What is lost: curate quarantine /data/work

    Exit codes: 0 done; 1 something in the call, the job or the input has to be
    changed; 3 finished with failed shards, which are listed; 4 done, but what
    was printed could not be written.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; without arguments, those of this process."""
    if arguments is not None:
        return _run(list(arguments), None)
    streams = guard()
    code = _run(None, streams)
    return UNHEARD if code == DONE and streams.has_lost else code


def _run(arguments: list[str] | None, streams: Streams | None) -> int:
    try:
        cli.main(args=arguments, standalone_mode=False, obj=streams)
    except click.exceptions.Abort:  # what click makes of Ctrl-C
        _complain("interrupted; run the same command again to go on where it stopped")
        return INTERRUPTED
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        _complain(_explained(error))
        return MISTAKE
    except CurateError as error:
        _complain(str(error))
        return error.exit_code
    except BrokenPipeError:
        # the reader of our output has gone; keep the interpreter from writing to it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNHEARD
    return DONE


def _complain(text: str) -> None:
    echo(f"curate: {text}", err=True)


def _explained(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption | click.UsageError) and error.ctx is not None:
        return f"{error.format_message()}\n  to do:  see `{error.ctx.command_path} --help`"
    return error.format_message()
