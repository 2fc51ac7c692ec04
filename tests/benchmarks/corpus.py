"""Makes the documents that the benchmarks and the differential tests run over.

    python -m tests.benchmarks.corpus [SOURCE ...] --out documents.parquet

A source is

- ``pages.warc.gz``: extracted and labelled by curate itself;
- ``paragraphs.json[.gz]``: ``{"fra_Latn": ["a paragraph", ...], ...}``, made into documents of the
  length of web pages;
- ``fra_Latn=FOLDER``: the HTML pages below a folder, every other one with all its menus;
- ``documents.parquet`` with ``label`` and ``text``.

Without a source it is the sample that comes with curate. A part of the documents is made worse
(:mod:`tests.benchmarks.noise`), so that every rule has something to do. The same sources and seed
give the same documents.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from random import Random
from typing import NamedTuple

import lxml.html
import pyarrow as pa
import pyarrow.parquet as pq

from curate.config.job import JobConfig
from curate.engine.local import LocalEngine
from curate.html.extract import extract
from curate.io.store import Store
from curate.labels import is_label
from curate.pipeline.run import run_job
from curate.text.normalize import normalize_text
from curate.work import tables
from curate.work.seal import load_receipts
from tests.benchmarks.noise import SHAPES, worsen

MEDIAN_BYTES = 2800
SPREAD = 0.6  # of the logarithm of the length
LEAST_CHARS = 120
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "td",
        "th",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "br",
        "dt",
        "dd",
        "pre",
        "section",
        "article",
    ]
)


class Document(NamedTuple):
    """One document of a benchmark; ``id`` says what was done to it."""

    id: str
    label: str
    text: str


def read_documents(path: Path) -> list[Document]:
    """The documents of a Parquet file with ``label``, ``text`` and perhaps ``id``."""
    table = pq.read_table(path)
    ids = table["id"].to_pylist() if "id" in table.column_names else range(table.num_rows)
    rows = zip(ids, table["label"].to_pylist(), table["text"].to_pylist(), strict=True)
    return [Document(str(name), label, text) for name, label, text in rows]


def write_documents(documents: Sequence[Document], path: Path) -> None:
    """Write ``id, label, text``."""
    columns = zip(*documents, strict=True) if documents else ((), (), ())
    pq.write_table(pa.table(dict(zip(Document._fields, map(list, columns), strict=True))), path)


def build(
    sources: Sequence[str], *, per_label: int = 60, labels: Iterable[str] = (), seed: int = 1
) -> list[Document]:
    """Documents of every source, at most ``per_label`` of each label, a third made worse.

    Args:
        sources: see the module; none for the embedded sample.
        per_label: most documents of one label, the worse ones included.
        labels: only these; none for all.
        seed: of what is left to chance.
    """
    wanted = frozenset(labels)
    pools: dict[str, list[str]] = {}
    for label, text in _texts(sources, Random(seed), per_label, wanted):
        if (not wanted or label in wanted) and len(text) >= LEAST_CHARS:
            pools.setdefault(label, []).append(text)
    documents: list[Document] = []
    for label in sorted(pools):
        random = Random(f"{seed} {label}")
        texts = pools[label]
        random.shuffle(texts)
        documents += _mixed(label, texts[:per_label], per_label, random)
    return documents


def _mixed(label: str, texts: Sequence[str], most: int, random: Random) -> Iterator[Document]:
    """Two documents as they are for one that was made worse, as long as the texts last."""
    shapes = list(SHAPES)
    random.shuffle(shapes)
    n_plain = min(len(texts), most - most // 3)
    for n, text in enumerate(texts[:n_plain]):
        yield Document(f"{label}-{n:05}-plain", label, text)
    for n in range(min(most, len(texts) + len(texts) // 2) - n_plain):
        shape = shapes[n % len(shapes)]
        text = normalize_text(worsen(random, shape, texts[-1 - n % len(texts)]))
        yield Document(f"{label}-{n_plain + n:05}-{shape}", label, text)


def _texts(
    sources: Sequence[str], random: Random, per_label: int, wanted: frozenset[str]
) -> Iterator[tuple[str, str]]:
    if not sources:
        sample = files("curate") / "data" / "sample" / "sample.warc.gz"
        with as_file(sample) as path:
            yield from _of_warc(path)
    for source in sources:
        label, separator, folder = source.partition("=")
        if separator and is_label(label):
            if not wanted or label in wanted:
                yield from ((label, text) for text in _of_html(Path(folder), per_label, random))
        elif ".json" in Path(source).suffixes:
            yield from _of_paragraphs(_load_json(Path(source)), per_label, random)
        elif Path(source).suffix == ".parquet":
            for document in read_documents(Path(source)):
                yield document.label, normalize_text(document.text)
        else:
            yield from _of_warc(Path(source))


def _load_json(path: Path) -> Mapping[str, Sequence[str]]:
    raw = path.read_bytes()
    loaded: Mapping[str, Sequence[str]] = json.loads(
        gzip.decompress(raw) if path.suffix == ".gz" else raw
    )
    return loaded


def _of_warc(path: Path) -> list[tuple[str, str]]:
    """What curate extracts and how it labels it."""
    with tempfile.TemporaryDirectory() as work, LocalEngine(workers=2) as engine:
        job = {"name": "corpus", "snapshot": "corpus", "input": str(path), "work": work}
        run_job(JobConfig.model_validate(job), engine=engine, until="identify")
        store = Store(work)
        found = []
        for receipt in load_receipts(store, "identify"):
            wanted = {"extract": ("text",), "identify": ("label",)}
            table = tables.read_columns(store, receipt.shard, wanted)
            found += zip(table["label"].to_pylist(), table["text"].to_pylist(), strict=True)
    return found


def _of_html(folder: Path, most: int, random: Random) -> Iterator[str]:
    """Main text of a page, then all the text of the next, and so on."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".htm", ".page"))
    random.shuffle(paths)
    n = 0
    for path in paths:
        html = path.read_bytes().decode("utf-8", "replace")
        text = extract(html, fallback_chars=200).text if n % 2 == 0 else _all_text(html)
        if len(text) < LEAST_CHARS:
            continue
        yield normalize_text(text)
        n += 1
        if n == most:
            return


def _all_text(html: str) -> str:
    """Everything a reader may see, block by block: menus and footers too."""
    root = lxml.html.document_fromstring(
        html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8")
    )
    parts: list[str] = []
    for element in root.iter():
        if element.tag in ("script", "style", "head", "title") or not isinstance(element.tag, str):
            parts.append(element.tail or "")
            continue
        if element.tag in _BLOCKS:
            parts.append("\n")
        parts += [element.text or "", ""]
        if element.tail:
            parts.append("\n" + element.tail if element.tag in _BLOCKS else element.tail)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _of_paragraphs(
    pools: Mapping[str, Sequence[str]], per_label: int, random: Random
) -> Iterator[tuple[str, str]]:
    """Documents of neighbouring paragraphs, of the lengths that web pages have."""
    for label, paragraphs in pools.items():
        n_bytes = sum(len(paragraph.encode()) for paragraph in paragraphs)
        for _ in range(min(per_label, 1 + 2 * n_bytes // MEDIAN_BYTES)):
            yield label, normalize_text(_compose(paragraphs, random))


def _compose(paragraphs: Sequence[str], random: Random) -> str:
    wanted = random.lognormvariate(0.0, SPREAD) * MEDIAN_BYTES
    at, n_bytes, lines = random.randrange(len(paragraphs)), 0, [""]
    taken = 0
    while n_bytes < wanted and taken < len(paragraphs):
        paragraph = paragraphs[at % len(paragraphs)].strip()
        if lines[-1] and (len(lines[-1]) > 400 or random.random() < 0.6):
            lines.append("")
        lines[-1] = f"{lines[-1]} {paragraph}" if lines[-1] else paragraph
        n_bytes += len(paragraph.encode())
        at, taken = at + 1, taken + 1
    return ("\n\n" if random.random() < 0.3 else "\n").join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.corpus")
    parser.add_argument("source", nargs="*")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--per-label", type=int, default=60)
    parser.add_argument("--labels", nargs="*", default=())
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    documents = build(given.source, per_label=given.per_label, labels=given.labels, seed=given.seed)
    write_documents(documents, given.out)
    n_bytes = sorted(len(document.text.encode()) for document in documents)
    median = n_bytes[len(n_bytes) // 2] if n_bytes else 0
    n_labels = len({document.label for document in documents})
    sys.stdout.write(f"{len(documents)} documents, {n_labels} labels, median {median} bytes\n")


if __name__ == "__main__":
    main()
