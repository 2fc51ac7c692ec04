"""What ``curate tune`` takes in memory as documents grow: synthetic references of two labels."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from curate.cli import main as curate
from tests.benchmarks.processes import Used, run

LABELS = ("fra_Latn", "rus_Cyrl")
ROWS_PER_FILE = 20_000
_SENTENCES = {
    "fra_Latn": (
        "la ville est au bord de la mer",
        "les enfants jouent dans le jardin de la maison",
        "il y a une vieille tour sur la colline",
        "nous avons parlé avec le maire hier",
    ),
    "rus_Cyrl": (
        "город стоит на берегу моря",
        "дети играют в саду возле дома",
        "на холме есть старая башня",
        "вчера мы говорили с мэром города",
    ),
}


class Row(NamedTuple):
    """One measurement."""

    documents: int
    used: Used


def measure(folder: Path, sizes: Sequence[int], *, workers: int) -> Iterator[Row]:
    """``curate tune --reference`` on synthetic documents, once for each number of them."""
    for n in sizes:
        place = folder / str(n)
        _write(place / "ref", n)
        told = {"place": str(place), "workers": workers}
        command = [sys.executable, "-m", "tests.benchmarks.tuning_memory"]
        yield Row(n, run(command, told))


def _write(folder: Path, n: int) -> None:
    """``n`` documents of about 20 words, each with a word of its own, as shuffled sentences."""
    random = Random(1)
    per_label = n // len(LABELS)
    for label in LABELS:
        place = folder / label
        place.mkdir(parents=True, exist_ok=True)
        for first in range(0, per_label, ROWS_PER_FILE):
            path = place / f"{first:09}.parquet"
            if path.is_file():
                continue
            n_rows = min(ROWS_PER_FILE, per_label - first)
            texts = [_text(label, first + i, random) for i in range(n_rows)]
            ids = [f"{label}-{first + i}" for i in range(n_rows)]
            pq.write_table(pa.table({"id": ids, "text": texts}), path)


def _text(label: str, n: int, random: Random) -> str:
    sentences = random.sample(_SENTENCES[label], 4)
    letter = "a" if label == "fra_Latn" else "а"
    word = "".join(chr(ord(letter) + int(digit)) for digit in str(n))
    return "\n".join(sentences).replace("\n", f" {word}.\n", 1) + "."


def main(arguments: Sequence[str]) -> None:
    """The program that is measured; its settings are in a file, see ``processes.run``."""
    told = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    place = Path(told["place"])
    command = ["tune", "--reference", str(place / "ref"), "--out", str(place / "out")]
    command += ["--workers", str(told["workers"])]
    try:
        curate(command)
    except SystemExit as end:
        if end.code:
            raise
    Path(told["result"]).write_text(json.dumps({"documents": place.name}), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
