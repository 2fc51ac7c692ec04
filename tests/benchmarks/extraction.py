"""Quality and speed of the extractors, beside datatrove's call, page by page in one run.

    python -m tests.benchmarks.extraction [--data DIR] [--quick] [--out results.json]
        [--datatrove-python PYTHON] [--corpus NAME…] [--extractor NAME…]
    python -m tests.benchmarks.extraction --gold FILE.jsonl.zst… [--every N] [--extractor NAME…]
        [--in-turn PAGES]

With ``--gold`` the tables of :mod:`tests.benchmarks.extraction_gold`, else those of the three
corpora of :mod:`tests.benchmarks.extraction_data`.

Rates are pages per second of CPU time on one core, without sandbox. Datatrove's call runs in
another process, because it needs trafilatura below 1.12: name the interpreter of an environment
with ``trafilatura<1.12 lxml_html_clean``. The extractors take turns, so that all share the
machine's moods: after each page, or after ``--in-turn`` pages, as in a run, where pages come one
behind the other. Whoever needs a millisecond a page pays after each turn for code and tables that
the others pushed out of the processor's caches.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from curate.html.extract import extract
from curate.html.extractors import BLOCKS, CASCADE, RESILIPARSE, TRAFILATURA
from curate.html.service import warm_up
from tests.benchmarks.extraction_data import CORPORA, Case
from tests.benchmarks.extraction_gold import measure, read_gold, tables
from tests.benchmarks.extraction_scores import character_shingles, score, word_shingles

ROOT = Path(__file__).parents[2]
DATATROVE = "datatrove's call"
OURS = (BLOCKS, CASCADE, TRAFILATURA, RESILIPARSE)
FALLBACK_CHARS = 250
QUICK_EVERY = 8

Extractor = Callable[[str], tuple[str, float]]


@dataclass(slots=True)
class Run:
    """What one extractor gave on one corpus."""

    texts: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the results; ``ratio`` is the rate over that of datatrove's call."""

    corpus: str
    group: str
    extractor: str
    n_pages: int
    f1: float
    precision: float
    recall: float
    pages_per_second: float | None
    ratio: float | None


def timed(name: str, html: str) -> tuple[str, float]:
    """Text, and CPU seconds of this process."""
    start = time.process_time()
    text = extract(html, extractor=name, fallback_chars=FALLBACK_CHARS).text
    return text, time.process_time() - start


@contextmanager
def datatrove_call(python: str | None) -> Iterator[Extractor | None]:
    """Datatrove's call in its own interpreter; None without one."""
    if python is None:
        yield None
        return
    script = Path(__file__).with_name("extraction_datatrove.py")
    with subprocess.Popen(
        [python, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        tell(f"{DATATROVE}: trafilatura {json.loads(process.stdout.readline())}")
        yield partial(_ask, process)
        process.stdin.close()


def _ask(process: subprocess.Popen[str], html: str) -> tuple[str, float]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(html) + "\n")
    process.stdin.flush()
    text, seconds = json.loads(process.stdout.readline())
    return text, seconds


def run_all(cases: Sequence[Case], extractors: dict[str, Extractor]) -> dict[str, Run]:
    """Every page through every extractor, in turn."""
    runs = {name: Run() for name in extractors}
    for case in cases:
        for name, extractor in extractors.items():
            text, seconds = extractor(case.html)
            runs[name].texts.append(text)
            runs[name].seconds += seconds
    return runs


def rows_of(corpus: str, cases: Sequence[Case], runs: dict[str, Run]) -> list[Row]:
    """The whole corpus with rates, then each group."""
    shingles = word_shingles if corpus == "articles" else character_shingles
    base = runs[DATATROVE].seconds if DATATROVE in runs else None
    rows = []
    for group in ("", *sorted({case.group for case in cases} - {""})):
        for name, run in runs.items():
            pairs = [
                (case.truth, text)
                for case, text in zip(cases, run.texts, strict=True)
                if group in ("", case.group)
            ]
            found = score(pairs, shingles)
            rate = None if group else len(cases) / run.seconds
            ratio = None if group or base is None else base / run.seconds
            rows.append(Row(corpus, group, name, len(pairs), *asdict(found).values(), rate, ratio))
    return rows


def show(rows: Sequence[Row]) -> None:
    """Print rows as a table."""
    tell(f"\n{'corpus':<10}{'group':<10}{'extractor':<18}{'n':>4}{'F1':>8}{'P':>8}{'R':>8}"
         f"{'pages/s':>9}{'ratio':>7}")  # fmt: skip
    for row in rows:
        rate = "" if row.pages_per_second is None else f"{row.pages_per_second:.1f}"
        ratio = "" if row.ratio is None else f"{row.ratio:.1f}"
        tell(
            f"{row.corpus:<10}{row.group:<10}{row.extractor:<18}{row.n_pages:>4}{row.f1:>8.4f}"
            f"{row.precision:>8.4f}{row.recall:>8.4f}{rate:>9}{ratio:>7}"
        )


def show_gold(options: argparse.Namespace) -> None:
    """The tables of pages with their true text; the first extractor is compared with the others."""
    pages = read_gold(options.gold, options.every)
    with datatrove_call(options.datatrove_python) as theirs:
        extractors: dict[str, Extractor] = {n: partial(timed, n) for n in options.extractor}
        extractors |= {DATATROVE: theirs} if theirs else {}
        runs = measure(pages, extractors, options.in_turn)
    for line in tables(pages, runs):
        tell(line)


def tell(line: str) -> None:
    """One line to the terminal."""
    sys.stdout.write(line + "\n")


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Run, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=ROOT / ".." / "shared" / "data")
    parser.add_argument("--quick", action="store_true", help="every eighth page")
    parser.add_argument("--out", type=Path, help="write the rows as JSON")
    parser.add_argument("--datatrove-python", help="interpreter with trafilatura below 1.12")
    parser.add_argument("--gold", nargs="+", type=Path, help="pages with their true text")
    parser.add_argument("--every", type=int, default=1, help="of the pages of gold, one in N")
    parser.add_argument("--in-turn", type=int, default=1, help="pages of gold for each in turn")
    parser.add_argument("--corpus", nargs="+", default=list(CORPORA), choices=CORPORA)
    parser.add_argument("--extractor", nargs="+", default=list(OURS))
    options = parser.parse_args(arguments)
    warm_up()
    if options.gold:
        show_gold(options)
        return []
    rows: list[Row] = []
    with datatrove_call(options.datatrove_python) as theirs:
        ours = {n: partial(timed, n) for n in options.extractor}
        extractors: dict[str, Extractor] = {**({DATATROVE: theirs} if theirs else {}), **ours}
        for corpus in options.corpus:
            cases = CORPORA[corpus](options.data)[:: QUICK_EVERY if options.quick else 1]
            found = rows_of(corpus, cases, run_all(cases, extractors))
            show(found)
            rows += found
    if options.out:
        options.out.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return rows


if __name__ == "__main__":
    main()
