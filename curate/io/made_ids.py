"""Identities of documents whose input gives none."""

from __future__ import annotations

import hashlib


def made_id(place: str, *numbers: int) -> str:
    """An identity from the place of a file among the inputs and a document's place in the file.

    Args:
        place: what tells the file from others: its name, or as many of its folders as it takes.
        numbers: of the row, or of the member's offset and the record in it.
    """
    name = "\n".join((place, *map(str, numbers)))
    return f"urn:curate:{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}"
