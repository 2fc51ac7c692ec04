"""Steps in real pipelines of datatrove give what a run of curate gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup import MinhashConfig, MinhashDedupBuckets, MinhashDedupCluster
from datatrove.pipeline.dedup.minhash import MinhashDedupFilter
from datatrove.utils.hashing import HashConfig

import curate
from curate.config.builtin import builtin_folder
from curate.datatrove import Extractor, LanguageFilter, MetricsFilter, MinhashSignature
from curate.errors import ConfigError
from curate.io.warc import Record, read_warc
from curate.metrics import METRICS

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

PARAGRAPH = "<p>A sentence of a page that is long enough to be kept as text, and another one.</p>"


def documents(texts: Sequence[str], **metadata: Any) -> list[Document]:  # noqa: ANN401
    return [Document(text, str(i), metadata=dict(metadata)) for i, text in enumerate(texts)]


def passed(step: PipelineStep, data: Sequence[Document]) -> list[Document]:
    return list(step.run(iter(data), 0, 1))


@pytest.fixture(scope="module")
def rows(baseline: Path) -> list[dict[str, Any]]:
    """Documents of a run with all its columns."""
    found: list[dict[str, Any]] = curate.open(baseline).rows().read_all().to_pylist()
    return found


def test_pages_are_extracted_as_in_a_run(small_input: Path, rows: list[dict[str, Any]]) -> None:
    pages = []
    for path in sorted(small_input.iterdir()):
        for item in read_warc(str(path)):
            if isinstance(item, Record) and not item.is_text:
                html = curate.decode(item.payload, item.http_content_type).text
                pages.append(Document(html, item.id))
    found = {doc.id: doc.text for doc in passed(Extractor(), pages[:40])}
    wanted = {row["id"]: row["text"] for row in rows if row["text"]}
    assert len(found) > 20
    assert found == {page.id: wanted[page.id] for page in pages[:40] if page.id in wanted}


def test_a_page_without_text_is_dropped() -> None:
    step = Extractor("trafilatura")
    pages = documents([f"<body>{PARAGRAPH * 5}</body>", "<a href=/>Home</a>"])
    assert [doc.id for doc in passed(step, pages)] == ["0"]
    assert step.stats["dropped"].total == 1
    with pytest.raises(curate.CurateError, match="extractor"):
        Extractor("trafilature")


def test_labels_are_those_of_a_run(rows: list[dict[str, Any]]) -> None:
    step = LanguageFilter(label_only=True)
    for doc, row in zip(passed(step, documents([x["text"] for x in rows])), rows, strict=True):
        label = f"{doc.metadata['language']}_{doc.metadata['language_script']}"
        assert (label, doc.metadata["language_score"]) == (row["label"], row["lid_confidence"])


def test_other_languages_are_dropped(rows: list[dict[str, Any]]) -> None:
    texts = documents([row["text"] for row in rows])
    step = LanguageFilter(["deu", "cmn_Hani"], 0.5)
    kept = [rows[int(doc.id)] for doc in passed(step, texts)]
    assert {row["label"] for row in kept} == {"deu_Latn", "cmn_Hani"}
    assert all(row["lid_confidence"] > 0.5 for row in kept)
    assert step.stats["dropped_language"].total > 0
    sure = passed(LanguageFilter(language_threshold=2.0), texts)
    assert sure == []


def labelled(rows: Sequence[dict[str, Any]]) -> list[Document]:
    return [
        Document(
            row["text"],
            row["id"],
            metadata={
                "language": row["label"][:3],
                "language_script": row["label"][4:],
                "language_score": row["lid_confidence"],
            },
        )
        for row in rows
    ]


def test_metrics_and_reasons_are_those_of_a_run(rows: list[dict[str, Any]]) -> None:
    step = MetricsFilter()
    docs = labelled(rows)
    reasons: dict[str, str | None] = {}
    for start in range(0, len(docs), 16):
        batch = docs[start : start + 16]
        for doc, result in zip(batch, step.filter_batch(batch), strict=True):
            reasons[doc.id] = result[1] if isinstance(result, tuple) else None
    assert reasons == {row["id"]: row["drop_reason"] for row in rows}
    assert len(set(reasons.values())) > 1
    for doc, row in zip(docs, rows, strict=True):
        assert {name: doc.metadata[name] for name in METRICS} == {n: row[n] for n in METRICS}
    kept = {doc.id for doc in passed(MetricsFilter(), labelled(rows))}
    assert kept == {row["id"] for row in rows if row["drop_reason"] is None}
    assert len(passed(MetricsFilter(None), labelled(rows))) == len(rows)


def test_a_document_without_a_label_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="document 0") as caught:
        passed(MetricsFilter(), documents(["A text."]))
    assert "LanguageFilter" in caught.value.todo
    with pytest.raises(ConfigError):
        MetricsFilter(tmp_path / "none")


def test_thresholds_of_what_is_not_measured_are_told(tmp_path: Path) -> None:
    default = (builtin_folder("language_configs") / "_default.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(default)
    data["thresholds"].append({"metric": "wds", "min": 5})
    (tmp_path / "_default.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    row = {"text": "x", "id": "0", "label": "eng_Latn", "lid_confidence": 1.0}
    with pytest.raises(ConfigError, match="MetricsFilter") as caught:
        passed(MetricsFilter(tmp_path), labelled([row]))
    assert "`wds`" in caught.value.found


def test_signatures_go_through_the_later_steps(tmp_path: Path) -> None:
    text = " ".join(f"word{i} and more of the same kind" for i in range(60))
    texts = [text, "กขค ที่นี่ประเทศไทย " * 30, text + " with an end", "A short one", "", text]
    config = MinhashConfig()
    folders = [str(tmp_path / name) for name in ("signatures", "buckets", "removed")]
    pipelines: list[list[Any]] = [
        [documents(texts), MinhashSignature(folders[0], config)],
        [MinhashDedupBuckets(folders[0], folders[1], config=config)],
        [MinhashDedupCluster(folders[1], folders[2], config=config)],
    ]
    for i, pipeline in enumerate(pipelines):
        tasks = config.num_buckets if i == 1 else 1
        LocalPipelineExecutor(
            pipeline, tasks=tasks, logging_dir=str(tmp_path / f"logs-{i}"), skip_completed=False
        ).run()
    kept = passed(MinhashDedupFilter(folders[2]), documents(texts))
    assert [doc.id for doc in kept] == ["0", "1", "3", "4"]
    signed = curate.minhash(texts)
    step = MinhashSignature(folders[0], config)
    for text, row in zip(texts, signed.to_pylist(), strict=True):
        full = step.get_shingles(text)
        assert (len(full) == 0) == (row["signature"] is None)
        if len(full):
            assert np.array(step.get_signature(full)).shape == (14, 8)


def test_other_hashes_are_refused(tmp_path: Path) -> None:
    config = MinhashConfig(hash_config=HashConfig(precision=32))
    with pytest.raises(ConfigError, match="MinhashSignature"):
        MinhashSignature(str(tmp_path), config)
