"""Secrets of every kind are planted, and every byte that is written or shown is searched."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.faults.bucketful import Bucketful
from tests.io.test_remote_http import Site, served
from tests.object_server import ObjectServer
from tests.runs import SETTINGS, curate
from tests.small_crawl import page_html, page_text, texts
from tests.warc_files import gzip_members, response_record

MARK = "pl4nted"
"""In every secret, whatever it is."""

QUERIES = {
    "a.jsonl": f"part=1&X-Amz-Algorithm=A&X-Amz-Credential=AKIA{MARK}&X-Amz-Security-Token={MARK}T"
    f"&X-Amz-Signature=0a{MARK}",
    "b.jsonl": f"part=2&X-Goog-Algorithm=G&X-Goog-Credential=me%40{MARK}&X-Goog-Signature={MARK}5",
    "c.warc.gz": f"sv=2024-11-04&sp={MARK}r&se={MARK}Z&sr=b&sig={MARK}%2B%3D",
    "d.jsonl": f"Expires={MARK}1&Key-Pair-Id=K{MARK}&Signature={MARK}~",
    "e.jsonl": f"access_token={MARK}&part=5",
}
"""Presigned addresses of S3, GCS, Azure and CloudFront, and a token."""

ENVIRONMENT = {
    "AWS_SECRET_ACCESS_KEY": f"{MARK}/key",
    "AWS_SESSION_TOKEN": f"{MARK}/session",
    "HF_TOKEN": f"hf_{MARK}",
    "AZURE_STORAGE_ACCOUNT_KEY": f"{MARK}==",
}


@pytest.fixture
def site() -> Iterator[Site]:
    """A server with a file for each kind of address, one of them partly damaged."""
    with served(Site()) as found:
        documents = texts()
        for number, (name, query) in enumerate(QUERIES.items()):
            some = documents[number::9]
            lines = [json.dumps({"text": text, "url": url}) for _, url, text in some]
            found.files[f"/{name}?{query}"] = ("\n".join(lines) + "\n").encode()
        page = page_html(page_text("eng_Latn", 90))
        url = f"https://me:{MARK}p@page.example/private"
        pages = gzip_members([response_record(url, page), response_record(url + "2", page)])
        found.files[f"/c.warc.gz?{QUERIES['c.warc.gz']}"] = pages + b"rubbish"
        yield found


def inputs(site: Site) -> str:
    host = site.url.replace("http://", f"http://{MARK}me:{MARK}word@")
    return json.dumps([f"{host}/{name}?{query}" for name, query in QUERIES.items()])


def bytes_of(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file, and what is in it where it is compressed."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        yield path, data
        if path.suffix == ".parquet":
            yield path, json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
            yield path, str(pq.read_metadata(path).metadata).encode()
        elif path.suffix == ".zst":
            with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
                yield path, stream.read()


def searched(folder: Path) -> int:
    """Look through all files; how many there were."""
    n = 0
    for path, data in bytes_of(folder):
        assert MARK.encode() not in data, path
        n += 1
    return n


class Said:
    """Calls of the command line, and all that they said."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.text = ""

    def __call__(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        found = curate(*arguments, more=self.environment)
        self.text += found.stdout + found.stderr
        return found


def job_file(folder: Path) -> Path:
    path = folder / "job.yaml"
    path.write_text(json.dumps({**SETTINGS, "input": "x", "work": "y"}))
    return path


@pytest.mark.fault("secrets", "local")
def test_no_secret_is_in_any_byte_of_a_run(site: Site, tmp_path: Path) -> None:
    work, temporary = tmp_path / "work", tmp_path / "tmp"
    temporary.mkdir()
    said = Said({**ENVIRONMENT, "TMPDIR": str(temporary)})
    job = job_file(tmp_path)
    settings = ("--set", f"input={inputs(site)}", "--set", f"work={work}")
    assert said("run", job, *settings, "--workers", 2).returncode == 0, said.text
    assert (work / "job.yaml").stat().st_mode & 0o777 == 0o600
    for command in (
        ("status", work),
        ("quarantine", work),
        ("explain", work, "https://page.example/private"),
        ("verify", work, "--deep"),
        ("report", work, "--out", tmp_path / "page.html"),
    ):
        assert said(*command).returncode == 0, said.text
    host = inputs(site).partition("//")[2].partition("/")[0]
    refused = [
        ("run", job, "--set", f"input=http://{host}/gone?X-Amz-Signature={MARK}"),
        ("run", job, "--set", f"cluster.min_similarity=https://me:{MARK}@x.example/"),
        ("run", job, "--set", f"name=https://me:{MARK}@x.example/", *settings),
        ("verify", f"s3://{MARK}:{MARK}@bucket/x"),
        ("explain", work, f"https://me:{MARK}@page.example/none"),
    ]
    for call in refused:
        assert said(*call, *(("--set", f"work={tmp_path / 'other'}") if call[0] == "run" else ()))
    assert MARK not in said.text
    assert searched(tmp_path) > 100


@pytest.mark.fault("secrets", "ray")
@pytest.mark.fault("secrets", "s3")
@pytest.mark.exhaustive
def test_no_secret_is_in_any_byte_of_a_run_on_ray_in_a_bucket(
    site: Site, bucketful: Bucketful, objects: ObjectServer, tmp_path: Path
) -> None:
    # Sockets lie in this folder, and their paths may have a hundred characters at most.
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as home:
        said = Said({**objects.environment(), **ENVIRONMENT, "RAY_TMPDIR": home})
        settings = ("--set", f"input={inputs(site)}", "--set", f"work={bucketful.address}")
        options = ("--engine", "ray", "--workers", 2)
        done = said("run", job_file(tmp_path), *settings, *options)
        assert done.returncode == 0, said.text
        assert said("status", bucketful.address).returncode == 0
        assert searched(Path(home)) > 10, "Ray's own logs"
    assert MARK not in said.text
    assert searched(bucketful.download(tmp_path / "fetched")) > 100


def test_the_search_sees_what_is_compressed(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [f"{MARK}" * 9] * 9}), tmp_path / "a.parquet")
    with pytest.raises(AssertionError):
        searched(tmp_path)
