"""Pages to extract and what should be found: articles, a real crawl, pages made of known text."""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.html.charset import decode
from curate.io.warc import Record, read_warc
from tests.benchmarks.extraction_pages import LAYOUTS, page_of, parts_of

LABELS = (
    *("eng_Latn", "rus_Cyrl", "ell_Grek", "arb_Arab", "heb_Hebr", "aii_Syrc", "amh_Ethi"),
    *("hin_Deva", "ben_Beng", "tel_Telu", "tha_Thai", "khm_Khmr", "lao_Laoo", "mya_Mymr"),
    *("bod_Tibt", "cmn_Hans", "jpn_Jpan", "kor_Hang", "chr_Cher", "fuf_Adlm"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A page, its true text, and the group that it is counted in."""

    html: str
    truth: str
    group: str


def load_articles(data: Path) -> list[Case]:
    """The article extraction benchmark: news pages and their article bodies."""
    pages: dict[str, str] = {}
    truths: dict[str, Any] = {}
    with tarfile.open(data / "article_extraction.tar.gz") as archive:
        for member in archive:
            handle = archive.extractfile(member)
            if handle is None:
                continue
            name = Path(member.name).name
            if name.endswith(".html.gz"):
                html = gzip.decompress(handle.read()).decode("utf-8", "replace")
                pages[name.removesuffix(".html.gz")] = html
            elif name == "ground-truth.json":
                truths = json.load(handle)
    return [Case(pages[key], truths[key]["articleBody"], "") for key in sorted(truths)]


def load_crawl(data: Path) -> list[Case]:
    """Pages of a real crawl; the reference is another system's text, itself by trafilatura."""
    labels = json.loads(gzip.decompress((data / "real_pages_wide.labels.json.gz").read_bytes()))
    by_id = {row["id"]: row for row in labels}
    cases = []
    for record in read_warc(str(data / "real_pages_wide.warc.gz")):
        row = by_id.get(record.id) if isinstance(record, Record) else None
        if isinstance(record, Record) and row and row["trafilatura_text"]:
            html = decode(record.payload, record.http_content_type).text
            group = (row["openlid_v2_label"] or "_?").rpartition("_")[2]
            cases.append(Case(html, row["trafilatura_text"], group))
    return cases


def load_made(data: Path) -> list[Case]:
    """Articles of the Universal Declaration of Human Rights among navigation, in each layout."""
    texts = json.loads(gzip.decompress((data / "udhr_paragraphs.json.gz").read_bytes()))
    cases = []
    for label in LABELS:
        parts = parts_of(texts[label], first=20, n_paragraphs=16)
        for layout in LAYOUTS:
            html = page_of(parts, layout, label.partition("_")[0])
            cases.append(Case(html, parts.truth, label))
    return cases


CORPORA: dict[str, Callable[[Path], list[Case]]] = {
    "articles": load_articles,
    "crawl": load_crawl,
    "made": load_made,
}
