"""Reference corpora: the files of trusted text, the labels they are of, and their statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from curate.config.job import JobConfig
from curate.config.sections import split_reference
from curate.errors import InputError
from curate.io import layout
from curate.io.kinds import TEXT_ENDINGS, kind_of
from curate.io.remote.read import is_remote
from curate.io.store import Store
from curate.labels import is_label
from curate.metrics import METRICS_VERSION
from curate.metrics.stopwords import Uses
from curate.pipeline.measure.task import identifier_of
from curate.pipeline.tuning.reference_task import ReferenceSettings, measure_reference
from curate.redact import redact, redact_all
from curate.stages.kernels import compile_kernels
from curate.text.repair import REPAIR_VERSION
from curate.tune.cleaning import CLEAN_VERSION
from curate.tune.sketch import Summaries
from curate.tune.stored import merge_tables
from curate.tune.word_counts import WordCounts
from curate.work.exchange import read_all
from curate.work.inputs import find_inputs
from curate.work.plan import ShardPlan, load_plan
from curate.work.runner import Runner, Step, made_anew
from curate.work.seal import add_counts, load_receipts, sealed

STEP = "reference"
CODE = "2"
_TOLD = 0.0005  # a smaller share would be told as 0.0 %


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    """A file of a reference corpus: where it is, the label of its text, its size in bytes."""

    path: str
    label: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """Counts of the reference text of one label, by outcome.

    Attributes:
        files: how many files, and their names.
        n_in: documents read.
        n_kept: documents measured.
        dropped: reason -> documents left out.
        quarantined: reason -> rows that could not be read.
        n_chars: characters read.
        removed_chars: label -> characters removed because they were identified as it.
    """

    files: list[str] = field(default_factory=list)
    n_in: int = 0
    n_kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    n_chars: int = 0
    removed_chars: dict[str, int] = field(default_factory=dict)

    @property
    def share_removed(self) -> float:
        """Share of the characters that was removed as another language."""
        return sum(self.removed_chars.values()) / self.n_chars if self.n_chars else 0.0


def find_references(patterns: Sequence[str]) -> list[ReferenceFile]:
    """The files of a reference corpus, in path order.

    Args:
        patterns: paths, patterns, addresses or local folders, each may begin with ``LABEL=``.

    Raises:
        InputError: a pattern matches nothing, a file has no label, or two.
    """
    files: dict[str, ReferenceFile] = {}
    for text in patterns:
        label, pattern = split_reference(text)
        for path, n_bytes in _matched(pattern).items():
            own = label or label_of_path(path)
            if own is None:
                raise InputError(
                    f"reference {path}",
                    wanted="a file or folder that is called like a label, such as "
                    "ref/fra_Latn/a.jsonl or ref/fra_Latn.jsonl.gz",
                    found="no label in its path",
                    todo=f"name the label: fra_Latn={pattern}",
                )
            before = files.setdefault(path, ReferenceFile(path, own, n_bytes))
            if before.label != own:
                raise InputError(
                    f"reference {path}",
                    wanted="one label for a file",
                    found=f"{before.label} and {own}",
                    todo="remove one of the two",
                )
    return [files[path] for path in sorted(files)]


def _matched(pattern: str) -> dict[str, int]:
    folder = Path(pattern).expanduser()
    if is_remote(pattern) or not folder.is_dir():
        return find_inputs([pattern], setting="tune.reference")
    inside = find_inputs([str(folder / "**/*")], setting="tune.reference")
    texts = {path: n for path, n in inside.items() if path.lower().endswith(TEXT_ENDINGS)}
    if not texts:
        raise InputError(
            f"reference {pattern!r}",
            wanted="a folder with files that end in .jsonl, .ndjson or .json (also packed), "
            ".parquet or .wet",
            found=f"{len(inside)} file(s), none of them such",
            todo="name the files by a pattern",
        )
    return texts


def label_of_path(path: str) -> str | None:
    """The name of the file up to its first dot, or the nearest of its folders, if it is a label."""
    parts = PurePosixPath(path).parts
    names = [parts[-1].partition(".")[0], *reversed(parts[:-1])] if parts else []
    return next((name for name in names if is_label(name)), None)


def reference_step(runner: Runner, job: JobConfig) -> bool:
    """Measure the reference corpora that a job names, or go on with it.

    What was measured on other files or by other code is made again: nothing but tuning reads it.

    Returns:
        False if the job names none.

    Raises:
        InputError: see :func:`find_references`.
    """
    assert job.tune is not None
    if not job.tune.reference:
        return False
    try:
        files = find_references(job.tune.reference)
    except InputError:
        if not _is_measured(runner.store, job.tune.reference):
            raise
        runner.progress.say("reference: files are gone; their statistics are kept and used")
        return True
    step, shards = _step(job, files), _shards(files, job.tune.reference)
    settings = ReferenceSettings(job.identify.model, job.extract.repair, job.mapped_columns)

    addresses = {redact(f.path): f.path for f in files}

    def with_address(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**payload, "address": addresses[payload["path"]]}

    def run() -> None:
        if sealed(runner.store, STEP) is None:
            compile_kernels(runner.progress.say)
        runner.run(
            [step], measure_reference, lambda: shards, settings=settings, completed=with_address
        )

    made_anew(runner, STEP, run)
    return True


def _step(job: JobConfig, files: Sequence[ReferenceFile]) -> Step:
    fields = {
        "code": f"{CODE} {METRICS_VERSION} {CLEAN_VERSION}",
        "repair_code": REPAIR_VERSION if job.extract.repair else None,
        "identifier": identifier_of(job.identify.model).fingerprint,
        "columns": job.mapped_columns,
        "files": [[redact(f.path), f.label, f.n_bytes] for f in files],
    }
    return Step(STEP, fields)


def _shards(files: Sequence[ReferenceFile], patterns: Sequence[str]) -> list[ShardPlan]:
    """One for each file; what was asked for is noted for the day when the files are gone."""
    return [
        ShardPlan(
            id=layout.shard_id(redact(f.path)),
            bytes_in=f.n_bytes,
            payload={
                "path": redact(f.path),
                "format": kind_of(f.path, "auto"),
                "label": f.label,
                "asked": redact_all(list(patterns)),
            },
        )
        for f in files
    ]


def _is_measured(store: Store, patterns: Sequence[str]) -> bool:
    """Whether all files of just these patterns have been measured."""
    plan = load_plan(store, STEP)
    if plan is None or sealed(store, STEP) is None:
        return False
    return all(shard.payload.get("asked") == redact_all(list(patterns)) for shard in plan.shards)


def reference_summaries(store: Store) -> Summaries:
    """Statistics by label."""
    return merge_tables(read_all(store, STEP, "summaries"), where=f"step {STEP}")


def reference_words(store: Store) -> dict[str, WordCounts]:
    """Words by label."""
    return words_of(store, STEP, "words")


def words_of(store: Store, step: str, role: str) -> dict[str, WordCounts]:
    """Words by label, from the tables and receipts of a step, merged one after the other."""
    words_by_label: dict[str, WordCounts] = {}
    for table, receipt in zip(read_all(store, step, role), load_receipts(store, step), strict=True):
        own: dict[str, dict[str, Uses]] = {}
        for label, word, *uses in zip(
            *(column.to_pylist() for column in table.columns), strict=True
        ):
            own.setdefault(label, {})[word] = Uses(*uses)
        for label, n_words in receipt.counts["n_words"].items():
            words = words_by_label.setdefault(label, WordCounts())
            words.add(
                own.get(label, {}),
                n_words=n_words,
                n_documents=receipt.counts["n_documents"].get(label, 0),
                lost=receipt.counts["lost_words"].get(label, 0),
            )
            words.note_source(own.get(label, {}), n_words)
    return words_by_label


def reference_counts(store: Store) -> dict[str, LabelCounts]:
    """Counts of the text of each label by outcome; the receipts added up."""
    plan = load_plan(store, STEP)
    assert plan is not None
    names = {shard.id: str(shard.payload["path"]).rsplit("/", 1)[-1] for shard in plan.shards}
    by_label: dict[str, LabelCounts] = {}
    for receipt in load_receipts(store, STEP):
        label = receipt.counts["label"]
        before = by_label.get(label, LabelCounts())
        by_label[label] = LabelCounts(
            files=[*before.files, names[receipt.shard]],
            n_in=before.n_in + receipt.rows_in,
            n_kept=before.n_kept + receipt.rows_out,
            dropped=_sum(before.dropped, receipt.dropped),
            quarantined=_sum(before.quarantined, receipt.quarantined),
            n_chars=before.n_chars + receipt.counts["n_chars"],
            removed_chars=_sum(before.removed_chars, receipt.counts["removed_chars"]),
        )
    return dict(sorted(by_label.items()))


def _sum(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, int]:
    added = dict(Counter(a))
    add_counts(added, b)
    return added


def notes_on(counts: LabelCounts) -> Iterator[str]:
    """Notes on what cleaning left out, for the provenance."""
    left_out = {**counts.dropped, **counts.quarantined}
    if left_out:
        reasons = ", ".join(f"{n:,} {reason}" for reason, n in sorted(left_out.items()))
        n = sum(left_out.values())
        yield f"{n:,} of {counts.n_in:,} reference documents left out: {reasons}"
    share = counts.share_removed
    if share >= _TOLD:
        most = sorted(counts.removed_chars.items(), key=lambda x: (-x[1], x[0]))[:3]
        shares = [(label, n / counts.n_chars) for label, n in most]
        named = ", ".join(f"{label} {part:.1%}" for label, part in shares if part >= _TOLD)
        yield f"{share:.1%} of the reference's characters removed as another language: {named}"
