"""Help, and one message with exit code 1 for every mistake."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from curate import __version__
from curate.cli.app import COMMANDS
from curate.cli.show import config
from curate.config.builtin import builtin_folder
from tests.runs import write_job
from tests.small_crawl import page_html
from tests.warc_files import gzip_member, warcinfo_record

Call = Callable[..., tuple[int, str, str]]
Mistake = Callable[..., str]


# ---- help ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    ["", *COMMANDS, *(f"config {name}" for name in config.commands)],
    ids=lambda c: c or "curate",
)
def test_help_fits_a_terminal_and_says_what_it_does(command: str, call: Call) -> None:
    code, out, err = call(*command.split(), "--help")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert out.startswith("Usage: ")
    assert "--help" in out
    repeated = ("COMMAND [ARGS]...", "REFERENCE...")
    for metavar in repeated:
        out = out.replace(metavar, "")
    assert "..." not in out, "a summary was cut"
    assert len(out.splitlines()[2].strip()) > 20


def test_help_lists_every_command(call: Call) -> None:
    _, out, _ = call("--help")
    for name in COMMANDS:
        assert re.search(rf"^  {name}  +\w", out, re.MULTILINE)


def test_version_is_that_of_the_package(call: Call) -> None:
    assert call("--version")[1].strip().endswith(__version__)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-command"], "no command 'no-such-command'"),
        (["tun"], "did you mean tune"),
        (["run"], "Missing argument 'JOB.yaml'"),
        (["run", "job.yaml", "--no-such-option"], "No such option '--no-such-option'"),
        (["run", "job.yaml", "--engine", "spark"], "'spark' is not one of"),
        (["run", "job.yaml", "--workers", "0"], "0 is not in the range"),
        (["tune", "work", "--min-documents", "many"], "'many' is not a valid integer"),
        (["explain", "work"], "Missing argument 'ID|URL'"),
    ],
)
def test_a_wrong_call_is_a_mistake(arguments: list[str], said: str, call: Call) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (1, "")
    assert said in err
    assert "--help" in err


# ---- mistakes in a job ---------------------------------------------------------------------


def test_a_job_file_that_is_not_there(mistake: Mistake, tmp_path: Path) -> None:
    message = mistake("run", tmp_path / "nowhere.yaml")
    assert str(tmp_path / "nowhere.yaml") in message
    assert "No such file" in message


def test_an_unknown_key_with_its_line_and_a_suggestion(mistake: Mistake, tmp_path: Path) -> None:
    job = tmp_path / "job.yaml"
    job.write_text("input: x\nwork: y\ncluster:\n  min_similarty: 0.8\n")
    message = mistake("run", job)
    assert f"{job}:4" in message
    assert "min_similarity" in message


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("cluster.min_similarity=1.5", "less than or equal to 1"),
        ("cluster.min_similarity=much", "'much'"),
        ("cluster.min_similarty=0.8", "min_similarity"),
        ("emit.compression=rar", "'zstd'"),
        ("cluster", "key=value"),
        ("=3", "key=value"),
        ("name.first=x", "to hold settings"),
        ("engine.workers=0", "engine.workers"),
    ],
)
def test_a_wrong_override(override: str, said: str, mistake: Mistake, job: Path) -> None:
    message = mistake("run", job, "--set", override)
    assert f"--set {override}" in message
    assert said in message
    assert not (job.parent / "work").exists()


def test_an_address_without_ray(mistake: Mistake, job: Path) -> None:
    message = mistake("run", job, "--engine", "local", "--address", "127.0.0.1:6379")
    assert "127.0.0.1:6379" in message


@pytest.mark.parametrize("option", ["--until", "--rerun"])
def test_an_unknown_stage(option: str, mistake: Mistake, job: Path) -> None:
    message = mistake("run", job, option, "dedup")
    assert f"{option} dedup" in message
    assert "cluster" in message
    assert not (job.parent / "work").exists()


def test_an_input_that_matches_no_file(mistake: Mistake, job: Path, tmp_path: Path) -> None:
    message = mistake("run", job, "--set", f"input={tmp_path}/nothing/*.warc.gz")
    assert f"{tmp_path}/nothing/*.warc.gz" in message
    assert f"({tmp_path} has 1 entries: job.yaml)" in message
    assert not (tmp_path / "work").exists()


def test_a_model_that_is_not_there(mistake: Mistake, job: Path) -> None:
    message = mistake("run", job, "--set", "identify.model=/no/such/model.bin")
    assert "/no/such/model.bin" in message
    assert not (job.parent / "work").exists()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.warc.gz", b"", "empty"),
        ("page.warc.gz", page_html("Error 503").encode() * 30, "1 not_a_warc"),
        ("only-info.warc.gz", gzip_member(warcinfo_record()), "1 not_a_response"),
        ("noise.warc.gz", bytes(range(256)) * 40, "1 not_a_warc"),
    ],
)
def test_an_input_without_a_document(
    name: str, data: bytes, said: str, mistake: Mistake, job: Path, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    message = mistake("run", job, "--set", f"input={tmp_path / name}")
    assert name in message
    assert "wanted: at least one document" in message
    assert said in message


def test_a_work_folder_that_cannot_be_written(mistake: Mistake, job: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    message = mistake("run", job, "--set", f"work={tmp_path / 'file' / 'work'}")
    assert str(tmp_path / "file" / "work") in message
    assert "Not a directory" in message or "File exists" in message


def test_a_work_folder_that_nobody_can_commit_to(mistake: Mistake, job: Path) -> None:
    message = mistake("run", job, "--set", "work=ftp://host/work")
    assert "ftp://host/work" in message
    assert "network-mounted" in message


def test_another_job_in_the_work_folder(
    mistake: Mistake, small_input: Path, finished: Path, tmp_path: Path
) -> None:
    job = write_job(tmp_path / "job.yaml", small_input, finished)
    message = mistake("run", job, "--set", "cluster.min_similarity=0.9")
    assert "cluster.min_similarity: 0.7 -> 0.9" in message
    assert "--rerun cluster" in message
    message = mistake("run", job, "--set", "rebalance.max_repetitions=5", "--rerun", "emit")
    assert "--rerun rebalance" in message


# ---- mistakes in language configs ----------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("metric: n_words,", "metric: n_word,", "n_words"),
        ("lid_confidence, min: 0.3", "lid_confidence, min: 1.3", "1.3"),
        ("dup_line_fraction, max: 0.3", "dup_line_fraction, maxi: 0.3", "max"),
        ("label: _default", "label: fra", "_default"),
    ],
    ids=["unknown metric", "out of range", "unknown key", "wrong label"],
)
def test_a_wrong_language_config(
    old: str, new: str, said: str, mistake: Mistake, job: Path, tmp_path: Path
) -> None:
    configs = Path(shutil.copytree(builtin_folder("language_configs"), tmp_path / "configs"))
    path = configs / "_default.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    calls: list[list[object]] = [
        ["run", job, "--set", f"language_configs={configs}"],
        ["config", "check", configs],
        ["labels", "--configs", configs],
        ["config", "show", "fra_Latn", "--configs", configs],
    ]
    for arguments in calls:
        message = mistake(*arguments)
        assert f"{path}:{line}" in message
        assert said in message
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("label", ["french", "fra-Latn", "../../etc", "FRA_LATN"])
def test_config_show_of_no_label(label: str, mistake: Mistake) -> None:
    assert label in mistake("config", "show", label)


def test_config_check_of_no_folder(mistake: Mistake, tmp_path: Path) -> None:
    assert str(tmp_path / "none") in mistake("config", "check", tmp_path / "none")


# ---- mistakes about a work folder ----------------------------------------------------------


@pytest.mark.parametrize(
    "command", ["status", "explain", "select", "emit", "tune", "report", "verify"]
)
def test_a_folder_that_is_no_work_folder(command: str, mistake: Mistake, tmp_path: Path) -> None:
    options: dict[str, list[object]] = {
        "explain": ["some-id"],
        "select": ["--configs", tmp_path],
    }
    more = options.get(command, [])
    for folder in (tmp_path, tmp_path / "none"):
        message = mistake(command, folder, *more)
        assert str(folder) in message
    assert list(tmp_path.iterdir()) == []


def test_explain_of_an_unknown_document(mistake: Mistake, baseline: Path) -> None:
    message = mistake("explain", baseline, "urn:uuid:none")
    assert "urn:uuid:none" in message
    assert "quarantine/" in message


def test_explain_before_there_is_a_document(mistake: Mistake, finished: Path) -> None:
    shutil.rmtree(finished / "documents")
    assert "run the job first" in mistake("explain", finished, "x")


def test_an_unknown_metric_with_a_suggestion(mistake: Mistake) -> None:
    assert "n_words" in mistake("metrics", "n_wrods")


def test_too_few_documents_to_tune_on(mistake: Mistake, finished: Path) -> None:
    message = mistake("tune", finished, "--min-documents", "3")
    assert "min_documents" in message or "--min-documents" in message
