"""Names and texts of others cannot steer the terminal, the log or the table they are shown in."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table

from curate.cli.terminal.shown import console, echo, plain_text
from curate.errors import InputError
from curate.report.card import render_card
from curate.report.data import ReportData, SampleSettings
from curate.visible import visible, visible_line
from tests.looking import run
from tests.runs import environment, job_of, write_job
from tests.small_crawl import texts

pytestmark = pytest.mark.fault("escapes", "local")

Call = Callable[..., tuple[int, str, str]]
EVIL = "a\x1b[2J\x1b]0;title\x07\u202eb\x9b31mc\u2066\r\x00d"
BIDI = {chr(c) for c in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def steering(text: str) -> set[str]:
    """The characters of a text that steer what shows it."""
    return {
        c
        for c in text
        if c in BIDI or (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t")
    }


@given(st.text(st.one_of(st.characters(), st.sampled_from(sorted(BIDI | set(EVIL))))))
def test_nothing_that_is_made_visible_steers(text: str) -> None:
    assert not steering(visible(text))
    assert not {"\n", "\t"} & set(visible_line(text))
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(
    "text", ["ภาษาไทย", "می‌خواهم", "क्‍ष", "שָׁלוֹם", "𞤀𞤣𞤤𞤢𞤥", "👩‍👩‍👧", "日本語\n\tok", "e\u0301"]
)
def test_what_writing_needs_stays(text: str) -> None:
    assert visible(text) == text


def test_no_error_steers_nor_pretends_to_have_more_lines() -> None:
    error = InputError(f"{EVIL}\nmore", wanted=EVIL, found=EVIL, todo=EVIL)
    assert not steering(str(error))
    assert str(error).count("\n") == 3


def test_tables_and_lines(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(EVIL)
    table.add_row(EVIL)
    out = console()
    out.print(table)
    out.print(EVIL, markup=False)
    out.print(plain_text(EVIL))
    echo(EVIL)
    echo(EVIL, err=True)
    said = "".join(capsys.readouterr())
    assert not steering(said)
    assert said.count("title") == 6


def test_the_card_is_markdown_whatever_the_job_is_called() -> None:
    data = ReportData(
        job=f"{EVIL}\n| x |",
        version="1",
        stages=(),
        yields=(),
        sizes={},
        weights={},
        configs={},
        config_folder="x",
        samples={},
        sample=SampleSettings(),
        kept=(),
        dropped=(),
        quarantined={},
        contamination={},
        files=(),
    )
    card = render_card(data)
    assert not steering(card)
    assert "# a\\x1b[2J" in card
    assert "\\n| x |\n" in card


def on_a_terminal(*arguments: object, cwd: Path) -> str:
    """What the command line writes on a pseudo-terminal."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "curate", *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, cwd=cwd, env=environment()
    ) as process:
        os.close(follower)
        said = b""
        while True:
            try:
                part = os.read(leader, 4096)
            except OSError:  # how Linux says that nobody writes any more
                break
            if not part:
                break
            said += part
        process.wait()
    os.close(leader)
    return said.decode().replace("\r\n", "\n")


@pytest.fixture(scope="module")
def evil_work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished extraction of documents that try to steer, from files of such names."""
    folder = tmp_path_factory.mktemp("evil")
    rows = [
        {"id": f"id-{n}-\x1b[5m\u202e", "text": f"{text} {EVIL}", "url": f"https://x.example/{n}"}
        for n, (_, _, text) in enumerate(texts()[:3])
    ]
    (folder / "in").mkdir()
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "in" / "a\x1b[2J\u202e.jsonl").write_text(lines)
    run(job_of(folder / "in", folder / "work"), until="select")
    return folder


@pytest.mark.parametrize("command", ["explain", "quarantine", "status", "missing", "key", "option"])
def test_commands_on_a_terminal(command: str, evil_work: Path, tmp_path: Path) -> None:
    job = write_job(tmp_path / "job.yaml", "/nope/\x1b[2J\x1b[31mred*", tmp_path / "w")
    bad = tmp_path / "bad.yaml"
    bad.write_text('name: x\n"\\e[2Jbo\\u202eo": 1\ninput: a\nwork: w\n')
    calls: dict[str, list[object]] = {
        "explain": ["explain", evil_work / "work", "https://x.example/1"],
        "quarantine": ["quarantine", evil_work / "work"],
        "status": ["status", evil_work / "work"],
        "missing": ["run", job],
        "key": ["run", bad],
        "option": ["run", job, "--set", "a\x1b[2Jb\u202e=1"],
    }
    said = on_a_terminal(*calls[command], cwd=tmp_path)
    assert said
    assert "Traceback" not in said
    for evil in ("\x1b[2J", "\x1b[31m", "\x1b]0", "\x1b[5m", "\u202e", "\x9b", "\x07"):
        assert evil not in said, said
    if command in ("missing", "key", "option"):
        assert "\\x1b[" in said


def test_a_line_of_progress(call: Call, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    text = {"text": texts()[0][2], "id": "1"}
    (tmp_path / "in" / "a.jsonl").write_text(json.dumps(text) + "\n")
    (tmp_path / "in" / "b\x1b[2J.txt~").write_text("passed over")
    job = write_job(tmp_path / "job.yaml", tmp_path / "in", tmp_path / "work")
    _, out, err = call("run", job, "--until", "extract", "--workers", 1)
    assert not steering(out + err)
