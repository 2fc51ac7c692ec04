"""Attempts in a work folder: those that won, those under way, those that were lost."""

from __future__ import annotations

import secrets
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import given

from curate.io import layout
from curate.io.store import Store
from curate.pipeline.emit.views import Form
from curate.work.status import prometheus, status
from tests.hplt_view import job_for
from tests.looking import receipts, run

shards = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,30}-[0-9a-f]{10}", fullmatch=True)
parts = st.sampled_from(["", "-summaries", "-00000", "-00012", "-ranges"])
forms = st.sampled_from(["parquet", "ids", "jsonl.zst"])
attempts = st.from_regex(r"[0-9a-f]{12}", fullmatch=True)


@given(shards, attempts, parts, forms)
def test_the_name_of_a_data_file_says_its_shard_and_attempt(
    shard: str, attempt: str, part: str, form: str
) -> None:
    name = layout.data_key("extract", shard, attempt, part, form).rpartition("/")[2]
    assert layout.attempt_file(name) == (shard, attempt)


def test_an_undisturbed_run_of_either_view_has_lost_nothing(
    small_input: Path, tmp_path: Path
) -> None:
    job = job_for(small_input, tmp_path / "work")
    run(job)
    run(job, form=Form("hplt"))
    assert {(s.step, s.n_running, s.n_lost) for s in status(Store(job.work)) if s.n_lost} == set()
    assert all(s.n_running == 0 for s in status(Store(job.work)))


def test_an_attempt_under_way_is_not_lost(finished: Path) -> None:
    store = Store(finished)
    shard = receipts(finished, "sign")[0].shard
    folder = finished / layout.data_folder("sign")
    for _ in range(2):  # two more attempts at a shard that has been won
        (folder / f"{shard}-{secrets.token_hex(6)}.parquet").touch()
    (folder / f"another-0123456789-{secrets.token_hex(6)}.parquet").touch()
    (folder / f"another-0123456789-{secrets.token_hex(6)}-part.parquet").touch()
    (sign,) = [s for s in status(store) if s.step == "sign"]
    assert (sign.n_running, sign.n_lost) == (1, 3)
    text = prometheus([sign])
    assert 'curate_shards_running{step="sign"} 1' in text
    assert 'curate_attempts_lost{step="sign"} 3' in text
