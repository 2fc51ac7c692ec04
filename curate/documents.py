"""The columns of a document shard."""

from __future__ import annotations

import pyarrow as pa

from curate.columns import Column, Table
from curate.declared import DECLARED

USAGE_SIGNS = pa.list_(
    pa.struct(
        [
            pa.field("sign", pa.string(), nullable=False),
            pa.field("place", pa.string(), nullable=False),
            pa.field("text", pa.string(), nullable=False),
            pa.field("train_ai", pa.string(), nullable=False),
        ]
    )
)

LICENSE = (
    Column(
        "license",
        pa.string(),
        "SPDX identifier",
        "The licence that the page declares for itself, such as `CC-BY-SA-4.0`.",
        "it declares none that is known, or two that differ",
    ),
    Column(
        "license_where",
        pa.string(),
        "place",
        "How and where: `link`, `meta`, `json_ld` or `anchor`, and `head`, `body` or `footer`, "
        "as in `anchor:footer`.",
        "no licence is declared",
    ),
    Column(
        "license_conflict",
        pa.bool_(),
        "boolean",
        "True if it declares licences that differ.",
        "the input was text already",
    ),
)
"""The licence that a page declares."""

DOCUMENTS = Table(
    "documents",
    "extract",
    (
        Column("id", pa.string(), "WARC record id", "Identity of the document, from its source."),
        Column("url", pa.string(), "URL", "Address the page was fetched from.", "no URL is known"),
        Column(
            "date",
            pa.string(),
            "ISO 8601",
            "When it was fetched; of texts as the input gives it.",
            "no date is known, or no calendar has the one that was given",
        ),
        Column("snapshot", pa.string(), "name", "The crawl release it belongs to."),
        Column(
            "warc_path",
            pa.string(),
            "path",
            "File that holds the record: Common Crawl's own path, or what is below the bucket, the "
            "server or the fixed part of the input's pattern. Nothing of where it lies here.",
        ),
        Column(
            "warc_offset",
            pa.int64(),
            "bytes",
            "Where the record begins in that file.",
            "the input is JSONL or Parquet and does not say",
        ),
        Column(
            "record_bytes",
            pa.int64(),
            "bytes",
            "What the record takes in that file, compressed as it is there.",
            "the input is JSONL or Parquet and does not say",
        ),
        Column(
            "payload_bytes",
            pa.int64(),
            "bytes",
            "The page itself, without the codings of its transfer.",
            "the input is JSONL or Parquet and does not say",
        ),
        Column(
            "content_type",
            pa.string(),
            "media type",
            "What the server said the page is: the HTTP header `Content-Type`.",
            "it said nothing, or the input was text already",
        ),
        Column(
            "html_lang",
            pa.string(),
            "BCP 47",
            "The language that the page declares.",
            "the page declares none",
        ),
        Column(
            "encoding",
            pa.string(),
            "codec name",
            "The character encoding it was decoded from.",
            "the input was text already",
        ),
        Column(
            "encoding_source",
            pa.string(),
            "source",
            "What told the encoding: `bom`, `http` (the header), `meta` (or the XML declaration), "
            "`utf8` (the bytes are valid UTF-8), `detected`, or `fallback` (nothing told).",
            "the input was text already",
        ),
        Column(
            "encoding_conflict",
            pa.bool_(),
            "boolean",
            "Two of byte order mark, header and `<meta>` named different encodings.",
            "the input was text already",
        ),
        Column(
            "extraction",
            pa.string(),
            "pass",
            "`blocks`: what the page shows; `json_ld`, `script_state`: what only its scripts hold; "
            "`second_opinion`: trafilatura, asked because `blocks` was in doubt. Of the other "
            "extractors `article`: the fast pass of the cascade; `precision`, `balanced`: "
            "trafilatura with these settings, the second where the first pass found next to "
            "nothing or was doubtful; `main_content`: resiliparse.",
            "the input was text already",
        ),
        Column(
            "extraction_confidence",
            pa.float64(),
            "fraction, 0-1",
            "How much of the text is likely to be right (F1), as `blocks` itself sees it.",
            "another extractor found the text",
        ),
        Column(
            "page_kind",
            pa.string(),
            "kind",
            "What kind of page `blocks` takes it for, such as `article` or `forum`.",
            "another extractor found the text",
        ),
        *DECLARED,
        Column(
            "opt_out",
            pa.list_(pa.string()),
            "signs",
            "What page and HTTP headers ask of robots, such as `noai` or `ccbot:noindex`.",
            "the input was text already",
        ),
        Column(
            "usage_signs",
            USAGE_SIGNS,
            "signs",
            "What page and HTTP headers say of being trained on: the kind of `sign`, the `place` "
            "where it stands, its `text`, and `train_ai`: `no`, `yes` or `unset`.",
            "the input was text already",
        ),
        *LICENSE,
        Column(
            "truncated",
            pa.bool_(),
            "boolean",
            "True if some of the page is known to be missing: the crawler cut it, or its transfer "
            "or coding ended early or broken. The text is what came.",
            "the input is JSONL or Parquet and does not say",
        ),
        Column(
            "xml",
            pa.string(),
            "XML",
            "The text with its headings, lists, tables, code and quotes; from the blocks of the "
            "text, or as trafilatura writes it with the other extractors.",
            "`extract.xml` is off, or the input has none",
        ),
        Column("text", pa.string(), "text", "The extracted text, NFC; empty if nothing was found."),
    ),
)
