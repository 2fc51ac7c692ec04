"""HPLT's view of a job: its steps, and what lies beside its files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from curate.config.job import JobConfig
from curate.errors import ConfigError
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.decide.screens import screens_of
from curate.pipeline.emit.current import current_files, finished_rewrites, lists_of
from curate.pipeline.emit.files import PlanSettings, file_shards
from curate.pipeline.emit.hplt_files import FilesSettings, SplitSettings, split_shard, write_files
from curate.pipeline.emit.hplt_lines import MORE_FIELDS, check_lines
from curate.pipeline.emit.hplt_plan import n_partitions, plan_shard
from curate.pipeline.emit.rewrite_hplt import (
    LEFT_OUT,
    RewriteSettings,
    docs_in,
    name_of,
    rewrite_label,
)
from curate.pipeline.emit.view import Doc, Entry, Rewriting, View
from curate.pipeline.extract.kept import kept_of
from curate.pipeline.job_run import Done, JobRun, partition_shards, sealed_rows
from curate.report.card import CardForm
from curate.stages.hplt import REGISTER, RIGHTS, Rules
from curate.work.plan import load_plan
from curate.work.runner import Step
from curate.work.seal import add_counts, load_receipts, sealed, sorted_counts
from curate.work.sidecars import scored_columns
from curate.work.take_down import listed_for

CODE: Final = "2"
"""Raised by hand when other lines are written for the same settings."""

ENGLISH: Final = "eng"
LANGUAGES: Final = "languages.jsonl"
FIELDS: Final = (
    "One JSON object a line, with the fields of HPLT 3.0 (https://hplt-project.org/datasets/v3.0). "
    "`doc_scores[0]` falls within a file and its bin is the first number of the file's name. Every "
    "document is there once: `cluster_size` says how many near-duplicates it stands for. The table "
    "above counts what was selected; `manifest.json` says what of it is not in this view.",
)
REMOVED: Final = "removed"
"""Why a line was not written, of a document that was not selected."""


class Hplt(View):
    """HPLT's layout: a folder for each label, files by score, a JSON object a line."""

    name = "hplt"
    card = CardForm(place=0, files="*.jsonl.zst", fields=FIELDS, spans="pii")

    @classmethod
    def require(cls, job: JobConfig) -> None:
        """Scores are needed, since files are by score."""
        if job.wds is None:
            raise ConfigError(
                "view hplt",
                wanted="a job with a section `wds`: files are by score, and lines have labels",
                found="a job without",
                todo="add `wds: {version: '1.2'}` to the job and run it with `--rerun score`",
            )

    def write(self, run: JobRun, done: Done) -> Step:
        """Lines by label and score, planned and written as files."""
        stage = self.stage
        store, emit = run.store, run.job.emit
        split = split_settings(store, run.job)
        reads = ["rebalance", *(["pii"] if run.masks_sidecar else []), *split["more"]]
        rows = sealed_rows(store, "rebalance")
        parts = n_partitions(rows)
        kept, _ = kept_of(run)
        first = Step.of(
            f"{stage}.split", [done[name] for name in reads], code=CODE, **split, **kept
        )
        run.run(first, split_shard, _task_settings(run))
        limit = {"max_file_mb": emit.hplt.max_file_mb}
        plan = Step.of(f"{stage}.plan", [first], **limit)
        run.run(
            plan,
            plan_shard,
            PlanSettings(**limit),
            lambda: partition_shards(parts, rows),
        )
        form = {"level": emit.hplt.level, "frame_kb": emit.hplt.frame_kb}
        step = Step.of(stage, [plan], **form)
        run.run(
            step,
            write_files,
            FilesSettings(**form),
            lambda: file_shards(store, stage),
        )
        run.runner.progress.say(self._in_words(store))
        return step

    def rewriting(self, run: JobRun, lists: str) -> Rewriting:
        """Lines are found by id, and others put between them by score."""
        hplt = run.job.emit.hplt
        before = lists_of(run.store, self.stage, listed_for(run.store, self.stage))
        files = FilesSettings(hplt.level, hplt.frame_kb)
        return Rewriting(rewrite_label, RewriteSettings(before, lists, _task_settings(run), files))

    @classmethod
    def doc_of(cls, row: Entry) -> Doc:
        """By HPLT's identity of a document."""
        return name_of(row)

    @classmethod
    def docs_in(cls, path: Path) -> Iterator[Doc]:
        """By the same."""
        return docs_in(path)

    @classmethod
    def path_of(cls, file: Entry, form: str) -> str:
        """``fra_Latn/9_1.jsonl.zst``."""
        del form
        return layout.hplt_path(file["label"], file["bin"], file["index"])

    def side_files(self, entries: Sequence[Entry], job: JobConfig) -> Iterable[tuple[str, bytes]]:
        """Lists of files and check sums; see :func:`side_files`."""
        return side_files(entries, job.emit.hplt.base_url)

    def facts(self, store: Store) -> dict[str, Any]:
        """The rules that decided what is in this view, and what they left out, by reason."""
        plan, totals = load_plan(store, f"{self.stage}.split"), sealed(store, f"{self.stage}.split")
        assert plan is not None
        assert totals is not None
        left_out = {reason: n for reason, n in totals.dropped.items() if reason != REMOVED}
        for step in finished_rewrites(store, self.stage):
            for receipt in load_receipts(store, step):
                add_counts(left_out, receipt.counts[LEFT_OUT])
        left_out = sorted_counts({reason: n for reason, n in left_out.items() if n})
        facts = {"view": self.name, "rules": dict(plan.fields["rules"]), "left_out": left_out}
        more = [*plan.fields["more"].get("rights", ()), *plan.fields.get("kept", {})]
        return {**facts, MORE_FIELDS: more} if more else facts

    @classmethod
    def check(cls, corpus: Path, manifest: Entry) -> Iterator[str]:
        """Every line against what HPLT 3.0 says of its lines."""
        return check_lines(corpus, manifest)

    def _in_words(self, store: Store) -> str:
        """A sentence on what is in this view and what is not."""
        left_out = self.facts(store)["left_out"]
        why = ", ".join(f"{n:,} {reason}" for reason, n in left_out.items())
        rows = sum(current.entry.rows for current in current_files(store, self.stage))
        return f"view hplt: {rows:,} documents" + (f"; left out: {why}" if why else "")


def _task_settings(run: JobRun) -> SplitSettings:
    """The settings of the task that makes lines."""
    split = split_settings(run.store, run.job)
    more = {**split["more"], "pii": ["pii_spans"]} if run.masks_sidecar else split["more"]
    parts = n_partitions(sealed_rows(run.store, "rebalance"))
    return SplitSettings(**{**split, "more": more}, n_partitions=parts, kept_schema=kept_of(run)[1])


def split_settings(store: Store, job: JobConfig) -> dict[str, Any]:
    """The settings that decide the lines: rules, columns beside those of every job, masks."""
    assert job.wds is not None
    hplt = job.emit.hplt
    rules = Rules(
        version=job.wds.version,
        min_bin=hplt.min_bin,
        confidence_above=hplt.confidence_above,
        chars_above=hplt.chars_above,
        marked=hplt.marked,
    )
    scores = scored_columns(store)
    more = {"score": list(scores["score"])}
    if registers := [x for x in scores.get("classify", ()) if x.startswith(REGISTER)]:
        more["classify"] = registers
    screens = screens_of(job)
    names = {"urls": "url_filter", "robots": "robots_disallowed"}
    if screens:
        more["screen"] = [names[kind] for kind in names if kind in screens]
    if job.rights is not None:
        more["rights"] = list(RIGHTS)
    kinds = sorted(job.emit.pii_kinds)
    return {"rules": rules._asdict(), "more": more, "pii": job.emit.pii, "pii_kinds": kinds}


def side_files(entries: Sequence[Mapping[str, Any]], base_url: str) -> Iterator[tuple[str, bytes]]:
    """Path and content of each small file beside the corpus files.

    ``<label>.map`` names the files of a label, one a line; ``multilingual.map`` those of all labels
    but English. ``<label>.md5`` is for ``md5sum -c``; ``<label>/.<bin>_<n>.jsonl.md5`` has the MD5
    of the lines themselves. :data:`LANGUAGES` has one object a label, as HPLT's list has.
    """
    by_label: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        by_label.setdefault(entry["label"], []).append(entry)
    head = f"{base_url.rstrip('/')}/" if base_url else ""
    maps: dict[str, list[str]] = {}
    languages = []
    for label, files in sorted(by_label.items()):
        files = sorted(files, key=lambda e: (-e["bin"], e["index"]))
        maps[label] = [head + str(e["path"]) for e in files]
        languages.append(_language(label, files, maps[label], f"{head}{label}.map"))
        yield f"{label}.map", _text(maps[label])
        yield f"{label}.md5", _text([f"{e['md5']}  {e['path']}" for e in files])
        for e in files:
            name = f"{e['bin']}_{e['index']}.jsonl"
            yield f"{label}/.{name}.md5", _text([f"{e['lines_md5']}  {name}"])
    others = [url for label, urls in maps.items() if label[:3] != ENGLISH for url in urls]
    yield "multilingual.map", _text(others)
    yield LANGUAGES, _text([json.dumps(x, ensure_ascii=False) for x in languages])


def _language(
    label: str, files: Sequence[Mapping[str, Any]], urls: Sequence[str], where: str
) -> dict[str, Any]:
    sums = {
        name: sum(int(e[key]) for e in files)
        for name, key in (
            ("bytes", "bytes"),
            ("documents", "rows"),
            ("segments", "segments"),
            ("characters", "n_chars"),
        )
    }
    return {"files": len(files), **sums, "name": label, "urls": list(urls), "map": where}


def _text(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
