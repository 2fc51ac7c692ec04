"""``curate verify`` finds whatever was changed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.errors import VerifyError
from curate.io import layout
from curate.pipeline.verify import verify

Call = Callable[..., tuple[int, str, str]]
Mistake = Callable[..., str]


def a_file(work: Path) -> Path:
    return work / "corpus/data/arb_Arab/train/000_00000.parquet"


def flip(path: Path, position: float) -> None:
    data = bytearray(path.read_bytes())
    data[int(position * (len(data) - 1))] ^= 0x10
    path.write_bytes(data)


def test_verify_of_a_good_corpus(call: Call, baseline: Path, tmp_path: Path) -> None:
    code, out, err = call("verify", baseline)
    assert (code, err) == (0, "")
    assert re.search(r"^\d+ files, \d+ rows, [\d,]+ bytes: checksums and counts agree", out)
    assert re.search(r"^\d+ receipts: files are whole and \d+ documents add up$", out, re.M)
    alone = shutil.copytree(baseline / "corpus", tmp_path / "elsewhere")
    code, out, _ = call("verify", alone)
    assert code == 0
    assert "receipts" not in out


@pytest.mark.parametrize("position", [0.0, 0.3, 0.7, 1.0])
@pytest.mark.fault("damaged-file", "local")
def test_verify_finds_one_flipped_bit(position: float, mistake: Mistake, finished: Path) -> None:
    flip(a_file(finished), position)
    message = mistake("verify", finished)
    assert "data/arb_Arab/train/000_00000.parquet: another SHA-256" in message
    assert "--rerun emit" in message


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chance=st.randoms(use_true_random=False))
def test_verify_finds_any_change_of_any_file(chance: Random, finished: Path) -> None:
    entries = json.loads((finished / layout.MANIFEST).read_bytes())["files"]
    entry = chance.choice(entries)
    path = finished / "corpus" / entry["path"]
    whole = path.read_bytes()
    spoil = chance.choice((flip_some, drop_a_row, cut, lengthen))
    try:
        spoil(path, chance)
        with pytest.raises(VerifyError) as caught:
            verify(finished / "corpus")
        assert entry["path"] in str(caught.value)
    finally:
        path.write_bytes(whole)


def flip_some(path: Path, chance: Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def drop_a_row(path: Path, chance: Random) -> None:
    table = pq.read_table(path, partitioning=None)
    row = chance.randrange(table.num_rows)
    kept = [i for i in range(table.num_rows) if i != row]
    pq.write_table(table.take(kept), path)


def cut(path: Path, chance: Random) -> None:
    path.write_bytes(path.read_bytes()[: -chance.randint(1, 100)])


def lengthen(path: Path, chance: Random) -> None:
    path.write_bytes(path.read_bytes() + chance.randbytes(chance.randint(1, 100)))


@pytest.mark.parametrize(
    "name",
    ["data/tha_Thai/train/000_00001.parquet", "data/notes.txt", "data/tha_Thai/dev/x", "x.md"],
)
def test_verify_finds_a_file_that_does_not_belong(name: str, finished: Path) -> None:
    (finished / "corpus" / name).parent.mkdir(exist_ok=True)
    (finished / "corpus" / name).write_bytes(b"x")
    with pytest.raises(VerifyError, match="not in the manifest") as caught:
        verify(finished / "corpus")
    assert name in str(caught.value)


def test_verify_finds_a_manifest_without_a_file_that_is_there(finished: Path) -> None:
    manifest = finished / layout.MANIFEST
    data = json.loads(manifest.read_bytes())
    gone = data["files"].pop(0)
    manifest.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(VerifyError) as caught:
        verify(finished / "corpus")
    assert gone["path"] in str(caught.value)


@pytest.mark.fault("damaged-file", "local")
def test_verify_finds_a_missing_a_cut_and_an_extra_file(mistake: Mistake, finished: Path) -> None:
    a_file(finished).rename(a_file(finished).with_name("extra.parquet"))
    other = finished / "corpus/data/hin_Deva/train/000_00000.parquet"
    other.write_bytes(other.read_bytes()[:-1])
    message = mistake("verify", finished)
    assert "found:  3 difference(s)" in message
    assert "data/arb_Arab/train/000_00000.parquet: missing" in message
    assert "data/arb_Arab/train/extra.parquet: not in the manifest" in message
    assert re.search(r"data/hin_Deva/train/000_00000\.parquet: \d+ bytes, wanted \d+", message)


@pytest.mark.fault("damaged-file", "local")
def test_verify_finds_a_spoilt_sidecar_and_receipt(mistake: Mistake, finished: Path) -> None:
    (sidecar, *_) = sorted((finished / "metrics/data").iterdir())
    flip(sidecar, 0.5)
    (receipt, *_) = sorted((finished / "verdict/_commits").iterdir())
    receipt.write_text("{}")
    message = mistake("verify", finished)
    assert f"metrics/data/{sidecar.name}: another SHA-256" in message
    assert f"select {receipt.stem}: " in message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("files", 0, "rows"), 10**6),
        (("files", 0, "bytes"), 1),
        (("files", 0, "sha256"), "0" * 64),
        (("files", 0, "path"), "../../documents/_plan.json"),
        (("files", 0, "path"), "/etc/passwd"),
        (("files", 0, "label"), "../x"),
        (("totals", "published"), 1),
        (("files", -1, "subset"), "removed"),
        (("totals", "records"), 1),
        (("totals", "documents"), 1),
        (("files", 0), None),
        (("files",), None),
        (("files",), {}),
        (("files", 0, "sha256"), None),
        (("files", 0, "path"), 7),
        (("totals",), []),
        (("totals", "removed"), 3),
        (("totals", "published"), "many"),
        ((), []),
    ],
)
def test_verify_finds_a_manifest_that_was_changed(
    path: tuple[str | int, ...], value: object, mistake: Mistake, finished: Path
) -> None:
    manifest = finished / layout.MANIFEST
    data = json.loads(manifest.read_bytes())
    here = data
    for step in path[:-1]:
        here = here[step]
    if path:
        here[path[-1]] = value
    manifest.write_text(json.dumps(data if path else value), encoding="utf-8")
    mistake("verify", finished)


@pytest.mark.parametrize("text", ["", "{", "\udcff", '{"files": [], "totals": {}}'])
def test_verify_of_a_spoilt_manifest(text: str, mistake: Mistake, finished: Path) -> None:
    (finished / layout.MANIFEST).write_text(text, encoding="utf-8", errors="surrogateescape")
    assert "manifest.json" in mistake("verify", finished)
