"""How fast documents are scored, how well lines are labelled, and what marks real pages get.

    python -m tests.benchmarks.scores [--documents FILE] [--paragraphs FILE] [--rounds 3]

Documents are those of :mod:`tests.benchmarks.corpus`, by default of the sample; FILE is
``documents.parquet`` with ``label`` and ``text``. Paragraphs are ``{label: [text, ...]}``: from
each label's a document is made, with ten lines in English and ten in another language of its
script, so that every line's true label is known. One process, one core; CPU time, medians.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import mean, median

from curate.labels import script_of
from curate.lid import load_identifier
from curate.lid.by_line.fast_lines import are_one, label_lines
from curate.lid.by_line.line_languages import identify_lines
from curate.lid.by_line.quick import places
from curate.lid.codes import script_code
from curate.scores.compression import compressed_sizes
from curate.scores.registry import names_in
from curate.scores.segments import classes, count_segments
from curate.scores.wds import score
from curate.stages.score import profiles_of
from curate.text.flat import flatten
from tests.benchmarks.corpus import Document, build, read_documents
from tests.benchmarks.tables import table, versions

PAGE_BYTES = 3_600
OWN_LINES, OTHER_LINES = 60, 10
LEAST_CHARS = 30
"""Shorter paragraphs are headings and numbers, whose language is anybody's guess."""


def seconds(work: Callable[[], object], rounds: int) -> float:
    """CPU seconds of some work, once it is warm."""
    found = []
    for _ in range(rounds + 1):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return median(found[1:])


def speed(documents: Sequence[Document], rounds: int) -> list[list[str]]:
    """Rows: what is done, microseconds for 3.6 kB, documents of that size a second."""
    texts, labels = [d.text for d in documents], [d.label for d in documents]
    identifier, profiles = load_identifier(), {v: profiles_of(v) for v in ("1.2", "1.3")}
    lines = label_lines(identifier, texts, labels)
    lowered = [text.lower() for text in texts]

    def counted() -> object:
        flat = flatten(texts)
        return count_segments(flat.points, flat.offsets, classes("1.2"))

    parts: dict[str, Callable[[], object]] = {
        "characters by class": counted,
        "compression": lambda: compressed_sizes(lowered),
        "marks of 1.2, both of these among them": lambda: score(
            texts, labels, lines, profiles["1.2"]
        ),
        "marks of 1.3": lambda: score(texts, labels, lines, profiles["1.3"], version="1.3"),
        "labels of lines (`seg_langs` of scores)": lambda: label_lines(identifier, texts, labels),
        "labels of lines by the identifier": lambda: identify_lines(identifier, texts),
        "**all of WDS 1.2, labels of lines too**": lambda: score(
            texts, labels, label_lines(identifier, texts, labels), profiles["1.2"]
        ),
    }
    n_pages = sum(len(text.encode()) for text in texts) / PAGE_BYTES
    rows = []
    for name, work in parts.items():
        taken = seconds(work, rounds) / n_pages
        rows.append([name, f"{taken * 1e6:,.0f}", f"{1 / taken:,.0f}"])
    return rows


def mixed(
    paragraphs: dict[str, list[str]], seed: int = 1
) -> list[tuple[str, list[str], list[str]]]:
    """(label, lines, their labels): documents with lines in other languages."""
    random = Random(seed)
    found = []
    for label, own in paragraphs.items():
        peers = [x for x in paragraphs if x != label and script_of(x) == script_of(label)]
        others = [("eng_Latn", 0 if label == "eng_Latn" else OTHER_LINES)]
        others += [(random.choice(peers), OTHER_LINES)] if peers else []
        items = [(text, label) for text in own[:OWN_LINES]]
        for other, n in others:
            some = random.sample(paragraphs[other], min(n, len(paragraphs[other])))
            items += [(text, other) for text in some]
        random.shuffle(items)
        found.append((label, [text for text, _ in items], [of for _, of in items]))
    return found


def accuracy(paragraphs: dict[str, list[str]]) -> list[list[str]]:
    """Rows: who labels, own lines found, lines in others taken for own, those named rightly."""
    known = {x: own for x, own in paragraphs.items() if x in places()}
    documents = mixed(known)
    identifier = load_identifier()
    texts = ["\n".join(lines) for _, lines, _ in documents]
    labels = [label for label, _, _ in documents]
    rows = []
    for name, answers in (
        ("`seg_langs` of scores", label_lines(identifier, texts, labels)),
        ("the identifier, line by line", identify_lines(identifier, texts)),
    ):
        n: dict[str, int] = defaultdict(int)
        for (label, lines, truth), found in zip(documents, answers, strict=True):
            for line, true, answer in zip(lines, truth, found, strict=True):
                if len(line) < LEAST_CHARS:
                    continue
                kind = "own" if true == label else "other"
                n[kind] += 1
                n[f"{kind} right"] += answer == true
                n[f"{kind} as own"] += answer == label and not are_one(true, label)
        rows.append(
            [
                name,
                f"{n['own right'] / n['own']:.1%} of {n['own']:,}",
                f"{n['other as own'] / n['other']:.1%} of {n['other']:,}",
                f"{n['other right'] / n['other']:.1%}",
            ]
        )
    return rows


def by_label(documents: Sequence[Document]) -> list[list[str]]:
    """Rows: label, documents, share with 5 and more, mean of every mark."""
    texts, labels = [d.text for d in documents], [d.label for d in documents]
    lines = label_lines(load_identifier(), texts, labels)
    found = score(texts, labels, lines, profiles_of("1.2"))
    rows = []
    for label in sorted(set(labels), key=lambda x: (-labels.count(x), x)):
        at = [i for i, own in enumerate(labels) if own == label]
        kept = sum(found["wds"][i] >= 5 for i in at)
        means = [f"{mean(found[name][i] for i in at):.1f}" for name in names_in("1.2")]
        rows.append([label, str(len(at)), str(kept), *means])
    return rows


def read_paragraphs(path: Path) -> dict[str, list[str]]:
    """Label -> its paragraphs, a line each."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return {
        f"{label[:4]}{script_code(script_of(label))}": [" ".join(x.split("\n")) for x in own]
        for label, own in json.loads(text).items()
    }


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--paragraphs", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args(arguments)
    documents = read_documents(told.documents) if told.documents else build([])
    documents = [d for d in documents if d.text]
    head = ["", "µs for 3.6 kB", "documents/s"]
    sys.stdout.write(f"{versions()}\n\n{table(head, speed(documents, told.rounds))}\n")
    if told.paragraphs:
        head = ["", "own lines found", "others taken for own", "others named rightly"]
        sys.stdout.write(f"{table(head, accuracy(read_paragraphs(told.paragraphs)))}\n")
    head = ["label", "documents", "5 and more", *names_in("1.2")]
    sys.stdout.write(table(head, by_label(documents)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
