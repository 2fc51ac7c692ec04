"""What is named by a digest is compared with it when it is read, and damage is never acted upon."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from curate.ask.rerun import load_recorded
from curate.config.builtin import builtin_folder
from curate.errors import CurateError, StoreError
from curate.io import layout
from curate.io.digests import bytes_with_digest, read_bytes, with_digest
from curate.io.store import Store
from curate.pipeline import made_once
from curate.pipeline.verify import verify
from curate.work import copies
from curate.work.configs import configs_in_use
from curate.work.ranges import iter_ranges
from curate.work.seal import iter_receipts, seal_field
from tests.looking import run
from tests.runs import attempts_of, corpus_of, job_of

pytestmark = pytest.mark.fault("damaged-copy", "local")

OLD, NEW = "n_words, min: 50", "n_words, min: 170"


def a_copy(work: Path) -> Path:
    (folder,) = (work / layout.COPIES).glob(f"{copies.CONFIGS}*")
    return folder


def laxer(text: bytes) -> bytes:
    assert OLD.encode() in text
    return text.replace(OLD.encode(), NEW.encode())


@pytest.mark.parametrize(
    "spoil",
    [laxer, lambda text: text[: len(text) // 2], lambda text: b""],
    ids=["laxer", "half", "empty"],
)
def test_a_run_mends_its_copy_of_configs(
    spoil: Callable[[bytes], bytes], small_input: Path, baseline: Path, finished: Path
) -> None:
    path = a_copy(finished) / "_default.yaml"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(CurateError, match="_run/language_configs-"):
        verify(finished)
    before = attempts_of(finished)
    run(job_of(small_input, finished))
    assert attempts_of(finished) == before, "nothing was decided by the damaged copy"
    assert corpus_of(finished) == corpus_of(baseline)
    verify(finished)


def test_another_file_among_the_copies_is_named(small_input: Path, finished: Path) -> None:
    extra = a_copy(finished) / "zul_Latn_x.yaml"
    extra.write_text("label: zul_Latn\n")
    with pytest.raises(StoreError) as caught:
        run(job_of(small_input, finished))
    assert caught.value.where == str(extra)


def test_workers_refuse_a_damaged_copy(finished: Path) -> None:
    folder = a_copy(finished)
    assert copies.load_copy(folder).labels
    (folder / "eng_Latn.yaml").unlink()
    with pytest.raises(StoreError) as caught:
        copies.load_copy(folder)
    assert caught.value.where == str(folder)
    assert "delete the folder and run the same job again" in caught.value.todo


def test_a_damaged_copy_is_not_taken_for_what_decided(small_input: Path, tmp_path: Path) -> None:
    """The folder that the job names was edited since, so that the copy alone knows."""
    own = Path(shutil.copytree(builtin_folder("language_configs"), tmp_path / "own"))
    run(job_of(small_input, tmp_path / "work", language_configs=str(own)), until="select")
    work = tmp_path / "work"
    (own / "_default.yaml").write_bytes(laxer((own / "_default.yaml").read_bytes()))
    job = load_recorded(str(work))
    rule = configs_in_use(Store(work), job).for_label("eng_Latn").threshold("n_words")
    assert rule is not None
    assert rule.min == 50
    path = a_copy(work) / "_default.yaml"
    path.write_bytes(laxer(path.read_bytes()))
    with pytest.raises(StoreError) as caught:
        configs_in_use(Store(work), job)
    assert caught.value.where == str(a_copy(work))


def test_a_changed_record_of_the_job_is_not_acted_upon(small_input: Path, finished: Path) -> None:
    path = finished / layout.JOB
    path.write_text(path.read_text().replace("min_similarity: 0.7", "min_similarity: 0.9"))
    for call in (lambda: run(job_of(small_input, finished)), lambda: load_recorded(str(finished))):
        with pytest.raises(StoreError) as caught:
            call()
        assert caught.value.where == str(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_plan_is_compared_with_its_seal(small_input: Path, finished: Path) -> None:
    path = finished / layout.plan_key("select")
    plan = json.loads(path.read_bytes())
    del plan["digest"]
    plan["shards"] = plan["shards"][1:]
    path.write_text(json.dumps(with_digest(plan)))
    with pytest.raises(StoreError) as caught:
        run(job_of(small_input, finished))
    assert caught.value.where == str(path)
    assert "--rerun select" in caught.value.todo


@pytest.mark.parametrize("name", ["receipts", "ranges"])
def test_packed_receipts_and_ranges_are_compared_with_the_seal(name: str, finished: Path) -> None:
    store, step = Store(finished), "cluster.split"
    digest = seal_field(store, step, name)
    assert digest is not None
    key = layout.receipts_key if name == "receipts" else layout.ranges_key
    path = store.path(key(step, digest))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        list(iter_receipts(store, step) if name == "receipts" else iter_ranges(store, step, "0"))
    assert caught.value.where == str(path)
    assert "_SEALED.json" in caught.value.todo


def test_what_is_compiled_for_workers_is_compared_and_made_again(tmp_path: Path) -> None:
    store, key = Store(tmp_path), "_run/robots-0123456789abcdef"
    made_once.keep_made(store, key, lambda: b"index")
    made_once.keep_made(store, key, lambda: b"never asked for")
    assert made_once.read_made(store, key) == b"index"
    path = store.path(key)
    path.write_bytes(path.read_bytes().replace(b"index", b"inbex"))
    with pytest.raises(StoreError) as caught:
        made_once.read_made(store, key)
    assert caught.value.where == str(path)
    made_once.keep_made(store, key, lambda: b"index")
    assert made_once.read_made(store, key) == b"index"
    path.unlink()
    with pytest.raises(StoreError):
        made_once.read_made(store, key)


def test_bytes_of_an_old_version_are_taken_as_they_are() -> None:
    for data in (b"", b"\x00\xff# digest", bytes(range(256))):
        assert read_bytes(data, where="x", todo="x") == data
        assert read_bytes(bytes_with_digest(data), where="x", todo="x") == data
