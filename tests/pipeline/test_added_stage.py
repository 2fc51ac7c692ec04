"""A stage is added: what has to be edited for it, and that all of curate works with it.

The stage is :mod:`tests.pipeline.vowels`. It writes a sidecar, a threshold may be about it, and a
job asks for it in a section of its own.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import signal
import subprocess
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from curate.config.builtin import builtin_folder
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.verify import verify
from curate.work.tables import read_columns
from tests.looking import published, receipts
from tests.pipeline.edited_curate import Insertions, edited_curate
from tests.runs import corpus_of, curate, write_job

EDITS: Mapping[str, Insertions] = {
    "curate/stage_table.py": [
        (
            "\n\n@dataclass(",
            "from tests.pipeline.vowels.columns import METRICS, VOWELS\n",
        ),
        (
            '    Stage(\n        "tune",\n',
            """    Stage(
        "vowels",
        "vowels",
        reads=("extract",),
        settings=("vowels",),
        asked_by="vowels",
        has_columns=True,
        is_scored=True,
        table=VOWELS,
        metrics=METRICS,
    ),
""",
        ),
    ],
    "curate/config/job.py": [
        ("\nJson = Any\n", "from tests.pipeline.vowels.section import VowelsConfig\n"),
        (
            "    urls: UrlsConfig | None",
            '    vowels: VowelsConfig | None = Field(default=None, description="vowels")\n',
        ),
    ],
    "curate/pipeline/stages.py": [
        ("\n\n@dataclass(", "from tests.pipeline.vowels.step import vowels\n"),
        ('    Bound("tune", tune),\n', '    Bound("vowels", vowels),\n'),
    ],
}
"""All that is edited outside the package of the stage."""

LEAST = 0.2
"""Below it are the texts of the crawl that are not in Latin letters, and no others."""


def test_it_takes_three_files() -> None:
    assert len(EDITS) <= 3


class Edited:
    """The command line of curate with the stage, and a job that asks for it."""

    def __init__(self, folder: Path, source: Path) -> None:
        self._folder = folder
        self._path = edited_curate(folder / "edited", EDITS)
        self.work = folder / "work"
        self.job = write_job(folder / "job.yaml", source, self.work)
        settings = json.loads(self.job.read_bytes())
        self.job.write_text(json.dumps({**settings, "vowels": {}}))

    def curate(self, *arguments: object, dies_at: str = "") -> subprocess.CompletedProcess[str]:
        points = [f"{dies_at}::{self._folder / 'token'}"] if dies_at else []
        path = {"PYTHONPATH": self._path}
        return curate(*arguments, failpoints=points, cwd=self._folder, more=path)

    def configs(self) -> Path:
        """Language configs with a threshold of the stage's metric for all labels."""
        folder = self._folder / "configs"
        shutil.copytree(builtin_folder("language_configs"), folder)
        path = folder / "_default.yaml"
        default = yaml.safe_load(path.read_text(encoding="utf-8"))
        default["thresholds"].append({"metric": "vowel_fraction", "min": LEAST})
        path.write_text(yaml.safe_dump(default, allow_unicode=True), encoding="utf-8")
        return folder


def sidecars(work: Path) -> pa.Table:
    """Every document with what the stage found and what became of it."""
    wanted = {
        "extract": ("id", "text"),
        "vowels": ("n_vowels", "vowel_fraction"),
        "select": ("drop_reason",),
        "rebalance": ("removal_reason",),
    }
    shards = [receipt.shard for receipt in receipts(work, "extract")]
    return pa.concat_tables(read_columns(Store(work), shard, wanted) for shard in shards)


def page_of(work: Path) -> Any:  # noqa: ANN401 - as the page's script reads it
    """What the page of the report says of the run."""
    page = (work / layout.REPORT_PAGE).read_text(encoding="utf-8")
    found = re.search(r'id="run-0">([^<]*)<', page)
    assert found
    return json.loads(zlib.decompress(base64.b64decode(found[1])))


def check_sidecar(found: pa.Table) -> None:
    for row in found.to_pylist():
        n = len(re.findall("[aeiou]", row["text"], re.IGNORECASE))
        assert row["n_vowels"] == n
        assert row["vowel_fraction"] == (n / len(row["text"]) if row["text"] else None)


def check_decision(edited: Edited, found: pa.Table, stats: Mapping[str, Any]) -> None:
    """Verdicts, the report and `explain` say what the threshold decided."""
    dropped = [row for row in found.to_pylist() if row["drop_reason"] == "vowel_fraction"]
    assert dropped, "the threshold decides something"
    assert all(row["vowel_fraction"] < LEAST for row in dropped)
    kept = [row for row in found.to_pylist() if row["removal_reason"] is None]
    assert kept, "and not everything"
    assert all(row["vowel_fraction"] >= LEAST for row in kept)
    removed = [row for row in dropped if row["removal_reason"] == "vowel_fraction"]
    assert stats["totals"]["removed"]["vowel_fraction"] == len(removed)
    page = page_of(edited.work)
    assert page["metrics"]["vowel_fraction"]["doc"] == "Vowels over all characters."
    (line,) = [step for step in page["steps"] if step["step"] == "vowels"]
    assert line["rowsOut"] == found.num_rows
    explained = edited.curate("explain", edited.work, removed[0]["id"]).stdout
    assert "removed: breaks vowel_fraction" in explained
    (shown,) = [x for x in explained.splitlines() if x.split()[:1] == ["vowel_fraction"]]
    assert shown.endswith("BROKEN")


@pytest.fixture(scope="module")
def undisturbed(small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Edited:
    """A run with the stage that nobody killed, on the local engine."""
    edited = Edited(tmp_path_factory.mktemp("undisturbed"), small_input)
    found = edited.curate("run", edited.job, "--engine", "local", "--workers", 2)
    assert found.returncode == 0, found.stderr
    return edited


@pytest.mark.parametrize("engine", ["local", "ray"])
def test_an_added_stage_runs_is_killed_resumes_decides_and_is_reported(
    engine: str, undisturbed: Edited, small_input: Path, tmp_path: Path
) -> None:
    edited = Edited(tmp_path, small_input)
    how = ("--engine", engine, "--workers", 2)
    killed = edited.curate("run", edited.job, *how, dies_at="vowels.after_shard")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert 0 < len(receipts(edited.work, "vowels")) < len(receipts(edited.work, "extract"))
    before = {receipt.shard: receipt.attempt for receipt in receipts(edited.work, "vowels")}
    resumed = edited.curate("run", edited.job, *how)
    assert resumed.returncode == 0, resumed.stderr
    after = {receipt.shard: receipt.attempt for receipt in receipts(edited.work, "vowels")}
    assert before.items() <= after.items(), "a finished shard was made again"
    assert corpus_of(edited.work) == corpus_of(undisturbed.work)
    assert all("vowel_fraction" in table.column_names for table in published(edited.work).values())
    selected = edited.curate("select", edited.work, "--configs", edited.configs(), "--publish")
    assert selected.returncode == 0, selected.stderr
    found = sidecars(edited.work)
    check_sidecar(found)
    check_decision(edited, found, json.loads((edited.work / layout.REPORT_STATS).read_bytes()))


def test_status_reruns_and_refusals_know_it(undisturbed: Edited, tmp_path: Path) -> None:
    status = undisturbed.curate("status", undisturbed.work)
    assert re.search(r"^ *vowels ", status.stdout, re.MULTILINE), status.stdout
    job = json.loads(undisturbed.job.read_bytes())
    other = tmp_path / "other.yaml"
    other.write_text(json.dumps({**job, "vowels": {"letters": "aeiouy"}}))
    refused = undisturbed.curate("run", other)
    assert refused.returncode != 0
    assert "vowels.letters" in refused.stderr
    assert "--rerun vowels" in refused.stderr
    other.write_text(
        json.dumps({**job, "vowels": None, "language_configs": str(undisturbed.configs())})
    )
    unasked = undisturbed.curate("run", other, "--set", f"work={tmp_path / 'unasked'}")
    assert unasked.returncode != 0
    assert "ask for it in the job's section `vowels`" in unasked.stderr.replace("\n", " ")


def test_the_checkout_itself_stays_as_it_is(undisturbed: Edited) -> None:
    """Files of this checkout lie behind the edited ones: the corpus is whole to it too."""
    verify(undisturbed.work / layout.CORPUS)
