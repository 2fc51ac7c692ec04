"""Tables in Markdown, as the generated pages have them."""

from __future__ import annotations

from collections.abc import Iterator


def _cell(text: object) -> str:
    """Text for one cell of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def row(*cells: object) -> str:
    """A line of a table."""
    return f"| {' | '.join(_cell(c) for c in cells)} |"


def head(*names: str) -> Iterator[str]:
    """The first two lines of a table."""
    yield row(*names)
    yield f"|{'---|' * len(names)}"
