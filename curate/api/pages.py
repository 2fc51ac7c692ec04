"""Pages: bytes to text, and text to what is worth reading of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from curate.api.given import one_of, one_text
from curate.api.results import ExtractedPage
from curate.config.sections import ExtractConfig
from curate.errors import InputError
from curate.html.charset import Decoded
from curate.html.charset import decode as decode_page
from curate.html.extract import Wishes
from curate.html.extractors import BLOCKS, CASCADE, FINEWEB2, RESILIPARSE, TRAFILATURA
from curate.html.service import extract_decoded
from curate.stages.extract import NoMainText, Rejected, Unwanted, extract_row
from curate.text.repair import repair as repaired

EXTRACTORS = (BLOCKS, CASCADE, TRAFILATURA, RESILIPARSE, FINEWEB2)
_COLUMNS = {field.name for field in fields(ExtractedPage)} - {"opt_out", "skipped"}


@dataclass(frozen=True, slots=True)
class _Given:
    """A page that came without its record: see :class:`curate.stages.extract.Page`."""

    payload: bytes
    url: str
    http_content_type: str | None
    id: str = ""
    date: str = ""
    warc_path: str = ""
    warc_offset: int = 0
    kind: str = "response"
    n_bytes: int = 0
    opt_out_headers: tuple[tuple[str, str], ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer as a sandbox would give it: see :class:`curate.stages.extract.Answer`."""

    value: Any
    status: str = "ok"
    detail: str = ""


def decode(page: bytes, content_type: str | None = None) -> Decoded:
    """The text of a page, in the encoding that browsers would read it in.

    Args:
        page: its bytes, without the codings of their transfer.
        content_type: the HTTP header ``Content-Type``, if there was one.

    Raises:
        InputError: ``page`` is no bytes.
    """
    if not isinstance(page, bytes | bytearray | memoryview):
        raise _no_page("decode: page", "bytes", page)
    if content_type is not None:
        one_text(content_type, where="decode: content_type")
    return decode_page(bytes(page), content_type)


def extract(
    html: str | bytes,
    content_type: str | None = None,
    *,
    url: str = "",
    extractor: str = BLOCKS,
    with_xml: bool = False,
) -> ExtractedPage:
    """The main text of a page, and what the page says of itself, as a run has them.

    It runs in this process and under no deadline. Of pages of strangers a few take long with
    other extractors than ``blocks``; a run parses them in a sandbox.

    Args:
        html: the page, best as bytes: they are decoded as :func:`decode` does it.
        content_type: of bytes, the HTTP header ``Content-Type``.
        url: where the page is from, for relative addresses in it.
        extractor: ``blocks``, ``cascade``, ``trafilatura``, ``resiliparse`` or ``fineweb2``.
        with_xml: give the text with its structure too.

    Raises:
        InputError: ``html`` is neither text nor bytes, or there is no such extractor.
    """
    one_of(extractor, EXTRACTORS, where="extract: extractor")
    if isinstance(html, str):
        payload = html.encode("utf-8", "replace")
        decoded = Decoded(payload.decode("utf-8"), "utf-8", "utf8", failed=False)
    elif isinstance(html, bytes | bytearray | memoryview):
        decoded, payload = decode(html, content_type), bytes(html)
    else:
        raise _no_page("extract: html", "a page, as bytes or as text", html)
    wishes = Wishes(ExtractConfig().fallback_chars, with_xml=with_xml)
    answer = _Answer(extract_decoded(decoded, extractor, wishes))
    given = _Given(payload, one_text(url, where="extract: url"), content_type)
    row = extract_row(given, snapshot="", answer=answer, tidy=repaired)
    if isinstance(row, NoMainText):
        return ExtractedPage("", skipped="no_main_text", encoding=decoded.encoding)
    if isinstance(row, Rejected | Unwanted):
        return ExtractedPage("", skipped="charset", encoding=decoded.encoding)
    opted: Any = row["opt_out"]
    columns: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return ExtractedPage(**columns, opt_out=tuple(opted or ()))


def _no_page(where: str, wanted: str, given: object) -> InputError:
    found = "None" if given is None else f"a value of type {type(given).__name__}"
    todo = "give the page as it came, before anything decoded it"
    return InputError(where, wanted=wanted, found=found, todo=todo)


def repair(text: str) -> str:
    """A text in the form in which a run stores it, which all functions on texts expect.

    Mojibake and entities are repaired, it is put in NFC, and control characters go. What
    :func:`extract` gives has this form already.

    Raises:
        InputError: ``text`` is no text.
    """
    return repaired(one_text(text, where="repair: text"))
