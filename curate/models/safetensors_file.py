"""Is a safetensors file whole? Told before a library reads it, with the file's name.

The layout (github.com/huggingface/safetensors): eight bytes with the length of a header, the header
in JSON with the place of each tensor behind it, then the tensors without a gap.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from curate.errors import ModelError
from curate.models.named_files import refuse_pointer

INDEX = "model.safetensors.index.json"
_MOST_HEADER_BYTES = 100 << 20  # the library's own limit


def check_safetensors(path: Path) -> None:
    """Return if a file holds all tensors that its header names, and nothing else.

    Raises:
        ModelError: it is missing, cut short or damaged.
    """
    refuse_pointer(path)
    try:
        n_bytes = path.stat().st_size
        with path.open("rb") as file:
            n_header = int.from_bytes(file.read(8), "little")
            if n_bytes < 8 or not 1 < n_header <= min(n_bytes - 8, _MOST_HEADER_BYTES):
                raise _error(path, f"{n_bytes} bytes that do not begin with a whole header")
            header: dict[str, Any] = json.loads(file.read(n_header))
        spans = sorted(
            tuple(tensor["data_offsets"])
            for name, tensor in header.items()
            if name != "__metadata__"
        )
    except OSError as error:
        raise _error(path, error.strerror or str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _error(path, "a header that is damaged") from error
    end = 0
    for start, stop in spans:
        if start != end or stop < start:
            raise _error(path, "tensors that overlap or leave gaps")
        end = stop
    if n_bytes != 8 + n_header + end:
        raise _error(path, f"{n_bytes} of {8 + n_header + end} bytes")


def check_folder(folder: Path) -> None:
    """Check all such files of a model's folder, and those that its index names.

    Raises:
        ModelError: one is missing, cut short or damaged.
    """
    names = {path.name for path in folder.glob("*.safetensors")}
    index = folder / INDEX
    if index.is_file():
        try:
            names |= set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _error(index, "no index of weights in JSON") from error
    for name in sorted(names):
        if Path(name).name != name:
            raise _error(index, f"a file outside of its folder: {name!r}")
        check_safetensors(folder / name)


def _error(path: Path, found: str) -> ModelError:
    return ModelError(
        str(path),
        wanted="a whole safetensors file",
        found=found,
        todo="fetch the file again; the one that is here is cut short or damaged",
    )
