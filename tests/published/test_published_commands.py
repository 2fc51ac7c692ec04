"""Every command that a page publishes exists, has the options it names, and starts.

What needs little is started in every run; the others with ``--exhaustive``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from curate.config.builtin import builtin_folder
from tests.published.commands import Published, published, published_in
from tests.published.smallest import SMALLEST, Smallest, write_inputs
from tests.published.start import start
from tests.runs import ROOT

DATA = ROOT.parent / "shared" / "data"
PUBLISHED = published()


def key_of(command: Published) -> str:
    """The entry of :data:`SMALLEST` for a command; the module itself if there is none."""
    with_word = " ".join((command.module, *command.words[:1]))
    return with_word if with_word in SMALLEST else command.module


def help_of(command: str, folder: Path) -> str:
    module, *words = command.split()
    code, said = start(module, [*words, "--help"], folder)
    assert code == 0, said
    return said


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, object]:
    folder = tmp_path_factory.mktemp("inputs")
    made = write_inputs(folder)
    return {
        **made,
        "configs": builtin_folder("language_configs"),
        "python": sys.executable,
        "udhr": DATA / "udhr_paragraphs.json.gz",
        "fineweb2": DATA / "fineweb2_configs.tar.gz",
        "gold": DATA / "gold" / "crawl.jsonl.zst",
    }


def test_commands_are_found_in_pages_and_behind_backslashes() -> None:
    text = (
        "Run `python -m tests.a --b C` or\n\n    python -m tests.c.d stability X \\\n"
        "        --e-f 3   # --no\n\n    python3 -m jobs.g [--h I]\n        [--k] [--l M]\n"
    )
    a, c, g = published_in("page", text)
    assert (a.module, a.flags, a.words) == ("tests.a", ("--b",), ())
    assert (c.module, c.flags, c.words) == ("tests.c.d", ("--e-f",), ("stability", "X"))
    assert (g.module, g.flags) == ("jobs.g", ("--h", "--k", "--l"))


def test_every_published_command_has_a_smallest_input_and_no_other_has() -> None:
    assert len({one.where for one in PUBLISHED}) > 20, "the pages are read"
    assert {key_of(one) for one in PUBLISHED} == SMALLEST.keys()


@pytest.mark.parametrize("command", sorted(SMALLEST))
def test_it_has_the_options_that_pages_name(command: str, tmp_path: Path) -> None:
    flags = {f: x.where for x in PUBLISHED if key_of(x) == command for f in x.flags}
    if not flags:  # some take none, and would begin if they were asked
        module = command.split()[0]
        import_module(
            f"{module}.__main__" if (ROOT / module.replace(".", "/")).is_dir() else module
        )
        return
    said = help_of(command, tmp_path)
    missing = {flag: where for flag, where in flags.items() if flag not in said}
    assert not missing, said


def runs() -> list[object]:
    """(command, how) of all that are started, those that take long only if they are asked for."""
    return [
        pytest.param(
            command,
            how,
            marks=[
                *([pytest.mark.exhaustive] if how.is_long else []),
                *([pytest.mark.shared] if "shared" in how.needs else []),
            ],
            id=f"{command} {how.arguments}",
        )
        for command, several in SMALLEST.items()
        for how in several
        if not how.only_help
    ]


@pytest.mark.parametrize(("command", "how"), runs())
def test_it_starts_with_its_smallest_input(
    command: str, how: Smallest, inputs: Mapping[str, object], tmp_path: Path
) -> None:
    if "shared" in how.needs and not DATA.exists():
        pytest.skip("the shared data is not beside the checkout")
    if "bench" in how.needs and find_spec("datatrove") is None:
        pytest.skip("datatrove is not installed: pip install -e '.[test,bench]'")
    module, *words = command.split()
    code, said = start(module, [*words, *how.arguments.format(**inputs).split()], tmp_path)
    assert code == 0, said
    assert said.strip(), "it tells what it measured"
