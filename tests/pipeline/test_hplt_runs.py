"""HPLT's split holds one sorted run of lines, and what is published does not show the runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.config.job import JobConfig
from curate.io.lines.zstd_frames import FrameWriter, lines_of, read_span
from curate.pipeline.emit import hplt_runs
from curate.pipeline.emit.hplt_plan import partition_of, plan_files
from curate.pipeline.emit.hplt_runs import Line, SortedRuns
from curate.pipeline.emit.views import Form
from tests.hplt_view import contents, emit

LABELS = ("deu_Latn", "eng_Latn", "tha_Thai")
N_PARTITIONS = 2


def part_of(label: str) -> int:
    return partition_of(label, N_PARTITIONS)


def lines_in(path: Path, blocks: pa.Table) -> list[bytes]:
    """The lines of a split file in the order in which the plan publishes them."""
    pieces, _ = plan_files(blocks, max_file_bytes=1 << 20)
    found: list[bytes] = []
    for piece in pieces.to_pylist():
        frame = read_span(path, piece["offset"], piece["offset"] + piece["n_bytes"])
        found += lines_of(frame, piece["line_bytes"], path).splitlines(keepends=True)
    return found


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(LABELS), st.integers(0, 99), st.integers(0, 300)), max_size=60
    ),
    most=st.integers(1, 2000),
)
def test_one_run_is_held_and_lines_come_best_first_in_the_order_of_documents(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int, int]], most: int
) -> None:
    lines = [
        Line(label, steps, f"{n} {'x' * size}\n".encode(), 1, size)
        for n, (label, steps, size) in enumerate(rows)
    ]
    path = tmp_path_factory.mktemp("runs") / "split.jsonl.zst"
    writer = FrameWriter(path, level=1)
    runs = SortedRuns(writer, 0, part_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hplt_runs, "RUN_BYTES", most)
        for line in lines:
            runs.add(line)
            assert runs.held_bytes == sum(len(held.data) for held in runs.held)
            assert runs.held_bytes < most
        runs.flush()
    writer.close()
    assert runs.n_rows == len(lines)
    wanted = sorted(lines, key=lambda line: (line.label, -line.steps))
    assert lines_in(path, runs.blocks()) == [line.data for line in wanted]


def test_small_runs_publish_the_same_files(
    copied: tuple[JobConfig, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, work = copied
    before = contents(work / "corpus-hplt")
    assert n_back(work) == 0
    shutil.rmtree(work / "emit-hplt")
    monkeypatch.setattr(hplt_runs, "RUN_BYTES", 3000)
    emit(job, Form("hplt", str(tmp_path / "out")))
    assert n_back(work) > 0
    assert contents(tmp_path / "out") == before


def n_back(work: Path) -> int:
    """How often the view's files read back in a split file, as they do between sorted runs."""
    planned = sorted((work / "emit-hplt/_files/data").glob("*.parquet"))
    last: dict[int, int] = {}
    found = 0
    for path in planned:
        if not path.stem.endswith("-files"):
            for piece in pq.read_table(path, columns=["shard", "offset"]).to_pylist():
                found += piece["offset"] < last.get(piece["shard"], 0)
                last[piece["shard"]] = piece["offset"]
    return found
