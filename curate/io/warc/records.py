"""WARC, WET and ARC files -> records, with every byte of the file accounted for.

Every record gives exactly one item: a :class:`Record` worth extracting, a :class:`Skipped` with
its reason, or a :class:`Damage`. Their ``n_bytes`` add up to the size of the file. A record is
returned only after its member's checksum was verified, so a cut or flipped file never yields half
a page; a page whose own coding was cut before it was stored is given as far as it goes, and says
so. Formats are told apart by their first bytes, never by the name of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from curate.http.body import BadCodingError, Body, decode_body
from curate.http.media import HTML_TYPES, XML_TYPES, is_xhtml, looks_like_html, media_type
from curate.http.response import Response, begins_as_response, parse_response
from curate.io.damage import Damage
from curate.io.made_ids import made_id
from curate.io.remote.read import open_source
from curate.io.warc.dates import known_date
from curate.io.warc.frames import Frame, read_frames
from curate.io.warc.heads import target_url

MAX_RECORD_BYTES = 64 << 20
"""Largest record and largest decoded body, in bytes. Common Crawl cuts bodies at 1 or 5 MiB."""

_PLAIN_TEXT = "text/plain"
_NOT_CUT = frozenset(("", "no", "none", "false"))
_SHOWN_BYTES = 60


@dataclass(slots=True)
class Record:
    """One record worth extracting, undecoded.

    Attributes:
        id: ``WARC-Record-ID`` as written, or ``urn:curate:`` with a hash of the file's place among
            the inputs and the record's place in it.
        url: ``WARC-Target-URI`` without angle brackets, user name and password.
        date: ``WARC-Date`` as written, that of an ARC record in ISO 8601; empty if there is no
            such day.
        warc_path: the file, as given to :func:`read_warc`, without what is secret in an address.
        warc_offset: where the member begins that holds the record's first byte, in bytes.
        kind: ``response``, ``resource`` or ``conversion``.
        payload: HTTP body without transfer and content codings, or the content of another record.
        http_content_type: HTTP ``Content-Type``; the record's where there is no HTTP, UTF-8 if a
            conversion names no charset.
        n_bytes: bytes of the file that the record takes.
        opt_out_headers: HTTP headers by which a server opts out, one pair for each.
        is_text: whether the payload is text already, as in WET files, and no page.
        is_cut: whether some of the payload is known to be missing.
        repairs: what was wrong with the record and did not matter: ``line_ends``,
            ``members_joined``, ``content_length_repeated``, ``content_length_missing``,
            ``content_length_wrong``, ``no_http_headers``, ``date_impossible``.
    """

    id: str
    url: str
    date: str
    warc_path: str
    warc_offset: int
    kind: str
    payload: bytes
    http_content_type: str | None
    n_bytes: int = 0
    opt_out_headers: tuple[tuple[str, str], ...] = ()
    is_text: bool = False
    is_cut: bool = False
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A whole record that was read and left out.

    Attributes:
        reason: ``not_a_response``, ``not_http``, ``http_status``, ``not_html``, ``not_text``,
            ``empty_body``, ``too_large``, ``transfer_encoding``, ``content_encoding`` or
            ``no_record`` (an empty member or a dictionary frame).
        detail: of what was meant to be a page, why it could not be read; empty for what never was
            one.
        id: as of a record; empty for what never was a page.
    """

    reason: str
    warc_path: str
    warc_offset: int
    url: str
    n_bytes: int
    detail: str = ""
    id: str = ""


@dataclass(slots=True)
class _Page:
    """The contents of a record."""

    payload: bytes
    content_type: str | None
    is_cut: bool = False
    is_text: bool = False
    signs: tuple[tuple[str, str], ...] = ()
    repairs: tuple[str, ...] = ()


@dataclass(slots=True)
class _NoPage:
    """Why a record is none, and what was found if it was meant to be one."""

    reason: str
    detail: str = ""


def read_warc(
    path: str, *, place: str | None = None, max_record_bytes: int = MAX_RECORD_BYTES
) -> Iterator[Record | Skipped | Damage]:
    """Read a WARC, WET or ARC file, compressed with gzip, with zstd, or plain, in file order.

    A file cut exactly between two members looks whole; only its expected size can tell.

    Args:
        path: a local file, or an address such as ``s3://bucket/x.warc.gz``.
        place: what tells the file from others, for ids of records without one, as all of ARC are;
            None for its name.
        max_record_bytes: larger records and bodies are skipped as ``too_large``.

    Yields:
        One item for each record and each stretch of damage.

    Raises:
        InputError: the file cannot be opened, is compressed in another way, or a server stopped
            answering.
        OSError: reading failed half-way; nothing is wrong with the records before.
    """
    with open_source(path) as source:
        path = source.path
        if place is None:
            place = PurePosixPath(path).name
        for item in read_frames(source, max_record_bytes):
            yield item if isinstance(item, Damage) else _judge(path, place, item, max_record_bytes)


def _judge(path: str, place: str, frame: Frame, max_record_bytes: int) -> Record | Skipped:
    """A record, or why not."""
    headers = frame.headers
    if not headers:
        return Skipped("no_record", path, frame.offset, "", frame.n_bytes)
    url = target_url(headers)
    kind = headers.get("warc-type", "").lower()
    page = _look_at(frame, kind, url, max_record_bytes)
    if isinstance(page, _NoPage):
        if not page.detail:
            return Skipped(page.reason, path, frame.offset, url, frame.n_bytes)
        identity = _identity(place, frame)
        return Skipped(page.reason, path, frame.offset, url, frame.n_bytes, page.detail, identity)
    said = headers.get("warc-date", "")
    date = known_date(said) or ""
    repairs = (*frame.repairs, *page.repairs)
    return Record(
        _identity(place, frame),
        url,
        date,
        path,
        frame.offset,
        kind,
        page.payload,
        page.content_type,
        frame.n_bytes,
        page.signs,
        page.is_text,
        page.is_cut or frame.is_short or _says_cut(headers),
        (*repairs, "date_impossible") if said and not date else repairs,
    )


def _says_cut(headers: Mapping[str, str]) -> bool:
    if "warc-segment-number" in headers:
        return True  # the rest is in `continuation` records, which hardly any crawler writes
    return headers.get("warc-truncated", "").lower() not in _NOT_CUT


def _look_at(frame: Frame, kind: str, url: str, max_record_bytes: int) -> _Page | _NoPage:
    if kind not in ("response", "resource", "conversion"):
        return _NoPage("not_a_response")
    content, headers = frame.content, frame.headers
    if content is None:
        return _NoPage("too_large", f"the record is above {max_record_bytes} bytes")
    if kind == "conversion":
        return _conversion(headers, content)
    response = parse_response(content)
    if response is not None:
        return _response(headers, response, max_record_bytes)
    if begins_as_response(content):
        return _NoPage("not_http", "the HTTP headers have no end")
    return _resource(headers, content, kind, url)


def _conversion(headers: Mapping[str, str], content: bytes | memoryview) -> _Page | _NoPage:
    """The text of a WET file, or a page that was made of something else."""
    content_type = headers.get("content-type", _PLAIN_TEXT)
    known = media_type(content_type)
    if known in HTML_TYPES or (known in XML_TYPES and is_xhtml(content)):
        return _with_content(_Page(bytes(content), content_type))
    if known != _PLAIN_TEXT:
        return _NoPage("not_text")
    if "charset" not in content_type.lower():
        content_type = "text/plain; charset=utf-8"  # what WET files hold
    return _with_content(_Page(bytes(content), content_type, is_text=True))


def _with_content(page: _Page) -> _Page | _NoPage:
    return page if page.payload.strip() else _NoPage("empty_body")


def _resource(
    headers: Mapping[str, str], content: bytes | memoryview, kind: str, url: str
) -> _Page | _NoPage:
    """A page stored without HTTP: by ``warcit`` and wpull, or by a server of HTTP/0.9."""
    declared = headers.get("content-type")
    known = _identified(headers) or media_type(declared)
    if known is not None and known.startswith("application/http"):
        if kind == "resource":
            return _NoPage("not_a_response")
        declared = known = None
    is_page = known in HTML_TYPES or (known in XML_TYPES and is_xhtml(content))
    if is_page or (known is None and looks_like_html(content)):
        repairs = ("no_http_headers",) if kind == "response" else ()
        return _with_content(_Page(bytes(content), declared, repairs=repairs))
    if kind == "resource":
        return _NoPage("not_html")
    if not url.lower().startswith(("http:", "https:")):
        return _NoPage("not_http")
    return _NoPage("not_http", f"begins with {bytes(content[:_SHOWN_BYTES])!r}")


def _response(
    headers: Mapping[str, str], response: Response, max_record_bytes: int
) -> _Page | _NoPage:
    if response.status != 200:
        return _NoPage("http_status")
    content_type = response.headers.get("content-type")
    known = _identified(headers) or media_type(content_type)
    if known is not None and known not in HTML_TYPES and known not in XML_TYPES:
        return _NoPage("not_html")
    try:
        body = decode_body(response, max_bytes=max_record_bytes)
    except BadCodingError as error:
        return _NoPage(error.reason, error.detail)
    if not _holds_page(body, known):
        return _NoPage("not_html")
    page = _Page(body.data, content_type, body.is_cut, signs=response.signs)
    return _with_content(page)


def _identified(headers: Mapping[str, str]) -> str | None:
    """The type that the crawler took the payload for, where it recognised anything."""
    known = media_type(headers.get("warc-identified-payload-type"))
    return None if known == "application/octet-stream" else known


def _holds_page(body: Body, known: str | None) -> bool:
    if known in HTML_TYPES or not body.data.strip():
        return True  # the second is told as empty
    return is_xhtml(body.data) if known in XML_TYPES else looks_like_html(body.data)


def _identity(place: str, frame: Frame) -> str:
    return frame.headers.get("warc-record-id") or made_id(place, frame.offset, frame.ordinal)
