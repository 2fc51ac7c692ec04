"""Looking for evaluation sets beside datatrove's filter, on the same texts and one core.

    python -m tests.benchmarks.decontamination [--rounds 3]

Texts are the sample's in four languages of Latin script; the index holds half a million n-grams of
13 words, none of which is in a text. datatrove's ``NGramsDecontFilter`` cuts words with its English
tokenizer; it is skipped where datatrove is not installed. CPU time of one process.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random

import numpy as np

from curate.contamination import build as build_index
from curate.text.split import split_texts
from tests.benchmarks.corpus import build
from tests.benchmarks.tables import table, versions

LABELS = ("eng_Latn", "fra_Latn", "deu_Latn", "spa_Latn")
ITEMS, ITEM_WORDS, N_GRAM = 20_000, 40, 13


def ours(texts: Sequence[str]) -> Callable[[], object]:
    """Split and look up."""
    random = Random(1)
    words = [word for text in texts for word in text.split()]
    items = [" ".join(random.choices(words, k=ITEM_WORDS)) for _ in range(ITEMS)]
    index = build_index({"made": items}, n=N_GRAM).index
    return lambda: index.find(split_texts(texts))


def datatroves(texts: Sequence[str], folder: Path) -> Callable[[], object]:
    """The same with datatrove, whose index is a file of hashes."""
    from datatrove.data import Document
    from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter

    n_hashes = ITEMS * (ITEM_WORDS - N_GRAM + 1)
    hashes = np.random.default_rng(1).integers(0, 2**63, n_hashes, dtype=np.uint64)
    hashes.tofile(folder / "made.index.hashes")
    found = NGramsDecontFilter(str(folder), config=NGramsDecontConfig(n_grams=N_GRAM))
    documents = [Document(text=text, id=str(i)) for i, text in enumerate(texts)]
    return lambda: [found.filter(document) for document in documents]


def rate(n: int, run: Callable[[], object], rounds: int) -> float:
    """Texts a second of CPU, after one round to get warm."""
    seconds = []
    for _ in range(rounds + 1):
        begin = time.process_time()
        run()
        seconds.append(time.process_time() - begin)
    return n / statistics.median(seconds[1:])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    texts = [document.text for document in build([], labels=LABELS)]
    print(versions(), f"\n{len(texts)} texts, {sum(map(len, texts)) / len(texts):,.0f} characters")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        runs = {"curate, words and lookup": ours(texts)}
        if find_spec("datatrove"):
            runs["datatrove"] = datatroves(texts, Path(folder))
        rows = [
            [name, f"{rate(len(texts), run, options.rounds):,.0f}"] for name, run in runs.items()
        ]
    print(table(["", "texts/s"], rows))  # noqa: T201


if __name__ == "__main__":
    main()
