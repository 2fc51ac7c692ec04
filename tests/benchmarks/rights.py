"""Real pages beside made files of their sites: what signs say, what is dropped, what is published.

    python -m tests.benchmarks.rights [--data DIR] [--work DIR]

The pages are the hundred of ``real_pages_wide.warc.gz``. Their sites said nothing that was kept, so
robots.txt, tdmrep.json, ai.txt and RSL licences are made for seven of ten hosts, in turn by the
order of the file; what the pages say themselves is left as it is. The job drops by every kind of
sign but that of pictures. Each sum is compared with the manifest; the command fails if one differs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from curate.config.job import JobConfig
from curate.io import layout
from curate.io.store import Store
from curate.io.warc import Record, read_warc
from curate.pipeline.run import run_job
from curate.robots.page_signs import SIGNS
from curate.work.seal import load_receipts
from curate.work.tables import read_columns
from tests.warc_files import gzip_members, response_record

DATA: Final = Path(__file__).parents[2] / ".." / "shared" / "data"
PAGES: Final = "real_pages_wide.warc.gz"
LICENCE: Final = "https://licences.example/rsl.xml"
THRESHOLDS: Final = "label: _default\nthresholds: []\nprovenance: {method: none, reference: none}\n"

FILES: Final = (
    ("/robots.txt", "User-agent: *\nContent-Usage: / train-ai=n\n"),
    ("/robots.txt", "User-agent: *\nContent-Signal: search=yes, ai-train=no\n"),
    ("/.well-known/tdmrep.json", '[{"location": "/", "tdm-reservation": 1}]'),
    ("/ai.txt", "User-Agent: *\nDisallow: /\n"),
    ("/robots.txt", f"License: {LICENCE}\n"),
    ("/robots.txt", "User-agent: *\nContent-Usage: / train-ai=y\n"),
    ("/.well-known/tdmrep.json", '[{"location": "/", "tdm-reservation": 0}]'),
    *[None] * 3,
)
"""Path and content of the file that a site has, in turn; None for no file."""

TERMS: Final = (
    '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
    '<prohibits type="usage">ai-train</prohibits></license></content></rsl>'
)

DROPPING: Final = tuple(kind for kind in SIGNS if kind != "noimageai")
"""Kinds that speak of text."""

DROPPED: Final = "opted_out_by"

Row = dict[str, Any]
Line = tuple[str, int, int, int, int]


def site_files(urls: Iterable[str]) -> Iterator[bytes]:
    """Records of the files of sites, in the order in which addresses name their hosts."""
    yield response_record(LICENCE, TERMS, content_type="application/rsl+xml", ordinal=1)
    origins = dict.fromkeys("://".join(urlsplit(url)[:2]) for url in urls)
    for number, origin in enumerate(origins):
        file = FILES[number % len(FILES)]
        if file is not None:
            yield response_record(
                origin + file[0], file[1], content_type="text/plain", ordinal=number + 2
            )


def job_in(folder: Path, data: Path) -> JobConfig:
    """The job, with the made files of sites and no thresholds in a folder."""
    urls = [record.url for record in read_warc(str(data / PAGES)) if isinstance(record, Record)]
    (folder / "sites.warc.gz").write_bytes(gzip_members(list(site_files(urls))))
    (folder / "configs").mkdir()
    (folder / "configs" / "_default.yaml").write_text(THRESHOLDS, encoding="utf-8")
    return JobConfig.model_validate(
        {
            "input": [str(data / PAGES)],
            "work": f"{folder}/work",
            "language_configs": f"{folder}/configs",
            "rights": {
                "files": [f"{folder}/sites.warc.gz"],
                "agents": ["CCBot"],
                "drop": list(DROPPING),
            },
            "engine": {"workers": 2},
        }
    )


def documents(store: Store) -> list[Row]:
    """What is said of every document, and why it is not published."""
    wanted = {
        "rights": ("train_ai", "train_ai_signs", "opted_out_by", "license"),
        "rebalance": ("removal_reason",),
    }
    receipts = load_receipts(store, "extract")
    return [row for r in receipts for row in read_columns(store, r.shard, wanted).to_pylist()]


def table(rows: Sequence[Row]) -> list[Line]:
    """Name, documents, those that are dropped by a sign, and those that are published."""
    lines = [_line("all", rows)]
    for answer in ("no", "yes", "unset"):
        those = [row for row in rows if row["train_ai"] == answer]
        lines.append(_line(f"`train_ai` {answer}", those))
    said = {(kind, answer): [] for kind in SIGNS for answer in ("no", "yes", "unset")}
    for row in rows:
        for pair in dict.fromkeys((s["sign"], s["train_ai"]) for s in row["train_ai_signs"]):
            said[pair].append(row)
    lines += [_line(f"`{k}` {answer}", those) for (k, answer), those in said.items() if those]
    licences = sorted({row["license"] for row in rows if row["license"]})
    for name in licences:
        lines.append(_line(f"licence {name}", [row for row in rows if row["license"] == name]))
    return lines


def _line(name: str, rows: Sequence[Row]) -> Line:
    reasons = Counter(row["removal_reason"] for row in rows)
    dropped, published = reasons.pop(DROPPED, 0), reasons.pop(None, 0)
    return name, len(rows), dropped, sum(reasons.values()), published


def differences(rows: Sequence[Row], store: Store, manifest: dict[str, Any]) -> list[str]:
    """Each sum of the table that is not that of the manifest or of the receipts."""
    reasons = Counter(row["removal_reason"] for row in rows)
    answers = Counter(row["train_ai"] for row in rows)
    receipts: Counter[str] = Counter()
    for receipt in load_receipts(store, "rights"):
        receipts.update(receipt.counts["train_ai"])
    totals = manifest["totals"]
    pairs = {
        "documents": (len(rows), totals["documents"]),
        "published": (reasons.pop(None, 0), totals["published"]),
        "rows of the files": (totals["published"], _rows_of(manifest)),
        "removed by reason": (dict(reasons), totals["removed"]),
        "answers": (dict(answers), dict(receipts)),
        "refusals": (
            sum(bool(row["opted_out_by"]) for row in rows),
            answers["no"],
        ),
    }
    return [
        f"{name}: {ours}, not {theirs}" for name, (ours, theirs) in pairs.items() if ours != theirs
    ]


def _rows_of(manifest: dict[str, Any]) -> int:
    return sum(file["rows"] for file in manifest["files"] if file["subset"] != "removed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--work", help="folder for temporary files")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.work) as name:
        job = job_in(Path(name), options.data)
        run_job(job)
        store = Store(job.work)
        rows = documents(store)
        manifest = json.loads((Path(job.work) / layout.MANIFEST).read_bytes())
        if found := differences(rows, store, manifest):
            sys.exit("sums differ: " + "; ".join(found))
    records, published = manifest["totals"]["records"], manifest["totals"]["published"]
    sys.stdout.write(
        f"{records:,} records, {len(rows):,} documents, {published:,} published: "
        "the sums are those of the manifest\n\n"
    )
    heads = ("", "documents", f"removed: `{DROPPED}`", "removed: other", "published")
    sys.stdout.write(f"| {' | '.join(heads)} |\n| --- |{' --: |' * (len(heads) - 1)}\n")
    for title, *numbers in table(rows):
        sys.stdout.write(f"| {title} | {' | '.join(f'{n:,}' for n in numbers)} |\n")


if __name__ == "__main__":
    main()
