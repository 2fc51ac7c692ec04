"""From packages to reference corpora: one Parquet file for each label and source, and a manifest.

``documents/<label>/<source>.parquet`` has the columns ``id, url, text, source, licence``. Which
pages of a large source are taken is decided by a hash of their name, so that all languages get the
same ones and can be compared. Texts that are equal within a label are taken once.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from language_messages import READERS_OF_MESSAGES, english_of, texts_of
from language_packages import Fetcher, Package
from language_texts import READERS, TEXTS_VERSION, Raw, Text, n_words, order_of

DOCUMENTS, SENTENCES, MESSAGES = "documents", "sentences", "messages"
DECLARATIONS = "declarations"
KINDS = (DOCUMENTS, SENTENCES, MESSAGES, DECLARATIONS)
"""Folders of references; single sentences and messages say nothing of the shape of a document."""
_OF_ONE_LOCALE = ("html", "xml")
"""Formats whose texts are all in the locale of their files."""
_BRACES = re.compile(r"^(.*)\{(.+)\}(.*)$")


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of ``language_sources.yml``, with the packages that were got for it."""

    name: str
    format: str
    licence: str
    files: re.Pattern[str]
    packages: tuple[Package, ...]
    kind: str = DOCUMENTS
    labels: str = "labels"
    most: int | None = None


@dataclass(slots=True)
class Found:
    """What one package gave for one label; ``counts`` says what became of the texts."""

    documents: list[tuple[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def fetch(
    listed: Mapping[str, Mapping[str, Any]], fetcher: Fetcher
) -> tuple[list[Source], list[str]]:
    """Every package of every source; also the names of those that could not be had."""
    fetcher.update()
    sources, missing = [], []
    for name, entry in listed.items():
        asked = [(n, fetcher.debian(n)) for n in expanded(entry.get("debian", ""))]
        asked += [(n, fetcher.pypi(n)) for n in expanded(entry.get("pypi", ""))]
        asked += [(n, fetcher.npm(n)) for n in expanded(entry.get("npm", ""))]
        missing += [f"{name}: {n}" for n, package in asked if package is None]
        got = tuple(package for _, package in asked if package)
        sources.append(
            Source(
                name,
                entry["format"],
                entry["licence"],
                re.compile(entry["files"]),
                got,
                entry.get("kind", DOCUMENTS),
                entry.get("labels", "labels"),
                entry.get("most_documents"),
            )
        )
    return sources, missing


def expanded(names: str) -> list[str]:
    """``a b-{c,d}`` -> ``a``, ``b-c``, ``b-d``."""
    found = []
    for name in names.split():
        braces = _BRACES.match(name)
        parts = braces[2].split(",") if braces else [""]
        found += [f"{braces[1]}{part}{braces[3]}" if braces else name for part in parts]
    return found


def write_references(
    sources: Sequence[Source],
    maps: Mapping[str, Mapping[str, str]],
    out: Path,
    *,
    most_documents: int,
    least_words: int,
    workers: int,
) -> list[dict[str, Any]]:
    """Write the references below ``out``; the manifest's rows, one a label and source."""
    seen: dict[str, set[bytes]] = defaultdict(set)
    rows = []
    with ProcessPoolExecutor(workers) as pool:
        for source in sources:
            labels, most = maps[source.labels], source.most or most_documents
            said = out / "collected" / f"{source.name}.json"
            mark = _mark(source, labels, most, least_words)
            done = json.loads(said.read_text(encoding="utf-8")) if said.is_file() else {}
            if done.get("mark") == mark:
                _remember(out, source, done["rows"], seen)
            else:
                read = partial(_read, source, labels, most, least_words)
                found = _by_label(pool.map(read, source.packages))
                done = {"mark": mark, "rows": _write_source(out, source, found, seen, most)}
                said.parent.mkdir(parents=True, exist_ok=True)
                said.write_text(json.dumps(done, ensure_ascii=False), encoding="utf-8")
            rows += [{**row, "kind": source.kind} for row in done["rows"]]
    return rows


def _mark(source: Source, labels: Mapping[str, str], most: int, least_words: int) -> str:
    """What decides the texts of a source: a source with the same mark is not read again."""
    packages = [(p.name, p.sha256) for p in source.packages]
    decides = [TEXTS_VERSION, source.files.pattern, packages, dict(labels), most, least_words]
    return sha256(json.dumps(decides).encode()).hexdigest()


def _write_source(
    out: Path,
    source: Source,
    found: Mapping[str, Found],
    seen: Mapping[str, set[bytes]],
    most: int,
) -> list[dict[str, Any]]:
    rows = []
    for label in sorted(found):
        kept = _distinct(found[label], seen[label], most)
        if kept:
            _write(_place(out, source, label), source, kept)
        rows.append(_row(label, source, found[label], kept))
    return rows


def _place(out: Path, source: Source, label: str) -> Path:
    return out / source.kind / label / f"{source.name}.parquet"


def _remember(
    out: Path, source: Source, rows: Iterable[Mapping[str, Any]], seen: Mapping[str, set[bytes]]
) -> None:
    """Note the texts of a source that was read by an earlier run."""
    for row in rows:
        if row["documents"]:
            texts = pq.read_table(_place(out, source, row["label"]), columns=["text"])
            seen[row["label"]].update(sha256(x.encode()).digest() for x in texts[0].to_pylist())


def _read(
    source: Source, labels: Mapping[str, str], most: int, least_words: int, package: Package
) -> dict[str, Found]:
    """The documents of one package, ``most`` of a label at most."""
    waiting: dict[str, list[Raw]] = defaultdict(list)
    for match, body in package.members(source.files):
        parts = match.groupdict()
        raw = Raw(f"{parts.get('page', package.name)}", parts.get("locale") or "", body)
        waiting[raw.locale].append(raw)
    found: dict[str, Found] = defaultdict(Found)
    english = waiting.get("en", [])
    for locale, raws in waiting.items():
        if source.format in READERS_OF_MESSAGES and _label_of(locale, labels) is None:
            continue
        for text in _texts(source, raws, english):
            label = _label_of(text.locale, labels)
            if label is None:
                continue
            if len(found[label].documents) >= most:
                if source.format in _OF_ONE_LOCALE:
                    break  # what is not taken need not be read
                continue
            found[label].counts["read"] += 1
            if n_words(text.text) < least_words:
                found[label].counts["too_short"] += 1
                continue
            name = f"{package.name}:{text.locale}/{text.page}"
            found[label].documents.append((name, text.text))
    return dict(found)


def _label_of(locale: str, labels: Mapping[str, str]) -> str | None:
    return labels.get(locale.lower().replace("_", "-").replace("@", "-"))


def _texts(source: Source, raws: Sequence[Raw], english: Sequence[Raw]) -> Iterator[Text]:
    if source.format in READERS_OF_MESSAGES:
        in_order = sorted(raws, key=lambda raw: order_of(raw.page))
        is_apart = source.format == "messages" and raws is not english
        theirs = english_of(english) if is_apart else {}
        messages = READERS_OF_MESSAGES[source.format](in_order, theirs)
        yield from texts_of(messages, raws[0].locale)
        return
    read = READERS[source.format]
    if source.format in _OF_ONE_LOCALE:
        for raw in sorted(raws, key=lambda raw: order_of(raw.page)):
            yield from read(raw)
        return
    for raw in raws:
        yield from sorted(read(raw), key=lambda text: order_of(text.page))


def _by_label(parts: Iterable[Mapping[str, Found]]) -> dict[str, Found]:
    joined: dict[str, Found] = defaultdict(Found)
    for part in parts:
        for label, found in part.items():
            joined[label].documents += found.documents
            joined[label].counts += found.counts
    return dict(joined)


def _distinct(found: Found, seen: set[bytes], most: int) -> list[tuple[str, str]]:
    """Texts that the label does not have yet, in an order of chance, ``most`` of them."""
    kept = []
    for name, text in sorted(found.documents, key=lambda d: order_of(d[0].partition("/")[2])):
        digest = sha256(text.encode()).digest()
        if digest in seen:
            found.counts["duplicate"] += 1
        elif len(kept) == most:
            found.counts["beyond_the_most"] += 1
        else:
            seen.add(digest)
            kept.append((name, text))
    return kept


def _write(path: Path, source: Source, documents: Sequence[tuple[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    n = len(documents)
    table = pa.table(
        {
            "id": pa.array([name for name, _ in documents], pa.string()),
            "url": pa.nulls(n, pa.string()),
            "text": pa.array([text for _, text in documents], pa.string()),
            "source": pa.array([source.name] * n, pa.string()),
            "licence": pa.array([source.licence] * n, pa.string()),
        }
    )
    pq.write_table(table, path, compression="zstd")


def _row(
    label: str, source: Source, found: Found, kept: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    names = {name.partition(":")[0] for name, _ in kept}
    return {
        "label": label,
        "source": source.name,
        "documents": len(kept),
        "words": sum(n_words(text) for _, text in kept),
        **{key: found.counts[key] for key in ("read", "too_short", "duplicate")},
        "packages": sorted(names),
    }


def write_manifest(
    path: Path, sources: Sequence[Source], rows: Sequence[Mapping[str, Any]]
) -> None:
    """What was read: packages with version, SHA-256 and licence, and the counts of each label."""
    packages = {
        package.name: {
            "version": package.version,
            "sha256": package.sha256,
            "source": source.name,
            "licence": source.licence,
        }
        for source in sources
        for package in source.packages
    }
    manifest = {"packages": packages, "labels": list(rows)}
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
