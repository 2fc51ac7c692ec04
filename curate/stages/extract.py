"""Extract: one record to one document row, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urljoin

from curate.declared import DECLARED
from curate.html.charset import decode_text
from curate.robots.licenses import PageLicense, page_license
from curate.robots.opt_out import as_ascii
from curate.robots.page_signs import page_signs
from curate.text.normalize import normalize_text

_SNAPSHOT = re.compile(r"CC-MAIN-\d{4}-\d{2}")

EXTRACT_VERSION = "9"


class Page(Protocol):
    """A record as the WARC reader gives it."""

    @property
    def id(self) -> str:
        """WARC-Record-ID."""

    @property
    def url(self) -> str:
        """WARC-Target-URI, without user name and password."""

    @property
    def date(self) -> str:
        """WARC-Date; empty if there is none."""

    @property
    def warc_path(self) -> str:
        """The file."""

    @property
    def warc_offset(self) -> int:
        """Bytes before the record in it."""

    @property
    def kind(self) -> str:
        """``response``, ``resource`` or ``conversion``."""

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

    @property
    def is_cut(self) -> bool:
        """Whether some of the payload is known to be missing."""


class Answer(Protocol):
    """The outcome of running the extractor on a page."""

    @property
    def status(self) -> str:
        """``ok``, or why there is no value."""

    @property
    def value(self) -> Any:  # noqa: ANN401 - what the sandboxed function returned
        """The value that it returned."""

    @property
    def detail(self) -> str:
        """The reason in words."""


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


@dataclass(frozen=True, slots=True)
class NoMainText:
    """A page that has no main text, as an error page or a menu, and so is no document."""

    n_visible_chars: int


def snapshot_of(path: str, default: str) -> str:
    """``CC-MAIN-2024-10`` if the path names a snapshot, else ``default``."""
    match = _SNAPSHOT.search(path)
    return match.group(0) if match else default


def extract_row(
    page: Page,
    *,
    snapshot: str,
    answer: Answer | None,
    tidy: Callable[[str], str] = normalize_text,
    max_chars: int | None = None,
) -> dict[str, object] | Rejected | Unwanted | NoMainText:
    """One row of the documents table.

    Args:
        page: an HTML response, or the text of a WET record.
        snapshot: name of the crawl release.
        answer: what came of :func:`curate.html.service.extract_payload` or
            :func:`curate.stages.gate.extract_wanted` in a sandbox, since decoding and parsing
            touch what strangers wrote; None for the text of a WET record.
        tidy: gives the text the form in which it is stored.
        max_chars: most code points of a text; None for no limit.
    """
    html_lang: str | None = None
    extraction: str | None = None
    xml: str | None = None
    opted: list[str] | None = None
    usage: list[dict[str, str]] | None = None
    license = PageLicense(conflict=None)
    declared: dict[str, object] = dict.fromkeys(_PAGE_COLUMNS)
    if answer is None:
        decoded = decode_text(page.payload, page.http_content_type)
        if decoded.failed:
            return Rejected("charset", f"undecodable as {decoded.encoding}")
        text, encoding = decoded.text, decoded.encoding
        source, conflict = decoded.source, decoded.conflict
    else:
        refused = _refused(answer)
        if refused is not None:
            return refused
        answered = answer.value
        declared = _page_columns(answered, page)
        text, html_lang, encoding = answered["text"], answered["html_lang"], answered["encoding"]
        source, conflict = answered["encoding_source"], answered["encoding_conflict"]
        extraction, xml = answered["extraction"], answered.get("xml")
        opted, usage, license = _rights(page)
    text = text if _is_longer(text, max_chars) else tidy(text)
    if _is_longer(text, max_chars):
        return Rejected("too_large", f"{len(text)} characters of text, of at most {max_chars}")
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
        "encoding_source": source,
        "encoding_conflict": conflict,
        "extraction": extraction,
        **declared,
        "opt_out": opted,
        "usage_signs": usage,
        "license": license.license,
        "license_where": license.where,
        "license_conflict": license.conflict,
        "truncated": page.is_cut,
        "xml": xml,
        "text": text,
    }


def _rights(page: Page) -> tuple[list[str], list[dict[str, str]], PageLicense]:
    """Signs of opting out, signs of use, and the licence of a page."""
    whole = as_ascii(page.payload, len(page.payload))
    lower = whole.lower()
    return *page_signs(page.opt_out_headers, whole, lower), page_license(whole, lower)


def _refused(answer: Answer) -> Rejected | Unwanted | NoMainText | None:
    """Why a page that was read gives no document; None if it gives one."""
    if answer.status != "ok":
        return Rejected(answer.status, answer.detail)
    answered = answer.value
    if answered["charset_failed"]:
        return Rejected("charset", f"undecodable as {answered['encoding']}")
    if "skipped_label" in answered:
        return Unwanted(answered["skipped_label"], answered["skipped_confidence"])
    if answered.get("has_no_text"):
        return NoMainText(answered["n_visible_chars"])
    return None


def _is_longer(text: str, most: int | None) -> bool:
    return most is not None and len(text) > most


_DECLARED = tuple(column.name for column in DECLARED)
_PAGE_COLUMNS = ("extraction_confidence", "page_kind", *_DECLARED)
_ADDRESSES = ("license_url", "canonical_url")


def _page_columns(answered: Mapping[str, Any], page: Page) -> dict[str, object]:
    """Statements of the extractor on the page, and of the page on itself; addresses absolute."""
    head = answered.get("head", {})
    declared: dict[str, object] = {name: head.get(name) for name in _DECLARED}
    declared |= {
        "extraction_confidence": answered.get("confidence"),
        "page_kind": answered.get("kind"),
    }
    declared |= {name: _absolute(page.url, head.get(name)) for name in _ADDRESSES}
    pairs = ((name, _absolute(page.url, url)) for name, url in head.get("alternates", ()))
    declared["alternates"] = [{"hreflang": name, "url": url} for name, url in pairs if url]
    if page.date and str(declared["published"] or "")[:10] > _day_after(page.date):
        declared["published"] = None  # nothing is fetched before it is published
    return declared


def _absolute(base: str, address: str | None) -> str | None:
    """An address of the web, as seen from the page; None for what is none."""
    try:
        joined = urljoin(base or "", address or "")
    except ValueError:
        return None
    return joined if address and joined.startswith(("http://", "https://")) else None


def _day_after(date: str) -> str:
    """The day after a time in ISO 8601, since clocks differ; what is no date stands for itself."""
    try:
        return (datetime.fromisoformat(date[:10]) + timedelta(days=1)).date().isoformat()
    except ValueError:
        return date
