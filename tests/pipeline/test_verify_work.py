"""``verify`` finds damage and edits anywhere in a work folder, or lists them as harmless."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.config.builtin import builtin_folder
from curate.errors import CurateError, VerifyError
from curate.io import layout
from curate.io.commit import file_sha256
from curate.io.digests import digest_of, json_with_digest, with_digest
from curate.io.store import Store
from curate.pipeline.verify import verify
from curate.work import copies
from curate.work.plan import load_plan
from curate.work.ranges import index_of
from curate.work.seal import seal
from tests.looking import run
from tests.runs import job_of

Spoil = Callable[[bytes, Random], bytes]


def flipped(data: bytes, chance: Random) -> bytes:
    changed = bytearray(data)
    changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def zeroed(data: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(data))
    n = min(chance.choice((1, 16, 512)), len(data) - start)
    return data[:start] + bytes(n) + data[start + n :]


def cut(data: bytes, chance: Random) -> bytes:
    return data[: chance.randrange(len(data))]


def lengthened(data: bytes, chance: Random) -> bytes:
    return data + chance.choice((b"\n", b" ", chance.randbytes(9)))


def emptied(data: bytes, chance: Random) -> bytes:
    return b""


SPOILS: tuple[Spoil, ...] = (flipped, zeroed, cut, lengthened, emptied)
HARMLESS = ("README.md",)
"""What may differ: a dataset card is the user's to edit. Verify lists it."""
REMADE = (layout.REPEATED_IDS, layout.CLUSTER_COUNTS, layout.DECIDED_BEFORE)
"""Whose loss changes nothing: sums of receipts that are made again when they are asked for."""


def trials(work: Path, *, many: bool) -> Iterator[tuple[str, Spoil | str, int]]:
    """(file, damage, seed): every file, with one kind of damage or each kind three times."""
    chance = Random(16)
    for key in files_of(work):
        kinds: list[Spoil | str] = [*SPOILS, "deleted", "swapped"]
        for kind in [x for x in kinds for _ in range(3)] if many else chance.sample(kinds, 1):
            yield key, kind, chance.randrange(1 << 30)


@pytest.fixture(scope="module")
def tuned(small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work folder of a small run that tunes its own configs: it has every kind of record."""
    folder = tmp_path_factory.mktemp("tuned")
    shipped = builtin_folder("language_configs")
    for name in ("_default.yaml", "eng_Latn.yaml", "_script/Thai.yaml"):
        (folder / "configs" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shipped / name, folder / "configs" / name)
    names = {"tune": {"min_documents": 20}, "language_configs": str(folder / "configs")}
    run(job_of(f"{small_input}/one*", folder / "work", **names))
    return folder / "work"


@pytest.fixture
def edited(tuned: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tuned, tmp_path / "work"))


def files_of(work: Path) -> list[str]:
    return sorted(p.relative_to(work).as_posix() for p in work.rglob("*") if p.is_file())


def says_the_same(key: str, before: bytes, after: bytes) -> bool:
    """Whether nothing has changed but white space between the signs of JSON."""
    if key.endswith(".json"):
        with contextlib.suppress(ValueError):
            return bool(json.loads(before) == json.loads(after))
    return before == after


def is_found(work: Path, key: str) -> bool:
    try:
        return any(name in note for note in verify(work).notes for name in (*HARMLESS, key))
    except CurateError:
        return True


@pytest.mark.fault("damage-anywhere", "local")
@pytest.mark.parametrize("many", [False, pytest.param(True, marks=pytest.mark.exhaustive)])
def test_damage_anywhere_is_found_or_listed(many: bool, tuned: Path) -> None:  # noqa: FBT001
    assert verify(tuned).notes == ()
    assert verify(tuned, deep=True).notes == ()
    missed, n = [], 0
    keys = files_of(tuned)
    for key, spoil, seed in trials(tuned, many=many):
        path = tuned / key
        whole, chance = path.read_bytes(), Random(seed)
        path.unlink()  # a published file is a link to another one, which shall stay as it is
        if not isinstance(spoil, str):
            path.write_bytes(spoil(whole, chance))
        elif spoil == "swapped":
            path.write_bytes((tuned / chance.choice([x for x in keys if x != key])).read_bytes())
        is_other = not path.exists() or not says_the_same(key, whole, path.read_bytes())
        if is_other and not (key in REMADE and spoil == "deleted") and not is_found(tuned, key):
            missed.append((key, spoil, seed))
        n += is_other
        path.write_bytes(whole)
    assert not missed, missed
    assert n > len(keys) // 2
    verify(tuned)


@pytest.mark.fault("damage-anywhere", "local")
@pytest.mark.parametrize("other", [layout.seal_key("tune"), layout.REPORT_STATS])
def test_a_sound_record_copied_over_another_is_found(other: str, edited: Path) -> None:
    keys = (layout.CLUSTER_COUNTS, layout.collected_key("emit.split"), layout.seal_key("select"))
    for key in keys:
        whole = (edited / key).read_bytes()
        (edited / key).unlink()
        (edited / key).write_bytes((edited / other).read_bytes())
        with contextlib.suppress(CurateError):
            assert any(key in note for note in verify(edited).notes), key
        (edited / key).write_bytes(whole)


# ---- edits ---------------------------------------------------------------------------------


def load(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_bytes())
    found.pop("digest")
    return dict(found)


def save(path: Path, body: dict[str, Any]) -> None:
    path.unlink()
    path.write_text(json.dumps(with_digest(body), sort_keys=True), encoding="utf-8")


def receipt_of(work: Path, step: str) -> Path:
    return sorted((work / layout.commits_key(step)).iterdir())[0]


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    body = load(path)
    change(body)
    save(path, body)


def seal_again(work: Path, step: str) -> None:
    """Everything that sealing writes, made of the receipts as they are now."""
    store = Store(work)
    (work / layout.seal_key(step)).unlink()
    plan = load_plan(store, step)
    assert plan is not None
    seal(store, plan, index_of)


def more_records(work: Path) -> None:
    def change(receipt: dict[str, Any]) -> None:
        receipt["rows_in"] += 3
        receipt["dropped"]["not_html"] = receipt["dropped"].get("not_html", 0) + 3

    edit(receipt_of(work, "extract"), change)
    seal_again(work, "extract")


def a_shard_less(work: Path) -> None:
    edit(work / layout.plan_key("pii"), lambda p: p.update(shards=p["shards"][1:]))
    receipt_of(work, "pii").unlink()
    seal_again(work, "pii")


def a_file_less(work: Path) -> None:
    body = load(work / layout.MANIFEST)
    gone = body["files"].pop(0)
    body["totals"]["published"] -= gone["rows"]
    body["totals"]["documents"] -= gone["rows"]
    body["totals"]["records"] -= gone["rows"]
    (work / "corpus" / gone["path"]).unlink()
    save(work / layout.MANIFEST, body)


def labels_exchanged(work: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        one, other = (f for f in manifest["files"] if f["label"] in ("rus_Cyrl", "tha_Thai"))
        one["label"], other["label"] = other["label"], one["label"]

    edit(work / layout.MANIFEST, change)


def folders_exchanged(work: Path) -> None:
    """The files of two labels, and all that the manifest says of them but the label."""

    def change(manifest: dict[str, Any]) -> None:
        one, other = (f for f in manifest["files"] if f["label"] in ("rus_Cyrl", "tha_Thai"))
        for name in ("rows", "bytes", "sha256"):
            one[name], other[name] = other[name], one[name]
        first, second = (work / "corpus" / x["path"] for x in (one, other))
        data = first.read_bytes(), second.read_bytes()
        for path, content in zip((second, first), data, strict=True):
            path.unlink()
            path.write_bytes(content)

    edit(work / layout.MANIFEST, change)


def a_row_less(work: Path) -> None:
    """A published row taken out, and the manifest made to agree."""
    body = load(work / layout.MANIFEST)
    entry = next(f for f in body["files"] if f["rows"] > 1)
    path = work / "corpus" / entry["path"]
    table = pq.read_table(path, partitioning=None)
    path.unlink()
    pq.write_table(table.slice(1), path)
    entry |= {"rows": entry["rows"] - 1, "bytes": path.stat().st_size}
    entry["sha256"] = file_sha256(path)
    for name in ("published", "documents", "records"):
        body["totals"][name] -= 1
    save(work / layout.MANIFEST, body)


def a_laxer_copy(work: Path) -> None:
    """A bound moved in every copy of the configs, and the copies named anew."""
    for folder in sorted((work / "_run").glob("language_configs-*")):
        path = folder / "_default.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("n_words, min: 50", "n_words, min: 10"), encoding="utf-8")
        digest = copies.digest_of(copies.texts_of(folder))
        folder.rename(folder.with_name(f"{copies.CONFIGS}{digest}"))
    for name in (layout.TUNED, "stopwords/configs"):  # of which those are copies
        path = work / name / "_default.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("n_words, min: 50", "n_words, min: 10"), encoding="utf-8")


def no_files(work: Path) -> None:
    """A receipt of `emit` without its files, and the stage sealed again."""

    def without(receipt: dict[str, Any]) -> None:
        receipt["files"] = receipt["counts"]["files"] = []

    edit(receipt_of(work, "emit"), without)
    seal_again(work, "emit")


def no_seal_nor_plan(work: Path) -> None:
    (work / layout.seal_key("sign")).unlink()
    (work / layout.plan_key("sign")).unlink()


EDITS: dict[str, Callable[[Path], object]] = {
    "no files": lambda w: edit(receipt_of(w, "select"), lambda r: r.update(files=[])),
    "no files, sealed": no_files,
    "another shard": lambda w: edit(receipt_of(w, "select"), lambda r: r.update(shard="x")),
    "another step": lambda w: edit(receipt_of(w, "select"), lambda r: r.update(step="sign")),
    "another fingerprint": lambda w: edit(
        receipt_of(w, "select"), lambda r: r.update(fingerprint="0" * 16)
    ),
    "more rows": lambda w: edit(
        receipt_of(w, "select"), lambda r: r.update(rows_in=99, rows_out=99)
    ),
    "more records, sealed": more_records,
    "another plan": lambda w: edit(
        w / layout.plan_key("select"), lambda p: p["shards"][0].update(bytes_in=1)
    ),
    "other fields": lambda w: edit(
        w / layout.plan_key("select"), lambda p: p["fields"].update(code="0")
    ),
    "a shard less, sealed": a_shard_less,
    "other totals": lambda w: edit(
        w / layout.seal_key("select"), lambda s: s["totals"].update(rows_out=1)
    ),
    "no seal": lambda w: (w / layout.seal_key("sign")).unlink(),
    "no seal nor plan": no_seal_nor_plan,
    "a folder less": lambda w: shutil.rmtree(w / "verdict"),
    "a file less": a_file_less,
    "labels exchanged": labels_exchanged,
    "folders exchanged": folders_exchanged,
    "a row less": a_row_less,
    "other reasons": lambda w: edit(
        w / layout.MANIFEST, lambda m: m["totals"].update(removed={"n_words": 14})
    ),
    "other repetition": lambda w: edit(
        w / layout.MANIFEST, lambda m: m.update(repetition="materialise")
    ),
    "other numbers in the report": lambda w: edit(
        w / layout.REPORT_STATS, lambda s: s["totals"].update(records=1)
    ),
    "a laxer copy": a_laxer_copy,
    "no copies": lambda w: shutil.rmtree(w / "_run"),
    "said to be collected": lambda w: (w / layout.collected_key("select")).write_bytes(
        json_with_digest({"why": "published", "files": 1})
    ),
}


@pytest.mark.fault("consistent-edit", "local")
@pytest.mark.parametrize("name", EDITS)
def test_an_edit_with_right_digests_is_found(name: str, edited: Path) -> None:
    EDITS[name](edited)
    with pytest.raises(VerifyError):
        verify(edited)


@pytest.mark.fault("consistent-edit", "local")
@pytest.mark.parametrize("name", ["folders exchanged", "labels exchanged"])
def test_a_corpus_by_itself_shows_the_labels_of_its_rows(name: str, edited: Path) -> None:
    EDITS[name](edited)
    with pytest.raises(VerifyError, match="label"):
        verify(Path(shutil.move(edited / "corpus", edited.parent / "alone")))


def test_deep_counts_rows_that_no_record_is_wrong_about(edited: Path) -> None:
    """Verdicts that were changed with their receipt, and sealed again."""
    receipt = receipt_of(edited, "rebalance")
    body = load(receipt)
    (entry,) = (f for f in body["files"] if f["role"] == "data")
    path = edited / entry["key"]
    table = pq.read_table(path)
    at = table.schema.get_field_index("removal_reason")
    kept = pa.array(["n_words"] * table.num_rows, table.schema.field(at).type)
    pq.write_table(table.set_column(at, table.schema.field(at), kept), path)
    entry |= {"bytes": path.stat().st_size, "sha256": file_sha256(path)}
    save(receipt, body)
    seal_again(edited, "rebalance")
    verify(edited)
    with pytest.raises(VerifyError, match="documents published: 0, wanted"):
        verify(edited, deep=True)


def test_what_is_not_of_the_run_is_listed(edited: Path) -> None:
    (edited / "notes.txt").write_text("mine")
    (edited / "corpus/README.md").write_text("# A better card")
    (edited / "verdict/data/x-0123456789ab.parquet").write_bytes(b"left by a killed attempt")
    notes = verify(edited).notes
    for name in ("notes.txt", "README.md", "verdict/data/x-0123456789ab.parquet"):
        assert any(name in note for note in notes), notes
    assert len(notes) == 3


def test_the_digest_of_a_record_is_that_of_what_it_says() -> None:
    assert digest_of({"a": 1, "b": [2, "ไทย"]}) == digest_of({"b": [2, "ไทย"], "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})
