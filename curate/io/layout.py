"""Every path of a work folder, in one place.

Folders of steps are in the table of stages, :mod:`curate.stage_table`.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

from curate.labels import require_label
from curate.stage_table import steps

JOB = "job.yaml"
QUARANTINE = "quarantine"
CORPUS = "corpus"
MANIFEST = "corpus/manifest.json"
CARD = "corpus/README.md"
REPORT = "report"
REPORT_PAGE = "report/index.html"
REPORT_COMPARED = "report/compare.html"
REPORT_STATS = "report/stats.json"
TUNED = "language_configs"
COPIES = "_run"
COMPRESSION = "scores/_compression.json"
DECIDED_BEFORE = "_run/decided_before.json"
REPEATED_IDS = "documents/_repeated_ids.json"
CLUSTER_COUNTS = "clusters/_counts.json"
TAKE_DOWN = "withdrawn"
"""Lists of what was taken down."""

UNIONS = ("cluster.union", "cluster.refine")
"""Steps with steps of their own before them where a label is united by ranges of its documents:
so many rounds as it takes, ``cluster.union.round-00`` and so on, and then those of UNION_ENDS."""

UNION_ENDS = ("roots", "members", "pack", "answers")

ATTEMPT_CHARS = 12
"""Hex digits of an attempt's random name."""


def folder_of(step: str) -> str:
    """The folder of a step: ``clusters/_union-round-00`` for ``cluster.union.round-00``.

    A step that is not in the table, as one of a plugin in a worker that has not loaded it, lies
    where its name says: ``toy.split`` in ``toy/_split``.
    """
    for name in UNIONS:
        if step.startswith(f"{name}."):
            return f"{steps()[name]}-{step.removeprefix(f'{name}.')}"
    stage, _, inner = step.partition(".")
    return steps().get(step) or (f"{stage}/_{inner}" if inner else stage)


def round_of(step: str, number: int) -> str:
    """The name of one round of a union."""
    return f"{step}.round-{number:02d}"


def plan_key(step: str) -> str:
    """The shards of the step, planned once."""
    return f"{folder_of(step)}/_plan.json"


def commits_key(step: str) -> str:
    """The folder of receipts."""
    return f"{folder_of(step)}/_commits"


def receipt_key(step: str, shard: str) -> str:
    """The receipt of the one attempt that won."""
    return f"{folder_of(step)}/_commits/{shard}.json"


def seal_key(step: str) -> str:
    """Says that every shard is committed, with totals."""
    return f"{folder_of(step)}/_SEALED.json"


def receipts_key(step: str, digest: str) -> str:
    """All receipts of a sealed step in one file, named by its content."""
    return f"{folder_of(step)}/_receipts-{digest}.jsonl.zst"


def ranges_key(step: str, digest: str) -> str:
    """Which rows of a sealed split go where, named by its content."""
    return f"{folder_of(step)}/_ranges-{digest}.parquet"


def data_folder(step: str) -> str:
    """Where the data files of all attempts lie."""
    return f"{folder_of(step)}/data"


def data_key(step: str, shard: str, attempt: str, part: str = "", form: str = "parquet") -> str:
    """A data file of one attempt; only a receipt makes it real."""
    return f"{data_folder(step)}/{shard}-{attempt}{part}.{form}"


_DATA_NAME = re.compile(
    rf"(?P<shard>.+)-(?P<attempt>[0-9a-f]{{{ATTEMPT_CHARS}}})(-[0-9a-z-]+)?\.(parquet|ids|jsonl\.zst)"
)


class AttemptFile(NamedTuple):
    """The parts of a data file's name: its shard, and the random name of its attempt."""

    shard: str
    attempt: str


def attempt_file(name: str) -> AttemptFile | None:
    """The shard and the attempt in the name of a data file; None for another file."""
    match = _DATA_NAME.fullmatch(name)
    return None if match is None else AttemptFile(match["shard"], match["attempt"])


def collected_key(step: str) -> str:
    """Says that the data of a step were deleted, because what is made of them is published."""
    return f"{folder_of(step)}/_COLLECTED.json"


def take_down_name(number: int) -> str:
    """The name of one list of what was taken down, from 1."""
    return f"{number:05d}.json"


def listed_key(stage: str) -> str:
    """Says which lists of what was taken down a stage was made with."""
    return f"{folder_of(stage)}/_withdrawn.json"


def forms_key(stage: str) -> str:
    """Says with which settings a view was published, and where besides its own folder."""
    return f"{folder_of(stage)}/_published.json"


def entries_key(digest: str) -> str:
    """All entries of these lists together, by their digest."""
    return f"{COPIES}/take-down-{digest}.json"


def taken_down_key(digest: str) -> str:
    """The documents that these lists concern, by the digest of the lists."""
    return f"{COPIES}/withdrawn-{digest}"


def rewrite_of(stage: str, number: int) -> str:
    """The step that writes the files of a view again from which documents were taken, from 1."""
    return f"{stage}.withdraw-{number:02d}"


def quarantine_key(shard: str, attempt: str) -> str:
    """The key of the records that one attempt at a shard could not process."""
    return f"{QUARANTINE}/{shard}-{attempt}.parquet"


def corpus_key(label: str, subset: str, index: int, form: str = "parquet") -> str:
    """FineWeb2's layout: ``data/fra_Latn/train/000_00000.parquet``.

    Raises:
        ConfigError: the label is none, such as ``../x``; a model may have given it.
    """
    require_label(label, where="a label that becomes a folder of the corpus")
    folder = f"{label}_removed/train" if subset == "removed" else f"{label}/{subset}"
    return f"{CORPUS}/data/{folder}/000_{index:05d}.{form}"


def hplt_path(label: str, score_bin: int, index: int) -> str:
    """HPLT's layout, below the folder of the view: ``fra_Latn/9_1.jsonl.zst``.

    Raises:
        ConfigError: the label is none.
    """
    require_label(label, where="a label that becomes a folder of the corpus")
    return f"{label}/{score_bin}_{index}.jsonl.zst"


def shard_id(path: str) -> str:
    """A stable, readable id for an input file: part of its name and a hash of its path."""
    name = path.rsplit("/", 1)[-1]
    stem = re.sub(r"[^A-Za-z0-9-]+", "-", name.split(".")[0]).strip("-")[:48] or "input"
    return f"{stem}-{hashlib.blake2b(path.encode(), digest_size=5).hexdigest()}"
