"""``curate verify`` finds whatever was changed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from curate.io import layout

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
