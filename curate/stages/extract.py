"""Extract: one record to one document row, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from curate.robots.opt_out import opt_out
from curate.text.normalize import normalize_text

_SNAPSHOT = re.compile(r"CC-MAIN-\d{4}-\d{2}")

EXTRACT_VERSION = "4"


class Page(Protocol):
    """A record as the WARC reader gives it."""

    @property
    def id(self) -> str:
        """WARC-Record-ID."""

    @property
    def url(self) -> str:
        """WARC-Target-URI."""

    @property
    def date(self) -> str:
        """WARC-Date."""

    @property
    def warc_path(self) -> str:
        """The file."""

    @property
    def warc_offset(self) -> int:
        """Bytes before the record in it."""

    @property
    def kind(self) -> str:
        """``response`` or ``conversion``."""

    @property
    def payload(self) -> bytes:
        """The page, or the text of a WET record."""

    @property
    def http_content_type(self) -> str | None:
        """As the server said."""

    @property
    def n_bytes(self) -> int:
        """Bytes that the record takes in the file."""

    @property
    def opt_out_headers(self) -> tuple[tuple[str, str], ...]:
        """X-Robots-Tag and the like."""


class Answer(Protocol):
    """What came of running the extractor on a page."""

    @property
    def status(self) -> str:
        """``ok``, or why there is no value."""

    @property
    def value(self) -> Any:  # noqa: ANN401 - what the sandboxed function returned
        """What it returned."""

    @property
    def detail(self) -> str:
        """What happened, in words."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be turned into a document."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A page that was not extracted because it is in another language than those wanted."""

    label: str
    confidence: float


def snapshot_of(path: str, default: str) -> str:
    """``CC-MAIN-2024-10`` if the path names a snapshot, else ``default``."""
    found = _SNAPSHOT.search(path)
    return found.group(0) if found else default


def extract_row(
    page: Page,
    *,
    snapshot: str,
    answer: Answer | None,
    tidy: Callable[[str], str] = normalize_text,
) -> dict[str, object] | Rejected | Unwanted:
    """One row of the documents table.

    Args:
        page: an HTML response, or the text of a WET record.
        snapshot: name of the crawl release.
        answer: what came of :func:`curate.html.service.extract_payload` or
            :func:`curate.stages.gate.extract_wanted` in a sandbox, since decoding and parsing
            touch what strangers wrote; None for the text of a WET record.
        tidy: gives the text the form in which it is stored.
    """
    html_lang: str | None = None
    extraction: str | None = None
    xml: str | None = None
    signs: list[str] | None = None
    if answer is None:
        text, encoding = page.payload.decode("utf-8", errors="replace"), "utf-8"
    else:
        if answer.status != "ok":
            return Rejected(answer.status, answer.detail)
        found = answer.value
        if found["charset_failed"]:
            return Rejected("charset", f"undecodable as {found['encoding']}")
        if "skipped_label" in found:
            return Unwanted(found["skipped_label"], found["skipped_confidence"])
        text, html_lang, encoding = found["text"], found["html_lang"], found["encoding"]
        extraction, xml = found["extraction"], found.get("xml")
        signs = opt_out(page.opt_out_headers, page.payload)
    return {
        "id": page.id,
        "url": page.url or None,
        "date": page.date or None,
        "snapshot": snapshot,
        "warc_path": page.warc_path,
        "warc_offset": page.warc_offset,
        "record_bytes": page.n_bytes,
        "payload_bytes": len(page.payload),
        "content_type": page.http_content_type,
        "html_lang": html_lang,
        "encoding": encoding,
        "extraction": extraction,
        "opt_out": signs,
        "xml": xml,
        "text": tidy(text),
    }
