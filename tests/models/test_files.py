"""Digests of model files, whole and sampled."""

from __future__ import annotations

from pathlib import Path

import pytest

from curate.errors import ModelError
from curate.models import digest_of, load_package, sampled_digest_of

LARGE = (256 << 20) + 12345


def sparse(path: Path, n_bytes: int, **at: bytes) -> Path:
    """A file of zeros that takes no room, with some bytes at ``_<offset>``."""
    with path.open("wb") as file:
        file.truncate(n_bytes)
        for place, content in at.items():
            file.seek(int(place[1:]))
            file.write(content)
    return path


def test_a_digest_is_of_names_and_bytes_and_of_no_folder(tmp_path: Path) -> None:
    for folder, second in (("a", b"2"), ("b", b"2"), ("c", b"3")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "one").write_bytes(b"1")
        (tmp_path / folder / "two").write_bytes(second)
    a, b, c = (digest_of(sorted((tmp_path / folder).iterdir())) for folder in "abc")
    assert a == b != c
    assert digest_of(sorted((tmp_path / "a").iterdir(), reverse=True)) == a
    (tmp_path / "a" / "two").rename(tmp_path / "a" / "three")
    assert digest_of((tmp_path / "a").iterdir()) != a


def test_of_a_large_file_both_ends_its_middle_and_its_size_count(tmp_path: Path) -> None:
    plain = sampled_digest_of(sparse(tmp_path / "plain", LARGE))
    assert sampled_digest_of(sparse(tmp_path / "again", LARGE)) == plain
    others = [
        sparse(tmp_path / "longer", LARGE + 1),
        sparse(tmp_path / "first", LARGE, _0=b"x"),
        sparse(tmp_path / "last", LARGE, **{f"_{LARGE - 1}": b"x"}),
        sparse(tmp_path / "middle", LARGE, **{f"_{LARGE // 2}": b"x" * (512 << 10)}),
    ]
    assert len({plain, *map(sampled_digest_of, others)}) == 1 + len(others)


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such file"):
        sampled_digest_of(tmp_path / "absent")
    with pytest.raises(ModelError, match="a folder"):
        sampled_digest_of(tmp_path)
    with pytest.raises(ModelError, match="No such file"):
        digest_of([tmp_path / "absent"])
    with pytest.raises(ModelError, match=r"pip install 'curate\[onnx\]'"):
        load_package("no_such_package", extra="onnx", where="a model")
