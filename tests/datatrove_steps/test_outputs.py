"""Files that datatrove writes are read without mapping, and whole pipelines run in workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter

import curate
from curate.datatrove import Extractor, LanguageFilter, MetricsFilter
from tests.looking import run
from tests.runs import job_of

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

pytest.importorskip("orjson", reason="datatrove writes JSON Lines with orjson")

SENTENCE = "The old mill by the river was built by the same family as the bridge number {}. "
PAGES = [
    Document(
        f"<html><body><p>{''.join(SENTENCE.format(i * k) for k in range(9))}</body></html>",
        f"<urn:uuid:{i}>",
        metadata={
            "url": f"https://example.org/{i}",
            "date": "2024-03-01T10:00:00Z",
            "dump": "CC-MAIN-2024-10",
            "file_path": "s3://commoncrawl/crawl-data/CC-MAIN-2024-10/a.warc.gz",
        },
    )
    for i in range(1, 5)
]


@pytest.mark.parametrize("expand", [False, True], ids=["metadata", "expanded"])
@pytest.mark.parametrize("kind", ["jsonl.gz", "parquet"])
def test_its_outputs_need_no_mapping(kind: str, *, expand: bool, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    writer = (JsonlWriter if kind == "jsonl.gz" else ParquetWriter)(
        str(folder), expand_metadata=expand
    )
    steps = [Extractor(), LanguageFilter(label_only=True), MetricsFilter(None), writer]
    LocalPipelineExecutor(
        [PAGES, *steps], logging_dir=str(tmp_path / "logs"), skip_completed=False
    ).run()
    (path,) = folder.iterdir()
    assert path.name.endswith(f"00000.{kind}")
    run(job_of(folder, tmp_path / "work"), until="identify")
    columns = ["id", "url", "date", "snapshot", "warc_path", "text", "label"]
    found = curate.open(tmp_path / "work").rows(columns).read_all().to_pylist()
    assert found == [
        {
            "id": page.id,
            "url": page.metadata["url"],
            "date": page.metadata["date"],
            "snapshot": page.metadata["dump"],
            "warc_path": page.metadata["file_path"],
            "text": curate.extract(page.text).text,
            "label": "eng_Latn",
        }
        for page in PAGES
    ]
