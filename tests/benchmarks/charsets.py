"""Pages in old encodings, declared truly, falsely and not at all: who reads their text right.

    python -m tests.benchmarks.charsets [--data udhr_paragraphs.json.gz]
        [--datatrove-python PYTHON] [--wrong]

43 pairs of language and encoding, 3 lengths, 3 declarations: 387 pages, each right if its text
stands in what was decoded, character by character. datatrove reads the same pages out of a WARC
file with its own WarcReader, in an environment of its own (or of this Python): see
tests/benchmarks/end_to_end.py; it needs warcio, faust-cchardet and python-magic.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from curate.html.charset import decode
from tests.benchmarks.encodings_data import DECLARATIONS, LENGTHS, Page, pages, texts
from tests.benchmarks.tables import table, versions
from tests.warc_files import gzip_members, record_id, response_record

DATA = Path(__file__).parents[3] / "shared" / "data" / "udhr_paragraphs.json.gz"

_DATATROVE = """
import json, pathlib, sys
from datatrove.pipeline.readers import WarcReader
from datatrove.utils.logging import logger
logger.remove()
path = pathlib.Path(sys.argv[1])
reader = WarcReader(str(path.parent), glob_pattern=path.name)
print(json.dumps({document.id: document.text for document in reader.run(rank=0, world_size=1)}))
"""


def by_curate(found: Sequence[Page]) -> tuple[list[bool], float]:
    """Which pages are right, and the CPU seconds that all took."""
    for page in found:
        decode(page.body, page.content_type)
    begun = time.process_time()
    decoded = [decode(page.body, page.content_type) for page in found]
    seconds = time.process_time() - begun
    return [page.truth in text.text for page, text in zip(found, decoded, strict=True)], seconds


def by_datatrove(found: Sequence[Page], python: str) -> list[bool]:
    """Which pages datatrove reads right; one that it drops is not."""
    records = [
        response_record(
            f"http://a.example/{i}", page.body, ordinal=i, content_type=page.content_type
        )
        for i, page in enumerate(found)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pages.warc.gz")
        path.write_bytes(gzip_members(records))
        done = subprocess.run(
            [python, "-c", _DATATROVE, str(path)], capture_output=True, check=True, text=True
        )
    read = json.loads(done.stdout.splitlines()[-1])
    return [page.truth in read.get(record_id(i), "") for i, page in enumerate(found)]


def rows(found: Sequence[Page], right: dict[str, list[bool]]) -> list[list[str]]:
    """A row for each declaration and length, and one for all."""
    lines = []
    for declaration in DECLARATIONS:
        for length in LENGTHS:
            here = [
                i
                for i, page in enumerate(found)
                if (page.declaration, page.length) == (declaration, length)
            ]
            counts = [str(sum(given[i] for i in here)) for given in right.values()]
            lines.append([declaration, f"{length:,}", str(len(here)), *counts])
    return [*lines, ["all", "", str(len(found)), *(str(sum(r)) for r in right.values())]]


def wrong(found: Sequence[Page], right: Sequence[bool]) -> list[str]:
    """The pages that are not right, with how many of their declarations and lengths."""
    counts = Counter(
        f"{page.language} {page.encoding}, {page.declaration}"
        for page, is_right in zip(found, right, strict=True)
        if not is_right
    )
    return [f"{name}: {n} of {len(LENGTHS)} lengths" for name, n in counts.items()]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--datatrove-python", help="an interpreter that has datatrove")
    parser.add_argument("--wrong", action="store_true", help="name the pages that are not right")
    given = parser.parse_args(arguments)
    found = list(pages(texts(given.data)))
    right: dict[str, list[bool]] = {}
    right["curate"], seconds = by_curate(found)
    if given.datatrove_python:
        right["datatrove"] = by_datatrove(found, given.datatrove_python)
    lines = [table(["declared", "characters", "pages", *right], rows(found, right))]
    lines.append(f"curate: {1e6 * seconds / len(found):.0f} microseconds a page, CPU. {versions()}")
    if given.wrong:
        for name, given_right in right.items():
            lines += [f"\n{name}, wrong:", *(f"  {line}" for line in wrong(found, given_right))]
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
