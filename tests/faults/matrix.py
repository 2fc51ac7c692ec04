"""The faults that the engine has to stand, and what has to happen at each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of the matrix.

    Attributes:
        what: the fault.
        then: the behaviour that its tests demand.
        untried: why no test tries it; empty if one does.
    """

    what: str
    then: str
    untried: str = ""


PLACES = ("local", "ray", "s3")
"""Where a fault is tried: worker processes, Ray, and an object store as work folder."""

MATRIX: dict[str, Fault] = {
    "worker-killed": Fault(
        "SIGKILL of a worker while it writes, before and after its commit",
        "the task starts again; what the dead attempt left is part of nothing",
    ),
    "driver-killed": Fault(
        "SIGKILL of the driver: after a plan, a shard, before and after a seal, while publishing",
        "the same command goes on; finished shards are not made again",
    ),
    "zombie": Fault(
        "an attempt commits after its shard was made by another",
        "it loses, deletes its files and changes nothing",
    ),
    "two-drivers": Fault("two drivers on one work folder", "every shard is committed once"),
    "node-lost": Fault("SIGKILL of a node's raylet in the middle of a task", "its tasks move"),
    "head-lost": Fault(
        "SIGKILL of the cluster's head",
        "the driver ends; the same command resumes on another cluster or machine",
    ),
    "partition": Fault(
        "a node stands still in the middle of a task, is given up, and wakes again",
        "its tasks move; what it commits late loses",
    ),
    "reply-lost": Fault(
        "a PUT takes effect and its reply is lost",
        "what lies there is read back and decides; no shard twice, none missing",
    ),
    "store-refuses": Fault(
        "409, 412, 500 or 503 from the store, or a broken connection",
        "409 and 412: what lies there decides; others are asked again, then named",
    ),
    "store-away": Fault(
        "a store does not answer for 20 s, or for 60 s",
        "it is asked again for `io.retry_seconds` (30 s), and told so; then the run ends in words, "
        "and the same command resumes",
    ),
    "store-without-create": Fault(
        "a store without conditional PUT", "refused before anything is written"
    ),
    "damaged-file": Fault(
        "a committed file is cut short, gone, or has a flipped bit",
        "`curate verify` names it; a stage that reads it names file and remedy",
    ),
    "damaged-receipt": Fault(
        "a plan, receipt or seal is cut short or edited", "named, with the remedy"
    ),
    "damage-anywhere": Fault(
        "any file of a work folder or a corpus is flipped, zeroed, cut, lengthened, emptied, "
        "swapped or deleted",
        "`curate verify` finds it, or lists it as of no consequence: a dataset card",
    ),
    "consistent-edit": Fault(
        "a plan, receipt, seal or manifest is edited, and every digest in it worked out again",
        "`curate verify` finds it by what other records say",
    ),
    "damaged-copy": Fault(
        "a copy of language configs or wordlists in the work folder, `job.yaml`, or a plan under "
        "its seal is damaged",
        "mended from what the job names, or refused with file and remedy; never acted upon",
    ),
    "any-write": Fault(
        "any write of `run` with `tune`, `tune --out`, `wordlists`, `report` or "
        "`config import-fineweb2` fails, or is the last before a SIGKILL",
        "no name ever has half a file; the same command ends with the same bytes",
    ),
    "secrets": Fault(
        "addresses, `--set` and the environment hold passwords, signatures and keys",
        "they are in no byte of work folder, corpus, output, log or name of a Ray task",
    ),
    "escapes": Fault(
        "names and texts of others hold control or bidirectional characters",
        "written out in messages, tables, log lines and the card, which is Markdown",
    ),
    "disk-full": Fault(
        "no space left, at any write, in data, receipts or temporaries",
        "path and free space are named; after space is made the same command resumes",
    ),
    "power-lost": Fault(
        "the machine loses power, at any moment",
        "of what was not synced nothing is left: a receipt has its files, a seal its receipts, "
        "a manifest its corpus; the same command resumes",
    ),
    "page-hangs": Fault("a page hangs the parser", "quarantined as `timeout`"),
    "page-crashes": Fault("a page crashes the parser", "quarantined as `crash`"),
    "page-eats-memory": Fault("a page eats memory", "quarantined as `memory`"),
    "machine-blamed": Fault(
        "a sandbox is killed from outside, while it starts or reads a page; a call of the system "
        "or the store fails once",
        "tried once more; a page is blamed for a second failure, or for its own",
    ),
    "busy-machine": Fault(
        "other processes keep every processor busy",
        "the same bytes: what counts toward a page's deadline is its own CPU time",
    ),
    "temporary-folder": Fault(
        "another user made the folder for temporary copies first, or changed what is in it",
        "it is not used; what is there is compared with the store",
    ),
    "bomb": Fault("a decompression bomb", "quarantined as `too_large`"),
    "damaged-input": Fault(
        "a WARC is cut, flipped, junk, empty or HTML", "exact counts; what is sound is read"
    ),
    "input-gone": Fault(
        "an input is missing, forbidden or was replaced since it was planned",
        "its shard fails with the address and the cause; the others are finished; exit code 3",
    ),
    "out-of-memory": Fault(
        "a task reaches its memory limit, or the kernel or Ray kills it for memory",
        "told from a crash; tried with twice the memory, up to all; then failed, and told so",
    ),
    "fat-pages": Fault(
        "pages of megabytes of text, one behind the other",
        "batches end at `engine.batch_mb`, and are split where memory ends; texts above "
        "`extract.max_text_chars` are quarantined as `too_large`",
    ),
    "straggler": Fault(
        "one task takes far longer than all others",
        "a second attempt runs beside it; the first to commit counts",
    ),
    "poison": Fault(
        "a shard kills every worker that takes it",
        "it is listed as failed after `engine.attempts`; the others are finished; exit code 3",
    ),
    "hanging-task": Fault("a task hangs", "killed at its deadline and tried again"),
    "config-changed": Fault(
        "settings or code differ from those the folder was begun with",
        "refused, with each field that differs",
    ),
    "sigterm": Fault(
        "SIGTERM of the driver, as before a preemption",
        "no new task starts; running ones may finish; it ends within 30 s and can be resumed",
    ),
    "ctrl-c": Fault(
        "Ctrl-C once, and twice", "once: running tasks may finish; twice: it ends at once"
    ),
    "unheard": Fault(
        "standard output or error is closed, full, or read by nobody",
        "nothing that is written changes; exit code 4 tells of what was not heard",
    ),
    "cluster-empty": Fault(
        "a Ray cluster has no node that could run a task, or loses all that it had",
        "told every minute; after `engine.empty_minutes` the run ends with exit code 3, and the "
        "same command resumes",
    ),
    "temporaries-left": Fault(
        "killed workers left temporary files", "the next run on the machine deletes them"
    ),
    "clock-jump": Fault(
        "the clock jumps, process ids repeat, machines share a name, files have wrong dates",
        "nothing depends on them: the same bytes, and nothing is made again",
    ),
    "little-store": Fault(
        "Ray's object store is as small as it may be, and outside of shared memory",
        "the run needs none of it, and nothing is spilled",
    ),
    "skew": Fault(
        "one label has 99 in 100 documents, or there are 5,000 labels",
        "as many files as the sizes say; no worker comes to a limit of memory",
    ),
    "completion-order": Fault(
        "1, 2 or 8 workers, any order of completion", "the same bytes are published"
    ),
    "labels-as-paths": Fault(
        "a label or key that would lead out of the folder", "refused before it becomes a path"
    ),
    "chaos": Fault(
        "random kills of workers and drivers, and resumes, by seed",
        "the same bytes as without faults",
    ),
}
