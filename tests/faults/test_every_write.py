"""Any write of any command fails or is its last; the same command ends with the same bytes."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from curate.ask import rerun as again
from curate.cli import main
from curate.config.builtin import builtin_folder
from curate.config.job import JobConfig
from curate.engine.local import LocalEngine
from curate.errors import CurateError
from curate.pipeline.run import run_job
from curate.pipeline.verify import verify
from tests.cli.test_fineweb2 import HINDI
from tests.faults.every_write import FULL, KILL, Killed, Writes
from tests.runs import job_of
from tests.small_crawl import texts, url_of

Command = Callable[[Path], object]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents, configs in FineWeb2's form and in ours: what commands read."""
    folder = tmp_path_factory.mktemp("inputs")
    rows = [{"text": text, "label": label, "url": url} for label, url, text in texts()]
    for name, part in (("one", rows[::2]), ("two", rows[1::2])):
        lines = "".join(json.dumps(row) + "\n" for row in part)
        (folder / "documents" / f"{name}.jsonl").parent.mkdir(exist_ok=True)
        (folder / "documents" / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    for name in ("_default.yaml", "eng_Latn.yaml", "_script/Thai.yaml"):
        (folder / "configs" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(builtin_folder("language_configs") / name, folder / "configs" / name)
    (folder / "letter.txt").write_text(f"{url_of('rus_Cyrl', 0, 1)}\n", encoding="utf-8")
    (folder / "published").mkdir()
    for label in ("hin_Deva", "tha_Thai"):
        (folder / "published" / f"{label}.yml").write_text(yaml.safe_dump(HINDI), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines that a command makes for itself run tasks here, where their writes are seen."""
    monkeypatch.setattr(again, "make_engine", lambda job: LocalEngine(workers=0))
    monkeypatch.setattr("curate.pipeline.run.make_engine", lambda job: LocalEngine(workers=0))
    monkeypatch.setattr("curate.ask.scrub.make_engine", lambda job: LocalEngine(workers=0))


def job_in(inputs: Path, work: Path) -> JobConfig:
    return job_of(
        f"{inputs}/documents/*",
        work,
        tune={"min_documents": 20, "out": str(work.parent / "tuned")},
        language_configs=str(inputs / "configs"),
    )


def call(*arguments: object) -> None:
    code = main([str(a) for a in arguments])
    if code != 0:
        raise CurateError("the command", wanted="exit code 0", found=str(code), todo="see above")


@pytest.fixture(scope="module")
def finished(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished run in ``work``."""
    folder = tmp_path_factory.mktemp("finished")
    run_job(job_in(inputs, folder / "work"), engine=LocalEngine(workers=0))
    return folder


def commands(inputs: Path) -> dict[str, tuple[Command, bool]]:
    """Name -> what it does in a folder, and whether that begins with a finished run."""
    return {
        "run with tune": (lambda at: run_job(job_in(inputs, at / "work")), False),
        "tune": (lambda at: call("tune", at / "work", "--out", at / "again"), True),
        "report": (lambda at: call("report", at / "work", "--out", at / "page.html"), True),
        "wordlists": (
            lambda at: call(
                "wordlists", inputs / "documents", "--out", at / "lists", "--quantile", 0
            ),
            False,
        ),
        "config import": (
            lambda at: call(
                "config", "import-fineweb2", inputs / "published", "--out", at / "mine"
            ),
            False,
        ),
        "withdraw": (
            lambda at: call("withdraw", at / "work", "--urls", inputs / "letter.txt"),
            True,
        ),
        "withdraw and scrub": (
            lambda at: call("withdraw", at / "work", "--urls", inputs / "letter.txt", "--scrub"),
            True,
        ),
    }


OF_RUNS = ("run with tune", "report", "withdraw", "withdraw and scrub")
"""Commands that rest on a run's own steps, and take as long."""

NAMES = (*OF_RUNS, "tune", "wordlists", "config import")


def begun(folder: Path, finished: Path, *, is_finished: bool) -> Path:
    """A folder to run in; a copy of a finished run keeps no link to the other."""
    folder.mkdir()
    if is_finished:
        shutil.copytree(finished, folder, dirs_exist_ok=True)
    return folder


def result_of(folder: Path) -> dict[str, bytes]:
    """What a reader sees: corpus, configs, lists and pages; no receipts, which have random names.

    Folders stand in records, and are called the same in all.
    """
    seen = {}
    for path in sorted(folder.rglob("*")):
        key = path.relative_to(folder).as_posix()
        is_internal = key.startswith("work/") and not key.startswith(
            ("work/corpus/", "work/language_configs/", "work/_run/language_configs-")
        )
        if path.is_file() and not is_internal and not path.name.endswith(".tmp"):
            seen[key] = path.read_bytes().replace(str(folder).encode(), b"FOLDER")
    seen.pop("page.html", None)  # it has the seconds that steps took
    return seen


@pytest.fixture
def one_day() -> None:
    """Not in the minute before midnight, since configs have a date."""
    now = datetime.datetime.now(datetime.UTC)
    if now.hour == 23 and now.minute >= 50:
        pytest.skip("the date changes soon")


@pytest.mark.fault("any-write", "local")
@pytest.mark.parametrize("name", NAMES)
def test_no_name_ever_has_half_a_file(
    name: str, inputs: Path, finished: Path, tmp_path: Path
) -> None:
    command, is_finished = commands(inputs)[name]
    at = begun(tmp_path / "here", finished, is_finished=is_finished)
    with Writes(at)() as writes:
        command(at)
    assert writes.calls > 2
    assert writes.torn == []


def numbers(n: int, *, all_of_them: bool, some: int) -> list[int]:
    step = 1 if all_of_them else max(1, n // some)
    return list(range(1, n + 1, step))


@pytest.mark.fault("any-write", "local")
@pytest.mark.parametrize("how", [FULL, KILL])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "every", [False, pytest.param(True, marks=pytest.mark.exhaustive)], ids=["some", "every"]
)
@pytest.mark.usefixtures("one_day")
def test_the_same_command_ends_with_the_same_bytes(
    every: bool,  # noqa: FBT001 - a parameter
    name: str,
    how: str,
    inputs: Path,
    finished: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command, is_finished = commands(inputs)[name]
    undisturbed = begun(tmp_path / "undisturbed", finished, is_finished=is_finished)
    with Writes(undisturbed)() as writes:
        command(undisturbed)
    wanted = result_of(undisturbed)
    some = 5 if name in OF_RUNS else 12
    for n in numbers(writes.calls, all_of_them=every, some=some):
        at = begun(tmp_path / f"at-{n}", finished, is_finished=is_finished)
        with pytest.raises(Killed if how == KILL else CurateError), Writes(at, how, n)():
            command(at)
        assert "Traceback" not in capsys.readouterr().err
        command(at)
        assert result_of(at) == wanted, n
        if (at / "work").exists():
            verify(at / "work")
        shutil.rmtree(at)


@pytest.mark.fault("any-write", "local")
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_file_that_an_older_version_left_is_mended_or_told(
    share: float, inputs: Path, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in NAMES[1:]:
        command, is_finished = commands(inputs)[name]
        at = begun(tmp_path / f"{name}-{share}", finished, is_finished=is_finished)
        before = result_of(at)
        command(at)
        wanted = result_of(at)
        for key in wanted.keys() - before.keys():
            path = at / key
            data = path.read_bytes()
            path.write_bytes(data[: int(share * len(data))])
            try:
                command(at)
            except CurateError:
                said = capsys.readouterr().err
                assert path.name in said
                assert "remove the file" in said
                path.unlink()
                command(at)
            assert result_of(at) == wanted, key
