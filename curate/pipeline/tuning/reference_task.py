"""The task of the reference step: one file of trusted text to statistics of its label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from curate import schema
from curate.io.texts.documents import read_documents
from curate.io.warc import Damage, Skipped, read_warc
from curate.metrics import METRICS
from curate.pipeline.measure.task import identifier_of
from curate.pipeline.tuning.task import BATCH_TEXTS, SUMMARISED, add_words, words_table
from curate.stages.annotate import add_metrics, metrics_schema
from curate.stages.kernels import compile_kernels
from curate.text.normalize import normalize_text
from curate.text.repair import repair
from curate.text.split import split_texts
from curate.tune.cleaning import clean_texts
from curate.tune.sketch import Summaries, merge, summarize
from curate.tune.stored import to_table
from curate.tune.word_counts import WordCounts
from curate.work.task import Done, ShardTask, shard_task

NOT_TEXT = "not_text"
"""A record that is no text: references are JSON Lines, Parquet or WET, and no pages."""


@dataclass(frozen=True, slots=True)
class ReferenceSettings:
    """How the documents of references are read and measured.

    Attributes:
        model: identifier, as ``identify.model`` names it.
        repair: whether texts are repaired, as those of the job are.
        columns: column of the input -> column of documents.
    """

    model: str
    repair: bool
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReferenceShard:
    """One file of a reference.

    Attributes:
        format: kind of the file; see :mod:`curate.io.kinds`.
        label: of all its documents.
        address: where it lies, with what it takes to read it there.
    """

    format: str
    label: str
    address: str


@shard_task(ReferenceSettings)
def measure_reference(task: ShardTask[ReferenceSettings]) -> Done:
    """Clean and measure the documents of one file, and commit their statistics."""
    settings, planned = task.settings, task.planned(ReferenceShard)
    compile_kernels()
    tidy = repair if settings.repair else normalize_text
    with task.attempt() as attempt:
        metrics = attempt.writer(metrics_schema())
        file = _File(planned.label, settings.model)
        for texts in _texts(planned.address, planned.format, settings.columns, file):
            metrics.write(file.take([tidy(text) for text in texts]))
        attempt.write(to_table(file.summaries), role="summaries", part="-summaries")
        attempt.write(words_table({file.label: file.words}), role="words", part="-words")
        if file.damage:
            table = pa.Table.from_pylist(file.quarantine(task.shard), schema.QUARANTINE.schema())
            attempt.write(table, role="quarantine")
        quarantined = Counter(item.reason for item in file.damage)
        attempt.commit(
            rows_in=file.n_in,
            rows_out=metrics.rows,
            dropped=file.dropped,
            quarantined=quarantined,
            counts=file.counts(),
        )
    return Done(metrics.rows, quarantined)


class _File:
    """The state of one file while it is read."""

    def __init__(self, label: str, model: str) -> None:
        self.label = label
        self.identifier = identifier_of(model)
        self.summaries: Summaries = {}
        self.words = WordCounts()
        self.n_in = 0
        self.dropped: Counter[str] = Counter()
        self.damage: list[Damage] = []
        self.n_paragraphs = 0
        self.n_removed = 0
        self.n_chars = 0
        self.removed_chars: Counter[str] = Counter()

    def take(self, texts: Sequence[str]) -> pa.Table:
        """Clean some texts, count them in, and give the metrics of those that are left."""
        self.n_in += len(texts)
        self.n_chars += sum(map(len, texts))
        kept: list[str] = []
        for cleaned in clean_texts(texts, self.label, self.identifier):
            self.n_paragraphs += cleaned.n_paragraphs
            self.n_removed += cleaned.n_removed
            self.removed_chars.update(cleaned.removed)
            if cleaned.reason is None:
                kept.append(cleaned.text)
            else:
                self.dropped[cleaned.reason] += 1
        return self._measured(kept)

    def _measured(self, texts: Sequence[str]) -> pa.Table:
        tokens = split_texts(texts)
        labels = [self.label] * len(texts)
        batch = pa.table(
            {"text": pa.array(texts, pa.string()), "label": pa.array(labels, pa.string())}
        )
        measured = add_metrics(batch, stopwords={}, tokens=tokens).select(list(METRICS))
        summary = summarize(labels, measured.select(list(SUMMARISED)))
        self.summaries = merge(self.summaries, summary)
        add_words(self.words, tokens)
        return measured

    def set_aside(self, damage: Damage) -> None:
        """Count a row or record that could not be read."""
        self.n_in += 1
        self.damage.append(damage)

    def skip(self) -> None:
        """Count a record that holds no text."""
        self.n_in += 1
        self.dropped[NOT_TEXT] += 1

    def quarantine(self, shard: str) -> list[dict[str, object]]:
        """Rows of the quarantine table."""
        return [
            {
                "shard": shard,
                "reason": item.reason,
                "detail": item.detail[:2000],
                "warc_path": item.warc_path,
                "warc_offset": item.warc_offset,
                "n_bytes": item.n_bytes,
                "id": None,
                "url": item.url or None,
            }
            for item in self.damage
        ]

    def counts(self) -> dict[str, Any]:
        """For the receipt."""
        return {
            "label": self.label,
            "n_words": {self.label: self.words.n_words},
            "lost_words": {self.label: self.words.lost},
            "n_documents": {self.label: self.words.n_documents},
            "n_chars": self.n_chars,
            "n_paragraphs": self.n_paragraphs,
            "removed_chars": dict(sorted(self.removed_chars.items())),
            "noted": {"removed_paragraph": self.n_removed} if self.n_removed else {},
        }


def _texts(path: str, form: str, columns: Mapping[str, str], file: _File) -> Iterator[list[str]]:
    """The texts of a file, some at a time; the rest is counted."""
    if form == "warc":
        yield from _some(_records(path, file))
        return
    for item in read_documents(path, columns, batch_rows=BATCH_TEXTS):
        if isinstance(item, Damage):
            file.set_aside(item)
        else:
            yield item["text"].to_pylist()


def _records(path: str, file: _File) -> Iterator[str]:
    for item in read_warc(path):
        if isinstance(item, Damage):
            file.set_aside(item)
        elif isinstance(item, Skipped) or not item.is_text:
            file.skip()
        else:
            yield item.payload.decode("utf-8", errors="replace")


def _some(texts: Iterator[str]) -> Iterator[list[str]]:
    waiting: list[str] = []
    for text in texts:
        waiting.append(text)
        if len(waiting) == BATCH_TEXTS:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
