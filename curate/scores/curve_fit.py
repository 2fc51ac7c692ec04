"""Compression curves from documents of one's own, by script.

WDS was published with curves of four groups of scripts, measured on its makers' crawls. What zstd
saves of a text depends on the language, on how pages were extracted and on the version of zstd; a
curve of the documents at hand says what is usual among them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from curate.errors import ConfigError
from curate.labels import script_of
from curate.scores.compression import compressed_sizes, saved_percent
from curate.scores.figures import Curve, tables

BINS_AN_OCTAVE: Final = 2
"""Bins of size: two for each doubling."""

MIN_DOCUMENTS: Final = 30
"""Documents that a bin needs."""

SHRINKAGE: Final = 30
"""Documents whose mean weighs as much as the published curve."""

SUMS: Final = pa.schema(
    [
        ("script", pa.string()),
        ("bin", pa.int32()),
        ("n", pa.int64()),
        ("n_bytes", pa.float64()),
        ("saved_percent", pa.float64()),
    ]
)
"""Sums over the documents of a script in a bin of size."""


def sums_of(texts: Sequence[str], labels: Sequence[str]) -> pa.Table:
    """:data:`SUMS` of some documents; empty ones are left out."""
    raw, packed = compressed_sizes([text.lower() for text in texts])
    some = raw > 0
    bins = np.floor(np.log2(np.maximum(raw, 1)) * BINS_AN_OCTAVE).astype(np.int32)
    columns = [
        pa.array([script_of(label) for label in labels], pa.string()),
        pa.array(bins),
        pa.array(some.astype(np.int64)),
        pa.array(raw.astype(np.float64)),
        pa.array(np.nan_to_num(saved_percent(raw, packed))),
    ]
    return add_sums(pa.table(columns, schema=SUMS).filter(pa.array(some)))


def add_sums(table: pa.Table) -> pa.Table:
    """One row for each script and bin, in order."""
    keys = ["script", "bin"]
    sums = [(name, "sum") for name in SUMS.names[2:]]
    summed = table.group_by(keys, use_threads=False).aggregate(sums)
    named = pa.table([summed[k] for k in (*keys, *(f"{n}_sum" for n, _ in sums))], schema=SUMS)
    return named.sort_by([(key, "ascending") for key in keys])


def fit_curves(sums: pa.Table) -> dict[str, Curve]:
    """Script -> its curve, for scripts with two bins that have enough documents.

    A knot is the mean of a bin, drawn toward the published curve by :data:`SHRINKAGE` documents.
    """
    knots_of: dict[str, list[tuple[float, float]]] = {}
    for row in add_sums(sums).to_pylist():
        n, script = row["n"], row["script"]
        if n < MIN_DOCUMENTS:
            continue
        n_bytes = row["n_bytes"] / n
        usual = tables().curves.get(script, tables().other).at(np.array([n_bytes])).item()
        saved = (row["saved_percent"] + SHRINKAGE * usual) / (n + SHRINKAGE)
        knots_of.setdefault(script, []).append((round(n_bytes, 1), round(saved, 2)))
    return {
        script: Curve(*(np.array(column, np.float64) for column in zip(*knots, strict=True)))
        for script, knots in knots_of.items()
        if len(knots) > 1
    }


def curves_to_json(curves: Mapping[str, Curve]) -> dict[str, list[list[float]]]:
    """Script -> [bytes, percent saved] of each knot."""
    return {
        script: [
            list(knot) for knot in zip(c.n_bytes.tolist(), c.saved_percent.tolist(), strict=True)
        ]
        for script, c in sorted(curves.items())
    }


def curves_from_json(data: Mapping[str, Sequence[Sequence[float]]]) -> dict[str, Curve]:
    """The curves of such data; see :func:`parse_curves` for files."""
    return {
        script: Curve(*(np.array(column, np.float64) for column in zip(*knots, strict=True)))
        for script, knots in data.items()
    }


def parse_curves(text: str, *, where: str) -> dict[str, Curve]:
    """Read a file of curves.

    Raises:
        ConfigError: it is none: JSON, script -> a list of [bytes, percent saved], two at least,
            bytes rising.
    """
    try:
        curves = curves_from_json(json.loads(text))
        for curve in curves.values():
            if len(curve.n_bytes) < 2 or not (np.diff(curve.n_bytes) > 0).all():
                raise ValueError("two knots at least, and bytes that rise")
    except (ValueError, TypeError, AttributeError) as error:
        raise ConfigError(
            where,
            wanted="compression curves: JSON, script -> list of [bytes, percent saved]",
            found=str(error).splitlines()[0][:200],
            todo="name the scores/_compression.json of a work folder that `tune.compression` made",
        ) from error
    return curves
