"""An input that is gone or replaced after it was planned, or while it is read, is noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from curate.errors import InputError
from curate.io.unchanged import check_planned, check_unchanged, version_of
from curate.work.inputs import plan_inputs
from tests.faults.bucketful import Bucketful
from tests.object_server import BUCKET
from tests.pipeline.test_kill import Wishes
from tests.runs import attempts_of, curate, write_job
from tests.small_crawl import write_crawl


@pytest.mark.fault("input-gone", "local")
@pytest.mark.parametrize("how", ["gone", "shorter"])
def test_an_input_that_is_not_the_planned_one_fails_alone(how: str, tmp_path: Path) -> None:
    source, work = tmp_path / "in", tmp_path / "work"
    write_crawl(source)
    job = write_job(tmp_path / "job.yaml", source, work)
    dies = Wishes(tmp_path, "extract.after_shard")()
    assert curate("run", job, "--workers", 1, failpoints=dies).returncode == -9
    path = min(source.iterdir(), key=lambda p: p.stat().st_size)  # largest first, so it waits
    assert path.name.split(".")[0] not in {s.split("-")[0] for _, s in attempts_of(work)}
    sound = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(sound[:-100])
    found = curate("run", job)
    assert found.returncode == 3, found.stderr
    assert "1 failed" in found.stderr
    assert str(path) in found.stderr
    assert "as planned" in found.stderr or "that was planned" in found.stderr
    assert len(attempts_of(work)) == 3, "the others are committed"
    path.write_bytes(sound)
    assert curate("run", job).returncode == 0


def test_a_local_input_may_be_mended_and_its_shard_tells(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"12345678")
    assert check_planned(str(path), 5, None).size == 8
    assert check_planned(str(path), 0, None).size == 8
    with pytest.raises(InputError, match="9 bytes, as planned"):
        check_planned(str(path), 9, None)


@pytest.mark.fault("input-gone", "local")
def test_a_local_input_that_changes_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"12345")
    begun = check_planned(str(path), 5, None)
    check_unchanged(str(path), begun)
    path.write_bytes(b"54321")
    os.utime(path, ns=(0, 1))
    with pytest.raises(InputError, match="another one at its end"):
        check_unchanged(str(path), begun)
    path.unlink()
    with pytest.raises(InputError, match="No such file"):
        check_unchanged(str(path), begun)


@pytest.mark.fault("input-gone", "s3")
def test_a_remote_input_of_the_same_size_is_told_by_its_etag(bucketful: Bucketful) -> None:
    client, key = bucketful.server.client(), f"{bucketful.prefix}/in/x.jsonl"
    client.put_object(Bucket=BUCKET, Key=key, Body=b'{"text": "1"}')
    (shard,) = plan_inputs([f"{bucketful.address}/in/*.jsonl"], "auto")
    path, etag = str(shard.payload["path"]), str(shard.payload["etag"])
    begun = check_planned(path, shard.bytes_in, etag)
    assert begun == version_of(path)
    check_unchanged(path, begun)
    client.put_object(Bucket=BUCKET, Key=key, Body=b'{"text": "2"}')
    with pytest.raises(InputError, match="as planned") as caught:
        check_planned(path, shard.bytes_in, etag)
    assert "--rerun extract" in caught.value.todo
    with pytest.raises(InputError, match="another one at its end"):
        check_unchanged(path, begun)
