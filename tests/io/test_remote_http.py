"""Inputs on web servers: servers that drop connections, refuse, lie, or send no ranges."""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.errors import InputError
from curate.io.kinds import kind_of
from curate.io.process import patience
from curate.io.remote import read as remote
from curate.io.remote.listing import FileStamp, find_remote
from curate.io.remote.read import RemoteSource, open_source
from curate.io.texts.documents import read_documents
from curate.io.warc import Record, read_warc
from curate.work.inputs import find_inputs, plan_inputs, present_files
from tests.warc_files import gzip_members, response_record

NOISE = random.Random(3)
PAGES = [
    response_record(f"http://a.example/{i}", f"<p>ጤና ይስጥልኝ {NOISE.randbytes(5000).hex()}")
    for i in range(100)
]
CONTENT = gzip_members(PAGES)


@dataclass
class Site:
    """What a server has and how it misbehaves.

    Attributes:
        files: path -> content.
        ranges: whether ranges are sent, and announced.
        silent: it sends whole files, and never says that it does no ranges.
        sized: whether ``Content-Length`` is sent; chunks otherwise.
        statuses: answered first, one a request.
        drop_after: connections are closed after so many bytes of a body ...
        n_drops: ... so often.
        lie: bytes that ``Content-Length`` promises beyond what there is ...
        honest_later: ... in answers to HEAD alone.
        asked: method, path and range of each request.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    silent: bool = False
    sized: bool = True
    statuses: list[int] = field(default_factory=list)
    drop_after: int = 0
    n_drops: int = 0
    lie: int = 0
    honest_later: bool = False
    encoding: str = ""
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, format: str, *args: Any) -> None:  # noqa: ANN401 - its name there
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        site = self.site
        self.close_connection = True
        site.asked.append((self.command, self.path, self.headers.get("Range")))
        content = site.files.get(self.path)
        if site.statuses or content is None:
            self.send_response(site.statuses.pop(0) if site.statuses else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        lies = body is False or not site.honest_later
        total = len(content) + (site.lie if lies else 0)
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        part, n_bytes = content, total
        if wanted and site.ranges and not site.silent:
            start, end = int(wanted[1]), min(int(wanted[2]) + 1, total)
            part, n_bytes = content[start:end], max(0, end - start)
            self.send_response(206 if start < total else 416)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{total}")
        else:
            self.send_response(200)
        if not site.silent:
            self.send_header("Accept-Ranges", "bytes" if site.ranges else "none")
        if site.encoding:
            self.send_header("Content-Encoding", site.encoding)
        if site.sized:
            self.send_header("Content-Length", str(n_bytes))
        else:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if body:
            self._send(part)

    def _send(self, part: bytes) -> None:
        site = self.site
        if site.n_drops and len(part) > site.drop_after:
            site.n_drops -= 1
            self.wfile.write(part[: site.drop_after])
        elif site.sized:
            self.wfile.write(part)
        else:
            self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(part), part))


@contextmanager
def served(site: Site) -> Iterator[Site]:
    handler = type("Handler", (_Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.001)


@pytest.fixture
def site() -> Iterator[Site]:
    with served(Site({"/x.warc.gz": CONTENT})) as made:
        yield made


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks so small that the file has many."""
    monkeypatch.setattr(remote, "BLOCK_BYTES", 100_000)
    monkeypatch.setattr(remote, "_SMALLEST_BYTES", 10_000)


def local(tmp_path: Path, content: bytes) -> list[object]:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    return [vars_of(item) for item in read_warc(str(path))]


def vars_of(item: Any) -> dict[str, object]:  # noqa: ANN401 - one of three
    """All of an item but where it was read from."""
    return {name: getattr(item, name) for name in item.__slots__ if name != "warc_path"}


def same_as_local(tmp_path: Path, site: Site) -> None:
    items = list(read_warc(f"{site.url}/x.warc.gz"))
    assert [vars_of(item) for item in items] == local(tmp_path, site.files["/x.warc.gz"])
    assert {item.warc_path for item in items} == {f"{site.url}/x.warc.gz"}


@pytest.mark.usefixtures("small_blocks")
def test_ranges(tmp_path: Path, site: Site) -> None:
    same_as_local(tmp_path, site)
    ranges = [asked for _, _, asked in site.asked if asked]
    assert len(ranges) == -(-len(CONTENT) // 100_000)  # each block once
    assert len(set(ranges)) == len(ranges)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("ranges", [True, False], ids=["silently ignores", "announces none"])
def test_a_server_without_ranges_is_read_into_a_temporary_file(
    tmp_path: Path, site: Site, *, ranges: bool
) -> None:
    site.ranges, site.silent = ranges, ranges
    same_as_local(tmp_path, site)
    n_gets = sum(method == "GET" for method, _, _ in site.asked)
    assert n_gets <= 3


def test_a_server_that_does_not_tell_the_size(tmp_path: Path, site: Site) -> None:
    site.sized = False
    same_as_local(tmp_path, site)
    url = f"{site.url}/x.warc.gz"
    assert find_remote([url]) == {url: {url: FileStamp(0)}}


def test_a_server_that_calls_gzip_a_content_encoding(tmp_path: Path, site: Site) -> None:
    site.encoding = "gzip"
    same_as_local(tmp_path, site)


@pytest.mark.usefixtures("small_blocks")
def test_dropped_connections_are_taken_up_where_they_broke(tmp_path: Path, site: Site) -> None:
    site.drop_after, site.n_drops = 15_000, 5
    same_as_local(tmp_path, site)
    assert site.n_drops == 0
    starts = [int(asked[6:].split("-")[0]) for _, _, asked in site.asked if asked]
    assert starts.count(0) <= 3  # and not the file from its beginning each time


def test_a_dropped_whole_file_is_begun_again(tmp_path: Path, site: Site) -> None:
    site.ranges, site.drop_after, site.n_drops = False, 15_000, 3
    same_as_local(tmp_path, site)


@pytest.mark.parametrize("status", [503, 500, 429])
def test_a_busy_server_is_asked_again(tmp_path: Path, site: Site, status: int) -> None:
    site.statuses = [status] * 4  # two for the size: HEAD and GET
    same_as_local(tmp_path, site)


def test_a_server_that_stays_busy(site: Site) -> None:
    site.statuses = [503] * 1000
    with pytest.raises(InputError) as caught:
        find_remote([f"{site.url}/x.warc.gz"])
    assert f"{site.url}/x.warc.gz" in caught.value.where
    assert "503" in caught.value.found
    assert "after 7 attempts" in caught.value.found


@pytest.mark.parametrize("status", [401, 403, 404, 410])
@pytest.mark.fault("input-gone", "local")
def test_a_refusal_is_told_at_once_with_address_and_status(site: Site, status: int) -> None:
    site.statuses = [status] * 1000
    for ask in (lambda url: find_remote([url]), RemoteSource, lambda url: list(read_warc(url))):
        before = len(site.asked)
        with pytest.raises(InputError) as caught:
            ask(f"{site.url}/x.warc.gz")
        assert f"{site.url}/x.warc.gz" in caught.value.where
        assert str(status) in caught.value.found
        assert len(site.asked) - before == 2  # HEAD and GET, and no more


def test_no_server() -> None:
    with served(Site()) as gone:
        pass
    with pytest.raises(InputError, match="after 7 attempts"):
        find_remote([f"{gone.url}/x.warc.gz"])


@pytest.mark.parametrize("block", [100_000, 8 << 20])
@pytest.mark.parametrize("honest_later", [True, False], ids=["only to HEAD", "always"])
@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
@pytest.mark.fault("input-gone", "local")
def test_fewer_bytes_than_announced_are_an_error_and_no_short_file(
    site: Site, monkeypatch: pytest.MonkeyPatch, *, ranges: bool, honest_later: bool, block: int
) -> None:
    monkeypatch.setattr(remote, "BLOCK_BYTES", block)
    site.ranges, site.lie, site.honest_later = ranges, 1000, honest_later
    records: list[Record] = []
    with pytest.raises(InputError) as caught:
        records.extend(
            item for item in read_warc(f"{site.url}/x.warc.gz") if isinstance(item, Record)
        )
    assert f"{site.url}/x.warc.gz" in caught.value.where


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.fault("input-gone", "local")
def test_a_file_that_vanishes_while_it_is_read(site: Site) -> None:
    items = read_warc(f"{site.url}/x.warc.gz")
    next(items)
    site.files.clear()
    with pytest.raises(InputError, match="404"):
        list(items)


def test_any_range_of_a_file(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "BLOCK_BYTES", 64)
    with open_source(f"{site.url}/x.warc.gz") as source:
        assert source.size == len(CONTENT)
        for offset in (0, 1, 63, 64, 65, 500, 40, 0, len(CONTENT) - 1, len(CONTENT), 10**9):
            for n_bytes in (0, 1, 63, 64, 65, 200):
                assert source.read(offset, n_bytes) == CONTENT[offset : offset + n_bytes]


ROWS = [{"id": str(i), "text": f"ข้อความ {i} 𞤋𞤲𞥆𞤢" * 9} for i in range(400)]


def documents(path: str) -> list[dict[str, object]]:
    rows = []
    for table in read_documents(path, {}):
        assert isinstance(table, pa.Table), table
        rows += table.select(["id", "text"]).to_pylist()
    return rows


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("codec", [None, "gzip", "zstd"])
def test_json_lines(site: Site, codec: str | None) -> None:
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
    if codec:
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, codec) as stream:
            stream.write(data)
        data = sink.getvalue().to_pybytes()
    site.files["/x.jsonl"] = data
    site.drop_after, site.n_drops = 500, 3
    assert documents(f"{site.url}/x.jsonl") == ROWS


def parquet(rows: list[dict[str, str]], group: int) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink, row_group_size=group, compression="none")
    return bytes(sink.getvalue().to_pybytes())


@pytest.mark.usefixtures("small_blocks")
def test_parquet(site: Site) -> None:
    site.files["/x.parquet"] = parquet(ROWS, 100)
    assert documents(f"{site.url}/x.parquet") == ROWS


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("name", ["x.parquet", "x.jsonl.zst", "x.warc.zst"])
def test_a_lost_server_is_never_taken_for_damage(site: Site, name: str) -> None:
    """Decoders call back into the reading of a range; its errors must come out unchanged."""
    texts = [NOISE.randbytes(20_000).hex() for _ in range(30)]
    pack = pa.Codec("zstd").compress
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()
    site.files[f"/{name}"] = {
        "x.parquet": parquet([{"text": text} for text in texts], 3),
        "x.jsonl.zst": pack(lines, asbytes=True),
        "x.warc.zst": b"".join(
            pack(response_record("http://a.example/", text), asbytes=True) for text in texts
        ),
    }[name]
    url = f"{site.url}/{name}"
    items = iter(read_warc(url) if "warc" in name else read_documents(url, {}, batch_rows=3))
    next(items)
    site.files.clear()
    with pytest.raises(InputError, match="404"):
        list(items)


def test_a_query_is_part_of_the_address_and_no_pattern(site: Site) -> None:
    path = "/x.warc.gz?sig=a%2Bb%2F[1]&v=*"
    site.files[path] = CONTENT
    url = site.url + path
    assert find_inputs([url]) == {url: len(CONTENT)}
    assert site.asked[-1][1] == path
    assert kind_of(site.url + "/a.jsonl.zst?x=y.parquet", "auto") == "jsonl"


def test_a_name_in_another_script(site: Site) -> None:
    site.files["/%E0%B8%81%20x.warc.gz"] = CONTENT
    url = site.url + "/ก x.warc.gz"
    assert find_inputs([url]) == {url: len(CONTENT)}


def test_patterns_are_refused(site: Site) -> None:
    with pytest.raises(InputError, match="cannot be listed"):
        find_remote([f"{site.url}/*.warc.gz"])


def test_the_plan_has_sizes_and_a_fixed_order(tmp_path: Path, site: Site) -> None:
    site.files["/a.jsonl"] = b"{}"
    here = tmp_path / "h.parquet"
    here.write_bytes(b"123")
    patterns = [f"{site.url}/x.warc.gz", str(here), f"{site.url}/a.jsonl", f"{site.url}/a.jsonl"]
    plan = plan_inputs(patterns, "auto")
    assert [(s.payload["path"], s.payload["format"], s.bytes_in) for s in plan] == [
        (str(here), "parquet", 3),
        (f"{site.url}/a.jsonl", "jsonl", 2),
        (f"{site.url}/x.warc.gz", "warc", len(CONTENT)),
    ]
    n_asked = len(site.asked)
    assert list(present_files(patterns)) == [s.payload["path"] for s in plan]
    assert len(site.asked) == n_asked


def test_an_unknown_protocol() -> None:
    with pytest.raises(InputError, match="protocol"):
        find_remote(["nosuch://a/b.warc.gz"])
