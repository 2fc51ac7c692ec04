"""Every table and column that curate writes, once: type, unit, writer and what null means.

The work folder holds one *document shard* and, beside it, sidecar tables with the same rows in the
same order. Metric columns are not repeated here: :data:`curate.metrics.METRICS` defines them and
the metrics table is made of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from curate.columns import Column as Column
from curate.columns import Table as Table
from curate.documents import DOCUMENTS as DOCUMENTS
from curate.scored import CLASSIFY as CLASSIFY
from curate.scored import CONTAMINATION as CONTAMINATION
from curate.scored import EXTRA as EXTRA
from curate.scored import PERPLEXITIES as PERPLEXITIES
from curate.scored import RIGHTS as RIGHTS
from curate.scored import SCORES as SCORES

N_BANDS = 14
N_HASHES = 112


TOP_LABELS = pa.list_(
    pa.struct(
        [
            pa.field("label", pa.string(), nullable=False),
            pa.field("confidence", pa.float64(), nullable=False),
        ]
    )
)

OTHER_LABELS = pa.list_(
    pa.struct(
        [
            pa.field("model", pa.string(), nullable=False),
            pa.field("label", pa.string(), nullable=False),
            pa.field("confidence", pa.float64()),
        ]
    )
)

LANGUAGE = Table(
    "language",
    "identify",
    (
        Column("label", pa.string(), "label", "Language and script, such as `arb_Arab`."),
        Column(
            "lid_confidence",
            pa.float64(),
            "fraction, 0-1",
            "The identifier's confidence in the label.",
            "the text has no letters",
        ),
        Column("top_labels", TOP_LABELS, "labels", "All labels with a confidence above 0.01."),
        Column(
            "other_labels",
            OTHER_LABELS,
            "labels",
            "What each of `identify.others` answers, in the order of the job.",
            "the job names no other identifier",
        ),
        Column(
            "identifiers_agree_fraction",
            pa.float64(),
            "fraction, 0-1",
            "Share of the other identifiers that give the document's label, or another member of "
            "its macrolanguage.",
            "the job names no other identifier",
        ),
        Column(
            "seg_langs",
            pa.list_(pa.string()),
            "labels",
            "The label of each line of the text, as many as it has line feeds and one more.",
            "`identify.segments` is off",
        ),
        Column(
            "own_label_char_fraction",
            pa.float64(),
            "fraction, 0-1",
            "Share of the characters that are in lines of the document's label, of those in lines "
            "that have one.",
            "`identify.segments` is off, or no line has a label",
        ),
        Column(
            "own_word_fraction",
            pa.float64(),
            "fraction, 0-1",
            "Share of the words that are in the wordlist of the document's label.",
            "the label has no wordlist, or the text has no words",
        ),
        Column(
            "url_names_language",
            pa.bool_(),
            "boolean",
            "True if the address names the language, as its wordlist says. It then needs none of "
            "the words: a threshold of `own_word_fraction` does not drop it.",
            "the label has no wordlist",
        ),
    ),
)

BANDS = Table(
    "bands",
    "sign",
    (
        Column(
            "band_keys",
            pa.list_(pa.uint64(), N_BANDS),
            "hash",
            "One key a band; documents that share one are a candidate pair.",
            "the text has no words",
        ),
        Column(
            "signature",
            pa.binary(N_HASHES),
            "hash",
            "The 112 minimum hashes, 8 bits of each, to verify candidates with.",
            "the text has no words",
        ),
    ),
)

PII_SPANS = pa.list_(
    pa.struct(
        [
            pa.field("start", pa.int32(), nullable=False),
            pa.field("end", pa.int32(), nullable=False),
            pa.field("kind", pa.string(), nullable=False),
        ]
    )
)

PII = Table(
    "pii",
    "pii",
    (
        Column(
            "pii_spans",
            PII_SPANS,
            "code points",
            "Personal data of the kinds in `emit.pii_kinds` in the text: from `start` up to `end`, "
            "and `email`, `ip_address`, `phone_number`, `iban` or `card_number`.",
        ),
    ),
)

CLUSTERS = Table(
    "clusters",
    "cluster",
    (
        Column(
            "cluster_id",
            pa.uint64(),
            "hash",
            "Id hash of the document that leads the cluster.",
            "below the label's LID threshold, so not compared",
        ),
        Column(
            "cluster_size",
            pa.int64(),
            "documents",
            "All members of the near-duplicate cluster, this one included.",
            "below the label's LID threshold, so not compared",
        ),
    ),
)

DOCUMENTS_URL = next(column for column in DOCUMENTS.columns if column.name == "url")

SCREEN = Table(
    "screen",
    "screen",
    (
        Column(
            "url_filter",
            pa.string(),
            "hit",
            "What the address hits first: `domain`, `url`, `word:<w>`, `soft_words:<a>,<b>` or "
            "`substring:<s>`.",
            "it hits nothing, or no URL is known",
        ),
        Column(
            "robots_disallowed",
            pa.list_(pa.string()),
            "agents",
            "Of the job's agents those that the site's robots.txt does not let read the address.",
            "no robots.txt of the site is known",
        ),
    ),
)

VERDICT = Table(
    "verdict",
    "select",
    (
        Column(
            "drop_reason",
            pa.string(),
            "reason",
            "`url_filter`, `robots_disallowed`, `opt_out`, `opted_out_by`, `license` or "
            "`contaminated_by` if the job drops these, else the metric of the first threshold that "
            "the document breaks.",
            "it breaks none: kept",
        ),
    ),
)

WEIGHTS = Table(
    "weights",
    "rebalance",
    (
        Column(
            "is_representative",
            pa.bool_(),
            "boolean",
            "True for the one document that stands for its cluster.",
        ),
        Column("weight", pa.int32(), "repetitions", "How often to repeat it; 0 if not published."),
        Column(
            "removal_reason",
            pa.string(),
            "reason",
            "`withdrawn` or `withdrawn_cluster` for what was taken down, `url_filter_cluster` and "
            "the like in the cluster of a blocked page; else `lid_confidence`, then `duplicate`, "
            "then the drop reason, then `mixture`.",
            "it is published",
        ),
    ),
)

QUARANTINE = Table(
    "quarantine",
    "extract",
    (
        Column("shard", pa.string(), "shard id", "The shard it was met in."),
        Column("warc_path", pa.string(), "path", "The file."),
        Column(
            "warc_offset",
            pa.int64(),
            "bytes",
            "Where in the file, unpacked for JSON Lines; for Parquet the number of the row.",
            "not known",
        ),
        Column("n_bytes", pa.int64(), "bytes", "Bytes concerned.", "not known"),
        Column("id", pa.string(), "WARC record id", "The record.", "the record cannot be read"),
        Column("url", pa.string(), "URL", "The page.", "the record cannot be read"),
        Column(
            "reason",
            pa.string(),
            "reason",
            "`timeout`, `crash`, `memory`, `truncated`, `content_encoding`, ...",
        ),
        Column("detail", pa.string(), "text", "What was found."),
    ),
)

CORPUS = Table(
    "corpus",
    "emit",
    (
        Column("text", pa.string(), "text", "The document."),
        Column("id", pa.string(), "WARC record id", "Identity of the document."),
        Column("dump", pa.string(), "name", "The snapshot."),
        Column("url", pa.string(), "URL", "Where it was fetched.", "not known"),
        Column("date", pa.string(), "ISO 8601", "When it was fetched.", "not known"),
        Column(
            "file_path",
            pa.string(),
            "path",
            "The WARC it comes from: its path in the crawl, in its bucket, or below the input's "
            "fixed part.",
        ),
        Column("language", pa.string(), "ISO 639-3", "Language of its label."),
        Column(
            "language_score",
            pa.float64(),
            "fraction, 0-1",
            "Confidence of the language identifier.",
            "the text has no letters",
        ),
        Column("language_script", pa.string(), "ISO 15924", "Script of its label."),
        Column(
            "minhash_cluster_size",
            pa.int64(),
            "documents",
            "Near-duplicates it stands for, itself included.",
            "removed before deduplication",
        ),
        Column("top_langs", pa.string(), "JSON object", "Labels above 0.01 with confidence."),
    ),
)

CORPUS_PLACE = (
    Column(
        "warc_offset",
        pa.int64(),
        "bytes",
        "Where the record begins in `file_path`; not with `compat: fineweb2`.",
        "the input was text already",
    ),
    Column(
        "record_bytes",
        pa.int64(),
        "bytes",
        "What the record takes there, so that a range request fetches it; likewise.",
        "the input was text already",
    ),
)
CORPUS_WEIGHT = Column(
    "weight", pa.int32(), "repetitions", "How often to repeat it; with `repetition: weight` only."
)
CORPUS_FILTER_REASON = Column(
    "filter_reason", pa.string(), "reason", "Why it was removed; in `_removed` only."
)

TABLES: Mapping[str, Table] = {
    t.name: t
    for t in (
        DOCUMENTS,
        LANGUAGE,
        BANDS,
        PII,
        CLUSTERS,
        SCREEN,
        VERDICT,
        WEIGHTS,
        QUARANTINE,
        CORPUS,
    )
}
"""Of the stages that every job has; :func:`curate.stage_table.tables` has all of them."""
