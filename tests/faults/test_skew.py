"""Labels of very different size: one with nearly all documents, or thousands with one each."""

from __future__ import annotations

import json
import math
import random
import shutil
from collections import Counter
from itertools import islice, product
from pathlib import Path
from string import ascii_lowercase

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.engine.local import LocalEngine
from curate.engine.protocol import Policy
from curate.io import layout
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.run import run_job
from curate.pipeline.verify import verify
from curate.work.plan import load_plan
from tests.looking import published, receipts, totals
from tests.runs import Told, job_of

MIB = 1 << 20
LIMIT = 640 * MIB
"""Of each worker's private memory; code and models take most of it."""

LABELS = tuple(f"{a}{b}{c}_Latn" for a, b, c in islice(product(ascii_lowercase, repeat=3), 5001))


def write_texts(folder: Path, n: int, n_files: int) -> None:
    """JSON Lines of ``n`` texts that are unlike each other."""
    folder.mkdir()
    chance = random.Random(5)
    words = ["".join(chance.choices(ascii_lowercase, k=chance.randint(3, 9))) for _ in range(9000)]
    for number in range(n_files):
        with (folder / f"texts-{number}.jsonl").open("w", encoding="utf-8") as file:
            for at in range(number, n, n_files):
                text = " ".join(chance.choices(words, k=160)).capitalize() + "."
                url = f"https://example.org/{at}"
                file.write(json.dumps({"text": text, "id": f"<{at}>", "url": url}) + "\n")


def label_as_told(work: Path, labels: list[str]) -> None:
    """Commit ``identify`` again, as if an identifier had given these labels."""
    store = Store(work)
    plan = load_plan(store, "identify")
    assert plan is not None
    before = {r.shard: r for r in receipts(work, "identify")}
    tables = {s: pq.read_table(work / r.files[0].key) for s, r in before.items()}
    for path in (work / layout.folder_of("identify")).iterdir():
        if path.name != "_plan.json":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    given = iter(labels)
    for shard, table in tables.items():
        n, own = table.num_rows, [next(given) for _ in range(table.num_rows)]
        at = table.schema.get_field_index("label")
        told = table.set_column(at, table.schema.field("label"), pa.array(own, pa.string()))
        at = table.schema.get_field_index("lid_confidence")
        told = told.set_column(at, table.schema.field("lid_confidence"), pa.array([1.0] * n))
        fingerprint = plan.fingerprint
        with Attempt(store, step="identify", shard=shard, fingerprint=fingerprint) as attempt:
            attempt.write(told)
            counts = {"labels": dict(Counter(own)), "listed": {}, "without_own_words": {}}
            attempt.commit(rows_in=n, rows_out=n, counts=counts)


def write_configs(folder: Path) -> Path:
    """Thresholds that let every text through."""
    folder.mkdir()
    (folder / "_default.yaml").write_text(
        "label: _default\nthresholds:\n  - {metric: lid_confidence, min: 0.3}\n"
        "  - {metric: n_words, min: 1}\nprovenance: {method: by hand, reference: none}\n",
        encoding="utf-8",
    )
    return folder


@pytest.mark.fault("skew", "local")
@pytest.mark.parametrize(
    ("n_texts", "n_labels", "share", "max_file_mb"),
    [
        (4000, 40, 0.99, 1),
        # Files are cut between blocks of 1,024 documents, here .6 MiB: of these several to a file.
        pytest.param(40_000, 400, 0.99, 4, marks=pytest.mark.exhaustive),
        pytest.param(6000, 5001, 0.0, 1, marks=pytest.mark.exhaustive),
    ],
    ids=["a large one of 40", "a large one of 400", "five thousand"],
)
def test_files_are_as_many_as_their_sizes_say_and_memory_is_bounded(
    n_texts: int, n_labels: int, share: float, max_file_mb: int, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    write_texts(tmp_path / "input", n_texts, 4)
    small = [LABELS[1 + i % (n_labels - 1)] for i in range(round(n_texts * (1 - share)))]
    labels = [LABELS[0]] * (n_texts - len(small)) + small
    random.Random(7).shuffle(labels)
    job = job_of(
        tmp_path / "input",
        work,
        language_configs=str(write_configs(tmp_path / "configs")),
        emit={"max_file_mb": max_file_mb, "test_fraction": 0.0},
        rebalance={},
    )
    told = Told()
    with LocalEngine(Policy(memory_bytes=LIMIT), workers=2) as engine:
        run_job(job, engine=engine, until="identify")
        label_as_told(work, labels)
        run_job(job, engine=engine, progress=told)
    assert {event.kind for _, event in told.events} == {"done"}, "no shard came to the limit"
    found = published(work)
    n_rows, sizes = Counter[str](), dict[str, list[int]]()
    for path, table in found.items():
        label = path.split("/")[1]
        n_rows[label] += table.num_rows
        sizes.setdefault(label, []).append((work / "corpus" / path).stat().st_size)
    assert n_rows == Counter(labels)
    assert totals(work)["published"] == n_texts
    assert (len(sizes.get(LABELS[0], ())) > 1) == (share > 0)
    most = max_file_mb * MIB
    for label, own in sizes.items():
        assert abs(len(own) - math.ceil(sum(own) / most)) <= (len(own) > 1), label
        assert max(own) < 1.2 * most
        assert min(own) > 0.4 * max(own)
    verify(work)
