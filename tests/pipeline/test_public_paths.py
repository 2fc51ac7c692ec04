"""What is published says where a record is for everybody, and nothing of this machine."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curate.pipeline.extract.public_path import public_name, public_path
from tests.looking import published, run
from tests.runs import job_of
from tests.small_crawl import write_crawl

CRAWL = "crawl-data/CC-MAIN-2024-10/segments/1707/warc/CC-MAIN-2024.warc.gz"


@pytest.mark.parametrize(
    ("path", "place", "expected"),
    [
        ("/home/ada/data/a/x.warc.gz", "a/x.warc.gz", "a/x.warc.gz"),
        (f"/home/ada/mirror/{CRAWL}", "x.warc.gz", CRAWL),
        (f"s3://commoncrawl/{CRAWL}", "x.warc.gz", CRAWL),
        (f"https://data.commoncrawl.org/{CRAWL}?token=1", "x.warc.gz", CRAWL),
        ("s3://secret-bucket/deep/x.warc.gz", "x.warc.gz", "deep/x.warc.gz"),
        ("https://ada:pw@host.example/deep/x.warc.gz", "x", "deep/x.warc.gz"),
        ("file:///home/ada/x.warc.gz", "x.warc.gz", "x.warc.gz"),
    ],
)
def test_a_path_without_what_is_private(path: str, place: str, expected: str) -> None:
    told = public_path(path, place)
    assert told.partition("?")[0] == expected
    assert "token=1" not in told


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"s3://commoncrawl/{CRAWL}", f"s3://commoncrawl/{CRAWL}"),
        ("x/y.warc.gz", "x/y.warc.gz"),
        ("/home/ada/x.warc.gz", "x.warc.gz"),
        (f"/home/ada/{CRAWL}", CRAWL),
        ("C:\\Users\\ada\\x.warc.gz", "x.warc.gz"),
        ("file:///home/ada/x.warc.gz", "x.warc.gz"),
    ],
)
def test_a_path_that_the_input_gives(name: str, expected: str) -> None:
    assert public_name(name) == expected


def test_a_record_can_be_fetched_by_what_is_published(tmp_path: Path) -> None:
    source = tmp_path / "ada" / "in"
    (source / "deep").mkdir(parents=True)
    write_crawl(source / "deep")
    run(job_of(f"{source}/**/*.warc.gz", tmp_path / "work"))
    n = 0
    for table in published(tmp_path / "work").values():
        for row in table.to_pylist():
            assert row["file_path"].startswith("deep/")
            data = (source / row["file_path"]).read_bytes()
            member = data[row["warc_offset"] :][: row["record_bytes"]]
            assert row["url"].encode() in gzip.decompress(member)
            n += 1
    assert n > 10
    for path in (tmp_path / "work" / "corpus").rglob("*"):
        if path.suffix == ".parquet":
            text = json.dumps(pq.read_table(path, partitioning=None).to_pylist())
        elif path.is_file():
            text = path.read_text(encoding="utf-8")
        else:
            continue
        assert str(tmp_path) not in text
