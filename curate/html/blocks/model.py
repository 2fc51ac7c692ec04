"""The model as it is shipped: flat arrays in one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.name_tokens import TokenTable
from curate.html.blocks.page_kinds import KINDS
from curate.models.trees import Forest, Forests

F64 = npt.NDArray[np.float64]

_FILE: Final = ("data", "extraction", "blocks.npz")
_FOREST: Final = ("roots", "feature", "threshold", "left")
_TABLE: Final = ("keys", "scores", "marks", "kinds")


@dataclass(frozen=True, eq=False)
class Model:
    """Everything that was learnt.

    Attributes:
        tokens: of classes and ids.
        kinds: a forest for each of :data:`curate.html.blocks.page_kinds.KINDS`.
        blocks: log odds that a block is content.
        has_text: log odds that a page has a main text.
        confidence: F1 that the answer is likely to have.
        thresholds: float64[K], score from which on a block is kept, by kind.
        least_has_text: below this probability a page has no main text.
    """

    tokens: TokenTable
    kinds: tuple[Forest, ...]
    blocks: Forest
    has_text: Forest
    confidence: Forest
    thresholds: F64
    least_has_text: float

    @cached_property
    def of_kinds(self) -> Forests:
        """``kinds`` in one call."""
        return Forests(self.kinds)

    @cached_property
    def of_answers(self) -> Forests:
        """``has_text`` and ``confidence`` in one call."""
        return Forests((self.has_text, self.confidence))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays of the file."""
        forests = {f"kind_{i}": forest for i, forest in enumerate(self.kinds)}
        forests |= {n: getattr(self, n) for n in ("blocks", "has_text", "confidence")}
        return {
            **{f"{n}.{part}": getattr(f, part) for n, f in forests.items() for part in _FOREST},
            **{f"tokens.{part}": getattr(self.tokens, part) for part in _TABLE},
            "thresholds": self.thresholds,
            "least_has_text": np.float64(self.least_has_text),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Model:
        """The model that these arrays are."""

        def forest(name: str) -> Forest:
            return Forest(*(np.ascontiguousarray(arrays[f"{name}.{part}"]) for part in _FOREST))

        return cls(
            TokenTable(*(np.ascontiguousarray(arrays[f"tokens.{part}"]) for part in _TABLE)),
            tuple(forest(f"kind_{i}") for i in range(len(KINDS))),
            forest("blocks"),
            forest("has_text"),
            forest("confidence"),
            arrays["thresholds"],
            float(arrays["least_has_text"]),
        )


@lru_cache(maxsize=1)
def load_model() -> Model:
    """The model that curate comes with."""
    source = files("curate").joinpath(*_FILE)
    with source.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return Model.of(arrays)
