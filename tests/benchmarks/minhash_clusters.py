"""What clusters hold: documents unlike the one that stands for them, and duplicates left over.

Every document is compared with every other by its sets of word 5-grams, so a false merge is a
fact and not an opinion: a document that is removed although its similarity to the representative
of its cluster is below 0.5. What was missed is what a brute-force pass at 0.8 still finds among
the documents that are left, as a share of what it finds among all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.dedup.components import ClusterParams, cluster
from curate.dedup.representative import choose
from curate.text.hashing import I64, U8, U64
from tests.benchmarks.minhash_pairs import (
    Pool,
    jaccard,
    near_duplicate,
    shingle_hashes_of,
    shingle_set,
    sign,
)

F32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

FALSE_BELOW = 0.5
DUPLICATE_FROM = 0.8
DROPPED = 0.3
"""Share of documents that a selection by chance drops, to see other representatives."""


@dataclass(frozen=True, eq=False)
class Documents:
    """Documents of one language, with all that the methods need.

    Args:
        n_chars: int64[n].
        similarity: float32[n, n], of their sets of shingles; 1 on the diagonal.
        keys: uint64[n, n_bands].
        compact: uint8[n, n_hashes].
    """

    n_chars: I64
    similarity: F32
    keys: U64
    compact: U8

    @classmethod
    def of(cls, texts: Sequence[str]) -> Documents:
        """Sign the texts, and compare each with each."""
        sets = [shingle_set(text) for text in texts]
        texts = [text for text, own in zip(texts, sets, strict=True) if own]
        sets = [own for own in sets if own]
        keys, compact = sign(shingle_hashes_of(texts))
        n_chars = np.array([len(text) for text in texts], np.int64)
        similarity = np.eye(len(sets), dtype=np.float32)
        for i, mine in enumerate(sets):
            for j in range(i):
                similarity[i, j] = similarity[j, i] = jaccard(mine, sets[j])
        return cls(n_chars, similarity, keys, compact)

    def __len__(self) -> int:
        return len(self.n_chars)

    def order(self) -> U64:
        """uint64[n], a stand-in for the hash of the id."""
        return np.random.default_rng(len(self)).permutation(len(self)).astype(np.uint64)

    def longest_first(self) -> list[int]:
        """Rows in the order in which they would stand for a cluster."""
        found: list[int] = np.lexsort((np.arange(len(self)), -self.n_chars)).tolist()
        return found

    def to_representative(self, owner: I64, passes: Bools) -> tuple[Bools, F32]:
        """Who stands for a cluster, chosen as the product chooses, and how like it members are.

        Returns:
            bool[n], one of each cluster; float32[n], similarity to one's own representative.
        """
        ids = pa.array([f"{row:06}" for row in range(len(self))])
        kept = choose(owner, passes, self.n_chars, ids)
        _, number = np.unique(owner, return_inverse=True)
        leader = np.empty(int(number.max()) + 1, np.int64)
        leader[number[kept]] = np.flatnonzero(kept)
        return kept, self.similarity[np.arange(len(self)), leader[number]]


Method = Callable[[Documents], I64]


def clustered(params: ClusterParams) -> Method:
    """Clusters as curate makes them."""

    def run(documents: Documents) -> I64:
        found = cluster(
            documents.keys,
            documents.compact,
            documents.order(),
            params,
            n_chars=documents.n_chars,
        )
        return found.cluster

    return run


def exact_rules(least: float, floor: float) -> Method:
    """curate's rules with no band and no estimate: all pairs, true similarities."""

    def run(documents: Documents) -> I64:
        owner = np.arange(len(documents), dtype=np.int64)
        before: list[int] = []
        for row in documents.longest_first():
            met = [other for other in before if documents.similarity[row, other] >= least]
            leaders = sorted(set(owner[met].tolist()))
            likeness = documents.similarity[row, leaders]
            if leaders and likeness.max() >= floor:
                owner[row] = leaders[int(np.argmax(likeness))]
            before.append(row)
        return owner

    return run


def nearest_kept(least: float) -> Method:
    """Brute force: longest first, each joins the most similar one kept, if at least ``least``."""

    def run(documents: Documents) -> I64:
        owner = np.arange(len(documents), dtype=np.int64)
        kept: list[int] = []
        for row in documents.longest_first():
            if kept:
                best = kept[int(np.argmax(documents.similarity[row, kept]))]
                if documents.similarity[row, best] >= least:
                    owner[row] = best
                    continue
            kept.append(row)
        return owner

    return run


METHODS: Mapping[str, Method] = {
    "every shared band (FineWeb2)": clustered(ClusterParams(verify=False)),
    "verified pairs, chains whole": clustered(ClusterParams(min_representative_similarity=0.0)),
    "as built: 0.7 to the leader": clustered(ClusterParams()),
    "0.65 to the leader": clustered(ClusterParams(min_representative_similarity=0.65)),
    "0.6 to the leader": clustered(ClusterParams(min_representative_similarity=0.6)),
    "rules as built, exact": exact_rules(0.7, 0.7),
    "brute force, nearest kept": nearest_kept(0.7),
}


class Score(NamedTuple):
    """What a method made of documents; counts, so that scores of languages add up.

    Attributes:
        documents: how many there were.
        clusters: with two members or more.
        largest: members of the largest.
        removed: documents that are not kept.
        false_merges: those of them that are unlike their representative.
        selected_removed: documents that pass selection and are not kept, when selection drops
            three in ten by chance.
        selected_false_merges: those of them that are unlike their representative.
        left: duplicates that brute force still finds among the kept.
        duplicates: those that it finds among all.
        worst: least similarity of a removed document to its representative; 1 if none is.
    """

    documents: int
    clusters: int
    largest: int
    removed: int
    false_merges: int
    selected_removed: int
    selected_false_merges: int
    left: int
    duplicates: int
    worst: float

    def plus(self, other: Score) -> Score:
        """Both together."""
        mine, theirs = self._asdict(), other._asdict()
        sums = {name: mine[name] + theirs[name] for name in mine}
        extremes = {
            "largest": max(self.largest, other.largest),
            "worst": min(self.worst, other.worst),
        }
        return Score(**(sums | extremes))


def score(documents: Documents, owner: I64) -> Score:
    """Judge clusters by true similarities."""
    everything = np.ones(len(documents), bool)
    kept, likeness = documents.to_representative(owner, everything)
    passes = np.random.default_rng(len(documents)).random(len(documents)) >= DROPPED
    chosen, after = documents.to_representative(owner, passes)
    removed = passes & ~chosen
    _, sizes = np.unique(owner, return_counts=True)
    return Score(
        documents=len(documents),
        clusters=int((sizes > 1).sum()),
        largest=int(sizes.max()),
        removed=int((~kept).sum()),
        false_merges=int((likeness < FALSE_BELOW).sum()),
        selected_removed=int(removed.sum()),
        selected_false_merges=int((after[removed] < FALSE_BELOW).sum()),
        left=_n_duplicates(documents, kept),
        duplicates=_n_duplicates(documents, everything),
        worst=float(likeness.min(initial=1.0)),
    )


def _n_duplicates(documents: Documents, among: Bools) -> int:
    """How many of these a brute-force pass would remove."""
    kept: list[int] = []
    rows = [row for row in documents.longest_first() if among[row]]
    for row in rows:
        if not (documents.similarity[row, kept] >= DUPLICATE_FROM).any():
            kept.append(row)
    return len(rows) - len(kept)


def versions(random: Random, pool: Pool, n: int) -> list[str]:
    """Families: a passage and up to seven copies, each 0.5 to 0.98 like it; a third are alone."""
    texts: list[str] = []
    while len(texts) < n:
        first = pool.document(random)
        texts.append(first)
        for _ in range(random.choice((0, 0, 1, 2, 4, 7))):
            try:
                texts.append(near_duplicate(random, first, pool, 0.5, 0.98).b)
            except RuntimeError:
                break
    return texts


def drift(random: Random, pool: Pool, n: int, length: int = 12) -> list[str]:
    """Chains: each text is 0.78 to 0.82 like the one before, and the ends share little."""
    texts: list[str] = []
    while len(texts) < n:
        texts.append(pool.passage(random, 250))
        for _ in range(length - 1):
            try:
                texts.append(near_duplicate(random, texts[-1], pool, 0.78, 0.82).b)
            except RuntimeError:
                break
    return texts


def windows(random: Random, pool: Pool, n: int, width: int = 180) -> list[str]:
    """Chains: a window moves over a long text by a ninth of its width; neighbours are 0.8."""
    order = sorted(range(len(pool.texts)), key=lambda at: -len(pool.starts[at]))
    texts: list[str] = []
    for at in order[:20]:
        text, starts = pool.texts[at], pool.starts[at]
        firsts = range(0, len(starts) - width, width // 9)
        texts += [text[starts[first] : starts[first + width]] for first in firsts]
    return texts[:n]


def template(random: Random, pool: Pool, n: int) -> list[str]:
    """Pages of one site: 160 words that all share, then 80 that are each page's own."""
    shared = pool.passage(random, 160)
    own = ("\n".join(pool.passage(random, 16) for _ in range(5)) for _ in range(n))
    return [f"{shared}\n{mine}" for mine in own]


CORPORA: Mapping[str, Callable[[Random, Pool, int], list[str]]] = {
    "families of edited copies": versions,
    "chains of edits": drift,
    "chains of sliding windows": windows,
    "pages of one template": template,
}


def judge(texts: Sequence[str]) -> dict[str, Score]:
    """Every method's score on documents of one language."""
    documents = Documents.of(texts)
    return {name: score(documents, method(documents)) for name, method in METHODS.items()}
