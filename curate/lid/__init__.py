"""Language identification: the embedded identifier, or a fastText or MillID model by path."""

from __future__ import annotations

from pathlib import Path

from curate.lid.identifier import Identification, Identifier

__all__ = ["EMBEDDED", "Identification", "Identifier", "known_labels", "load_identifier"]

EMBEDDED = "embedded"
"""The model name of the identifier that needs no file."""


def load_identifier(model: str = EMBEDDED) -> Identifier:
    """The identifier for a model: ``"embedded"``, or a path.

    A path is that of a fastText ``.bin`` or ``.ftz``, or of a folder with a MillID model.

    Raises:
        ModelError: there is no such file, it is no whole model, or a fastText model without
            ``__label__``; or the package that a folder needs is not installed.
    """
    # Imported on demand: each loads a native library of its own, and a job uses one of them.
    if model == EMBEDDED:
        from curate.lid.embedded import EmbeddedIdentifier

        return EmbeddedIdentifier()
    if Path(model).is_dir():
        from curate.lid.millid import MillIDIdentifier

        return MillIDIdentifier(Path(model))
    from curate.lid.fasttext import FastTextIdentifier

    return FastTextIdentifier(Path(model))


def known_labels() -> tuple[str, ...]:
    """The labels that the embedded identifier tells apart by their text, sorted.

    It can answer others: of a language it knows in another script, or a script's only language.
    """
    from curate.lid.embedded import known_labels as embedded_labels

    return embedded_labels()
