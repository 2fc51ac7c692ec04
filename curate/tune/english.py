"""The English that comes with curate, for references that have none of their own.

The documented methods compare a language with English. Statistics of English manuals are shipped,
made by ``jobs/language_configs.py`` with everything else that the shipped configs rest on; where a
reference has English documents of its own kind, those are compared with.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from curate.errors import InputError
from curate.metrics import METRICS_VERSION
from curate.tune.sketch import Sketch, in_buckets
from curate.tune.stored import from_table, to_table

NAME: Final = "english.parquet"
_VERSION, _TEXT = b"curate.metrics", b"curate.text"


def write_english(folder: Path, sketches: Mapping[str, Sketch], *, label: str, text: str) -> None:
    """Write the file.

    Args:
        folder: where.
        sketches: of the English documents, by metric.
        label: theirs.
        text: what they are, for the provenance of what is compared with them.
    """
    table = to_table({label: {metric: in_buckets(sketch) for metric, sketch in sketches.items()}})
    metadata = {_VERSION: METRICS_VERSION.encode(), _TEXT: text.encode()}
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / NAME
    pq.write_table(table.replace_schema_metadata(metadata), target, compression="zstd")


@lru_cache(maxsize=1)
def shipped_english() -> tuple[Mapping[str, Sketch], str]:
    """Sketches of English documents by metric, and what these are.

    Raises:
        InputError: the file was made with other metrics than this curate measures.
    """
    source = files("curate").joinpath("data", "tune", NAME)
    table = pq.read_table(io.BytesIO(source.read_bytes()))
    metadata = table.schema.metadata
    if metadata[_VERSION] != METRICS_VERSION.encode():
        raise InputError(
            f"curate/data/tune/{NAME}",
            wanted=f"statistics of metrics of version {METRICS_VERSION}",
            found=f"version {metadata[_VERSION].decode()}",
            todo="make it again: python jobs/language_configs.py --cache CACHE tune",
        )
    (sketches,) = from_table(table.replace_schema_metadata(None), where=NAME).values()
    return sketches, metadata[_TEXT].decode()
