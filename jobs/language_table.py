"""Train the table of hashed n-grams that the embedded identifier has as its third voice.

Run ``python jobs/language_table.py TEXTS OUT``. TEXTS is JSON Lines, plain or ``.zst``, with
``label``, ``text``, ``source`` and ``licence`` in each row; OUT is ``curate/data/lid/table.npz``.
It is written with the same bytes every time for the same texts and versions of Python and numpy.

Rows of another licence than those below are refused, not left out: a model that is shipped must be
one that may be. Labels with little text, and such as need a review, are left out and named.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.errors import InputError
from curate.labels import is_label, language_of
from curate.lid.codes import model_label
from curate.lid.voices.funlang import load_table
from curate.lid.voices.table import ROW_BITS, SCALE, piece_of, rows_of
from curate.text.normalize import nfc
from curate.text.reading import reading_form

LICENCES: Final = ("CC BY 3.0", "CC BY 4.0", "CC BY 2.0 FR", "CC BY", "CC0", "public domain")
SHARE_ALIKE: Final = "CC BY-SA 4.0"
"""Its texts are read as the others: what is shipped are counts, not text, under the same name."""

MIN_CHARS: Final = 3_000
"""A label with less text draws what no label fits."""

MAX_CHARS: Final = 150_000
"""Code points of one label: more of one language than of others is no use to it."""

LEFT_OUT: Final = {
    "nah": "several languages under one code",
    "tok": "too small an alphabet: it draws syllables",
    "isv": "no code of the standard when its texts were made",
    "avk": "not reviewed",
    "cnr": "not told from Serbian by its texts",
    "bms": "another language's code in the standard",
}

_LISTED_CHARS: Final = 6_000
_N_OTHERS: Final = 5
_SMOOTHING: Final = 300.0
_STEP: Final = 4.0


def read_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Label and text of each row, labels as curate has them.

    Raises:
        InputError: a row lacks a field, or is of another licence.
    """
    compression = "zstd" if path.suffix == ".zst" else None
    with pa.input_stream(str(path), compression=compression) as stream:
        lines = stream.read().decode("utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        row = json.loads(line)
        if not all(isinstance(row.get(x), str) for x in ("label", "text", "source", "licence")):
            raise InputError(
                f"{path}:{number}",
                wanted="label, text, source and licence",
                found=line[:80],
                todo="give each row all four",
            )
        if not _is_allowed(row["licence"]):
            raise InputError(
                f"{path}:{number}",
                wanted=f"one of {', '.join((*LICENCES, SHARE_ALIKE))}",
                found=row["licence"],
                todo="leave these texts out, or have the licence looked at",
            )
        if is_label(row["label"]):
            language, script = model_label(row["label"])
            yield f"{language}_{script}", row["text"]


def _is_allowed(licence: str) -> bool:
    """True if one of the licences of a row, parted by slashes, is of the list."""
    names = {name.replace("-", " ").lower() for name in (*LICENCES, SHARE_ALIKE)}
    parts = licence.replace("-", " ").lower().split("/")
    return any(part.strip().removeprefix("translatewiki ") in names for part in parts)


def read_labels(texts: Iterator[tuple[str, str]]) -> dict[str, str]:
    """The text of each label that has enough, labels in order; no more than is trained on."""
    chosen: dict[str, list[str]] = defaultdict(list)
    sizes: dict[str, int] = defaultdict(int)
    for label, text in texts:
        if label[:3] not in LEFT_OUT and sizes[label] < MAX_CHARS:
            chosen[label].append(text)
            sizes[label] += len(text)
    labels = sorted(label for label, size in sizes.items() if size >= MIN_CHARS)
    small = sorted(set(sizes) - set(labels))
    sys.stdout.write(f"{len(labels)} labels; too little text: {' '.join(small)}\n")
    return {label: "\n".join(chosen[label]) for label in labels}


def count_rows(texts: Sequence[str]) -> list[npt.NDArray[np.int64]]:
    """How often each text has an n-gram of each row of the table."""
    counts = []
    for text in texts:
        form = reading_form(nfc(text)).lower()
        counts.append(np.bincount(rows_of(form), minlength=1 << ROW_BITS))
    return counts


def listed_shares(texts: dict[str, str]) -> npt.NDArray[np.float32]:
    """What :attr:`curate.lid.voices.table.NgramTable.listed` holds.

    A list that has many n-grams of other languages says little; one that has few of its own
    language's is right all the same.
    """
    lists = load_table()
    samples = [reading_form(nfc(piece_of(text, _LISTED_CHARS))) for text in texts.values()]
    hits, n_ngrams = lists.hits(samples)
    shares = hits / np.maximum(n_ngrams, 1)[:, None]
    trained = np.array([language_of(label) for label in texts])
    places = {label: i for i, label in enumerate(texts)}
    found = np.full((len(lists.unique_labels), 2), -1.0, np.float32)
    for column, label in enumerate(lists.unique_labels):
        if label in places:
            found[column, 0] = shares[places[label], column]
        others = shares[trained != language_of(label), column]
        found[column, 1] = np.sort(others)[-_N_OTHERS:].mean()
    return found


def weights_of(counts: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.int8]:
    """int8[n_labels, 131072]; the formula is in :mod:`curate.lid.voices.table`."""
    totals = [int(own.sum()) for own in counts]
    mean = np.zeros(1 << ROW_BITS)
    for own, total in zip(counts, totals, strict=True):
        mean += own / max(total, 1) / len(counts)
    mean = np.maximum(mean, 1e-9)
    weights = np.empty((len(counts), 1 << ROW_BITS), np.int8)
    for place, (own, total) in enumerate(zip(counts, totals, strict=True)):
        ratio = (own + _SMOOTHING * mean) / (total + _SMOOTHING) / mean
        rounded = np.round(SCALE * np.log(ratio) / _STEP) * _STEP
        weights[place] = np.clip(rounded, -126, 126)
    return weights


def main(arguments: Sequence[str]) -> int:
    """Train and write; the exit code is 2 for wrong arguments."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python jobs/language_table.py TEXTS OUT\n")
        return 2
    texts, out = map(Path, arguments)
    by_label = read_labels(read_texts(texts))
    with out.open("wb") as file:
        np.savez_compressed(
            file,
            labels=np.array(list(by_label)),
            n_chars=np.array([len(text) for text in by_label.values()], np.int64),
            listed=listed_shares(by_label),
            weights=weights_of(count_rows(list(by_label.values()))),
        )
    sys.stdout.write(f"{out}: {out.stat().st_size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
