"""Columns of the documents table that hold a page's own statements about itself."""

from __future__ import annotations

import pyarrow as pa

from curate.columns import Column

ALTERNATES = pa.list_(
    pa.struct(
        [
            pa.field("hreflang", pa.string(), nullable=False),
            pa.field("url", pa.string(), nullable=False),
        ]
    )
)

DECLARED = (
    Column(
        "title",
        pa.string(),
        "text",
        "The page's title for others to show, else its `title` element.",
        "the page has none, or the input was text already",
    ),
    Column(
        "published",
        pa.string(),
        "ISO 8601",
        "When the page says that it was published; not guessed.",
        "it does not say, or says what cannot be",
    ),
    Column("author", pa.string(), "text", "Who wrote it, as declared.", "not declared"),
    Column("site_name", pa.string(), "text", "Name of the site, as declared.", "not declared"),
    Column("description", pa.string(), "text", "What the page says it is about.", "not declared"),
    Column(
        "license_url",
        pa.string(),
        "URL",
        "Where the first link with `rel=license` leads.",
        "the page has no such link",
    ),
    Column(
        "canonical_url",
        pa.string(),
        "URL",
        "The address that the page calls its own (`rel=canonical`).",
        "not declared",
    ),
    Column(
        "alternates",
        ALTERNATES,
        "language, URL",
        "Translations of the page (`rel=alternate` with `hreflang`), in its order.",
        "the input was text already",
    ),
)
"""As declared, and not guessed; null for documents whose input was text already."""
