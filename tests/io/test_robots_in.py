"""robots.txt records as archives keep them: coded, in chunks, in UTF-16, with any line end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from curate.errors import InputError
from curate.io.robots_in import read_robots
from curate.robots.index import RobotsIndex
from curate.robots.rules import MAX_BYTES
from tests.arc_files import arc_record, version_block
from tests.inputs.warc_made import br, chunked, deflated, gz, zstd
from tests.warc_files import gzip_member, gzip_members, http_response, response_record, zstd_frames

RULES = "# ไทย\nUser-agent: CCBot\nDisallow: /private\n\nUser-agent: *\nAllow: /\n" * 20
TEXT = RULES.encode()
URL = "https://a.example/robots.txt"

CODED: Mapping[str, tuple[bytes, dict[str, str]]] = {
    "plain": (TEXT, {}),
    "gzip": (gz(TEXT), {"Content-Encoding": "gzip"}),
    "gzip, not named": (gz(TEXT), {}),
    "gzip, cut": (gz(TEXT)[:-20], {"Content-Encoding": "gzip"}),
    "deflate": (deflated(TEXT, -15), {"Content-Encoding": "deflate"}),
    "br": (br(TEXT), {"Content-Encoding": "br"}),
    "zstd": (zstd(TEXT), {"Content-Encoding": "zstd"}),
    "chunked": (chunked(TEXT), {"Transfer-Encoding": "chunked"}),
    "chunked, cut": (chunked(TEXT)[:-20], {"Transfer-Encoding": "chunked"}),
    "both": (chunked(gz(TEXT)), {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}),
    "both as transfer": (chunked(gz(TEXT)), {"Transfer-Encoding": "gzip, chunked"}),
    "named and removed": (TEXT, {"Content-Encoding": "br", "Transfer-Encoding": "chunked"}),
    "CR": (TEXT.replace(b"\n", b"\r"), {}),
    "CRLF": (TEXT.replace(b"\n", b"\r\n"), {}),
    "BOM": (b"\xef\xbb\xbf" + TEXT, {}),
    "BOM behind an empty line": (b"\r\n\xef\xbb\xbf" + TEXT, {}),
    **{
        f"{name}{' without a mark' * (name[-3:] in ('-le', '-be'))}": (RULES.encode(name), {})
        for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")
    },
    "UTF-16 in gzip": (gz(RULES.encode("utf-16")), {"Content-Encoding": "gzip"}),
    "a large file": (TEXT + b"#" * 3 * MAX_BYTES, {}),
    "a bomb": (gz(TEXT + bytes(50 << 20)), {"Content-Encoding": "gzip"}),
}


def index(path: Path, content: bytes) -> RobotsIndex:
    path.write_bytes(content)
    return RobotsIndex.build(list(read_robots(str(path))), ["CCBot"])


@pytest.mark.parametrize(("body", "headers"), CODED.values(), ids=CODED.keys())
def test_what_forbids_forbids_in_any_form(
    tmp_path: Path, body: bytes, headers: dict[str, str]
) -> None:
    record = response_record(URL, body, content_type="text/plain", http_headers=headers)
    found = index(tmp_path / "x", gzip_member(record))
    assert found.allowed("https://a.example/private/1") == {"CCBot": False}
    assert found.allowed("https://a.example/") == {"CCBot": True}


def test_what_cannot_be_decoded_is_not_known(tmp_path: Path) -> None:
    record = response_record(URL, bytes(range(256)), http_headers={"Content-Encoding": "br"})
    assert index(tmp_path / "x", gzip_member(record)).allowed(URL + "/x") == {"CCBot": None}


def test_an_error_page_that_cannot_be_decoded_is_still_an_answer(tmp_path: Path) -> None:
    headers = {"Content-Encoding": "br"}
    record = response_record(URL, bytes(range(256)), status=503, http_headers=headers)
    found = index(tmp_path / "x", gzip_member(record))
    assert found.allowed("https://a.example/") == {"CCBot": False}


def test_all_kinds_of_files_and_damage_between(tmp_path: Path) -> None:
    records = [response_record(f"https://{n}.example/robots.txt", TEXT) for n in "abc"]
    sound = gzip_members(records)
    whole = [record.url for record in _read(tmp_path, sound)]
    assert [record.url for record in _read(tmp_path, zstd_frames(records))] == whole
    assert [record.url for record in _read(tmp_path, b"".join(records))] == whole
    damaged = gzip_member(records[0]) + b"junk" + gzip_member(records[2])[:-5]
    assert [record.url for record in _read(tmp_path, damaged)] == whole[:1]
    arc = version_block() + arc_record(whole[0], http_response(TEXT, content_type="text/plain"))
    (found,) = _read(tmp_path, arc)
    assert (found.url, found.body, found.status) == (whole[0], TEXT, 200)


def _read(tmp_path: Path, content: bytes) -> list:  # type: ignore[type-arg]
    path = tmp_path / "x"
    path.write_bytes(content)
    return list(read_robots(str(path)))


def test_a_missing_file_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"robots\.files"):
        list(read_robots(str(tmp_path / "nothing.warc")))
