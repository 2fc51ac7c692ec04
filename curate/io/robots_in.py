"""robots.txt files out of WARC files, such as the `robotstxt` files of Common Crawl.

Read with FastWARC alone: a damaged file gives fewer robots.txt, and no page depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from curate.errors import InputError
from curate.robots.index import RobotsRecord
from curate.robots.rules import MAX_BYTES


def read_robots(path: str) -> Iterator[RobotsRecord]:
    """Every response in a WARC file to a request for ``/robots.txt``, in file order.

    Raises:
        InputError: the file cannot be opened.
    """
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise InputError(
            path,
            wanted="a WARC file with robots.txt responses",
            found=error.strerror or type(error).__name__,
            todo="correct `robots.files` in the job",
        ) from error
    with file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response):
            url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
            status = record.http_headers and record.http_headers.status_code
            if status and url.partition("?")[0].endswith("/robots.txt"):
                body = record.reader.read(MAX_BYTES + 1)
                yield RobotsRecord(url, status, body, record.headers.get("WARC-Date") or "")
