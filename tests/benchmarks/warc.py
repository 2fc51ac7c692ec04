"""How fast WARC files are read: curate's reader beside datatrove's, warcio below it, and FastWARC.

    python -m tests.benchmarks.warc [FILE...] [--pages 1500] [--rounds 5] [--out results.json]

One process and one core. The readers take turns, round by round, over the same bytes, which lie
in a temporary file that repeats the input until it has enough pages. What counts is CPU time, and
the median of the rounds. The readers that decode give text; the others give bodies as bytes. A
reader whose package is missing is left out.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

from curate.html.charset import decode
from curate.io.warc import Record, read_warc
from curate.io.warc.formats import Gzip

SAMPLE = Path(__file__).parents[2] / "curate" / "data" / "sample" / "sample.warc.gz"
PACKAGES = ("curate", "zlib-ng", "datatrove", "warcio", "FastWARC")

Counts = tuple[int, int]
"""Pages, and characters of their text (bytes of their bodies where nothing is decoded)."""

Reader = Callable[[Path], Counts]


def curate_decoded(path: Path) -> Counts:
    """Our reader and our choice of encoding: what the extraction of a page begins with."""
    n_pages = n_chars = 0
    for item in read_warc(str(path)):
        if isinstance(item, Record):
            n_chars += len(decode(item.payload, item.http_content_type).text)
            n_pages += 1
    return n_pages, n_chars


def curate_bodies(path: Path) -> Counts:
    """Our reader without decoding."""
    sizes = [len(item.payload) for item in read_warc(str(path)) if isinstance(item, Record)]
    return len(sizes), sum(sizes)


def curate_scan(path: Path) -> Counts:
    """Our member scan alone, as it reads damaged files."""
    with patch.object(Gzip, "open_whole", lambda self, start: None):
        return curate_bodies(path)


def datatrove_reader() -> Reader:
    """datatrove's ``WarcReader``, which decodes."""
    from datatrove.pipeline.readers import WarcReader  # type: ignore[import-not-found,unused-ignore]
    from datatrove.utils.logging import logger  # type: ignore[import-not-found,unused-ignore]

    import_check = (__import__("warcio"), __import__("magic"))
    assert all(import_check)
    logger.remove()

    def read(path: Path) -> Counts:
        reader = WarcReader(str(path.parent), glob_pattern=path.name)
        sizes = [len(document.text) for document in reader.run(rank=0, world_size=1)]
        return len(sizes), sum(sizes)

    return read


def fastwarc_reader() -> Reader:
    """FastWARC's iterator with HTTP parsed, which verifies nothing and decodes nothing."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    def read(path: Path) -> Counts:
        n_pages = n_bytes = 0
        with path.open("rb") as file:
            for record in ArchiveIterator(
                file, record_types=WarcRecordType.response, parse_http=True
            ):
                n_bytes += len(record.reader.read())
                n_pages += 1
        return n_pages, n_bytes

    return read


def readers() -> dict[str, Reader]:
    """Name -> reader, of those that are installed."""
    found: dict[str, Reader] = {"curate, decoded": curate_decoded}
    for name, make in (("datatrove, decoded", datatrove_reader),):
        with suppress(ImportError):
            found[name] = make()
    found["curate, bodies"] = curate_bodies
    found["curate's member scan, bodies"] = curate_scan
    found["FastWARC, bodies"] = fastwarc_reader()
    return found


def repeated(source: Path, n_pages: int, folder: Path) -> Path:
    """A file of at least so many pages."""
    times = -(-n_pages // max(1, curate_bodies(source)[0]))
    path = folder / source.name
    path.write_bytes(source.read_bytes() * times)
    return path


def measure(path: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Reader -> pages, characters and CPU seconds; readers take turns within a round."""
    seconds: dict[str, list[float]] = {}
    counts: dict[str, Counts] = {}
    found = readers()
    for number in range(rounds + 1):
        for name, read in found.items():
            begun = time.process_time()
            counts[name] = read(path)
            if number:  # the first round fills caches and loads tables
                seconds.setdefault(name, []).append(time.process_time() - begun)
    return {
        name: {
            "pages": counts[name][0],
            "chars_or_bytes": counts[name][1],
            "cpu_seconds": statistics.median(times),
            "slowest": max(times),
            "pages_per_second": counts[name][0] / statistics.median(times),
        }
        for name, times in seconds.items()
    }


def versions() -> dict[str, str]:
    """Package -> version, of those that are installed."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in PACKAGES:
        with suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def table(source: str, results: dict[str, dict[str, float]]) -> str:
    """A Markdown table; the last column compares with datatrove."""
    base = results.get("datatrove, decoded", {}).get("pages_per_second")
    lines = [
        f"| {source} | pages | CPU s | pages/s | to datatrove |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, row in results.items():
        rate = row["pages_per_second"]
        ratio = f"{rate / base:.1f}" if base else ""
        pages, seconds = int(row["pages"]), row["cpu_seconds"]
        lines.append(f"| {name} | {pages:,} | {seconds:.3f} | {rate:,.0f} | {ratio} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write the figures if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, default=[SAMPLE])
    parser.add_argument("--pages", type=int, default=1500, help="at least so many a file")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    options = parser.parse_args(arguments)
    figures = {}
    said = ", ".join(f"{name} {version}" for name, version in versions().items())
    sys.stdout.write(f"{said}; {options.rounds} rounds\n")
    for source in options.files:
        with tempfile.TemporaryDirectory() as folder:
            path = repeated(source, options.pages, Path(folder))
            figures[source.name] = measure(path, options.rounds)
        sys.stdout.write(f"\n{table(source.name, figures[source.name])}\n")
    if options.out:
        whole = {"versions": versions(), "rounds": options.rounds, "files": figures}
        options.out.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
