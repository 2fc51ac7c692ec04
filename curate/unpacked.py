"""Large tables of the package, unpacked once on a machine and then mapped into memory.

To unpack one takes most of a second and as much memory in every process. Kept beside the compiled
kernels, it is read at the speed of the disk's cache, and all processes share its pages.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

I8 = npt.NDArray[np.int8]

_HEAD_BYTES: Final = 64  # as numpy aligns its own files
_PREFIX: Final = "curate-unpacked"


def unpacked(
    folder: Path, name: str, digest: str, shape: tuple[int, int], make: Callable[[], I8]
) -> I8:
    """A table of bytes, from its file or from ``make``, which is called where there is none.

    The file is compared with its check sum, which finds damage; whoever can write to ``folder`` can
    replace compiled kernels too. Where nothing can be kept, the table is in this process alone.

    Args:
        folder: where compiled kernels are kept.
        name: of the table; files of its other versions are removed.
        digest: hexadecimal digest of what ``make`` unpacks.
        shape: rows and columns.
        make: gives int8[shape].
    """
    path = folder / f"{_PREFIX}-{name}-{digest[:16]}.bin"
    with contextlib.suppress(OSError, ValueError):
        return _mapped(path, shape)
    table = make()
    with contextlib.suppress(OSError, ValueError):
        _keep(path, table)
        _remove_others(path, f"{_PREFIX}-{name}-*.bin")
        return _mapped(path, shape)
    return table


def _mapped(path: Path, shape: tuple[int, int]) -> I8:
    """The table of a file.

    Raises:
        OSError: there is none.
        ValueError: it is torn or damaged.
    """
    # A private map: a kernel is compiled for arrays that can be written to, and none writes to it.
    table = np.asarray(np.memmap(path, np.int8, mode="c", offset=_HEAD_BYTES, shape=shape))
    with path.open("rb") as file:
        if file.read(_HEAD_BYTES) != _head(table):
            raise ValueError(path)
    return table


def _head(table: I8) -> bytes:
    return f"{zlib.crc32(table.data):08x} {table.shape}".encode().ljust(_HEAD_BYTES)


def _keep(path: Path, table: I8) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_head(table))
            file.write(table.data)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _remove_others(path: Path, pattern: str) -> None:
    for other in path.parent.glob(pattern):
        if other != path:
            other.unlink(missing_ok=True)
