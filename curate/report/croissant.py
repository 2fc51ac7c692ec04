"""Croissant 1.1: the description of a corpus that machines read, croissant.json.

Its form is that of mlcommons.org/croissant/1.1 (January 2026) with the vocabulary for responsible
use (RAI 1.0) and provenance (PROV). It says what the run knows; what only its publisher knows, such
as the licence, is there if the job says it, and otherwise missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from curate.report.card import Published, personal_data
from curate.report.data import ReportData
from curate.report.features import croissant_field
from curate.report.publisher import license_address
from curate.visible import visible_line

Json = Any

VERSION: Final = "http://mlcommons.org/croissant/1.1"
FILE: Final = "croissant.json"

_CONTEXT: Final[Mapping[str, Json]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_FORMATS: Final = {"parquet": "application/x-parquet", "zst": "application/jsonlines"}
_COMMON_CRAWL: Final = "https://data.commoncrawl.org/crawl-data/{}/index.html"


@dataclass(frozen=True, slots=True)
class Corpus:
    """A published corpus, as its description needs it.

    Attributes:
        files: path, rows, bytes and SHA-256 of each file.
        schemas: ``published`` and ``removed`` -> the fields of a row.
        snapshots: names of the crawls.
        dates: first and last day on which pages were fetched; empty if not known.
        stages: stage -> the settings and rules of it, in words.
    """

    files: Sequence[Mapping[str, Json]]
    schemas: Mapping[str, pa.Schema] = field(default_factory=dict)
    snapshots: Sequence[str] = ()
    dates: tuple[str, str] | None = None


def render_croissant(data: ReportData, how: Published, corpus: Corpus) -> bytes:
    """The description as JSON. The same data give the same bytes: no dates of today, no paths."""
    sets = list(_file_sets(how, corpus))
    described: dict[str, Json] = {
        "@context": dict(_CONTEXT),
        "@type": "sc:Dataset",
        "name": visible_line(data.job),
        "description": _description(data),
        "conformsTo": VERSION,
        "version": how.publisher.version,
        "url": how.publisher.url or None,
        "datePublished": how.publisher.date or None,
        "license": license_address(how.license),
        "creator": [{"@type": "sc:Organization", "name": name} for name in how.publisher.creators],
        "citeAs": how.publisher.citation(data.job),
        "inLanguage": sorted({y.label.split("_")[0] for y in data.yields if y.kept}),
        "isLiveDataset": False,
        **_provenance(data, corpus),
        **_responsible(data, how, corpus),
        "distribution": [*map(_file_object, corpus.files), *(s for s, _ in sets)],
        "recordSet": [record_set for _, record_set in sets if record_set],
    }
    known = {name: value for name, value in described.items() if value not in (None, [], "")}
    return json.dumps(known, indent=1, ensure_ascii=False).encode() + b"\n"


def _description(data: ReportData) -> str:
    documents = sum(y.kept for y in data.yields)
    labels = sum(1 for y in data.yields if y.kept)
    return (
        f"{documents:,} documents of the web in {labels} languages and scripts, with "
        f"{sum(y.n_chars for y in data.yields):,} characters, made with curate {data.version}."
    )


def _file_object(file: Mapping[str, Json]) -> dict[str, Json]:
    path = str(file["path"])
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "contentSize": f"{file['bytes']} B",
        "encodingFormat": _FORMATS[path.rpartition(".")[2]],
        "sha256": file["sha256"],
    }


def _file_sets(
    how: Published, corpus: Corpus
) -> Iterable[tuple[dict[str, Json], dict[str, Json] | None]]:
    """A set of files for each label and split, and its records."""
    sets: dict[str, str] = {}
    for file in corpus.files:
        folder, _, name = str(file["path"]).rpartition("/")
        ending = name.partition(".")[2]
        sets[f"{folder}/*.{ending}"] = how.folder(str(file["path"]))
    for pattern, label in sorted(sets.items()):
        split = pattern.split("/")[-2] if how.form.files is None else "train"
        name = f"{label}-{split}"
        file_set = {
            "@type": "cr:FileSet",
            "@id": f"files/{name}",
            "name": f"files of {name}",
            "encodingFormat": _FORMATS[pattern.rpartition(".")[2]],
            "includes": pattern,
        }
        schema = corpus.schemas.get("removed" if label.endswith("_removed") else "published")
        if schema is None:
            yield file_set, None
            continue
        yield (
            file_set,
            {
                "@type": "cr:RecordSet",
                "@id": name,
                "name": name,
                "field": [croissant_field(name, f"files/{name}", x) for x in schema],
            },
        )


def _provenance(data: ReportData, corpus: Corpus) -> dict[str, Json]:
    """Crawls that it comes from, and the steps that made it, with their counts."""
    crawls = [
        {"@type": "prov:Entity", "prov:label": name}
        | ({"@id": _COMMON_CRAWL.format(name)} if name.startswith("CC-MAIN-") else {})
        for name in corpus.snapshots
    ]
    steps = "; ".join(f"{s.step}: {s.rows_in:,} in, {s.rows_out:,} out" for s in data.stages)
    activity = {
        "@type": "prov:Activity",
        "prov:label": f"curate {data.version}",
        "description": steps,
    }
    return {"prov:wasDerivedFrom": crawls, "prov:wasGeneratedBy": activity}


def _responsible(data: ReportData, how: Published, corpus: Corpus) -> dict[str, Json]:
    """Fields of RAI that the run knows."""
    removed: dict[str, int] = {}
    for y in data.yields:
        for reason, n in y.outcomes.items():
            if reason:
                removed[reason] = removed.get(reason, 0) + n
    reasons = ", ".join(f"{reason} {n:,}" for reason, n in sorted(removed.items()))
    first = next((s for s in data.stages if s.step == "extract"), None)
    skipped = dict(first.dropped) if first else {}
    return {
        "rai:dataCollection": "Text of public web pages, taken from archives of crawls.",
        "rai:dataCollectionType": ["Web Scraping"],
        "rai:dataCollectionTimeFrame": list(corpus.dates or ()),
        "rai:dataCollectionRawData": ", ".join(corpus.snapshots),
        "rai:dataCollectionMissingData": ", ".join(
            f"{k} {n:,}" for k, n in sorted(skipped.items())
        ),
        "rai:dataPreprocessingProtocol": [
            f"{s.step}: {s.rows_in:,} records in, {s.rows_out:,} out" for s in data.stages
        ],
        "rai:dataManipulationProtocol": f"Removed, by reason: {reasons}." if reasons else "",
        "rai:machineAnnotationTools": [f"curate {data.version}"],
        "rai:personalSensitiveInformation": [personal_data(how)],
        "rai:dataLimitations": list(how.limits),
        "rai:dataReleaseMaintenancePlan": how.publisher.removal_sentence(),
    }
