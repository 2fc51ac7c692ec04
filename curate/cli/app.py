"""The group of commands, and how errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module

import click

from curate import __version__
from curate.cli.terminal.shown import echo
from curate.cli.terminal.streams import Streams, guard
from curate.errors import CurateError
from curate.importing import uncollected

DONE, MISTAKE, UNHEARD, INTERRUPTED = 0, 1, 4, 130

LOOKING = frozenset(
    {
        "status",
        "explain",
        "quarantine",
        "metrics",
        "labels",
        "whatif",
        "verify",
        "doctor",
        "release-diff",
    }
)
"""Commands that only print: they end when nobody reads on."""

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("curate.cli.run:demo", "Run every stage over the sample that ships with curate."),
    "run": ("curate.cli.run:run", "Run a job, or go on with one that was interrupted."),
    "status": ("curate.cli.status:status", "Show how far a work folder is."),
    "tune": ("curate.cli.tune:tune", "Compute thresholds and stop words from statistics."),
    "wordlists": (
        "curate.cli.wordlists:wordlists",
        "Make wordlists for small languages from a reference corpus.",
    ),
    "lid-bench": (
        "curate.cli.lid_bench:lid_bench",
        "Measure an identifier on texts whose language is known.",
    ),
    "select": ("curate.cli.decide:select", "Apply other thresholds to a finished work folder."),
    "whatif": ("curate.cli.whatif:whatif", "Show what other thresholds would change."),
    "emit": ("curate.cli.decide:emit", "Publish what has been decided."),
    "mixture": (
        "curate.cli.mixture:mixture",
        "Show what a mixture would publish, without writing anything.",
    ),
    "explain": ("curate.cli.explain:explain", "Show one document's way through every stage."),
    "quarantine": (
        "curate.cli.quarantine:quarantine",
        "List what did not become a document, by reason.",
    ),
    "withdraw": (
        "curate.cli.releases:withdraw",
        "Take documents down from a work folder and all that it published.",
    ),
    "release-diff": ("curate.cli.releases:release_diff", "Compare two releases of a corpus."),
    "report": (
        "curate.cli.report:report",
        "Draw the page of a finished run, and write its card again.",
    ),
    "summary": (
        "curate.cli.summary:summary",
        "Summarise what a corpus is made of, for the public.",
    ),
    "verify": (
        "curate.cli.verify:verify",
        "Check a corpus: checksums, labels, rows, sums of receipts.",
    ),
    "clean": (
        "curate.cli.clean:clean",
        "Show what killed runs left in a work folder, or delete it.",
    ),
    "metrics": ("curate.cli.show:metrics", "List every metric with its unit, or describe one."),
    "labels": ("curate.cli.show:labels", "List the labels that have a config of their own."),
    "config": (
        "curate.cli.show:config",
        "Look at, check, compare, import and export language configs.",
    ),
    "doctor": (
        "curate.cli.doctor:doctor",
        "Show versions, cores and memory, and try what a run needs.",
    ),
}
"""Name -> where it stands, and the first line of its help, which lists them without an import."""


class _Commands(click.Group):
    """Imports a command's module when it is called, so that help and errors come at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name in LOOKING and isinstance(ctx.obj, Streams):
            ctx.obj.stop_when_unread()
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        with uncollected(freeze=isinstance(ctx.obj, Streams)):
            command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"no command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


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
