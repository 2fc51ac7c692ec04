"""The command that says what this installation can do."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata

import click
from rich.table import Table

from curate import __version__
from curate.cli.terminal.shown import console, echo, plain_text
from curate.config.builtin import builtin_folder
from curate.config.deciding import EngineConfig
from curate.engine.cluster_address import ray_address
from curate.engine.memory import most_bytes
from curate.errors import CurateError
from curate.io.open_store import open_store
from curate.lid import load_identifier
from curate.pipeline.compile_ahead import compile_ahead
from curate.pipeline.sizing import worker_bytes
from curate.stages.kernels import compile_kernels, kernel_cache
from curate.text.characters import tables

PACKAGES = (
    "ray",
    "pyarrow",
    "numpy",
    "numba",
    "fastwarc",
    "trafilatura",
    "icu4py",
    "pycld2",
    "fasttext-community",
    "pydantic",
)

OPTIONAL = {
    "onnxruntime": "onnx",
    "tokenizers": "onnx",
    "torch": "transformers",
    "transformers": "transformers",
    "kenlm-ex": "perplexity",
    "sentencepiece": "perplexity",
}
"""Packages that read models of a job -> the extra that installs them."""


@click.command()
@click.argument("work", required=False, metavar="[WORK]")
@click.option("--warm", is_flag=True, help="Only compile all kernels, on all cores, and end.")
def doctor(work: str | None, *, warm: bool) -> None:
    """Show versions, cores and memory, and try what a run needs.

    With WORK also whether commits work in that folder. --warm is for images
    and new nodes: what runs there later has nothing to compile.
    """
    if warm:
        echo(_check_kernels())
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column()
    for name, value in _facts():
        table.add_row(name, plain_text(value))
    out = console()
    out.print(table)
    failures = 0
    checks = (
        ("kernels", _check_kernels),
        ("identifier", _check_identifier),
        ("sandbox", _check_sandbox),
    )
    for name, check in checks:
        failures += _try(name, check)
    if work is not None:
        failures += _try(f"store {work}", lambda: _check_store(work))
    if failures:
        raise click.ClickException(f"{failures} check(s) failed")


def _facts() -> list[tuple[str, str]]:
    facts = [
        ("curate", __version__),
        ("python", f"{platform.python_version()} ({sys.executable})"),
        ("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("cores", str(os.cpu_count())),
        ("memory", _memory()),
        ("workers", _workers()),
        ("engine", f"ray at {a}" if (a := ray_address(None)) else "local"),
        ("language configs", str(builtin_folder("language_configs"))),
        ("job files", str(builtin_folder("jobs"))),
        ("unicode", f"{tables().classes_version}, case folding of {tables().folds_version}"),
    ]
    facts += [(name, metadata.version(name)) for name in PACKAGES]
    return facts + [(name, _version_or(name, extra)) for name, extra in OPTIONAL.items()]


def _version_or(name: str, extra: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"not installed; pip install 'curate-corpus[{extra}]'"


def _memory() -> str:
    n_bytes = most_bytes()
    return "not known" if n_bytes is None else f"{n_bytes / 1e9:.1f} GB"


def _workers() -> str:
    """How many the machine has room for, by a measured rule."""
    each, n_bytes = worker_bytes(EngineConfig().batch_mb), most_bytes()
    rule = f"{each / 1e9:.1f} GB each, see docs/ray.md#sizing"
    cores = os.cpu_count() or 1
    if n_bytes is None:
        return f"{cores} by cores; {rule}"
    n = max(int(n_bytes // each), 1)
    advice = f": set engine.workers to {n}, or engine.batch_mb lower" if n < cores else ""
    return f"{cores} by cores, {n} by memory ({rule}){advice}"


def _try(name: str, check: object) -> int:
    assert callable(check)
    try:
        echo(f"ok       {name}: {check()}")
    except CurateError as error:
        echo(f"FAILED   {name}: {error}")
        return 1
    return 0


def _check_kernels() -> str:
    compile_ahead()
    compile_kernels(echo)
    return f"compiled, kept in {kernel_cache()}"


def _check_identifier() -> str:
    (answer,) = load_identifier().identify(["Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι."])
    return f"a Greek sentence is {answer.label}"


def _check_sandbox() -> str:
    from curate.engine.sandbox import Sandbox

    page = "<html lang=fi><body><article><p>" + "Kaikki ihmiset syntyvät vapaina. " * 20
    with Sandbox("curate.html.service:extract_page", deadline_s=30.0, memory_bytes=None) as box:
        answer = box.call(page)
    return f"a page gives {len(answer.value['text'])} characters"


def _check_store(work: str) -> str:
    store = open_store(work)
    existed = store.root.exists()
    store.check_writable()
    if store.is_local and not existed:
        store.root.rmdir()
    return store.ability()
