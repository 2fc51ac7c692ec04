"""``verify`` finds damage and edits anywhere in a work folder, or lists them as harmless."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest

from curate.errors import CurateError
from curate.io import layout
from curate.io.digests import digest_of, with_digest
from curate.pipeline.verify import verify
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
HARMLESS = ("corpus/README.md",)
"""What may differ: a dataset card is the user's to edit. Verify lists it."""


@pytest.fixture(scope="module")
def tuned(small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work folder of a run that tunes its own configs: it has every kind of record."""
    work = tmp_path_factory.mktemp("tuned") / "work"
    run(job_of(small_input, work, tune={"min_documents": 20}))
    return work


def files_of(work: Path) -> list[str]:
    return sorted(p.relative_to(work).as_posix() for p in work.rglob("*") if p.is_file())


def is_found(work: Path) -> bool:
    try:
        return any(name in note for note in verify(work).notes for name in HARMLESS)
    except CurateError:
        return True


def trials(work: Path, each: int) -> Iterator[tuple[str, Spoil, int]]:
    """(file, damage, seed): of so many files in each folder, each a few kinds of damage."""
    chance = Random(16)
    folders: dict[str, list[str]] = {}
    for key in files_of(work):
        folder, _, name = key.rpartition("/")
        folders.setdefault(f"{folder}/{name.split('-')[0][:9]}", []).append(key)
    for _, keys in sorted(folders.items()):
        for key in chance.sample(keys, min(each, len(keys))):
            for spoil in SPOILS if each > 1 else chance.sample(SPOILS, 1):
                yield key, spoil, chance.randrange(1 << 30)


@pytest.mark.fault("damage-anywhere", "local")
@pytest.mark.parametrize(
    "each", [1, pytest.param(20, marks=pytest.mark.exhaustive)], ids=["some files", "many files"]
)
def test_damage_anywhere_is_found_or_listed(each: int, tuned: Path) -> None:
    assert verify(tuned).notes == ()
    assert verify(tuned, deep=True).notes == ()
    missed = []
    for key, spoil, seed in trials(tuned, each):
        path = tuned / key
        whole = path.read_bytes()
        path.unlink()  # a published file is a link to another one, which shall stay as it is
        path.write_bytes(spoil(whole, Random(seed)))
        if path.read_bytes() != whole and not is_found(tuned):
            missed.append((key, spoil.__name__, seed))
        path.write_bytes(whole)
    assert missed == []
    verify(tuned)
