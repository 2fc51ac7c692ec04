"""Is a file a whole fastText model? fastText itself crashes the process on one cut short.

The layout is that of fastText 0.9 (github.com/facebookresearch/fastText, ``FastText::saveModel``):
magic, version, arguments, dictionary, input matrix, output matrix; all little-endian.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

from curate.errors import ModelError

_MAGIC, _VERSIONS = 793712314, range(11, 13)
_ARGUMENTS_BYTES = 12 * 4 + 8
_N_CENTROIDS = 256
_TODO = "give the path of a .bin or .ftz model"


def check_model_file(path: Path, *, todo: str = _TODO) -> None:
    """Return if ``path`` holds a fastText model from its first to its last byte.

    Args:
        path: the file.
        todo: what the error tells the reader to do.

    Raises:
        ModelError: there is no such file, it is no fastText model, or a part of it is missing.
    """
    try:
        with path.open("rb") as file:
            if struct.pack("<i", _MAGIC) != file.read(4):
                raise _error(path, todo, "a file that does not begin as one")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                n_bytes, end = len(data), _end(data, path, todo)
    except OSError as error:
        raise _error(path, todo, error.strerror or str(error)) from error
    except (struct.error, IndexError, ValueError) as error:
        raise _error(path, todo, "a model file that is cut short or damaged") from error
    if end > n_bytes:
        raise _error(path, todo, f"a model file cut short: {n_bytes} of its {end} bytes")


def _error(path: Path, todo: str, found: str) -> ModelError:
    return ModelError(str(path), wanted="a fastText model file", found=found, todo=todo)


def _end(data: mmap.mmap, path: Path, todo: str) -> int:
    """The number of bytes the model should have by its own account.

    Raises:
        struct.error, IndexError, ValueError: ``data`` ends before its sizes are known.
    """
    (version,) = struct.unpack_from("<i", data, 4)
    if version not in _VERSIONS:
        raise _error(path, todo, f"format version {version}, not 11 or 12")
    at = _after_dictionary(data, 8 + _ARGUMENTS_BYTES)
    is_quantised = data[at] == 1
    at = _after_quantised(data, at + 1) if is_quantised else _after_dense(data, at + 1)
    is_output_quantised = is_quantised and data[at] == 1
    return _after_quantised(data, at + 1) if is_output_quantised else _after_dense(data, at + 1)


def _after_dictionary(data: mmap.mmap, at: int) -> int:
    n_entries: int
    n_pruned: int
    n_entries, _, _, _, n_pruned = struct.unpack_from("<iiiqq", data, at)
    at += struct.calcsize("<iiiqq")
    for _ in range(_not_negative(n_entries)):
        end_of_word = data.find(b"\0", at)
        _not_negative(end_of_word)
        at = end_of_word + 1 + 8 + 1  # its count and its type follow
    return at + 8 * max(n_pruned, 0)


def _after_dense(data: mmap.mmap, at: int) -> int:
    rows, columns = struct.unpack_from("<qq", data, at)
    return at + 16 + 4 * _not_negative(rows) * _not_negative(columns)


def _after_quantised(data: mmap.mmap, at: int) -> int:
    has_norms, rows, _, n_codes = struct.unpack_from("<?qqi", data, at)
    at = _after_centroids(data, at + struct.calcsize("<?qqi") + _not_negative(n_codes))
    return _after_centroids(data, at + _not_negative(rows)) if has_norms else at


def _after_centroids(data: mmap.mmap, at: int) -> int:
    (dimension,) = struct.unpack_from("<i", data, at)
    return at + 16 + 4 * _N_CENTROIDS * _not_negative(dimension)


def _not_negative(n: int) -> int:
    if n < 0:
        raise ValueError(n)
    return n
