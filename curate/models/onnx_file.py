"""The files that an ONNX model reads its weights from, found without a library.

An ONNX file is a protocol buffer (``onnx.proto3`` of github.com/onnx/onnx). A tensor may lie in
another file, named by its location beside the model. Only the lengths of its fields are read here,
so that files of gigabytes take milliseconds.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath

from curate.errors import ModelError
from curate.models.named_files import refuse_pointer

_TENSOR = "tensor"
# Kind of message -> number of a field -> kind of the message that it holds.
_FIELDS: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: _TENSOR, 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: _TENSOR, 6: "graph", 10: _TENSOR, 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: _TENSOR, 2: _TENSOR},
    _TENSOR: {13: "place"},
}
_PLACE = "place"
_DEEPEST = 64

Buffer = memoryview | mmap.mmap


def external_files(path: Path) -> tuple[Path, ...]:
    """The files beside a model that hold weights of it, sorted; each is there and long enough.

    Raises:
        ModelError: the model is no protocol buffer, or a file is missing, too short or would lie
            outside of the model's folder.
    """
    refuse_pointer(path)
    needed: dict[str, int] = {}
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            for place in _places(data, 0, len(data), "model", 0):
                name = place.get("location", "")
                end = int(place.get("offset") or 0) + int(place.get("length") or 0)
                needed[name] = max(end, needed.get(name, 0))
    except OSError as error:
        raise _error(path, error.strerror or str(error)) from error
    except (ValueError, IndexError) as error:
        raise ModelError(
            str(path),
            wanted="an ONNX model that onnxruntime can load",
            found="a file that is cut short, damaged or none",
            todo="export or fetch the model again",
        ) from error
    return tuple(_beside(path, name, needed[name]) for name in sorted(needed))


def _beside(path: Path, name: str, n_bytes: int) -> Path:
    parts = PurePosixPath(name).parts
    leads_out = not parts or ".." in parts or PurePosixPath(name).is_absolute()
    if leads_out or PureWindowsPath(name).drive or "\\" in name or "\0" in name:
        raise _error(path, f"weights in a file that is not in its folder: {name!r}")
    beside = path.parent / name
    if not beside.resolve().is_relative_to(path.parent.resolve()) and not _is_of_hub(path, beside):
        raise _error(path, f"weights in a file that is not in its folder: {name!r} is a link")
    refuse_pointer(beside)
    if not beside.is_file():
        raise _error(path, f"no file {name!r} beside it, which holds weights")
    size = beside.stat().st_size
    if size < n_bytes:
        raise _error(path, f"{size} bytes in {name!r}, which holds {n_bytes} of weights")
    return beside


def _is_of_hub(path: Path, beside: Path) -> bool:
    """Whether both are links into the store of one snapshot, as Hugging Face's cache has them."""
    return path.is_symlink() and path.resolve().parent == beside.resolve().parent


def _places(data: Buffer, at: int, end: int, kind: str, depth: int) -> Iterator[dict[str, str]]:
    """Where the tensors below a message lie that are not in it: location, offset, length."""
    if depth > _DEEPEST:
        raise ValueError(depth)
    place: dict[str, str] = {}
    for number, start, stop in _messages(data, at, end):
        inner = _FIELDS[kind].get(number)
        if inner == _PLACE:
            key, value = _pair(data, start, stop)
            place[key] = value
        elif inner is not None:
            yield from _places(data, start, stop, inner, depth + 1)
    if place:
        yield place


def _pair(data: Buffer, at: int, end: int) -> tuple[str, str]:
    fields = {n: bytes(data[i:j]).decode("utf-8") for n, i, j in _messages(data, at, end)}
    return fields.get(1, ""), fields.get(2, "")


def _messages(data: Buffer, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, begin and end of each field of a message that has a length.

    Raises:
        ValueError, IndexError: it is none.
    """
    while at < end:
        tag, at = _number(data, at)
        kind = tag & 7
        if kind == 2:
            size, at = _number(data, at)
            yield tag >> 3, at, at + size
            at += size
        elif kind == 0:
            _, at = _number(data, at)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise ValueError(kind)
    if at != end:
        raise ValueError(at)


def _number(data: Buffer, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7
        if shift > 63:
            raise ValueError(shift)


def _error(path: Path, found: str) -> ModelError:
    return ModelError(
        str(path),
        wanted="an ONNX model with all its weights in its own folder",
        found=found,
        todo="export or fetch the model again, with the files beside it",
    )
