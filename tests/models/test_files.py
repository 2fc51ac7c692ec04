"""Model files: their digests, whole and sampled, and whether they are what they claim."""

from __future__ import annotations

import json
import struct
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import fasttext
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from curate.errors import ModelError
from curate.models import digest_of, load_package, sampled_digest_of
from curate.models.fasttext_file import check_model_file, labels_in
from curate.models.onnx_file import external_files
from curate.models.safetensors_file import check_folder, check_safetensors

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
    with pytest.raises(ModelError, match=r"pip install 'curate-corpus\[onnx\]'"):
        load_package("no_such_package", extra="onnx", where="a model")


@pytest.mark.parametrize("check", [check_model_file, check_safetensors, external_files])
def test_a_pointer_of_git_lfs_is_named_as_what_it_is(
    tmp_path: Path, check: Callable[[Path], object]
) -> None:
    pointer = tmp_path / "model"
    pointer.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n")
    with pytest.raises(ModelError, match="git lfs pull"):
        check(pointer)


# ---- safetensors ---------------------------------------------------------------------------------


def write_safetensors(path: Path, **tensors: bytes) -> bytes:
    """A file as the library writes it."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, data in tensors.items():
        header[name] = {"dtype": "U8", "shape": [len(data)], "data_offsets": [end, end + len(data)]}
        end += len(data)
    told = json.dumps(header).encode()
    whole = len(told).to_bytes(8, "little") + told + b"".join(tensors.values())
    path.write_bytes(whole)
    return whole


def test_a_safetensors_file_cut_anywhere_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    whole = write_safetensors(path, head=b"12345678", body=b"", foot=b"9")
    check_folder(tmp_path)
    for n in range(len(whole)):
        path.write_bytes(whole[:n])
        with pytest.raises(ModelError, match="safetensors"):
            check_folder(tmp_path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        check_folder(tmp_path)


def test_a_part_that_the_index_of_weights_names_has_to_be_there(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "a.safetensors", head=b"1")
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}))
    with pytest.raises(ModelError, match=r"b\.safetensors"):
        check_folder(tmp_path)
    index.write_text(json.dumps({"weight_map": {"x": "../a.safetensors"}}))
    with pytest.raises(ModelError, match="outside of its folder"):
        check_folder(tmp_path)


# ---- fastText ------------------------------------------------------------------------------------


class _Files(list[bytes]):
    """Of which hypothesis prints no bytes."""

    def __repr__(self) -> str:
        return "files"


@pytest.fixture(scope="module")
def fasttext_files(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """A dense model, a quantised one and a pruned one."""
    folder = tmp_path_factory.mktemp("fasttext")
    lines = [f"__label__{name} {name}{i} ข้าว{i}" for i in range(160) for name in ("à", "b")]
    (folder / "lines.txt").write_text("\n".join(lines), encoding="utf-8")
    files = _Files()
    for more in (None, {"qnorm": True}, {"cutoff": 300, "retrain": False}):
        model = fasttext.train_supervised(
            str(folder / "lines.txt"), dim=4, epoch=1, bucket=300, maxn=2, thread=1, verbose=0
        )
        if more is not None:
            model.quantize(input=str(folder / "lines.txt"), verbose=0, **more)
        model.save_model(str(folder / "model.bin"))
        assert set(labels_in(folder / "model.bin")) == {"__label__à", "__label__b"}
        files.append((folder / "model.bin").read_bytes())
    return files


_SIZES = {
    "dim": (8, "<i"),
    "n-grams of words": (8 + 20, "<i"),
    "loss": (8 + 24, "<i"),
    "kind": (8 + 28, "<i"),
    "buckets": (8 + 32, "<i"),
    "entries": (64, "<i"),
    "words": (68, "<i"),
    "labels": (72, "<i"),
    "tokens": (76, "<q"),
    "pruned": (84, "<q"),
}


@given(
    which=st.integers(0, 2),
    name=st.sampled_from([*_SIZES]),
    value=st.sampled_from([0, 1, -1, -7, 5, 1000, 2**31 - 1, -(2**31)]),
)
def test_sizes_of_a_fasttext_file_that_lie_are_named_or_change_nothing(
    fasttext_files: list[bytes], which: int, name: str, value: int
) -> None:
    """Either it is refused here, or the library reads it and answers: it never crashes."""
    at, form = _SIZES[name]
    data = bytearray(fasttext_files[which])
    struct.pack_into(form, data, at, value)
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        file.write(data)
        file.flush()
        try:
            check_model_file(Path(file.name))
        except ModelError:
            return
        if name in ("n-grams of words", "loss") and value > 1000:
            return  # as large as it may be, and slow
        model = fasttext.load_model(file.name)
        assert len(model.predict("à1 b2", k=-1)[0]) <= 2


def test_rows_of_a_matrix_fit_the_dictionary(fasttext_files: list[bytes], tmp_path: Path) -> None:
    data = bytearray(fasttext_files[0])
    end = len(data)
    at = end - 2 * 4 * 4 - 16  # rows and columns of the output matrix, two labels of four numbers
    assert struct.unpack_from("<qq", data, at) == (2, 4)
    struct.pack_into("<qq", data, at, 1, 8)  # as many bytes, one label less
    (tmp_path / "model.bin").write_bytes(data)
    with pytest.raises(ModelError, match="matrix of 1 x 8"):
        check_model_file(tmp_path / "model.bin")


# ---- ONNX ----------------------------------------------------------------------------------------


def write_with_weights_outside(folder: Path, location: str, **more: str) -> Path:
    """An ONNX model with a tensor in another file, within a branch that a node holds."""
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": "4", "length": "8", **more}.items():
        tensor.external_data.add(key=key, value=value)
    out = helper.make_tensor_value_info("w", TensorProto.FLOAT, [2])
    branch = helper.make_graph([], "branch", [], [out], [tensor])
    node = helper.make_node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)
    graph = helper.make_graph(
        [node],
        "outer",
        [helper.make_tensor_value_info("c", TensorProto.BOOL, [])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])],
        [numpy_helper.from_array(np.zeros(3, np.float32), "inner")],
    )
    path = folder / "model.onnx"
    path.write_bytes(helper.make_model(graph).SerializeToString())
    return path


def test_files_of_weights_are_found_wherever_the_model_names_them(tmp_path: Path) -> None:
    model = write_with_weights_outside(tmp_path, "weights.bin")
    with pytest.raises(ModelError, match=r"no file 'weights\.bin'"):
        external_files(model)
    (tmp_path / "weights.bin").write_bytes(b"x" * 11)
    with pytest.raises(ModelError, match="11 bytes in"):
        external_files(model)
    (tmp_path / "weights.bin").write_bytes(b"x" * 12)
    assert external_files(model) == (tmp_path / "weights.bin",)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../b", "", "C:\\w", "..\\w"])
def test_weights_outside_of_the_models_folder_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_bytes(b"x" * 99)
    inner = tmp_path / "model"
    inner.mkdir()
    with pytest.raises(ModelError, match="not in its folder"):
        external_files(write_with_weights_outside(inner, name))


def test_a_link_out_of_the_folder_is_one_too_but_not_in_a_cache_of_links(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    snapshot = tmp_path / "snapshot"
    snapshot.mkdir()
    (tmp_path / "blobs" / "w").write_bytes(b"x" * 12)
    (snapshot / "weights.bin").symlink_to(tmp_path / "blobs" / "w")
    model = write_with_weights_outside(snapshot, "weights.bin")
    with pytest.raises(ModelError, match="is a link"):
        external_files(model)
    model.rename(tmp_path / "blobs" / "m")
    model.symlink_to(tmp_path / "blobs" / "m")
    assert external_files(model) == (snapshot / "weights.bin",)


@given(cut=st.integers(0, 300), at=st.integers(0, 300), bit=st.integers(0, 7))
def test_any_damage_of_an_onnx_file_ends_in_words(cut: int, at: int, bit: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        model = write_with_weights_outside(Path(name), "weights.bin")
        data = bytearray(model.read_bytes())
        data[at % len(data)] ^= 1 << bit
        model.write_bytes(data[: len(data) - cut % len(data)])
        with suppress(ModelError):
            external_files(model)
