"""Every error that curate raises on purpose, in one tree.

    CurateError
    |- ConfigError        a job file, a language config or an option is wrong
    |- InputError         an input is missing, empty or not what it claims to be
    |- SchemaError        a table lacks a column or has it with another type
    |- StoreError         the work folder cannot be read or written as needed
    |- JobMismatchError   the work folder belongs to another job
    |- ModelError         a model file cannot be loaded or used
    |- EngineError        shards failed, or the engine cannot run
    |- StoppedError       a signal ended the run before its end
    `- VerifyError        a finished corpus does not match its manifest

A message says four things: where it happened, what was wanted, what was found, and what to do.
The command line prints the message without a traceback and exits with ``exit_code``.
"""

from __future__ import annotations

from curate.redact import redact_text
from curate.visible import visible, visible_line


class CurateError(Exception):
    """A mistake or fault that a user can act on.

    Args:
        where: file, line, shard, record or option the error is about.
        wanted: what was expected there, with its unit.
        found: what was there instead.
        todo: the next step for the reader.

    Secrets in addresses are left out of all of these, and characters that steer a terminal are
    written out: a message is printed and stored.
    """

    exit_code = 1

    def __init__(self, where: str, *, wanted: str, found: str, todo: str) -> None:
        where, wanted, found, todo = map(visible, map(redact_text, (where, wanted, found, todo)))
        where = visible_line(where)
        self.where = where
        self.wanted = wanted
        self.found = found
        self.todo = todo
        super().__init__(where, wanted, found, todo)

    def __str__(self) -> str:
        return "\n".join(
            (
                f"{self.where}",
                f"  wanted: {self.wanted}",
                f"  found:  {self.found}",
                f"  to do:  {self.todo}",
            )
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the keyword arguments, so that the error crosses process borders whole."""
        return (_rebuild, (type(self), self.where, self.wanted, self.found, self.todo))


def _rebuild(
    kind: type[CurateError], where: str, wanted: str, found: str, todo: str
) -> CurateError:
    return kind(where, wanted=wanted, found=found, todo=todo)


def words_of(error: Exception) -> str:
    """The words of an error: no number of it, no path that is named beside it."""
    if isinstance(error, UnicodeDecodeError):
        return f"a byte at offset {error.start} that is not {error.encoding.upper()}"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


class ConfigError(CurateError):
    """A job file, a language config or a command-line option is wrong."""


class InputError(CurateError):
    """An input is missing, empty or not what it claims to be."""


class SchemaError(CurateError):
    """A table lacks a declared column or has it with another type."""


class StoreError(CurateError):
    """The work folder cannot be read or written as needed."""


class JobMismatchError(CurateError):
    """The work folder was made by another job, or by this job with other settings."""


class ModelError(CurateError):
    """A model file cannot be loaded or does not answer as its kind should."""


class EngineError(CurateError):
    """Shards failed after all retries, or the engine itself cannot run."""

    exit_code = 3


class StoppedError(CurateError):
    """A signal ended the run; ``exit_code`` is 128 and the signal's number, as shells have it."""

    def __init__(
        self, where: str, *, wanted: str, found: str, todo: str, exit_code: int = 130
    ) -> None:
        super().__init__(where, wanted=wanted, found=found, todo=todo)
        self.exit_code = exit_code

    def __str__(self) -> str:
        """The message, which begins with what was kept."""
        return (
            f"{self.where}; {self.found}\n"
            "  kept:   every shard that was finished\n"
            f"  to do:  {self.todo}"
        )


class VerifyError(CurateError):
    """A finished corpus or a receipt does not match what is on disk."""
