"""Output of commands: texts of others cannot steer the terminal that they are shown on."""

from __future__ import annotations

import click
from rich.console import Console, OverflowMethod
from rich.text import Text

from curate.visible import visible

WIDTH = 80


def echo(text: str = "", *, nl: bool = True, err: bool = False) -> None:
    """Print a text of which no part is a control sequence."""
    click.echo(visible(text), nl=nl, err=err)


def plain_text(text: str, *, overflow: OverflowMethod | None = None) -> Text:
    """A text without styles that :func:`console` prints as it is, made visible."""
    return Text(visible(text), overflow=overflow)


class VisibleConsole(Console):
    """Every text and every cell of a table that it prints is made visible first."""

    def render_str(self, text: str, **options: object) -> Text:
        """See :class:`rich.console.Console`."""
        return super().render_str(visible(text), **options)  # type: ignore[arg-type]


def console() -> Console:
    """Standard output, never wider than 80 columns when it is no terminal."""
    out = VisibleConsole(highlight=False)
    return out if out.is_terminal else VisibleConsole(highlight=False, width=WIDTH)
