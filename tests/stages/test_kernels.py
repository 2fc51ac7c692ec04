"""Compiling once: what a first call says, and that processes share what it made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runs import ROOT

CODE = """
import curate.stages.kernels as kernels
made, say = [], []
def named(name, call):
    return lambda: (made.append(name), call())
kernels._GROUPS.update({name: named(name, call) for name, call in kernels._GROUPS.items()})
print(kernels.compile_kernels(say.append), ",".join(made), say[:1])
"""
AHEAD = """
import curate.stages.kernels as kernels
from curate.pipeline import compile_ahead as ahead
ahead.compile_ahead()
print(len(ahead._children), kernels.missing_groups() != [])
kernels.compile_page_kernels()
[child.wait() for child in ahead._children]
print(kernels.missing_groups())
"""
COMPILES = """
import numba.core.event as event
class Count(event.Listener):
    n = 0
    def on_start(self, e): Count.n += 1
    def on_end(self, e): pass
event.register("numba:compile", Count())
from curate.stages.annotate import add_metrics
from curate.stages.pii import add_pii
from curate.stages.sign import add_bands
from curate.dedup.minhash import MinHashParams
from curate.lid import load_identifier
import pyarrow as pa
batch = pa.table({"text": ["क ख ग", None], "label": ["hin_Deva", None]})
add_metrics(batch, stopwords={"hin_Deva": frozenset({"क"})})
add_bands(batch, params=MinHashParams())
add_pii(pa.table({"text": ["tel. +49 30 901820 and a@b.org, 10.1.2.3", None]}))
load_identifier().identify(["क ख ग", "a https://example.org", ""])
print(Count.n)
"""


PAGES = """
import sys
from curate.jit import Kernel
from curate.stages.kernels import _call_page_kernels
from curate.html.extract import Wishes, extract
def n_signatures():
    modules = [m for name, m in sys.modules.items() if name.startswith("curate.")]
    kernels = {id(x): x for m in modules for x in vars(m).values() if isinstance(x, Kernel)}
    return sum(len(x.signatures) for x in kernels.values() if x.is_loaded)
_call_page_kernels()
before = n_signatures()
for html in ("<p>a", "<title>t</title>" + "<p>A sentence of a page, long enough. A second." * 5):
    extract(html, wishes=Wishes(with_xml=True, keep_comments=True))
print(before > 0, n_signatures() - before)
"""


def start(code: str, cache: Path | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if cache is not None:
        environment["NUMBA_CACHE_DIR"] = str(cache)
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.exhaustive
def test_several_processes_share_the_groups_and_later_ones_have_nothing_to_do(
    tmp_path: Path,
) -> None:
    told = [process.communicate()[0] for process in [start(CODE, tmp_path) for _ in range(3)]]
    made = [name for line in told for name in line.split()[1].split(",") if "[" not in name]
    groups = ["duplicates", "languages", "metrics", "pages", "personal-data", "texts"]
    assert sorted(made) == groups, told
    assert any("compiling kernels, once on each machine: 6 groups" in line for line in told)
    assert start(CODE, tmp_path).communicate()[0] == "False  []\n"


@pytest.mark.exhaustive
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core has none that waits")
def test_what_a_run_needs_later_is_compiled_beside_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    first, last = start(AHEAD, tmp_path / "cache").communicate()[0].splitlines()
    assert first == f"{min((os.cpu_count() or 1) - 1, 5)} True"
    assert last == "[]"


def test_nothing_is_started_when_all_is_compiled() -> None:
    assert start(AHEAD).communicate()[0] == "0 False\n[]\n"


def test_every_kernel_of_a_page_is_compiled_before_sandboxes_begin() -> None:
    assert start(PAGES).communicate()[0] == "True 0\n", "compile_page_kernels leaves some out"


def test_every_kernel_is_compiled_with_the_types_that_the_stages_use() -> None:
    assert start(COMPILES).communicate()[0] == "0\n", "the kernels of this session leave some out"
