"""How well personal data is found, and how fast.

    python -m tests.benchmarks.pii [--texts FILE.json.gz] [--rounds 5]

The first table is of ``tests/pii/examples.py``: made-up sentences in twenty scripts, some of which
the finder was written with and some not. The second is of ``tests/pii/look_alikes.py``: made-up
texts in 24 languages with personal data, and such with numbers that only look so. FILE holds texts
without personal data, as ``{label: [text, ...]}``; documents of the sample are always looked at.
Speed is on the sample's documents, and on the same with a contact appended to every one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from curate.pii import find
from tests.benchmarks.corpus import build
from tests.benchmarks.tables import table, versions
from tests.pii.examples import CLEAN, HELD_OUT, MARKED, unmarked
from tests.pii.look_alikes import LOOK_ALIKES, TRUE
from tests.pii.single_numbers import WITH

CONTACT = "\nTel. +49 30 1234567, office@debian.org, 2024-01-15, ISBN 978-3-16-148410-0"
DOCUMENT_BYTES = 3000


def scores(examples: Sequence[tuple[str, str]]) -> tuple[int, int, int, int]:
    """Scripts, spans, spans found, and spans found that are none."""
    pairs = [unmarked(text) for _, text in examples]
    found = find([text for text, _ in pairs])
    right = sum(len(set(a) & set(b)) for a, (_, b) in zip(found, pairs, strict=True))
    wanted = sum(len(spans) for _, spans in pairs)
    return len({s for s, _ in examples}), wanted, right, sum(map(len, found)) - right


def quality(texts: Sequence[str], name: str) -> list[list[str]]:
    """Rows of the first table."""
    rows = []
    for title, examples in (("written with the finder", MARKED), ("written after it", HELD_OUT)):
        scripts, wanted, right, wrong = scores(examples)
        rows.append(
            [
                title,
                f"{len(examples)} in {scripts} scripts",
                str(wanted),
                f"{right / wanted:.1%}",
                f"{wrong} found",
            ]
        )
    for title, clean in (("look-alikes", CLEAN), (name, texts)):
        if clean:
            n = sum(map(len, find(list(clean))))
            rows.append([title, f"{len(clean):,}", "0", "", f"{n} found"])
    return rows


def look_alikes() -> list[list[str]]:
    """Rows of the second: by language, what is found of personal data and of look-alikes."""
    rows = []
    languages = dict.fromkeys(language for language, _ in (*TRUE, *LOOK_ALIKES))
    totals = [0, 0, 0, 0]
    for language in languages:
        pairs = [unmarked(text) for own, text in TRUE if own == language]
        wanted = sum(len(spans) for _, spans in pairs)
        found = find([text for text, _ in pairs])
        right = sum(len(set(a) & set(b)) for a, (_, b) in zip(found, pairs, strict=True))
        if language == "many":
            wanted, right = len(WITH), sum(len(spans) == 1 for spans in find(list(WITH)))
        like = [text for own, text in LOOK_ALIKES if own == language]
        hit = sum(map(bool, find(like)))
        row = [wanted, right, len(like), hit]
        totals = [a + b for a, b in zip(totals, row, strict=True)]
        rows.append([language, *map(str, row)])
    wanted, right, n_like, hit = totals
    shares = [f"{right} ({right / wanted:.1%})", str(n_like), f"{hit} ({hit / n_like:.1%})"]
    return [*rows, ["all", str(wanted), *shares]]


def speed(texts: Sequence[str], rounds: int) -> list[list[str]]:
    """Rows of the third: texts of 3 kB a second of CPU."""
    rows = []
    for title, some in (
        ("as they are", list(texts)),
        ("a contact in each", [text[:2900] + CONTACT for text in texts]),
    ):
        column = pa.array(some, pa.string())
        size = sum(len(text.encode()) for text in some)
        seconds = []
        for _ in range(rounds + 1):
            begin = time.process_time()
            find(column)
            seconds.append(time.process_time() - begin)
        rate = size / statistics.median(seconds[1:])
        rows.append([title, f"{len(some):,}", f"{rate / 1e6:.0f}", f"{rate / DOCUMENT_BYTES:,.0f}"])
    return rows


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, help="texts without personal data, JSON in gzip")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    texts: list[str] = []
    if options.texts:
        by_label = json.loads(gzip.decompress(options.texts.read_bytes()))
        texts = [text for found in by_label.values() for text in found]
    print(versions(), "\n")  # noqa: T201
    head = ["texts", "number", "spans", "recall", "beside them"]
    print(table(head, quality(texts, options.texts.name if texts else "")), "\n")  # noqa: T201
    head = ["language", "true", "found", "look-alikes", "taken for true"]
    print(table(head, look_alikes()), "\n")  # noqa: T201
    sample = [document.text for document in build([])]
    head = ["sample", "texts", "MB/s", "texts of 3 kB a second"]
    print(table(head, speed(sample, options.rounds)))  # noqa: T201


if __name__ == "__main__":
    main()
