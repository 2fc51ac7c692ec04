"""The MinHash study: recall, the estimate of similarity, and what verification does.

    python -m tests.benchmarks.minhash [SOURCE ...] [--quick] [--out results.json]

A source is as in :mod:`tests.benchmarks.corpus`; without one the sample that comes with curate is
used. Where datatrove can be imported, its recall on the same pairs stands beside ours
(``pip install datatrove tokenizers "xxhash<4"`` and its word tokenisers). All is seeded: the same
sources give the same numbers.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from tests.benchmarks.corpus import build
from tests.benchmarks.datatrove_minhash import Signer
from tests.benchmarks.datatrove_side import MISSING
from tests.benchmarks.minhash_clusters import CORPORA, Score, judge
from tests.benchmarks.minhash_pairs import Pool
from tests.benchmarks.minhash_recall import (
    SIMILARITIES,
    Cell,
    Spread,
    cells,
    random_sets,
    spread,
)
from tests.benchmarks.minhash_tables import (
    agreement,
    cluster_table,
    estimate_table,
    recall_rows,
    recall_table,
    unlike_table,
)

LABELS = ("eng_Latn", "hin_Deva", "tha_Thai", "kor_Hang", "khm_Khmr", "cmn_Hani", "arb_Arab")
OTHER_NAMES = {"cmn_Hans": "cmn_Hani"}
"""Labels of sources that are written otherwise."""

REAL_PER_LABEL = 400
ABOUT = 0.025
"""Pairs count as of about a similarity when they are as near to it as this."""


def read(sources: Sequence[str]) -> dict[str, list[str]]:
    """Texts by label, none of them made worse."""
    texts: dict[str, list[str]] = {}
    for document in build(sources, per_label=3000):
        if document.id.endswith("-plain"):
            label = OTHER_NAMES.get(document.label, document.label)
            texts.setdefault(label, []).append(document.text)
    return texts


def their_signer(label: str, folder: str) -> Signer | None:
    """datatrove's MinHash for a language, or None with the reason on standard error."""
    try:
        signer = Signer(label, folder)
        signer.shingles("a b c d e f g")
    except (ImportError, ValueError, TypeError) as error:
        sys.stderr.write(f"{label}: no comparison ({error}); {MISSING}\n")
        return None
    return signer


def study_recall(pools: Mapping[str, Pool], n: int, seed: int) -> list[Cell]:
    """All cells of all languages."""
    found: list[Cell] = []
    with tempfile.TemporaryDirectory() as folder:
        for label, pool in pools.items():
            sys.stderr.write(f"pairs: {label}, {len(pool.texts)} texts\n")
            found += cells(label, pool, n, their_signer(label, folder), seed)
    return found


def study_estimate(found: Sequence[Cell], n: int, seed: int) -> dict[str, list[Spread]]:
    """Errors on the pairs of real text and on random sets."""
    similarity = np.concatenate([cell.ours.similarity for cell in found])
    estimate = np.concatenate([cell.ours.estimate for cell in found])
    real = []
    for about in SIMILARITIES:
        near = np.abs(similarity - about) <= ABOUT
        real.append(spread(about, similarity[near], estimate[near]))
    return {
        "real text": real,
        "random sets": [spread(s, *random_sets(s, n, seed)) for s in SIMILARITIES],
    }


def study_clusters(
    texts: Mapping[str, Sequence[str]], pools: Mapping[str, Pool], n: int, seed: int
) -> dict[str, dict[str, Score]]:
    """Scores by corpus and method, over all languages."""
    found: dict[str, dict[str, Score]] = {}
    for name in ("real documents", *CORPORA):
        sys.stderr.write(f"clusters: {name}\n")
        totals = found.setdefault(name, {})
        for label in texts if name == "real documents" else pools:
            if name == "real documents":
                documents: Sequence[str] = texts[label][:REAL_PER_LABEL]
            else:
                documents = CORPORA[name](Random(f"{seed} {label}"), pools[label], n)
            for method, one in judge(documents).items():
                totals[method] = totals[method].plus(one) if method in totals else one
    return found


def versions() -> dict[str, str]:
    """Of what was measured, and with what."""
    found = {"python": platform.python_version()}
    for name in ("curate", "numpy", "numba", "datatrove"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def run(sources: Sequence[str], n_pairs: int, n_documents: int, seed: int) -> dict[str, Any]:
    """The whole study: writes the tables to standard output, returns the numbers."""
    texts = read(sources)
    pools = {label: Pool.of(texts[label]) for label in LABELS if label in texts}
    found = study_recall(pools, n_pairs, seed)
    spreads = study_estimate(found, 4 * n_pairs, seed)
    scores = study_clusters(texts, pools, n_documents, seed)
    agreed = agreement(found)
    write = sys.stdout.write
    write(f"# MinHash study\n\n{', '.join(f'{k} {v}' for k, v in versions().items())}\n\n")
    write(f"## Recall\n\n{recall_table(found)}\n{json.dumps(agreed)}\n\n{unlike_table(found)}\n")
    write(f"## Estimate\n\n{estimate_table(spreads)}\n## Clusters\n")
    for name, one in scores.items():
        n = next(iter(one.values()))
        write(f"\n### {name}: {n.documents} documents, {n.duplicates} duplicates at 0.8\n\n")
        write(cluster_table(one))
    rows = recall_rows(found)
    return {
        "versions": versions(),
        "recall": [[*row[:3], row[3]._asdict(), row[4] and row[4]._asdict()] for row in rows],
        "agreement": agreed,
        "estimate": {name: [one._asdict() for one in many] for name, many in spreads.items()},
        "clusters": {c: {m: s._asdict() for m, s in one.items()} for c, one in scores.items()},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.minhash")
    parser.add_argument("source", nargs="*")
    parser.add_argument("--quick", action="store_true", help="a tenth of the pairs and documents")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(arguments)
    n_pairs, n_documents = (60, 40) if given.quick else (600, 200)
    results = run(given.source, n_pairs, n_documents, given.seed)
    if given.out:
        given.out.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
