"""The sample crawl that ships with the package keeps what docs/sample.md promises."""

from __future__ import annotations

import base64
import collections
import functools
import hashlib
import re
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

ROOT = Path(__file__).parents[1]
SAMPLE = files("curate") / "data" / "sample" / "sample.warc.gz"
NOTICE = files("curate") / "data" / "sample" / "NOTICE"
TABLE_ROW = re.compile(r"^\| `(/[^`]+/)` \| ([^|]+) \| [^|]+ \| (\d+) \| ([\w-]+) \|", re.MULTILINE)


class Response(NamedTuple):
    """One answer of the server, as the crawler wrote it down."""

    raw_uri: str
    path: str
    status: int
    content_type: str
    payload_digest: str
    body: bytes

    @property
    def is_page(self) -> bool:
        """Whether this is an HTML page of a package, not a folder listing or an error."""
        html = self.status == 200 and self.content_type.startswith("text/html")
        return html and not self.path.endswith("/")

    @property
    def folder(self) -> str:
        """The path up to and including its last slash."""
        return self.path.rpartition("/")[0] + "/"


def load(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@functools.cache
def read_responses() -> tuple[Response, ...]:
    responses = []
    with SAMPLE.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            uri = record.headers["WARC-Target-URI"]
            responses.append(
                Response(
                    raw_uri=uri,
                    path=urlsplit(uri.strip("<>")).path,
                    status=record.http_headers.status_code or 0,
                    content_type=record.http_headers["Content-Type"],
                    payload_digest=record.headers["WARC-Payload-Digest"],
                    body=record.reader.read(),
                )
            )
    return tuple(responses)


def find_pages() -> list[Response]:
    return [response for response in read_responses() if response.is_page]


def find_body(path: str) -> bytes:
    return next(response.body for response in read_responses() if response.path == path)


def promised_count(what: str) -> int:
    match = re.search(rf"^\| (?:… )?{re.escape(what)} \| (\d+) \|$", load("docs/sample.md"), re.M)
    assert match is not None, f"docs/sample.md has no count {what!r}"
    return int(match[1])


def shingle(body: bytes) -> set[tuple[str, ...]]:
    """Five-word shingles of a page in a spaced script, tags taken out; enough to compare twins."""
    text = re.sub(r"(?s)<head.*?</head>|<[^>]*>", " ", body.decode())
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def jaccard(one: str, other: str) -> float:
    a, b = shingle(find_body(one)), shingle(find_body(other))
    return len(a & b) / len(a | b)


def test_file_is_small_enough_to_ship() -> None:
    size_bytes = len(SAMPLE.read_bytes())
    assert 1_000_000 <= size_bytes <= 3_000_000


def test_every_record_parses_and_the_counts_are_those_of_the_page() -> None:
    with SAMPLE.open("rb") as stream:
        kinds = collections.Counter(str(record.record_type) for record in ArchiveIterator(stream))
    assert kinds.total() == promised_count("records")
    assert kinds["request"] == promised_count("requests")
    assert kinds["response"] == promised_count("responses")
    assert (kinds["warcinfo"], kinds["metadata"], kinds["resource"]) == (1, 1, 2)


def test_statuses_and_pages_are_those_of_the_page() -> None:
    statuses = collections.Counter(response.status for response in read_responses())
    assert statuses == {
        200: promised_count("with status 200"),
        404: promised_count("with status 404"),
    }
    listings = [r for r in read_responses() if r.status == 200 and r.path.endswith("/")]
    assert len(listings) == promised_count("of them folder listings")
    assert len(find_pages()) == promised_count("of them pages from packages")
    in_all = promised_count("HTML pages with status 200")
    assert len(listings) + len(find_pages()) == in_all >= 150


def test_the_table_of_folders_is_what_was_crawled() -> None:
    promised = {row[1]: int(row[3]) for row in TABLE_ROW.finditer(load("docs/sample.md"))}
    assert promised == collections.Counter(page.folder for page in find_pages())


def test_there_is_something_besides_html_and_no_image() -> None:
    types = {response.content_type.partition(";")[0] for response in read_responses()}
    assert types == {"text/html", "text/css", "text/plain"}


def test_at_least_twelve_languages_have_ten_pages() -> None:
    languages: collections.Counter[str] = collections.Counter()
    for page in find_pages():
        *_, site, folder, _ = page.path.split("/")
        if folder == "hi":
            continue  # half of it is English
        if site:
            languages[re.split("[-_]", folder.lower())[0]] += 1
        elif folder == "maint-guide-vi":
            languages["vi"] += 1
    common = {language for language, pages in languages.items() if pages >= 10}
    assert len(common) == promised_count("languages with at least 10 pages") >= 12
    assert common >= {"ar", "dz", "el", "en", "fa", "ja", "km", "ko", "ru", "zh"}


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/installation-guide-amd64/zh_CN/ch01s01.html", "什么"),
        ("/installation-guide-amd64/ru/ch01s01.html", "Что такое"),
        ("/libreoffice-help/km/labels.html", "ស្លាក"),
        ("/universal-declaration/tha.html", "ปฏิญญา"),
        ("/universal-declaration/heb.html", "זכויות"),
        ("/universal-declaration/hin.html", "अधिकार"),
        ("/universal-declaration/fuf_adlm.html", "\U0001e900"),
        ("/debian-handbook/ar-MA/security.html", "الأمن"),
    ],
)
def test_pages_are_in_their_script(path: str, word: str) -> None:
    assert word in find_body(path).decode()


def test_identical_payloads_occur_at_several_addresses() -> None:
    paths_by_digest: dict[str, set[str]] = collections.defaultdict(set)
    for page in find_pages():
        paths_by_digest[page.payload_digest].add(page.path)
    repeated = [paths for paths in paths_by_digest.values() if len(paths) > 1]
    assert sum(map(len, repeated)) == promised_count("pages whose bytes occur more than once")
    assert {
        f"/installation-guide-{computer}/en/apcs01.html" for computer in ("amd64", "arm64", "i386")
    } in repeated


def test_payload_digests_are_those_of_the_bytes() -> None:
    for response in read_responses():
        digest = base64.b32encode(hashlib.sha1(response.body).digest()).decode()
        assert response.payload_digest == f"sha1:{digest}", response.path


@pytest.mark.parametrize("language", ["de", "en", "ru"])
@pytest.mark.parametrize("chapter", ["ch03s01", "ch06s01", "ch08s06"])
def test_guides_for_two_computers_are_near_duplicates(language: str, chapter: str) -> None:
    twins = [f"/installation-guide-{c}/{language}/{chapter}.html" for c in ("amd64", "arm64")]
    assert find_body(twins[0]) != find_body(twins[1])
    assert jaccard(*twins) >= 0.7


def test_a_near_miss_is_there() -> None:
    one, other = (f"/installation-guide-{c}/en/ch07s01.html" for c in ("amd64", "arm64"))
    assert 0.2 < jaccard(one, other) < 0.7


def test_half_of_the_hindi_help_is_english() -> None:
    one, other = (f"/libreoffice-help/{folder}/borders.html" for folder in ("hi", "en-US"))
    assert jaccard(one, other) >= 0.7


@pytest.mark.parametrize(
    ("path", "encoding"),
    [
        ("/tuxpaint/ru/README.html", "windows-1251"),
        ("/tuxpaint/zh_tw/OPTIONS.html", "Big5"),
        ("/tuxpaint/nl/README.html", "iso-8859-15"),
    ],
)
def test_old_encodings_are_declared_and_true(path: str, encoding: str) -> None:
    body = find_body(path)
    assert f"charset={encoding}".encode() in body
    body.decode(encoding)


def test_a_page_lies_about_its_encoding() -> None:
    body = find_body("/tuxpaint/it/README.html")
    assert b"charset=us-ascii" in body.lower()
    with pytest.raises(UnicodeDecodeError):
        body.decode("us-ascii")


def test_wgets_angle_brackets_are_left_as_they_are() -> None:
    for response in read_responses():
        assert response.raw_uri.startswith("<http://127.0.0.1:"), response.raw_uri
        assert response.raw_uri.endswith(">")


def test_every_site_and_package_is_in_the_notice() -> None:
    notice = NOTICE.read_text(encoding="utf-8")
    for site in {page.path.split("/")[1] for page in find_pages()}:
        assert f"/{site}/" in notice
    for row in TABLE_ROW.finditer(load("docs/sample.md")):
        package = row[4]
        assert package in notice or re.sub(r"^libreoffice-help(?=-)", "", package) in notice


def test_licence_text_of_the_guide_is_a_page() -> None:
    text = find_body("/installation-guide-amd64/en/apf.html").decode()
    assert "GNU General Public License" in text
    assert "Version 2, June 1991" in text


def test_the_page_quotes_the_script() -> None:
    script = " ".join(load("jobs/make_sample.sh").split())
    for line in ("python3 -m http.server", "wget --no-config", "apt-get download", "dpkg-deb -x"):
        quoted = next(q for q in load("docs/sample.md").splitlines() if q.startswith(line))
        assert " ".join(quoted.split()) in script
