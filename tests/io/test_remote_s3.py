"""Inputs on S3: a real server of its protocol in a thread, and a whole run that reads from it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

from curate.errors import InputError
from curate.io.process import limits, patience
from curate.io.remote import read as remote
from curate.io.remote.read import open_source
from curate.io.texts.documents import read_documents
from curate.io.warc import Record, read_warc
from curate.work.inputs import find_files, plan_inputs
from tests.io.test_remote_http import Site, served
from tests.looking import published
from tests.runs import environment, write_job
from tests.warc_files import gzip_members, response_record

NOISE = random.Random(4)
CONTENT = gzip_members(
    [response_record(f"http://a.example/{i}", NOISE.randbytes(9000).hex()) for i in range(60)]
)
BUCKET = "crawl"
FROM_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of an empty S3 that lives as long as the tests."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def use_endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Lets ``AWS_*`` name an endpoint; no file system of another test is used again."""

    def use(endpoint: str) -> None:
        for name, value in FROM_ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        S3FileSystem.clear_instance_cache()

    yield use
    S3FileSystem.clear_instance_cache()


@pytest.fixture
def bucket(s3_endpoint: str, use_endpoint: Any) -> Iterator[Any]:  # noqa: ANN401 - boto3's
    """A new bucket, as boto3 shows it."""
    use_endpoint(s3_endpoint)
    made = boto3.resource("s3", endpoint_url=s3_endpoint).Bucket(BUCKET)
    made.create()
    yield made
    made.objects.all().delete()
    made.delete()


def test_a_pattern_gives_addresses_in_a_fixed_order(bucket: Any) -> None:  # noqa: ANN401
    for key in (
        "p/b.warc.gz",
        "p/a.warc.gz",
        "p/q/c.warc.gz",
        "p/q/r/s/e.warc.gz",
        "p/ก d.warc.gz",
        "p/e.txt",
        "p/.d.warc.gz",
    ):
        bucket.put_object(Key=key, Body=key.encode())
    assert find_files([f"s3://{BUCKET}/p/*.warc.gz"]) == [
        f"s3://{BUCKET}/p/a.warc.gz",
        f"s3://{BUCKET}/p/b.warc.gz",
        f"s3://{BUCKET}/p/ก d.warc.gz",
    ]
    everything = find_files([f"s3://{BUCKET}/**/*.warc.gz", f"s3://{BUCKET}/p/b.*"])
    assert [url.rpartition("/")[2][0] for url in everything] == ["a", "b", "c", "e", "ก"]
    assert find_files([f"s3://{BUCKET}/*/q/**"]) == [
        f"s3://{BUCKET}/p/q/c.warc.gz",
        f"s3://{BUCKET}/p/q/r/s/e.warc.gz",
    ]
    plan = plan_inputs([f"s3://{BUCKET}/p/?.warc.gz"], "auto")
    assert [shard.bytes_in for shard in plan] == [11, 11]
    bucket.put_object(Key="p/f.warc.gz", Body=b"1")
    assert len(find_files([f"s3://{BUCKET}/p/?.warc.gz"])) == 3  # no old listing


def test_a_folder_that_cannot_be_listed_is_an_error_and_not_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = MemoryFileSystem.ls

    def ls(self: Any, path: str, **settings: Any) -> Any:  # noqa: ANN401
        if path.endswith("/2"):
            raise PermissionError(path)
        return whole(self, path, **settings)

    monkeypatch.setattr(MemoryFileSystem, "ls", ls)
    files = fsspec.filesystem("memory")
    files.pipe({f"/t/{folder}/a.warc.gz": b"x" for folder in "13"})
    found = ["memory://t/1/a.warc.gz", "memory://t/3/a.warc.gz"]
    try:
        assert find_files(["memory://t/*/*.warc.gz"]) == found
        files.pipe("/t/2/a.warc.gz", b"x")
        with pytest.raises(InputError, match="/t/2"):
            find_files(["memory://t/*/*.warc.gz"])
    finally:
        monkeypatch.undo()
        files.rm("/t", recursive=True)


@pytest.mark.parametrize("block", [64 << 10, 8 << 20])
def test_pages(bucket: Any, tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    monkeypatch.setattr(remote, "BLOCK_BYTES", block)
    bucket.put_object(Key="x.warc.gz", Body=CONTENT)
    here = tmp_path / "x.warc.gz"
    here.write_bytes(CONTENT)
    url = f"s3://{BUCKET}/x.warc.gz"
    ours, local = list(read_warc(url)), list(read_warc(str(here)))
    assert [item.warc_path for item in ours] == [url] * 60
    fields = ("id", "url", "warc_offset", "n_bytes", "payload")
    assert [[getattr(i, f) for f in fields] for i in ours] == [
        [getattr(i, f) for f in fields] for i in local
    ]


def test_a_cut_file_is_damage_as_it_is_on_disk(bucket: Any) -> None:  # noqa: ANN401
    bucket.put_object(Key="x.warc.gz", Body=CONTENT[:-500])
    items = list(read_warc(f"s3://{BUCKET}/x.warc.gz"))
    assert sum(item.n_bytes for item in items) == len(CONTENT) - 500
    assert sum(isinstance(item, Record) for item in items) == 59


def test_parquet(bucket: Any) -> None:  # noqa: ANN401
    rows = [{"id": str(i), "text": f"हिन्दी {i}"} for i in range(50)]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    bucket.put_object(Key="x.parquet", Body=sink.getvalue().to_pybytes())
    (table,) = read_documents(f"s3://{BUCKET}/x.parquet", {})
    assert isinstance(table, pa.Table)
    assert table.select(["id", "text"]).to_pylist() == rows


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (f"s3://{BUCKET}/none.warc.gz", "404"),
        ("s3://no-such-bucket/x.warc.gz", "404"),
        (f"s3://{BUCKET}/p", "a folder"),
        (f"s3://{BUCKET}/q/*.warc.gz", "404"),
        (f"s3://{BUCKET}/p/*.warc.gz", "none"),
        ("s3://no-such-bucket/*.warc.gz", "404"),
    ],
)
def test_what_is_not_there(bucket: Any, url: str, found: str) -> None:  # noqa: ANN401
    bucket.put_object(Key="p/x", Body=b"1")
    with pytest.raises(InputError) as caught:
        find_files([url])
    assert url in caught.value.where
    assert found in caught.value.found


def test_a_refusal_names_address_status_and_what_to_set(use_endpoint: Any) -> None:  # noqa: ANN401
    with served(Site(statuses=[403] * 100)) as site:
        use_endpoint(site.url)
        for url in (f"s3://{BUCKET}/x.warc.gz", f"s3://{BUCKET}/*.warc.gz"):
            with pytest.raises(InputError) as caught:
                find_files([url])
            assert url in caught.value.where
            assert "403" in caught.value.found
            assert "FSSPEC_S3_ANON" in caught.value.todo


def test_no_endpoint(use_endpoint: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(limits, "_now", limits.Limits(retry_seconds=0.5))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with served(Site()) as gone:
        pass
    use_endpoint(gone.url)
    with pytest.raises(InputError, match="after 2 attempts"):
        find_files([f"s3://{BUCKET}/x.warc.gz"])


def test_a_memory_file_system() -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe({"/t/b.warc.gz": CONTENT, "/t/a.warc.gz": b"x"})
    try:
        assert find_files(["memory://t/*.gz"]) == ["memory://t/a.warc.gz", "memory://t/b.warc.gz"]
        with open_source("memory://t/b.warc.gz") as source:
            assert source.read(5, 10) == CONTENT[5:15]
        assert len(list(read_warc("memory://t/b.warc.gz"))) == 60
    finally:
        memory.rm("/t", recursive=True)


def command(job: Path, endpoint: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "curate", "run", str(job)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**environment(), **FROM_ENVIRONMENT, "AWS_ENDPOINT_URL": endpoint},
        timeout=200,
    )


def test_a_run_over_s3_gives_the_corpus_of_a_run_over_local_files(
    bucket: Any,  # noqa: ANN401
    s3_endpoint: str,
    small_input: Path,
    baseline: Path,
    tmp_path: Path,
) -> None:
    for path in small_input.iterdir():
        bucket.put_object(Key=f"small/{path.name}", Body=path.read_bytes())
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.json", f"s3://{BUCKET}/small/*", work)
    answer = command(job, s3_endpoint)
    assert answer.returncode == 0, answer.stderr + answer.stdout
    ours, local = published(work), published(baseline)
    assert ours.keys() == local.keys()
    for name, table in local.items():
        for column in table.column_names:
            theirs = table[column].to_pylist()
            if column == "file_path":  # what everybody may know: below the bucket
                theirs = [f"small/{Path(path).name}" for path in theirs]
            assert ours[name][column].to_pylist() == theirs, (name, column)


@pytest.mark.parametrize("pattern", ["x.warc.gz", "none/*"])
def test_a_run_over_what_is_not_there_ends_with_exit_code_1(
    bucket: Any,  # noqa: ANN401
    s3_endpoint: str,
    tmp_path: Path,
    pattern: str,
) -> None:
    assert bucket.name == BUCKET
    url = f"s3://{BUCKET}/{pattern}"
    job = write_job(tmp_path / "job.json", "x", tmp_path / "work")
    settings = {**json.loads(job.read_text()), "input": [url]}
    job.write_text(json.dumps(settings))
    answer = command(job, s3_endpoint)
    assert answer.returncode == 1
    assert url in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "work").exists()


def test_keys_with_empty_names_and_brackets_are_listed(bucket: Any) -> None:  # noqa: ANN401
    keys = ["d/sub/deep.jsonl", "d/double//slash.jsonl", "d//top.jsonl", "d/x[1].jsonl"]
    for key in (*keys, "d/x1.jsonl", "d/", "d/.h/i.jsonl"):
        bucket.put_object(Key=key, Body=key.encode())
    there = [f"s3://{BUCKET}/{key}" for key in sorted([*keys, "d/x1.jsonl"])]
    assert find_files([f"s3://{BUCKET}/d/**/*.jsonl"]) == there
    assert find_files([f"s3://{BUCKET}/**/*.jsonl"]) == there
    assert find_files([f"s3://{BUCKET}/d/**"]) == there
    assert find_files([f"s3://{BUCKET}/d/**/slash.jsonl"]) == [f"s3://{BUCKET}/{keys[1]}"]
    assert find_files([f"s3://{BUCKET}/d/x[1].jsonl"]) == [f"s3://{BUCKET}/{keys[3]}"]
    assert find_files([f"s3://{BUCKET}/d/x[0-9].jsonl"]) == [f"s3://{BUCKET}/d/x1.jsonl"]
    with open_source(f"s3://{BUCKET}/{keys[1]}") as source:
        assert source.read(0, 100) == keys[1].encode()
