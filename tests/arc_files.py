"""Small ARC files for tests (the format of the Internet Archive before WARC)."""

from __future__ import annotations

from tests.warc_files import http_response

ARC_DATE = "20080509154634"


def version_block(version: int = 1) -> bytes:
    """The record that opens a file."""
    names = {
        1: "URL IP-address Archive-date Content-type Archive-length",
        2: "URL IP-address Archive-date Content-type Result-code Checksum Location Offset Filename "
        "Archive-length",
    }
    body = f"{version} 0 curate tests\n{names[version]}\n".encode()
    line = f"filedesc://x.arc 0.0.0.0 {ARC_DATE} text/plain"
    if version == 2:
        line += " 200 - - 0 x.arc"
    return f"{line} {len(body)}\n".encode() + body + b"\n"


def arc_record(
    url: str,
    content: bytes,
    *,
    kind: str = "text/html",
    date: str = ARC_DATE,
    version: int = 1,
    length: str | None = None,
) -> bytes:
    """One document; ``length`` overrides the right one."""
    more = " 200 checksum - 0 x.arc" if version == 2 else ""
    size = str(len(content)) if length is None else length
    line = f"{url} 192.0.2.7 {date} {kind}{more} {size}".rstrip()
    return line.encode() + b"\n" + content + b"\n"


def arc_page(url: str, html: str, *, version: int = 1) -> bytes:
    """A page with its HTTP response."""
    return arc_record(url, http_response(html.encode()), version=version)


def arc_records(version: int = 1) -> list[bytes]:
    """A version block, a name look-up, two pages and a picture."""
    png = http_response(b"\x89PNG", content_type="image/png")
    return [
        version_block(version),
        arc_record("dns:a.example", b"192.0.2.7", kind="text/dns", version=version),
        arc_page("http://a.example/th", "<p>มนุษย์ทั้งหลาย", version=version),
        arc_page("http://a.example/with a space", "<p>सभी मनुष्यों 𐌰𐌻𐌻", version=version),
        arc_record("http://a.example/x.png", png, kind="image/png", version=version),
    ]


def arc_file(version: int = 1) -> bytes:
    """The same in one file that is not compressed."""
    return b"".join(arc_records(version))
