"""Figures that WDS was published with: ``curate/data/scores``, where ATTRIBUTION.md says whose."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]


class Medians(NamedTuple):
    """Characters of three classes for 100 word characters, in the median document."""

    numbers: float
    punctuation: float
    singular: float


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """How much of a text of so many bytes zstd saves.

    Args:
        n_bytes: float64[n_knots], ascending, two at least.
        saved_percent: float64[n_knots], 0-100.
    """

    n_bytes: F64
    saved_percent: F64

    def at(self, n_bytes: F64) -> F64:
        """float64[n]: percent expected. Beyond the last knot as there, before the first on."""
        inside = np.interp(n_bytes, self.n_bytes, self.saved_percent)
        (x, x_next), (y, y_next) = self.n_bytes[:2], self.saved_percent[:2]
        before = y + (n_bytes - x) * (y_next - y) / (x_next - x)
        expected: F64 = np.where(n_bytes < x, before, inside)
        return expected


@dataclass(frozen=True, slots=True)
class Tables:
    """All of them.

    Attributes:
        medians: label -> its medians.
        members: language -> the one that has its medians, where codes differ.
        curves: script -> its curve.
        other: the curve of scripts without one.
        sha256: of the file, in hex.
    """

    medians: Mapping[str, Medians]
    members: Mapping[str, str]
    curves: Mapping[str, Curve]
    other: Curve
    sha256: str


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The packaged figures, read once per process."""
    data = (files("curate") / "data" / "scores" / "wds.json").read_bytes()
    raw = json.loads(data)
    curves = {
        script: Curve(np.array(one["bytes"], np.float64), np.array(one["saved_percent"]))
        for one in raw["curves"]
        for script in one["scripts"]
    }
    return Tables(
        medians={label: Medians(*figures) for label, figures in raw["medians"].items()},
        members=raw["members"],
        curves=curves,
        other=curves["Latn"],
        sha256=hashlib.sha256(data).hexdigest(),
    )
