"""Which of the candidates is the answer, and how sure that is.

Trees rank the candidates of a text (:mod:`curate.lid.voices.candidates`); the first is the answer.
Other trees say how probable it is that the first is right, from what is known of it and how far it
is ahead. Both are fitted on texts whose language is known (``python -m tests.benchmarks.lid --fit
DIR``) and packed as ``curate/data/lid/ranking.npz``.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from curate.lid.voices.candidates import Candidates
from curate.lid.voices.confidence import Kind
from curate.lid.voices.fusion import Evidence, Resemblance
from curate.models.trees import Forest

F32 = npt.NDArray[np.float32]

_PARTS: Final = ("roots", "feature", "threshold", "left")
_N_LISTED: Final = 5
_LOWEST: Final = -20.0

# Of FunLangID's best score; close relatives, such as Persian and Dari, lie within it.
_ALIKE: Final = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The fitted forests.

    Attributes:
        rank: the higher the sum, the better a candidate.
        sure: log odds that the first is right, of its row and what :func:`with_lead` adds.
        sha256: of the file.
    """

    rank: Forest
    sure: Forest
    sha256: str


def are_agreed(first: Evidence, own: Resemblance) -> bool:
    """Whether the text resembles the answer that CLD2 is sure of: then the table is not heard.

    It was trained on messages of programs, where languages that few speak stand beside much
    English; a manual in Persian resembles Laki there.
    """
    highest = next(iter(own.scores.values()), 0.0)
    is_like = own.of_language(first.label) >= _ALIKE * highest > 0.0
    return first.kind is Kind.BASE and is_like


def ranked_evidence(ranking: Ranking, texts: Sequence[Candidates]) -> list[Evidence | None]:
    """The answer for each text; None for one without candidates."""
    if not texts:
        return []
    rows = np.concatenate([one.rows for one in texts])
    scores = ranking.rank.predict(rows)
    starts = np.cumsum([0, *(len(one.names) for one in texts)]).tolist()
    own = [scores[a:b] for a, b in pairwise(starts)]
    firsts = [with_lead(one, ranked) for one, ranked in zip(texts, own, strict=True) if len(ranked)]
    sure = iter(ranking.sure.predict(np.array(firsts, np.float32)).tolist() if firsts else ())
    return [
        _evidence(one, ranked, next(sure)) if len(ranked) else None
        for one, ranked in zip(texts, own, strict=True)
    ]


def with_lead(one: Candidates, scores: npt.NDArray[np.float64]) -> F32:
    """The row of the first candidate, how far it is ahead of the second, and of the mean of all."""
    order = np.argsort(-scores, kind="stable")
    best = scores[order[0]]
    lead = best - scores[order[1]] if len(scores) > 1 else -_LOWEST
    return np.append(one.rows[order[0]], [lead, best]).astype(np.float32)


def _evidence(one: Candidates, scores: npt.NDArray[np.float64], sure: float) -> Evidence:
    order = np.argsort(-scores, kind="stable")[:_N_LISTED].tolist()
    best = scores[order[0]]
    weights = {one.names[i]: float(np.exp(max(scores[i] - best, _LOWEST))) for i in order}
    return Evidence(one.names[order[0]], Kind.RANKED, sure, weights)


def to_bytes(rank: Forest, sure: Forest) -> bytes:
    """The bytes that :func:`parse_ranking` reads; the same trees give the same bytes."""
    forests = {"rank": rank, "sure": sure}
    arrays: dict[str, Any] = {
        f"{name}.{part}": getattr(forest, part)
        for name, forest in forests.items()
        for part in _PARTS
    }
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def parse_ranking(data: bytes) -> Ranking:
    """The trees in the bytes of a file."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        forests = {name: _forest(arrays, name) for name in ("rank", "sure")}
    return Ranking(**forests, sha256=sha256(data).hexdigest())


def _forest(arrays: Mapping[str, npt.NDArray[Any]], name: str) -> Forest:
    return Forest(*(np.ascontiguousarray(arrays[f"{name}.{part}"]) for part in _PARTS))


@lru_cache(maxsize=1)
def packaged_ranking() -> Ranking:
    """The trees that come with curate."""
    return parse_ranking((files("curate") / "data" / "lid" / "ranking.npz").read_bytes())
