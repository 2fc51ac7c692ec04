"""Emit in HPLT's form: one JSON object a document, with the fields of HPLT 3.0, by its score.

The fields, their order and the way they are written are those of the release of July 2025
(arXiv 2511.01066; https://hplt-project.org/datasets/v3.0): see docs/hplt.md for where each comes
from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from curate.pii import Span, mask
from curate.stages.emit import KEEP, MASK

FIELDS: Final = (
    *("f", "o", "s", "rs", "u", "c", "ts", "de", "crawl_id", "lang", "prob", "text", "xml"),
    *("html_lang", "cluster_size", "seg_langs", "id", "filter", "pii", "doc_scores"),
    "web-register",
)
"""The 21 fields of HPLT 3.0, in its order."""

ROBOTS: Final = "robots"
"""The field of HPLT 2.0 that says ``allowed`` or ``disallowed``; only where both are published."""

RIGHTS: Final = ("train_ai", "opted_out_by", "license")
"""Fields behind HPLT's own that say what a page and its site allow; of a job with ``rights``."""

SCORES: Final = (
    *("wds", "wds_language", "wds_url", "wds_punctuation", "wds_singular_chars", "wds_numbers"),
    *("wds_repeated", "wds_n_long_segments", "wds_great_segment", "wds_informativeness"),
)
"""``doc_scores`` of WDS 1.2, in order."""

SHORT_SEGMENTS: Final = "wds_short_segments"
"""The eleventh of WDS 1.3."""

KEPT: Final = "keep"
UNKNOWN: Final = "unk"
REGISTER: Final = "register."
MAX_LABELS: Final = 3

STEPS_A_BIN: Final = 10
"""A bin is ten steps of the score: WDS 1.2 has tenths from 0 to 10, WDS 1.3 hundredths to 1."""

_HASH: Final = re.compile("[0-9a-f]{32}")


class Rules(NamedTuple):
    """The rules by which a document is published in this view; None for no such rule.

    Attributes:
        version: of WDS, ``1.2`` or ``1.3``.
        min_bin: least bin.
        confidence_above: of the label, as published.
        chars_above: of the text, in code points.
        marked: ``drop`` or ``keep`` what lists or robots.txt only marked.
    """

    version: str = "1.2"
    min_bin: int | None = 5
    confidence_above: float | None = 0.5
    chars_above: int | None = 500
    marked: str = "drop"


def steps_of(score: float, version: str) -> int:
    """A score in steps: tenths of version 1.2, hundredths of version 1.3."""
    return round(score * (10 if version == "1.2" else 100))


def documents(batch: pa.Table, *, pii: str, kept: Sequence[str] = ()) -> list[dict[str, Any]]:
    """HPLT's fields of each document, those that the job has not made left out.

    Args:
        batch: the joined columns: documents, language, clusters, scores; ``pii_spans``, those of
            ``screen``, :data:`RIGHTS` and ``register.*`` if the job has them.
        pii: ``mask``, ``keep`` or ``spans``.
        kept: columns of the input that follow HPLT's fields.
    """
    return [_document(row, pii, kept) for row in batch.to_pylist()]


def _document(row: Mapping[str, Any], pii: str, kept: Sequence[str]) -> dict[str, Any]:
    labels = _labels(row)
    text, spans = _text(row, pii)
    document: dict[str, Any] = {
        "f": row["warc_path"],
        "o": row["warc_offset"],
        "s": row["record_bytes"],
        "rs": row["payload_bytes"],
        "u": row["url"],
        "c": row["content_type"],
        "ts": row["date"],
        "de": row["encoding"],
        "crawl_id": row["snapshot"],
        "lang": [label for label, _ in labels],
        "prob": [round(confidence, 4) for _, confidence in labels],
        "text": text,
        "xml": None if pii == MASK else row["xml"],
        "html_lang": None if row["html_lang"] is None else [row["html_lang"]],
        "cluster_size": row["cluster_size"],
        "seg_langs": None if row["seg_langs"] is None else [x or UNKNOWN for x in row["seg_langs"]],
        "id": document_id(row),
        "filter": "url_filter" if row.get("url_filter") is not None else KEPT,
        "pii": spans,
        "doc_scores": _scores(row),
        "web-register": _registers(row),
    }
    if row.get("robots_disallowed") is not None:
        document[ROBOTS] = "disallowed" if row["robots_disallowed"] else "allowed"
    document.update((name, row[name]) for name in (*RIGHTS, *kept) if name in row)
    return {name: value for name, value in document.items() if value is not None}


def _labels(row: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The document's label first, then the next ones, three at most."""
    others = [(x["label"], x["confidence"]) for x in row["top_labels"]]
    first = (row["label"], row["lid_confidence"] or 0.0)
    return [first, *(pair for pair in others if pair[0] != first[0])][:MAX_LABELS]


def _text(row: Mapping[str, Any], pii: str) -> tuple[str, list[list[int]] | None]:
    """The text that is published and the places in it; of a masked text those of the examples."""
    text = row["text"]
    if pii == KEEP:
        return text, None
    spans = [Span(s["start"], s["end"], s["kind"]) for s in row["pii_spans"]]
    if pii == MASK:
        text, spans = mask(text, spans)
    return text, [[span.start, span.end] for span in spans]


def _scores(row: Mapping[str, Any]) -> list[float] | None:
    """All marks in HPLT's order; None if there is not each of them."""
    names = (*SCORES, SHORT_SEGMENTS) if SHORT_SEGMENTS in row else SCORES
    marks = [row[name] for name in names]
    return None if None in marks else marks


def _registers(row: Mapping[str, Any]) -> dict[str, float] | None:
    registers = {
        name[len(REGISTER) :]: round(value, 3)
        for name, value in row.items()
        if name.startswith(REGISTER) and value is not None
    }
    return registers or None


def document_id(row: Mapping[str, Any]) -> str:
    """HPLT's identity of a document, 32 hex digits.

    XXH128 of file, address and time, as HPLT makes it; where address or time is not known, of file
    and our own id. A document that came with such a hash keeps it.
    """
    own = str(row["id"])
    if _HASH.fullmatch(own):
        return own
    if row["url"] is None or row["date"] is None:
        return str(xxhash.xxh128_hexdigest(f"{row['warc_path']}{own}".encode()))
    return str(xxhash.xxh128_hexdigest(f"{row['warc_path']}{row['url']}{row['date']}".encode()))


def why_not(document: Mapping[str, Any], rules: Rules) -> str | None:
    """The first rule that keeps a document out of this view; None if none does."""
    if "seg_langs" not in document or "doc_scores" not in document:
        return "no_score"
    least = rules.min_bin
    steps = steps_of(document["doc_scores"][0], rules.version)
    if least is not None and steps < least * STEPS_A_BIN:
        return "score"
    if rules.confidence_above is not None and document["prob"][0] <= rules.confidence_above:
        return "lid_confidence"
    if rules.chars_above is not None and len(document["text"]) <= rules.chars_above:
        return "n_chars"
    if rules.marked == "drop":
        if document["filter"] != KEPT:
            return "url_filter"
        if document.get(ROBOTS) == "disallowed":
            return "robots_disallowed"
    return None


def line_of(
    document: Mapping[str, Any],
    *,
    robots: bool,
    default: Callable[[object], object] | None = None,
) -> bytes:
    """The document as one line of JSON, UTF-8, without blanks; ``robots`` adds that field.

    ``default`` gives what JSON has for a value of another type than its own.
    """
    shown = {k: v for k, v in document.items() if robots or k != ROBOTS}
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"), default=default)
    return text.encode() + b"\n"


def in_order(
    labels: Sequence[str], steps: Sequence[int], part_of: Callable[[str], int]
) -> npt.NDArray[np.int64]:
    """int64[n]: row numbers by the part that a label is dealt to, label, falling score; stable."""
    known = sorted(set(labels), key=lambda label: (part_of(label), label))
    place = {label: number for number, label in enumerate(known)}
    code = np.array([place[label] for label in labels], np.int64)
    return np.lexsort((-np.asarray(steps, np.int64), code)).astype(np.int64)


_TYPES: Final[Mapping[str, pa.DataType]] = {
    **dict.fromkeys(("f", "u", "c", "ts", "de", "crawl_id", "text", "xml", "id"), pa.string()),
    **dict.fromkeys(("o", "s", "rs", "cluster_size"), pa.int64()),
    **dict.fromkeys(("lang", "html_lang", "seg_langs"), pa.list_(pa.string())),
    **dict.fromkeys(("prob", "doc_scores"), pa.list_(pa.float64())),
    **dict.fromkeys(("filter", "train_ai", "license"), pa.string()),
    "opted_out_by": pa.list_(pa.string()),
    "pii": pa.list_(pa.list_(pa.int64())),
}


def line_schema(
    registers: Sequence[str],
    *,
    has_robots: bool = False,
    has_rights: bool = False,
    kept: Sequence[pa.Field] = (),
) -> pa.Schema:
    """The fields of a line with their types; a line leaves out those that it does not have.

    Args:
        registers: columns of registers, such as ``register.HI``; none for no such field.
        has_robots: lines say what robots.txt does.
        has_rights: lines say what signs and licences do.
        kept: columns of the input behind them.
    """
    fields = [pa.field(name, _TYPES[name]) for name in FIELDS if name in _TYPES]
    if registers:
        names = [name.removeprefix(REGISTER) for name in registers]
        fields.append(pa.field("web-register", pa.struct([(name, pa.float64()) for name in names])))
    if has_robots:
        fields.append(pa.field(ROBOTS, pa.string()))
    if has_rights:
        fields += [pa.field(name, _TYPES[name]) for name in RIGHTS]
    return pa.schema([*fields, *kept])
