"""Real text in twelve languages, from the sample that comes with curate."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from fastwarc.warc import ArchiveIterator, WarcRecordType

from curate.html.extract import extract
from tests.benchmarks.minhash_pairs import Pool

FOLDERS = {
    "Adlam": "/universal-declaration/fuf_adlm.html",
    "Amharic": "/universal-declaration/amh.html",
    "Arabic": "/universal-declaration/arb.html",
    "Burmese": "/universal-declaration/mya.html",
    "Chinese": "/installation-guide-amd64/zh_CN/",
    "English": "/installation-guide-amd64/en/ch",
    "Hindi": "/universal-declaration/hin.html",
    "Khmer": "/libreoffice-help/km/",
    "Korean": "/installation-guide-amd64/ko/",
    "Russian": "/installation-guide-amd64/ru/",
    "Thai": "/universal-declaration/tha",
    "Tibetan": "/universal-declaration/bod.html",
}
"""Where the pages of a language begin."""

LANGUAGES = tuple(FOLDERS)


@cache
def texts() -> dict[str, list[str]]:
    """The text of the pages of every language."""
    found: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    sample = files("curate") / "data" / "sample" / "sample.warc.gz"
    with sample.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            path = urlsplit(record.headers["WARC-Target-URI"].strip("<>")).path
            for language, folder in FOLDERS.items():
                if path.startswith(folder) and path.endswith(".html"):
                    html = record.reader.read().decode("utf-8")
                    found[language].append(extract(html, fallback_chars=200).text)
    return found


@cache
def pool(language: str) -> Pool:
    """Passages of the language."""
    return Pool.of(texts()[language])
