"""Clusters of real documents beside brute force, datatrove and datasketch.

    python -m tests.benchmarks.cluster_real SOURCE... [--documents 20000] [--out FILE.md]

A source is as in :mod:`tests.benchmarks.corpus`. Of every label the documents are its texts, and
passages of them with edited copies, 0.5 to 0.98 like the passage. All share the same shingles:
what differs is who is compared with whom, and what becomes of the pairs. Everything is seeded.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from curate.dedup.bands import band_keys, compact_signature, expected_recall
from curate.dedup.components import ClusterParams
from curate.dedup.minhash import DEFAULT_PARAMS, signatures
from curate.text.hashing import I64, U64
from tests.benchmarks import cluster_datatrove
from tests.benchmarks.minhash import read
from tests.benchmarks.minhash_clusters import (
    DUPLICATE_FROM,
    Documents,
    Score,
    clustered,
    exact_rules,
    nearest_kept,
    score,
    versions,
)
from tests.benchmarks.minhash_pairs import Pool, jaccard, shingle_hashes_of, shingle_set
from tests.benchmarks.tables import table
from tests.benchmarks.tables import versions as versions_line


@dataclass(frozen=True)
class Signed:
    """Documents of one label, and their signatures whole.

    Args:
        documents: as the methods need them.
        shingles: the hashed shingles of each.
        values: uint64[n, n_bands, rows_per_band].
    """

    documents: Documents
    shingles: list[U64]
    values: U64

    @classmethod
    def of(cls, texts: Sequence[str]) -> Signed:
        """Sign the texts, and compare each with each."""
        texts = [text for text in texts if shingle_set(text)]
        shingles = shingle_hashes_of(texts)
        sets = [shingle_set(text) for text in texts]
        similarity = np.eye(len(sets), dtype=np.float32)
        for i, mine in enumerate(sets):
            for j in range(i):
                similarity[i, j] = similarity[j, i] = jaccard(mine, sets[j])
        offsets = np.cumsum([0, *(own.size for own in shingles)])
        values = signatures(np.concatenate(shingles), offsets, DEFAULT_PARAMS)
        n_chars = np.array([len(text) for text in texts], np.int64)
        found = Documents(n_chars, similarity, band_keys(values), compact_signature(values))
        shape = (len(texts), DEFAULT_PARAMS.n_bands, DEFAULT_PARAMS.rows_per_band)
        return cls(found, shingles, values.reshape(shape))


Method = Callable[[Signed], I64]


def datatrove(signed: Signed) -> I64:
    """Its second and third step."""
    with tempfile.TemporaryDirectory() as folder:
        return cluster_datatrove.clusters_of(Path(folder), signed.values)


def datasketch(signed: Signed) -> I64:
    """Its MinHash and its LSH index of 14 bands of 8, and what its answers connect."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=112, params=(14, 8))
    owner = np.arange(len(signed.shingles))
    for row, shingles in enumerate(signed.shingles):
        minhash = MinHash(num_perm=112)
        minhash.update_batch([value.tobytes() for value in shingles])
        for other in index.query(minhash):
            mine, theirs = owner[row], owner[other]
            owner[owner == max(mine, theirs)] = min(mine, theirs)
        index.insert(row, minhash)
    return owner


def _of(method: Callable[[Documents], I64]) -> Method:
    return lambda signed: method(signed.documents)


METHODS: dict[str, Method] = {
    "brute force, nearest kept": _of(nearest_kept(0.7)),
    "curate's rules, all pairs, true similarities": _of(exact_rules(0.7, 0.7)),
    "**curate**": _of(clustered(ClusterParams())),
    "curate, verify: false": _of(clustered(ClusterParams(verify=False))),
    "datatrove": datatrove,
    "datasketch": datasketch,
}


@dataclass
class Curve:
    """Documents with a duplicate before them, and how many of them no band shows.

    Attributes:
        n: documents with an earlier one of a similarity of 0.8 or more.
        expected: of which the curve lets so many meet none of these.
        missed: that meet none.
    """

    n: int = 0
    expected: float = 0.0
    missed: int = 0

    def add(self, documents: Documents) -> None:
        """The documents of one label."""
        before: list[int] = []
        for row in documents.longest_first():
            like = [x for x in before if documents.similarity[row, x] >= DUPLICATE_FROM]
            before.append(row)
            if like:
                chances = [expected_recall(float(documents.similarity[row, x])) for x in like]
                meets = (documents.keys[like] == documents.keys[row]).any()
                self.n += 1
                self.expected += float(np.prod(1 - np.array(chances)))
                self.missed += not meets


def documents_of(texts: Sequence[str], n: int, seed: str) -> list[str]:
    """Up to ``n``: half of them real texts at most, then families of edited copies."""
    real = list(texts[: n // 2])
    try:
        pool = Pool.of(texts, least=60)
    except ValueError:
        return real
    return real + versions(Random(seed), pool, n - len(real))[: n - len(real)]


def main() -> None:
    """Judge all methods, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", nargs="+")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    texts = read(given.source)
    totals: dict[str, Score] = {}
    differing: dict[str, int] = dict.fromkeys(METHODS, 0)
    curve, left = Curve(), given.documents
    for number, label in enumerate(sorted(texts)):
        some = documents_of(texts[label], -(-left // (len(texts) - number)), label)
        left -= len(some)
        signed = Signed.of(some)
        curve.add(signed.documents)
        owners = {name: method(signed) for name, method in METHODS.items()}
        for name, owner in owners.items():
            one = score(signed.documents, owner)
            totals[name] = totals[name].plus(one) if name in totals else one
            differing[name] += _n_differing(owner, owners["curate, verify: false"])
        sys.stderr.write(f"{label} {len(some)}\n")
    text = _report(totals, differing, curve, len(texts))
    sys.stdout.write(text)
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8")


def _n_differing(a: I64, b: I64) -> int:
    """Documents whose cluster has other members."""
    _, one = np.unique(a, return_inverse=True)
    _, two = np.unique(b, return_inverse=True)
    both = np.unique(np.stack([one, two], axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    sizes = [np.bincount(x)[x] for x in (one, two, both)]
    return int(((sizes[0] != sizes[2]) | (sizes[1] != sizes[2])).sum())


def _report(
    totals: dict[str, Score], differing: dict[str, int], curve: Curve, n_labels: int
) -> str:
    rows = [
        (
            name,
            f"{one.clusters:,}",
            f"{one.largest}",
            f"{one.removed:,}",
            f"{one.false_merges / max(one.removed, 1):.2%}",
            f"{one.left / max(one.duplicates, 1):.2%}",
            f"{differing[name]:,}",
        )
        for name, one in totals.items()
    ]
    head = (
        "method", "clusters", "largest", "removed", "false merges", "missed",
        "in another cluster than verify: false",
    )  # fmt: skip
    documents = next(iter(totals.values())).documents
    return (
        f"{versions_line()}\n\n{documents:,} documents in {n_labels} labels\n\n"
        f"{table(head, rows)}\n{curve.n:,} documents have an earlier one of 0.8 or more; the curve "
        f"lets {curve.expected:.1f} of them share no band with any of these, and {curve.missed} "
        "share none.\n"
    )


if __name__ == "__main__":
    main()
