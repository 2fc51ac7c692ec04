"""The papers of a corpus: its card, as `datasets` reads it, Croissant, and the citation."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from curate.config.job import JobConfig
from curate.pipeline.verify import verify
from curate.report.features import features_of, yaml_lines
from tests.looking import run
from tests.runs import job_of

pytest.importorskip("datasets")
pytest.importorskip("mlcroissant")

LOAD_ALL = """
import json, sys
from datasets import get_dataset_config_names, load_dataset
corpus = sys.argv[1]
counts = {}
for name in get_dataset_config_names(corpus):
    loaded = load_dataset(corpus, name)
    streamed = load_dataset(corpus, name, streaming=True)
    counts[name] = {split: rows.num_rows for split, rows in loaded.items()}
    for split, rows in streamed.items():
        assert sum(1 for _ in rows) == counts[name][split], (name, split)
        assert loaded[split].features == rows.features, (name, split)
default = load_dataset(corpus)
counts[""] = {split: rows.num_rows for split, rows in default.items()}
print(json.dumps(counts))
"""
CARD = {
    "creators": ["A. Person", "An Institute"],
    "contact": "mailto:removal@example.org",
    "url": "https://example.org/corpus",
    "date": "2026-12-01",
}


def loaded(corpus: Path, folder: Path) -> dict[str, dict[str, int]]:
    """Configuration -> rows of each split, as `datasets` reads them offline; "" is the default."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hf"), "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD_ALL, str(corpus)],
        env={**os.environ, **offline},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts: dict[str, dict[str, int]] = json.loads(done.stdout)
    return counts


def manifest_of(corpus: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((corpus / "manifest.json").read_bytes())
    return manifest


def front_matter(corpus: Path) -> dict[str, Any]:
    text = (corpus / "README.md").read_text(encoding="utf-8")
    front: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
    return front


@pytest.fixture(scope="module")
def described(small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus whose job says all that a publisher knows, with removed documents in it."""
    work = tmp_path_factory.mktemp("described") / "work"
    settings = {"license": "odc-by", "card": CARD, "test_min_documents": 5, "test_fraction": 0.3}
    run(job_of(small_input, work, emit=settings))
    return work / "corpus"


def test_every_configuration_loads_and_the_default_has_nothing_removed(
    described: Path, tmp_path: Path
) -> None:
    counts = loaded(described, tmp_path)
    files = manifest_of(described)["files"]
    rows: dict[str, dict[str, int]] = {}
    for file in files:
        removed = file["subset"] == "removed"
        name = file["label"] + "_removed" * removed
        split = "train" if removed else file["subset"]
        rows.setdefault(name, {})[split] = rows.get(name, {}).get(split, 0) + file["rows"]
    default = counts.pop("")
    assert counts.pop("default") == default
    assert counts == rows
    assert any(name.endswith("_removed") for name in rows)
    kept = [x for name, x in rows.items() if not name.endswith("_removed")]
    assert default == {split: sum(x.get(split, 0) for x in kept) for split in ("train", "test")}


@pytest.mark.parametrize("repetition", ["weight", "materialise"])
def test_json_lines_load_too(small_input: Path, tmp_path: Path, repetition: str) -> None:
    settings = {"emit": {"format": "jsonl.zst"}, "rebalance": {"repetition": repetition}}
    run(job_of(small_input, tmp_path / "work", **settings))
    counts = loaded(tmp_path / "work" / "corpus", tmp_path)
    assert sum(counts[""].values()) > 0
    assert len(counts) > 5


def test_every_configuration_of_hplt_loads(both: tuple[JobConfig, Path], tmp_path: Path) -> None:
    _, work = both
    corpus = work / "corpus-hplt"
    counts = loaded(corpus, tmp_path)
    files = manifest_of(corpus)["files"]
    rows: dict[str, int] = {}
    for file in files:
        rows[file["label"]] = rows.get(file["label"], 0) + file["rows"]
    assert {k: v["train"] for k, v in counts.items() if k not in ("", "default")} == rows
    assert counts[""] == {"train": sum(rows.values())}


def without(field: str, path: Path) -> None:
    """Take a field out of every line of a file."""
    with pa.input_stream(str(path), compression="zstd") as stream:
        lines = [json.loads(line) for line in stream.read().splitlines()]
    for line in lines:
        line.pop(field, None)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    with pa.output_stream(str(path), compression="zstd") as stream:
        stream.write(text.encode())


def test_a_field_that_the_first_file_lacks_is_no_hindrance(
    both: tuple[JobConfig, Path], tmp_path: Path
) -> None:
    """Lines leave out what they do not have, so that a whole file may lack a field."""
    corpus = Path(shutil.copytree(both[1] / "corpus-hplt", tmp_path / "corpus"))
    by_label: dict[str, list[Path]] = {}
    for file in manifest_of(corpus)["files"]:
        by_label.setdefault(file["label"], []).append(corpus / file["path"])
    several = next(files for files in by_label.values() if len(files) > 1)
    without("u", min(several))
    assert loaded(corpus, tmp_path)[""] == {
        "train": sum(file["rows"] for file in manifest_of(corpus)["files"])
    }
    card = corpus / "README.md"
    lines = card.read_text(encoding="utf-8").splitlines(keepends=True)
    card.write_text("".join(x for x in lines if "features: *" not in x), encoding="utf-8")
    label = several[0].parent.name
    with pytest.raises(AssertionError, match=r"DatasetGenerationError|CastError"):
        loaded(corpus, tmp_path / label)


def test_the_card_says_what_the_publisher_knows(described: Path) -> None:
    card = (described / "README.md").read_text(encoding="utf-8")
    assert front_matter(described)["license"] == "odc-by"
    assert "author = {{A. Person} and {An Institute}}" in card
    assert "removal@example.org" in card
    assert 'for _ in range(row["weight"]):' in card
    assert "## Known limits" in card
    assert "not said by the publisher" not in card
    citation = yaml.safe_load((described / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert [author["name"] for author in citation["authors"]] == CARD["creators"]


def test_a_card_without_licence_says_that_it_is_missing(baseline: Path) -> None:
    card = (baseline / "corpus" / "README.md").read_text(encoding="utf-8")
    assert "license" not in front_matter(baseline / "corpus")
    assert card.count("**not said by the publisher**") == 3
    assert "`emit.license`" in card


OLD_GRAPH = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
"""Of rdflib, as mlcroissant calls it."""


@OLD_GRAPH
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # of pandas, likewise
def test_croissant_is_valid_and_its_records_are_those_of_the_files(described: Path) -> None:
    import mlcroissant

    dataset = mlcroissant.Dataset(str(described / "croissant.json"))
    assert dataset.metadata.ctx.issues.errors == set()
    assert dataset.metadata.ctx.issues.warnings == set()
    plain = json.loads((described / "croissant.json").read_bytes())
    assert plain["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert plain["license"] == "https://opendatacommons.org/licenses/by/1-0/"
    labels = {str(file["path"]).split("/")[1] for file in manifest_of(described)["files"]}
    assert {name["@id"].rpartition("-")[0] for name in plain["recordSet"]} == labels
    for record_set in plain["recordSet"]:
        name = record_set["@id"]
        label, _, split = name.rpartition("-")
        table = pq.read_table(described / "data" / label / split)
        texts = [row[f"{name}/text"].decode() for row in dataset.records(record_set=name)]
        assert texts == table["text"].to_pylist()


def test_croissant_knows_every_file_and_what_the_run_did(described: Path) -> None:
    plain = json.loads((described / "croissant.json").read_bytes())
    manifest = manifest_of(described)
    objects = {x["@id"]: x for x in plain["distribution"] if x["@type"] == "cr:FileObject"}
    assert {k: v["sha256"] for k, v in objects.items()} == {
        file["path"]: file["sha256"] for file in manifest["files"]
    }
    steps = plain["prov:wasGeneratedBy"]["description"]
    totals = manifest["totals"]
    assert f"extract: {totals['records']:,} in, {totals['documents']:,} out" in steps
    for reason, n in totals["removed"].items():
        assert f"{reason} {n:,}" in plain["rai:dataManipulationProtocol"]
    first, last = plain["rai:dataCollectionTimeFrame"]
    assert first <= last


@OLD_GRAPH
def test_croissant_of_hplt_is_valid(both: tuple[JobConfig, Path]) -> None:
    import mlcroissant

    dataset = mlcroissant.Dataset(str(both[1] / "corpus-hplt" / "croissant.json"))
    assert dataset.metadata.ctx.issues.errors == set()


def test_the_manifest_has_the_papers(described: Path) -> None:
    sides = {x["path"]: x["sha256"] for x in manifest_of(described)["side_files"]}
    for name in ("croissant.json", "CITATION.cff"):
        assert sides[name] == hashlib.sha256((described / name).read_bytes()).hexdigest()
    verify(described)


KINDS: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "a: strange name": pa.int32(),
    "fraction": pa.float64(),
    "flag": pa.bool_(),
    "texts": pa.list_(pa.string()),
    "pairs": pa.list_(pa.list_(pa.int64())),
    "rows": pa.list_(pa.struct([("a", pa.string()), ("b", pa.list_(pa.float32()))])),
    "one": pa.struct([("x", pa.float64())]),
    "when": pa.timestamp("us"),
    "large": pa.large_string(),
}


def test_features_are_those_of_datasets() -> None:
    from datasets import Features

    schema = pa.schema(list(KINDS.items()))
    features = features_of(schema)
    assert features is not None
    text = "features:\n" + "\n".join(yaml_lines(features, ""))
    read = Features._from_yaml_list(yaml.safe_load(text)["features"])
    assert read == Features.from_arrow_schema(schema)
    assert features_of(pa.schema([("m", pa.map_(pa.string(), pa.int64()))])) is None
