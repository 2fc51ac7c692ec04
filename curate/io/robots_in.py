"""robots.txt and other files of sites out of WARC and ARC files, such as the `robotstxt` files of
Common Crawl.

A damaged file gives fewer of them, and no page depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator

from curate.errors import InputError
from curate.http.body import BadCodingError, decode_body
from curate.http.response import parse_response
from curate.io.damage import Damage
from curate.io.remote.read import open_source
from curate.io.warc.frames import Frame, read_frames
from curate.io.warc.heads import target_url
from curate.robots.index import RobotsRecord, split_url
from curate.robots.license_terms import NAMESPACE
from curate.robots.rules import MAX_BYTES
from curate.robots.site_index import PLACES, SiteFile, place_of

_MAX_RECORD_BYTES = 8 << 20
_MAX_BODY_BYTES = 4 * MAX_BYTES + 4  # the same in the widest encoding
_NAME = "/robots.txt"


def read_robots(path: str) -> Iterator[RobotsRecord]:
    """Every answer in a WARC file to a request for ``/robots.txt``, in file order.

    A body of which nothing can be decoded is left out: the site's rules are not known.

    Raises:
        InputError: the file cannot be opened.
    """
    for url, frame in _answers(path, "robots.files", "robots.txt responses"):
        if url.partition("?")[0].endswith(_NAME):
            answer = _answer(url, frame)
            if answer is not None:
                yield answer


def read_site_files(path: str) -> Iterator[SiteFile]:
    """Every answer in a WARC file that says how a site may be used, in file order.

    Raises:
        InputError: the file cannot be opened.
    """
    for url, frame in _answers(path, "rights.files", "files of sites, such as robots.txt"):
        is_named = split_url(url)[1] in PLACES
        if not is_named and NAMESPACE not in (frame.content or b"") and not _may_be_license(url):
            continue
        answer = _answer(url, frame)
        if answer is not None and place_of(answer.url, answer.body) is not None:
            yield SiteFile(answer.url, answer.status, answer.body, answer.date)


def _may_be_license(url: str) -> bool:
    """Whether a coded body may be that of a licence."""
    return "licen" in url.lower() or "rsl" in url.lower()


def _answers(path: str, setting: str, contents: str) -> Iterator[tuple[str, Frame]]:
    """Address and record of every response and resource."""
    try:
        source = open_source(path)
    except InputError as error:
        raise InputError(
            path,
            wanted=f"a WARC file with {contents}",
            found=error.found,
            todo=f"correct `{setting}` in the job",
        ) from error
    with source:
        for frame in read_frames(source, _MAX_RECORD_BYTES):
            if isinstance(frame, Damage) or frame.content is None:
                continue
            if frame.headers.get("warc-type", "").lower() in ("response", "resource"):
                yield target_url(frame.headers), frame


def _answer(url: str, frame: Frame) -> RobotsRecord | None:
    content, date = frame.content or b"", frame.headers.get("warc-date", "")
    response = parse_response(content)
    if response is None:
        is_file = frame.headers.get("warc-type", "").lower() == "resource"
        return RobotsRecord(url, 200, bytes(content[:_MAX_BODY_BYTES]), date) if is_file else None
    try:
        body = decode_body(response, max_bytes=_MAX_BODY_BYTES).data
    except BadCodingError as error:
        if not error.data and 200 <= response.status < 300:
            return None
        body = error.data
    return RobotsRecord(url, response.status, body, date)
