"""Starts commands from one process that has loaded what they share, each in a child of its own."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

LOADED = ["curate.stages.kernels", "curate.pipeline.run", "curate.cli", "tests.looking"]
SECONDS = 600.0
"""Guards against a hang; a busy machine is slow."""


def start(module: str, arguments: Sequence[str], folder: Path) -> tuple[int, str]:
    """Run ``python -m module`` in a folder.

    Returns:
        Its exit status, and all that it said.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    said = folder / "said.txt"
    child = context.Process(target=_run, args=(module, list(arguments), folder, said))
    child.start()
    child.join(SECONDS)
    if child.is_alive():
        child.kill()
        child.join()
    assert child.exitcode is not None
    return child.exitcode, said.read_text(encoding="utf-8", errors="replace")


def _run(module: str, arguments: list[str], folder: Path, said: Path) -> None:
    """In the child: what the command says goes to a file, and its status is that of the child."""
    file = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.chdir(folder)
    sys.argv = [module, *arguments]
    code: object = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
