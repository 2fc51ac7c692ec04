"""Two releases beside each other: what came, what went and why, as text, data and in the card."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from curate.ask.release_diff import put_in_card, read_release, release_diff
from curate.ask.rerun import load_recorded
from curate.ask.withdraw import withdraw
from curate.errors import InputError
from curate.pipeline.verify import verify
from curate.report.release import ReleaseDiff, release_lines, release_section, with_section
from curate.rights.take_down import Entry
from tests.looking import document_tables
from tests.runs import curate


@pytest.fixture
def releases(finished: Path, tmp_path: Path) -> tuple[Path, Path, str]:
    """A corpus before and after one page of a cluster was taken down, and its label."""
    old = Path(shutil.copytree(finished / "corpus", tmp_path / "old"))
    rows = [r for r in document_tables(finished) if r["label"] == "rus_Cyrl"]
    (stood,) = (r for r in rows if r["cluster_size"] > 1 and r["removal_reason"] is None)
    withdraw(load_recorded(str(finished)), [Entry("id", stood["id"], "page")])
    return old, finished, "rus_Cyrl"


def test_a_successor_comes_and_the_page_goes(releases: tuple[Path, Path, str]) -> None:
    old, work, label = releases
    diff = release_diff(read_release(str(old)), read_release(str(work)))
    assert diff.removed == {label: {"withdrawn": 1}}
    assert diff.added == {label: {"new": 1}}
    assert diff.changed == {}
    assert diff.reasons["withdrawn"] == (0, 1)
    back = release_diff(read_release(str(work)), read_release(str(old)))
    assert back.added == {label: {"withdrawn": 1}}, "the work folder says what it was"
    lines = list(release_lines(diff))[1:3]
    assert lines == [f"added    {label}  new  1", f"removed  {label}  withdrawn  1"]


def test_changed_texts_and_subsets_are_told(releases: tuple[Path, Path, str]) -> None:
    old, _, _ = releases
    same = release_diff(read_release(str(old)), read_release(str(old)))
    assert (same.added, same.removed, same.changed) == ({}, {}, {})


def test_manifests_alone_tell_rows_and_reasons(
    releases: tuple[Path, Path, str], tmp_path: Path
) -> None:
    old, work, _ = releases
    for name, folder in (("old.json", old), ("new.json", work / "corpus")):
        shutil.copy(folder / "manifest.json", tmp_path / name)
    diff = release_diff(*(read_release(str(tmp_path / n)) for n in ("old.json", "new.json")))
    assert not diff.is_counted
    assert diff.reasons["withdrawn"] == (0, 1)
    assert list(release_lines(diff))[-1].startswith("no documents were compared")
    with pytest.raises(InputError, match=r"manifest\.json"):
        read_release(str(tmp_path / "nothing"))


def test_the_card_has_the_section_once_and_stays_sound(releases: tuple[Path, Path, str]) -> None:
    old, work, label = releases
    for _ in range(2):
        new = read_release(str(work))
        put_in_card(new, release_diff(read_release(str(old)), new), since="release 1")
    card = (work / "corpus" / "README.md").read_text(encoding="utf-8")
    assert card.count("## Changes since release 1") == 1
    assert f"| removed | {label} | `withdrawn` | 1 |" in card
    assert not any("README" in note for note in verify(work).notes)


def test_the_command_prints_json(releases: tuple[Path, Path, str]) -> None:
    old, work, label = releases
    said = curate("release-diff", old, work, "--json")
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["removed"] == {label: {"withdrawn": 1}}
    assert "withdrawn" in curate("release-diff", old, work).stdout


def test_nothing_changed_is_said_too() -> None:
    section = release_section(ReleaseDiff({}), since="a|b")
    assert section.endswith("No document was added, removed or changed.")
    assert with_section("card\n", section).count(section) == 1
