"""What a table of docs/inputs.md is made of: odd inputs, and what comes of reading them.

Each kind of input has a module with its rows and a function that reads one; :mod:`tests.inputs`
tries them all and writes the tables. A row says what is expected, so that a table cannot change
unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One odd input.

    Attributes:
        what: it is, in the words of the table.
        make: its bytes.
        then: what comes of it: ``read``, ``read, `truncated```, ``read, repaired: `line_ends```,
            ``quarantine: `content_encoding```, ``counted: `not_html```, or ``refused``.
        pages: how many documents it gives.
    """

    what: str
    make: Callable[[], bytes]
    then: str = "read"
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of input with its table.

    Attributes:
        name: marks the table in docs/inputs.md: ``<!-- inputs:NAME -->`` to
            ``<!-- /inputs:NAME -->``.
        groups: title and rows, in the order of the table.
        outcome: reads a file and says how many documents it gave and what came of it, as
            :attr:`Row.then` has it. It checks what the documents hold.
    """

    name: str
    groups: Sequence[tuple[str, Sequence[Row]]]
    outcome: Callable[[Path], tuple[int, str]]
