"""How fast text is split, measured and signed, beside datatrove; and what that takes of memory.

    python -m tests.benchmarks.kernels [--documents FILE] [--rounds 3] [--quick] [--out out.json]

Documents are those of :mod:`tests.benchmarks.corpus`, by default the sample's. One process, one
core, A B A B; the numbers are medians of CPU time. Both sides are called once before the first
round, so neither its start nor its compilation is in them. Memory and the cold compilation are
measured in processes of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pyarrow as pa

from curate.dedup.minhash import DEFAULT_PARAMS
from curate.metrics.measure import measure
from curate.stages.sign import add_bands
from curate.text.split import split_texts
from tests.benchmarks import datatrove_side as theirs
from tests.benchmarks.corpus import Document, build, read_documents
from tests.benchmarks.datatrove_minhash import Signer
from tests.benchmarks.kernels_apart import cold_compilation, memory
from tests.benchmarks.tables import table, versions

LANGUAGES = (
    *("eng_Latn", "fra_Latn", "deu_Latn", "rus_Cyrl", "arb_Arab", "tur_Latn", "hin_Deva"),
    *("vie_Latn", "ell_Grek", "spa_Latn", "heb_Hebr", "kor_Hang", "cmn_Hani", "jpn_Jpan"),
    *("tha_Thai", "khm_Khmr", "lao_Laoo"),
)
DICTIONARY = frozenset({"cmn_Hani", "jpn_Jpan", "tha_Thai", "khm_Khmr", "lao_Laoo"})

SPLIT_BYTES = 40_000
PAGE_BYTES = 3_600
PAGES_PER_LABEL = 12
BATCH = 256
"""Documents that our stages get at once."""

LEAST_SECONDS = 0.2
"""Of CPU for one timing: a fast side does its work again until it has taken that."""


class Timing(NamedTuple):
    """Medians over the rounds.

    Attributes:
        ours: seconds of CPU for the work once.
        theirs: the same of datatrove; NaN if it was not there.
    """

    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        """How many times faster curate is."""
        return self.theirs / self.ours


def seconds(work: Callable[[], object], *, again: bool) -> float:
    """CPU seconds of the work once; it is repeated if it is short and ``again`` is set."""
    n, start = 0, time.process_time()
    while True:
        work()
        n += 1
        spent = time.process_time() - start
        if not again or spent >= LEAST_SECONDS:
            return spent / n


def compare(ours: Callable[[], object], other: Callable[[], object] | None, rounds: int) -> Timing:
    """Take turns, A B A B."""
    ours()
    if other is not None:
        other()
    mine, his = [], []
    for _ in range(rounds):
        mine.append(seconds(ours, again=True))
        his.append(seconds(other, again=False) if other is not None else float("nan"))
    return Timing(median(mine), median(his))


# ---- what is measured ----------------------------------------------------------------------


def by_label(documents: Sequence[Document]) -> dict[str, list[str]]:
    """Texts by label, without those that were made worse."""
    texts: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        if "-" not in document.id or document.id.endswith("-plain"):
            texts[document.label].append(document.text)
    return {label: texts[label] for label in LANGUAGES if texts[label]}


def pages(texts: Sequence[str], n: int) -> list[str]:
    """Pages of about the usual length, made of the lines of the texts one after the other."""
    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    found: list[str] = []
    page: list[str] = []
    n_bytes = at = 0
    while len(found) < n:
        line = lines[at % len(lines)]
        page.append(line)
        n_bytes += len(line.encode()) + 1
        at += 1
        if n_bytes >= PAGE_BYTES - 200:
            found.append("\n".join(page))
            page, n_bytes = [], 0
    return found


def n_bytes_of(texts: Sequence[str]) -> int:
    """Length in UTF-8."""
    return sum(len(text.encode()) for text in texts)


def measure_all(batches: Sequence[tuple[pa.Array, list[str]]]) -> None:
    """All metrics, from text."""
    for texts, labels in batches:
        measure(texts, labels, {})


def sign_all(batches: Sequence[tuple[pa.Array, list[str]]]) -> None:
    """Band keys and signatures, from text as it is stored, which is in NFC."""
    for texts, _ in batches:
        add_bands(pa.table({"text": texts}), params=DEFAULT_PARAMS, tokens=split_texts(texts))


def measure_and_sign(batches: Sequence[tuple[pa.Array, list[str]]]) -> None:
    """Both, with the tokens shared, as the pipeline's task does it."""
    for texts, labels in batches:
        tokens = split_texts(texts)
        measure(texts, labels, {}, tokens)
        add_bands(pa.table({"text": texts}), params=DEFAULT_PARAMS, tokens=tokens)


class TheirSteps:
    """datatrove's filters and its signature step, ready for the labels of some pages."""

    def __init__(self, labels: Sequence[str], folder: str) -> None:
        """Every limit is one that nothing exceeds, so no filter ends early."""
        self.filters = {label: theirs.measuring_filters(label) for label in set(labels)}
        self.c4 = {label: theirs.c4().C4QualityFilter(language=label) for label in set(labels)}
        self.signers = {label: Signer(label, str(Path(folder) / label)) for label in set(labels)}

    def measure(self, documents: Sequence[tuple[str, str]], *, c4: bool) -> None:
        """Each filter over each document; tokens are shared by its own cache."""
        for label, text in documents:
            document = theirs.document(text)
            for filter_ in self.filters[label]:
                filter_.filter(document)
            if c4:
                self.c4[label].filter(document)

    def sign(self, documents: Sequence[tuple[str, str]]) -> None:
        """Shingles and 112 minima of each document."""
        for label, text in documents:
            signer = self.signers[label]
            signer.signature(signer.shingles(text))


# ---- tables --------------------------------------------------------------------------------


def split_rows(texts: dict[str, list[str]], rounds: int) -> list[list[str]]:
    """A row for each language: megabytes a second, and the ratio."""
    rows = []
    for label, found in texts.items():
        some = pages(found, SPLIT_BYTES // PAGE_BYTES)
        n_bytes = n_bytes_of(some)
        many = pa.array(some * (BATCH // len(some)))
        other = None
        if theirs.is_installed() and theirs.can_tokenize(label):
            tokenizer = theirs.tokenizer(label)
            other = lambda: [tokenizer.word_tokenize(text) for text in some]  # noqa: B023, E731
        sys.stderr.write(f"splitting: {label}\n")
        timing = compare(lambda: split_texts(many), other, rounds)  # noqa: B023
        mine = n_bytes * (BATCH // len(some)) / timing.ours / 1e6
        his = n_bytes / timing.theirs / 1e6
        kind = "dictionary" if label in DICTIONARY else "spaced"
        rows.append([label, kind, f"{mine:.1f}", f"{his:.2f}", f"{mine / his:.0f}"])
    return rows


def step_rows(texts: dict[str, list[str]], rounds: int) -> list[list[str]]:
    """Metrics, bands, and both: documents a second, and the ratio; by kind of script."""
    can = [label for label in texts if not theirs.is_installed() or theirs.can_tokenize(label)]
    kinds = {
        "all": can,
        "spaced": [label for label in can if label not in DICTIONARY],
        "dictionary": [label for label in can if label in DICTIONARY],
        "French": [label for label in can if label == "fra_Latn"],
    }
    return [
        row for kind, some in kinds.items() if some for row in _steps(kind, texts, some, rounds)
    ]


def _steps(
    kind: str, texts: dict[str, list[str]], can: Sequence[str], rounds: int
) -> Iterator[list[str]]:
    documents = [(label, page) for label in can for page in pages(texts[label], PAGES_PER_LABEL)]
    batches = [
        (
            pa.array([text for _, text in documents[at : at + BATCH]]),
            [label for label, _ in documents[at : at + BATCH]],
        )
        for at in range(0, len(documents), BATCH)
    ]
    n, n_bytes = len(documents), n_bytes_of([text for _, text in documents])
    sys.stderr.write(f"steps: {n} pages in {len(can)} languages, {n_bytes / n:.0f} bytes each\n")
    with tempfile.TemporaryDirectory() as folder:
        steps = TheirSteps(can, folder) if theirs.is_installed() else None
        works: list[tuple[str, Callable[[], object], Callable[[], object] | None]] = [
            (
                "all metrics, from text",
                lambda: measure_all(batches),
                steps and (lambda: steps.measure(documents, c4=True)),
            ),
            (
                "the same; datatrove without its C4 filter",
                lambda: measure_all(batches),
                steps and (lambda: steps.measure(documents, c4=False)),
            ),
            (
                "bands and signatures, from text",
                lambda: sign_all(batches),
                steps and (lambda: steps.sign(documents)),
            ),
            (
                "metrics and bands together",
                lambda: measure_and_sign(batches),
                steps and (lambda: (steps.measure(documents, c4=True), steps.sign(documents))),
            ),
        ]
        for name, ours, other in works:
            sys.stderr.write(f"steps: {name}\n")
            timing = compare(ours, other, rounds)
            mine, his = n / timing.ours, n / timing.theirs
            yield [name, kind, f"{mine:,.0f}", f"{his:.1f}", f"{mine / his:.0f}"]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.kernels")
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round, a tenth of the memory run")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(arguments)
    documents = read_documents(given.documents) if given.documents else build([], per_label=60)
    rounds = 1 if given.quick else given.rounds
    texts = by_label(documents)
    # These come first: a new process begins with the resident size of the one that started it.
    sys.stderr.write("memory and cold compilation\n")
    every = [text for some in texts.values() for text in some]
    results = {
        "memory": memory(10_000 if given.quick else 100_000, every),
        "compilation": cold_compilation(),
        "split": split_rows(texts, rounds),
        "steps": step_rows(texts, rounds),
    }
    heads = {
        "split": ["language", "script", "curate, MB/s", "datatrove, MB/s", "ratio"],
        "steps": ["step", "scripts", "curate, documents/s", "datatrove, documents/s", "ratio"],
        "compilation": ["kernels", "CPU s", "wall s"],
        "memory": ["documents", "characters", "resident at most, MiB", "documents/s"],
    }
    sys.stdout.write(f"# Text kernels\n\n{versions()}\n")
    for name, rows in results.items():
        sys.stdout.write(f"\n{table(heads[name], rows)}")
    if given.out:
        found = {"versions": versions(), "heads": heads, **results}
        given.out.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
