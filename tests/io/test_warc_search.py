"""Looking for the next record reads little for each false beginning, whatever stands between."""

from __future__ import annotations

from pathlib import Path

import pytest

from curate.io.remote.read import open_source
from curate.io.warc import Damage, read_warc
from curate.io.warc.formats import FORMATS

FALSE = {
    "names without an end": b"\x1f\x8b\x08\x08",
    "extra fields": b"\x1f\x8b\x08\x04\xff\xff",
    "all flags": b"\x1f\x8b\x08",
    "zstd": b"\x28\xb5\x2f\xfd",
    "skippable": b"\x50\x2a\x4d\x18\0\0\0\0",
    "headers without an end": b"WARC/1.0\r\nA:b\r\n",
}


@pytest.mark.parametrize("what", FALSE)
def test_bytes_read_grow_with_the_number_of_false_beginnings(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_read = []
    for n in (10_000, 20_000):
        path = tmp_path / f"{n}.warc"
        path.write_bytes(FALSE[what] * n)
        with open_source(str(path)) as source:
            total, read = 0, source.read

            def counted(offset: int, n_bytes: int, read=read) -> bytes:  # type: ignore[no-untyped-def]  # noqa: ANN001
                nonlocal total
                found: bytes = read(offset, n_bytes)
                total += len(found)
                return found

            monkeypatch.setattr(source, "read", counted)
            for form in FORMATS:
                form(source).next_start(1)
            n_read.append(total)
    assert n_read[1] < 2.5 * n_read[0]
    assert n_read[1] < 20_000 * 32_768


def test_every_byte_of_many_false_records_is_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "false.warc"
    path.write_bytes(FALSE["headers without an end"] * 2_000)
    items = list(read_warc(str(path)))
    assert all(isinstance(item, Damage) for item in items)
    assert sum(item.n_bytes for item in items) == path.stat().st_size
