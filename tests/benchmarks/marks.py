"""What marks that a reader does not read change: line ends and duplicates, before and after.

    python -m tests.benchmarks.marks [--paragraphs udhr_paragraphs.json.gz] [--out docs/marks.md]

The texts are the Universal Declaration of Human Rights. *Before* is datatrove's arithmetic, which
curate still has for ``compat: fineweb2``: the last code point of a line, and shingles of the text
as it is.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyarrow as pa

from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs
from curate.dedup.minhash import DEFAULT_PARAMS
from curate.metrics.measure import measure
from curate.stages.sign import add_bands
from curate.text.normalize import nfc
from tests.benchmarks.forms import PARAGRAPHS
from tests.benchmarks.minhash_pairs import jaccard, shingle_set
from tests.benchmarks.tables import table

AFTER: Final = "terminal_punct_line_fraction"
BEFORE: Final = "fineweb2_terminal_punct_line_fraction"
SAME: Final = 0.02

CLOSED: Final[Mapping[str, str]] = {
    "curly quotes “.”": "“{}”",
    'straight quotes "."': '"{}"',
    "single quotes ‘.’": "‘{}’",
    "guillemets «.»": "«{}»",
    "low quotes „.“": "„{}“",
    "corner brackets 「.」": "「{}」",
    "brackets (.)": "({})",
    "note .[1]": "{}[1]",
    "superscript .¹²": "{}¹²",
    "pilcrow . ¶": "{} ¶",
    "emoji . 👍": "{} 👍",
    "blank": "{} ",
    "no-break space": "{}\u00a0",
    "zero width space": "{}\u200b",
    "direction mark (RLM)": "{}\u200f",
}

_WIDE: Final = {point: point + 0xFEE0 for point in range(0x21, 0x7F)}
_CEDILLAS: Final = str.maketrans("ȘșȚț", "ŞşŢţ")


def _points(text: str, letters: tuple[str, str], point: str) -> str:
    return "".join(c + point if letters[0] <= c <= letters[1] else c for c in text)


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.upper())
    return nfc("".join(c for c in apart if not unicodedata.combining(c)))


def _hyphened(text: str) -> str:
    return " ".join(w[:3] + "\u00ad" + w[3:] if len(w) > 5 else w for w in text.split(" "))


def _turkish_capitals(text: str) -> str:
    return text.replace("i", "İ").replace("ı", "I").upper()


SPACED: Final = tuple(
    [
        "bul_Cyrl",
        "deu_Latn",
        "ell_Grek",
        "eng_Latn",
        "fin_Latn",
        "fra_Latn",
        "hun_Latn",
        "ita_Latn",
        "nld_Latn",
        "pol_Latn",
        "por_Latn",
        "rus_Cyrl",
        "spa_Latn",
        "swe_Latn",
        "tur_Latn",
        "ukr_Cyrl",
    ]
)
LATIN: Final = ("eng_Latn", "deu_Latn", "fra_Latn")
CHANGES: Final[Mapping[str, tuple[Sequence[str], Callable[[str], str]]]] = {
    "soft hyphens in long words": (SPACED, _hyphened),
    "capitals": (SPACED, str.upper),
    "Greek in capitals without accents": (("ell_Grek",), _without_accents),
    "Turkish in capitals": (("tur_Latn",), _turkish_capitals),
    "Romanian with cedillas": (("ron_Latn",), lambda text: text.translate(_CEDILLAS)),
    "Arabic with points": (("arb_Arab",), lambda text: _points(text, ("ب", "ي"), "\u064e")),
    "Arabic with tatweels": (("arb_Arab",), lambda text: text.replace("ال", "الـــ")),
    "Hebrew with points": (("heb_Hebr",), lambda text: _points(text, ("א", "ת"), "\u05b8")),
    "full-width letters": (LATIN, lambda text: text.translate(_WIDE)),
    "direction marks at words": (("arb_Arab", "heb_Hebr"), lambda t: t.replace(" ", "\u200f ")),
    "Hindi without its signs": (("hin_Deva",), lambda text: text.replace("\u094d", "")),
    "Thai without its tone marks": (("tha_Thai",), lambda text: text.replace("\u0e49", "")),
}


def line_end_rows(texts: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """A row for each way: labels whose metric and verdict a way changes, before and after."""
    configs = LanguageConfigs.load(builtin_folder("language_configs"))
    least = {label: configs.for_label(label).threshold(AFTER) for label in texts}
    labels = [label for label in texts if least[label] is not None]
    plain = _line_ends(texts, labels, "{}")
    yield ["as they are", str(len(labels)), "0", "0", *_lost(labels, least, plain)]
    for name, way in CLOSED.items():
        found = _line_ends(texts, labels, way)
        differ = [
            str(sum(abs(found[label][k] - plain[label][k]) > SAME for label in labels))
            for k in range(2)
        ]
        yield [name, str(len(labels)), *differ, *_lost(labels, least, found)]


def _line_ends(
    texts: Mapping[str, Sequence[str]], labels: Sequence[str], way: str
) -> dict[str, tuple[float, float]]:
    pages = ["\n".join(way.format(line) for line in texts[label]) for label in labels]
    measured = measure(pages, list(labels), {})
    both = zip(measured[BEFORE].to_pylist(), measured[AFTER].to_pylist(), strict=True)
    return dict(zip(labels, both, strict=True))


def _lost(
    labels: Sequence[str], least: Mapping[str, object], found: Mapping[str, tuple[float, float]]
) -> list[str]:
    """Declarations below the bound of their label."""
    bounds = {label: getattr(least[label], "min", None) or 0.0 for label in labels}
    return [str(sum(found[label][k] < bounds[label] for label in labels)) for k in range(2)]


def duplicate_rows(texts: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """A row for each change: the similarity of a text and its changed copy, and bands shared."""
    for name, (labels, change) in CHANGES.items():
        pairs = [(nfc("\n".join(texts[label])), label) for label in labels if label in texts]
        both = [(text, nfc(change(text))) for text, _ in pairs]
        before = sum(_meet(*pair, reading=False) for pair in both)
        after = sum(_meet(*pair, reading=True) for pair in both)
        similar = min(jaccard(shingle_set(a), shingle_set(b)) for a, b in both)
        yield [name, str(len(both)), str(before), str(after), f"{similar:.2f}"]


def _meet(a: str, b: str, *, reading: bool) -> bool:
    """Whether two texts share a band."""
    params = replace(DEFAULT_PARAMS, reading=reading)
    keys = add_bands(pa.table({"text": [a, b]}), params=params)["band_keys"].to_pylist()
    return any(x == y for x, y in zip(*keys, strict=True))


_HEAD: Final = """# Marks that nobody reads

What closing signs do to line ends, and marks to duplicates, before and after. Made by

```sh
python -m tests.benchmarks.marks --out docs/marks.md
```

of the Universal Declaration of Human Rights. *Before* is datatrove's arithmetic, which
`compat: fineweb2` keeps: the last code point of a line, and shingles of the text as it is.

## Line ends

Each paragraph ends in one of fifteen ways, in every language that has a threshold of
`terminal_punct_line_fraction`. *Changed*: labels whose metric is more than 0.02 from that of the
text as it is. *Lost*: declarations below the bound of their label.

"""

_DUPLICATES: Final = """
## Duplicates

A text and its changed copy: pairs that share a band, one in each language named by the command,
and the lowest similarity of the reading forms. The last two rows are marks that a script needs:
their copies are not the same text.

"""


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.marks")
    parser.add_argument("--paragraphs", type=Path, default=PARAGRAPHS)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(arguments)
    texts = json.loads(gzip.decompress(given.paragraphs.read_bytes()))
    ends = ["closed by", "labels", "changed, before", "after", "lost, before", "after"]
    pairs = ["changed by", "pairs", "found before", "after", "lowest similarity now"]
    page = _HEAD + table(ends, list(line_end_rows(texts)))
    page += _DUPLICATES + table(pairs, list(duplicate_rows(texts)))
    if given.out:
        given.out.write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)


if __name__ == "__main__":
    main()
