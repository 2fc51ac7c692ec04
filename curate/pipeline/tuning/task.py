"""The tasks of the tune stage: word counts and metric summaries of one shard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from curate.metrics import METRICS
from curate.metrics.stopwords import Uses, uses_of
from curate.pipeline.cluster.split import is_compared
from curate.text.split import TokenBatch, split_texts
from curate.tune.methods import TUNED
from curate.tune.sketch import Summaries, merge, summarize
from curate.tune.stored import to_table
from curate.tune.word_counts import WordCounts
from curate.work.tables import iter_columns
from curate.work.task import ShardTask, shard_task

WORDS = pa.schema(
    [
        ("label", pa.string()),
        ("word", pa.string()),
        *((name, pa.int64()) for name in Uses._fields),
    ]
)
"""Words of a label; the numbers are of :class:`curate.metrics.Uses`."""

WORDS_KEPT = 4096
"""Words kept per label and shard: far more than ever become stop words."""

BATCH_TEXTS = 256
SUMMARY_ROWS = 1 << 16
SUMMARISED = tuple(metric for metric in METRICS if metric in TUNED)


@dataclass(frozen=True, slots=True)
class TuneSettings:
    """Which documents count.

    Attributes:
        configs: folder of the language configs whose LID thresholds hold.
        own: columns of the user's own that are summarised too.
    """

    configs: str
    own: tuple[str, ...] = ()


@shard_task(TuneSettings)
def count_shard_words(task: ShardTask[TuneSettings]) -> int:
    """Count the words of each label's documents at or above its LID threshold."""
    counts: dict[str, WordCounts] = {}
    rows = 0
    columns = {"extract": ("text",), "identify": ("label", "lid_confidence")}
    for batch in iter_columns(task.store, task.shard, columns):
        rows += batch.num_rows
        texts: dict[str, list[str]] = {}
        confident = batch.filter(pa.array(is_compared(batch, task.settings.configs)))
        for label, text in zip(
            confident["label"].to_pylist(), confident["text"].to_pylist(), strict=True
        ):
            texts.setdefault(label, []).append(text)
        for label, group in texts.items():
            counts.setdefault(label, WordCounts())
            for at in range(0, len(group), BATCH_TEXTS):
                add_words(counts[label], split_texts(group[at : at + BATCH_TEXTS]))
    with task.attempt() as attempt:
        attempt.write(words_table(counts))
        attempt.commit(
            rows_in=rows,
            rows_out=rows,
            counts={
                "n_words": {label: words.n_words for label, words in sorted(counts.items())},
                "lost_words": {label: words.lost for label, words in sorted(counts.items())},
                "n_documents": {
                    label: words.n_documents for label, words in sorted(counts.items())
                },
            },
        )
    return rows


def add_words(counts: WordCounts, tokens: TokenBatch) -> None:
    """Count the words of some texts of one label."""
    uses = uses_of(tokens)
    counts.add(uses, n_words=sum(use.n for use in uses.values()), n_documents=len(tokens))


def words_table(counts: Mapping[str, WordCounts]) -> pa.Table:
    """The most frequent words of each label.

    A word that is left out here occurs less often than all that are kept; over all shards that is
    at most one in :data:`WORDS_KEPT` of the label's words, and a stop word is one in 125.
    """
    listed = [
        (label, word, *words.uses(word))
        for label, words in sorted(counts.items())
        for word, _ in words.most_common(WORDS_KEPT)
    ]
    return pa.table([[x[i] for x in listed] for i in range(len(WORDS))], schema=WORDS)


@shard_task(TuneSettings)
def summarise_shard(task: ShardTask[TuneSettings]) -> int:
    """Summaries by label: the confidence of all documents, metrics of those that are confident."""
    own = task.settings.own
    columns = {"identify": ("label", "lid_confidence"), "annotate": SUMMARISED}
    columns |= {"extra": own} if own else {}
    summaries: Summaries = {}
    rows = 0
    for batch in iter_columns(task.store, task.shard, columns, batch_rows=SUMMARY_ROWS):
        confident = batch.filter(pa.array(is_compared(batch, task.settings.configs)))
        summaries = merge(
            summaries,
            summarize(batch["label"], batch.select(["lid_confidence"])),
            summarize(confident["label"], confident.select([*SUMMARISED, *own])),
        )
        rows += batch.num_rows
    with task.attempt() as attempt:
        attempt.write(to_table(summaries))
        attempt.commit(rows_in=rows, rows_out=rows)
    return rows
