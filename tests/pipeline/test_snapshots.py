"""A second snapshot in a finished work folder: the new is measured, the old stays published."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from curate.config.job import JobConfig
from curate.errors import ConfigError, InputError, JobMismatchError
from curate.io import layout
from tests.looking import run
from tests.runs import attempts_of, corpus_of, curate, job_of

PER_SHARD = ("extract", "identify", "annotate", "sign", "select")


def files_of(small_input: Path) -> list[str]:
    """Three files whose documents have near-duplicates in each other, and one more."""
    return sorted(str(path) for path in small_input.iterdir())


def job(files: Sequence[str], work: Path, n: int, **changes: Any) -> JobConfig:  # noqa: ANN401
    """The last file is the first snapshot, so that no order by path helps; ``n`` in all."""
    order = [files[2], files[0], files[3], files[1]]
    made = job_of("unused/*", work, snapshots=order[1:n], **changes)
    return made.model_copy(update={"input": (order[0],)})


def published(work: Path) -> dict[str, int]:
    """id -> cluster size of what is published as kept."""
    found: dict[str, int] = {}
    for path in sorted((work / layout.CORPUS / "data").rglob("*.parquet")):
        if "_removed" not in str(path):
            table = pq.read_table(path)
            ids, sizes = table["id"].to_pylist(), table["minhash_cluster_size"].to_pylist()
            found |= dict(zip(ids, sizes, strict=True))
    return found


@pytest.fixture(scope="module")
def at_once(small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All four in one go."""
    work = tmp_path_factory.mktemp("at-once") / "work"
    run(job(files_of(small_input), work, 4))
    return work


def test_one_after_the_other_gives_the_same_corpus_as_all_in_one_go(
    small_input: Path, at_once: Path, tmp_path: Path
) -> None:
    work, files = tmp_path / "work", files_of(small_input)
    before: dict[str, int] = {}
    attempts: dict[tuple[str, str], str] = {}
    n_grown = 0
    for n in (1, 2, 4):
        run(job(files, work, n))
        now, done = published(work), attempts_of(work)
        assert before.keys() <= now.keys(), "a published document was withdrawn"
        assert all(now[name] >= size for name, size in before.items())
        n_grown += sum(now[name] > size for name, size in before.items())
        kept = {key: name for key, name in attempts.items() if key[0] in PER_SHARD}
        assert kept.items() <= done.items(), "an old shard was measured again"
        before, attempts = now, done
    assert n_grown > 3, "no cluster grew: the files have nothing in common"
    assert corpus_of(work) == corpus_of(at_once)


def test_the_same_files_as_one_snapshot_may_publish_others(
    small_input: Path, baseline: Path, at_once: Path
) -> None:
    assert published(at_once).keys() != published(baseline).keys()
    sizes = [sum(published(work).values()) for work in (at_once, baseline)]
    assert sizes[0] > 0 < sizes[1]


def test_a_run_that_takes_a_snapshot_in_is_killed_and_goes_on(
    small_input: Path, at_once: Path, tmp_path: Path
) -> None:
    work, files = tmp_path / "work", files_of(small_input)
    run(job(files, work, 2))
    path = tmp_path / "job.yaml"
    path.write_text(json.dumps(job(files, work, 4).to_dict()), encoding="utf-8")
    points = (
        "extract.before_seal",
        "identify.after_shard",
        "select.before_seal",
        "emit.after_plan",
    )
    wishes = [f"{point}::{tmp_path / point}" for point in points]
    codes = [curate("run", path, "--workers", 1, failpoints=wishes).returncode for _ in range(5)]
    assert codes == [-signal.SIGKILL] * 4 + [0]
    assert corpus_of(work) == corpus_of(at_once)
    assert curate("verify", work).returncode == 0


def test_the_published_corpus_stays_until_the_new_one_is_whole(
    small_input: Path, tmp_path: Path
) -> None:
    work, files = tmp_path / "work", files_of(small_input)
    run(job(files, work, 1))
    before = corpus_of(work)
    run(job(files, work, 2), until="select")
    assert corpus_of(work) == before
    run(job(files, work, 2))
    assert corpus_of(work) != before


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"tune": {}}, "thresholds are tuned"),
        ({"cluster": {"verify": False}}, "chains of pairs"),
        ({"cluster": {"min_representative_similarity": 0.0}}, "chains of pairs"),
        ({"compat": "fineweb2"}, "chains of pairs"),
    ],
    ids=["tuned", "unverified", "chains whole", "compat"],
)
def test_what_would_change_the_published_is_refused(
    changes: dict[str, Any], why: str, small_input: Path, tmp_path: Path
) -> None:
    work, files = tmp_path / "work", files_of(small_input)
    run(job(files, work, 1, **changes), until="extract")
    with pytest.raises(ConfigError, match=why):
        run(job(files, work, 2, **changes))
    run(job(files, work, 1, **changes), until="extract")  # nothing was touched


def test_snapshots_are_added_at_the_end_alone(small_input: Path, tmp_path: Path) -> None:
    work, files = tmp_path / "work", files_of(small_input)
    run(job(files, work, 3), until="extract")
    other = job(files, work, 3).model_copy(update={"snapshots": (files[3], files[0])})
    for wrong in (job(files, work, 2), other):
        with pytest.raises(JobMismatchError, match="--rerun extract"):
            run(wrong, until="extract")
    run(job(files, work, 2), until="extract", rerun="extract")
    assert len(attempts_of(work)) == 2


def test_a_snapshot_without_files_is_refused_before_anything_is_set_aside(
    small_input: Path, tmp_path: Path
) -> None:
    work, files = tmp_path / "work", files_of(small_input)
    run(job(files, work, 1))
    before, attempts = corpus_of(work), attempts_of(work)
    wrong = job(files, work, 1).model_copy(update={"snapshots": (str(tmp_path / "none-*"),)})
    with pytest.raises(InputError, match="none-"):
        run(wrong)
    assert corpus_of(work) == before
    assert attempts_of(work) == attempts


def test_a_file_of_two_snapshots_is_taken_once(small_input: Path, tmp_path: Path) -> None:
    work, files = tmp_path / "work", files_of(small_input)
    twice = job(files, work, 2).model_copy(update={"snapshots": (f"{small_input}/*",)})
    run(twice, until="extract")
    assert len(attempts_of(work)) == len(files)
