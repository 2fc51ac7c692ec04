"""Is a file a whole fastText model? fastText itself crashes the process on one that is not.

The layout is that of fastText 0.9 (github.com/facebookresearch/fastText, ``FastText::saveModel``):
magic, version, arguments, dictionary, input matrix, output matrix; all little-endian. Sizes stand
in several places, and the library believes each of them: here they have to agree.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from curate.errors import ModelError
from curate.models.named_files import refuse_pointer

Answer = TypeVar("Answer")

_MAGIC, _VERSIONS = 793712314, range(11, 13)
_ARGUMENTS = struct.Struct("<12id")
_N_CENTROIDS = 256
_SUPERVISED = 3
_TODO = "give the path of a .bin or .ftz model"


@dataclass(slots=True)
class _Layout:
    """The layout of a file by its own account, and where it ends by it, in bytes."""

    dim: int
    is_supervised: bool
    n_buckets: int
    n_words: int = 0
    n_pruned: int = -1
    labels: list[str] = field(default_factory=list)
    end: int = 0

    @property
    def least_rows(self) -> int:
        """Rows of the input matrix that the dictionary points into."""
        return self.n_words + (self.n_pruned if self.n_pruned >= 0 else self.n_buckets)


def check_model_file(path: Path, *, todo: str = _TODO) -> None:
    """Return if ``path`` holds a fastText model from its first to its last byte.

    Args:
        path: the file.
        todo: what the error tells the reader to do.

    Raises:
        ModelError: there is no such file, it is no fastText model, a part of it is missing, or its
            sizes contradict each other.
    """
    _looked_at(path, todo, lambda _: None)


def labels_in(path: Path, *, todo: str = _TODO) -> tuple[str, ...]:
    """The labels that a model's dictionary holds, with their prefix; the library is not asked.

    Raises:
        ModelError: see :func:`check_model_file`.
    """
    return _looked_at(path, todo, lambda layout: tuple(layout.labels))


def _looked_at(path: Path, todo: str, take: Callable[[_Layout], Answer]) -> Answer:
    refuse_pointer(path)
    try:
        with path.open("rb") as file:
            if struct.pack("<i", _MAGIC) != file.read(4):
                raise _error(path, todo, "a file that does not begin as one")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                n_bytes, layout = len(data), _layout(data, path, todo)
    except OSError as error:
        raise _error(path, todo, error.strerror or str(error)) from error
    except (struct.error, IndexError, ValueError) as error:
        said = str(error) if isinstance(error, _LieError) else "cut short or damaged"
        raise _error(path, todo, f"a model file that is {said}") from error
    if layout.end > n_bytes:
        raise _error(path, todo, f"a model file cut short: {n_bytes} of its {layout.end} bytes")
    return take(layout)


def _error(path: Path, todo: str, found: str) -> ModelError:
    return ModelError(str(path), wanted="a fastText model file", found=found, todo=todo)


class _LieError(ValueError):
    """Two sizes of a file contradict each other, or one can be of no model."""


def _require(*, agrees: bool, said: str) -> None:
    if not agrees:
        raise _LieError(f"damaged: {said}")


def _layout(data: mmap.mmap, path: Path, todo: str) -> _Layout:
    """The layout of a model by its own account.

    Raises:
        struct.error, IndexError, ValueError: ``data`` ends before its sizes are known, or they
            contradict each other.
    """
    (version,) = struct.unpack_from("<i", data, 4)
    if version not in _VERSIONS:
        raise _error(path, todo, f"format version {version}, not 11 or 12")
    layout = _arguments(data)
    at = _after_dictionary(data, 8 + _ARGUMENTS.size, layout)
    is_quantised = data[at] == 1
    _require(agrees=is_quantised or layout.n_pruned < 0, said="pruned, and not quantised")
    after = _after_quantised if is_quantised else _after_dense
    at = after(data, at + 1, layout.dim, layout.least_rows)
    after = _after_quantised if is_quantised and data[at] == 1 else _after_dense
    least_rows = len(layout.labels) if layout.is_supervised else layout.n_words
    layout.end = after(data, at + 1, layout.dim, least_rows)
    return layout


def _arguments(data: mmap.mmap) -> _Layout:
    numbers = _ARGUMENTS.unpack_from(data, 8)
    dim, n_grams, loss, model, n_buckets, _, longest = (
        numbers[0],
        *numbers[5:11],
    )
    _require(agrees=dim > 0, said=f"vectors of {dim} numbers")
    _require(agrees=model in (1, 2, 3) and loss in (1, 2, 3, 4), said="no known kind of model")
    # the library divides by the number of buckets
    needs_buckets = n_grams > 1 or longest > 0
    _require(
        agrees=n_buckets >= 0 and (n_buckets > 0 or not needs_buckets),
        said=f"{n_buckets} buckets for n-grams",
    )
    return _Layout(dim, model == _SUPERVISED, n_buckets)


def _after_dictionary(data: mmap.mmap, at: int, layout: _Layout) -> int:
    n_entries: int
    n_words: int
    n_labels: int
    n_tokens: int
    n_pruned: int
    n_entries, n_words, n_labels, n_tokens, n_pruned = struct.unpack_from("<iiiqq", data, at)
    at += struct.calcsize("<iiiqq")
    _require(
        agrees=min(n_words, n_labels, n_tokens) >= 0 and n_entries == n_words + n_labels,
        said=f"{n_entries} entries of {n_words} words and {n_labels} labels",
    )
    _require(agrees=n_pruned >= -1, said=f"{n_pruned} pruned n-grams")
    for i in range(n_entries):
        end_of_word = data.find(b"\0", at)
        _not_negative(end_of_word)
        kind = data[end_of_word + 1 + 8]  # behind its count
        _require(agrees=kind == (i >= n_words), said=f"entry {i} is no word, or no label")
        if kind == 1:
            layout.labels.append(data[at:end_of_word].decode("utf-8", "replace"))
        at = end_of_word + 1 + 8 + 1
    layout.n_words, layout.n_pruned = n_words, n_pruned
    n = max(n_pruned, 0)
    if at + 8 * n > len(data):
        raise IndexError(at)
    rows = np.frombuffer(data[at : at + 8 * n], "<i4").reshape(-1, 2)[:, 1]
    _require(
        agrees=not n or 0 <= int(rows.min()) <= int(rows.max()) < n,
        said="n-grams that point outside of the matrix",
    )
    return at + 8 * n


def _after_dense(data: mmap.mmap, at: int, dim: int, least_rows: int) -> int:
    rows, columns = struct.unpack_from("<qq", data, at)
    _check_shape(rows, columns, dim, least_rows)
    return at + 16 + 4 * _not_negative(rows) * _not_negative(columns)


def _check_shape(rows: int, columns: int, dim: int, least_rows: int) -> None:
    _require(
        agrees=columns == dim and rows >= least_rows,
        said=f"a matrix of {rows} x {columns} where at least {least_rows} x {dim} belong",
    )


def _after_quantised(data: mmap.mmap, at: int, dim: int, least_rows: int) -> int:
    has_norms, rows, columns, n_codes = struct.unpack_from("<?qqi", data, at)
    _check_shape(rows, columns, dim, least_rows)
    at += struct.calcsize("<?qqi") + _not_negative(n_codes)
    inner, n_parts, width, last = struct.unpack_from("<iiii", data, at)
    _require(
        agrees=inner == dim and 0 < last <= width and (n_parts - 1) * width + last == dim,
        said=f"codes of {n_parts} parts of {width} for {dim} numbers",
    )
    _require(agrees=n_codes == rows * n_parts, said=f"{n_codes} codes for {rows} rows")
    at = _after_centroids(data, at)
    if not has_norms:
        return at
    at += rows
    _require(
        agrees=struct.unpack_from("<iiii", data, at) == (1, 1, 1, 1), said="norms of no known form"
    )
    return _after_centroids(data, at)


def _after_centroids(data: mmap.mmap, at: int) -> int:
    (dimension,) = struct.unpack_from("<i", data, at)
    return at + 16 + 4 * _N_CENTROIDS * _not_negative(dimension)


def _not_negative(n: int) -> int:
    if n < 0:
        raise ValueError(n)
    return n
