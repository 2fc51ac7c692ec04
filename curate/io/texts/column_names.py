"""Our columns of documents, and the names that they have in the texts of others."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from curate.schema import DOCUMENTS

SCHEMA = pa.schema(
    pa.field(column.name, column.type, nullable=column.name not in ("id", "text"))
    for column in DOCUMENTS.columns
)
"""The documents table as far as an input knows it: everything but id and text may be null."""

DEFAULT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "url": ("url", "u", "metadata.url"),
    "date": ("date", "ts", "metadata.date"),
    "snapshot": ("snapshot", "dump", "crawl_id", "collection", "metadata.dump"),
    "warc_path": ("warc_path", "file_path", "f", "metadata.file_path"),
    "warc_offset": ("warc_offset", "o", "metadata.warc_offset"),
    "record_bytes": ("record_bytes", "metadata.record_bytes"),
    "payload_bytes": ("payload_bytes", "metadata.payload_bytes"),
    "content_type": ("content_type", "metadata.content_type"),
    "html_lang": ("html_lang", "htmllang", "metadata.html_lang"),
    "encoding": ("encoding", "de", "metadata.encoding"),
    "encoding_source": ("encoding_source", "metadata.encoding_source"),
    "encoding_conflict": ("encoding_conflict", "metadata.encoding_conflict"),
    "extraction": ("extraction", "metadata.extraction"),
    "extraction_confidence": ("extraction_confidence", "metadata.extraction_confidence"),
    "page_kind": ("page_kind", "metadata.page_kind"),
    "title": ("title", "metadata.title"),
    "published": ("published", "metadata.published"),
    "author": ("author", "metadata.author"),
    "site_name": ("site_name", "metadata.site_name"),
    "description": ("description", "metadata.description"),
    "license_url": ("license_url", "metadata.license_url"),
    "canonical_url": ("canonical_url", "metadata.canonical_url"),
    "alternates": ("alternates", "metadata.alternates"),
    "opt_out": ("opt_out", "metadata.opt_out"),
    "usage_signs": ("usage_signs", "metadata.usage_signs"),
    "license": ("license", "metadata.license"),
    "license_where": ("license_where", "metadata.license_where"),
    "license_conflict": ("license_conflict", "metadata.license_conflict"),
    "truncated": ("truncated", "metadata.truncated"),
    "xml": ("xml", "metadata.xml"),
    "text": ("text",),
}
"""Where our columns are looked for: names of FineWeb, FineWeb2, datatrove and HPLT, in order."""

HPLT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **DEFAULT_COLUMNS,
    "url": ("u",),
    "date": ("ts",),
    "snapshot": ("crawl_id", "collection"),
    "warc_path": ("f",),
    "warc_offset": ("o",),
    "record_bytes": ("s",),
    "payload_bytes": ("rs",),
    "content_type": ("c",),
    "html_lang": ("html_lang", "htmllang"),
    "encoding": ("de",),
    "opt_out": ("opt_out", "robots"),
}
"""Names in records of HPLT 2.0 and later alone, some of which say little elsewhere."""
