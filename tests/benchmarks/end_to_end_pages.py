"""The crawl that both sides read: real pages, most of them once more and again in other words.

The first copy of a page is as it was crawled. In three of four further copies the words of each
line of text are put in another order, and the paragraphs too, so that no five words in a row are
the same: other documents with the same length, script, words and markup. Every fourth copy is
left as it is but for a comment at its end, a near-duplicate. A script without spaces keeps its
clauses, so its copies stay near-duplicates.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from curate.html.charset import decode
from curate.io.warc import Record, read_warc
from tests.warc_files import gzip_member, response_record, warcinfo_record

SAMPLE = Path(str(files("curate"))) / "data" / "sample" / "sample.warc.gz"
SEED = 20
NEAR_DUPLICATE_EVERY = 4

_PARAGRAPH = re.compile(
    r"(<p\b[^>]*>)(.*?)(?=</?p\b|</?div\b|</?body\b)", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"(<[^>]*>)")
_PIECE = re.compile(r"[^\s、。，！？；။།]+[、。，！？；။།]*")


class Page(NamedTuple):
    """One response.

    Attributes:
        url: its address.
        body: bytes as sent.
        content_type: HTTP header.
    """

    url: str
    body: bytes
    content_type: str | None


def read_pages(sources: Iterable[Path]) -> list[Page]:
    """The pages of some WARC files."""
    return [
        Page(item.url, item.payload, item.http_content_type)
        for source in sources
        for item in read_warc(str(source))
        if isinstance(item, Record)
    ]


def crawl_of(pages: Sequence[Page], n: int) -> Iterator[Page]:
    """So many pages: all, then copies of all, and so on."""
    for ordinal in range(n):
        copy, at = divmod(ordinal, len(pages))
        page = pages[at]
        yield copied(page, copy) if copy else page


def copied(page: Page, copy: int) -> Page:
    """A further copy with an address and bytes of its own."""
    body = page.body
    chance = random.Random(f"{SEED} {copy} {page.url}")
    if copy % NEAR_DUPLICATE_EVERY:
        decoded = decode(body, page.content_type)
        body = shuffled(decoded.text, chance).encode(decoded.encoding, "xmlcharrefreplace")
    mark = "&" if "?" in page.url else "?"
    return Page(f"{page.url}{mark}copy={copy}", body + b"<!-- %d -->" % copy, page.content_type)


def shuffled(html: str, chance: random.Random) -> str:
    """The page with its paragraphs, and the words of each of their lines, in another order."""
    contents = [
        "".join(part if part.startswith("<") else _words_shuffled(part, chance) for part in parts)
        for parts in (_TAG.split(match[2]) for match in _PARAGRAPH.finditer(html))
    ]
    chance.shuffle(contents)
    rest = iter(contents)
    return _PARAGRAPH.sub(lambda match: match[1] + next(rest), html)


def _words_shuffled(text: str, chance: random.Random) -> str:
    pieces = _PIECE.findall(text)
    chance.shuffle(pieces)
    rest = iter(pieces)
    return _PIECE.sub(lambda _: next(rest), text)


def write_crawl(pages: Iterable[Page], folder: Path, n_files: int) -> list[Path]:
    """Files of about the same number of pages each, one gzip member a record, as crawls are."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:03}.warc.gz" for number in range(n_files)]
    handles = [path.open("wb") for path in paths]
    try:
        for handle in handles:
            handle.write(gzip_member(warcinfo_record()))
        for ordinal, page in enumerate(pages, start=1):
            handles[ordinal % n_files].write(gzip_member(_record(page, ordinal)))
    finally:
        for handle in handles:
            handle.close()
    return paths


def _record(page: Page, ordinal: int) -> bytes:
    return response_record(
        page.url,
        page.body,
        content_type=page.content_type,
        ordinal=ordinal,
        headers={"WARC-Identified-Payload-Type": "text/html"},
    )
