"""Kernels are compiled once per machine, before the first shard needs them.

Numba keeps compiled kernels beside the sources, in ``$NUMBA_CACHE_DIR`` or in the user's cache,
whichever it may write. Without this module every worker of a new machine would compile all of them
at once, each for itself.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from curate.jit_sources import sources_digest

_EVERYTHING, _PAGES = __name__, "curate.html.extract"
"""Modules that import all kernels, and those of pages."""

_done: set[str] = set()


def compile_kernels(say: Callable[[str], None] = lambda text: None) -> bool:
    """See that all kernels are compiled; at once if they are.

    Of several processes one compiles, and the others wait for it.

    Args:
        say: is told when it begins to compile.

    Returns:
        True if this call compiled them.
    """
    return _compiled(_EVERYTHING, _call_all, say)


def compile_page_kernels(say: Callable[[str], None] = lambda text: None) -> bool:
    """Compile the kernels that the extractor ``blocks`` needs.

    Else each sandbox of a new machine would compile them while it starts, and all at once.
    """
    return _compiled(_PAGES, _call_page_kernels, say)


def _compiled(module: str, call: Callable[[], None], say: Callable[[str], None]) -> bool:
    if module in _done:
        return False
    _done.add(module)
    mark = _mark(module)
    if mark.exists():
        return False
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        with mark.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if mark.exists():
                return False
            say("compiling kernels: once on each machine, up to a minute")
            call()
            mark.touch()
    except OSError:
        # No folder to keep them in: numba compiles for this process alone.
        say("compiling kernels: up to a minute in each process, because nothing can be kept")
        call()
    return True


def _mark(module: str) -> Path:
    """A file that exists if the kernels that a module rests on are compiled for this machine."""
    seen = hashlib.sha256()
    for part in (version("numba"), version("llvmlite"), platform.python_version(), _cpu()):
        seen.update(part.encode() + b"\0")
    seen.update(sources_digest(module).encode())
    return _marks() / f"curate-{seen.hexdigest()[:16]}.compiled"


def kernel_cache() -> Path:
    """The folder in which numba keeps compiled kernels of the metrics; others are beside it."""
    from curate.metrics.repetition import count_ngrams

    kernel: Any = count_ngrams
    return Path(kernel.stats.cache_path or ".")


def _marks() -> Path:
    """Where marks are: what is removed or replaced with the kernels, found without numba."""
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(chosen)
    beside = Path(__file__).with_name("__pycache__")
    return beside if os.access(beside, os.W_OK) else kernel_cache()


def _cpu() -> str:
    from llvmlite.binding import get_host_cpu_name

    name: str = get_host_cpu_name()
    return name


def _call_page_kernels() -> None:
    """Extract a page; imported here, because whoever reads no page needs none of it."""
    from curate.html.extract import Wishes, extract
    from curate.html.extractors import BLOCKS

    # Several blocks, and one: one alone asks another kernel of the trees.
    paragraph = "<p>" + "A sentence of a page, long enough to be kept as text. " * 9
    page = f"<html lang=en><title>t</title><body class=a>{paragraph * 3}"
    for html in (page, paragraph):
        extract(html, extractor=BLOCKS, wishes=Wishes(with_xml=True))


def _call_all() -> None:
    """Call every kernel once, with arrays of the types that the stages give them.

    Who only asks whether they are compiled imports none of what is named here.
    """
    import numpy as np
    import pyarrow as pa

    from curate.contamination import NgramIndex, build
    from curate.dedup.components import cluster
    from curate.dedup.minhash import MinHashParams
    from curate.html.markup.read import read_page
    from curate.lid import load_identifier
    from curate.metrics.bounds import KEPT, mark_outside
    from curate.pii import find
    from curate.stages.annotate import add_metrics
    from curate.stages.score import add_scores, profiles_of
    from curate.stages.sign import add_bands
    from curate.text.split import split_texts

    texts = ["Ⅰ a b. कि ที่ 世界 1 Ÿ\u0301 a b.\n\nlorem [1]", None]
    batch = pa.table({"text": texts, "label": ["eng_Latn", None]})
    tokens = split_texts(batch["text"])
    add_metrics(batch, stopwords={"eng_Latn": frozenset({"a"})}, tokens=tokens)
    signed = add_bands(batch.slice(0, 1), params=MinHashParams(), tokens=split_texts(texts[:1]))
    keys = np.array(signed["band_keys"].to_pylist() * 3, np.uint64)
    signatures = np.frombuffer(bytearray(signed["signature"][0].as_py() * 3), np.uint8)
    signatures = signatures.reshape(3, -1)
    signatures[1, :5] += 1
    signatures[2, :90] += 1
    identifier = load_identifier()
    identifier.identify(["Ⅰ a b"])
    add_scores(batch.slice(0, 1), identifier=identifier, profiles=profiles_of("1.2"), version="1.2")
    read_page("<p class=a>a&amp;b")
    find(tokens.texts)
    find(["tel. 030 1234567, a@b.org"])
    index = build({"a": ["a b c"]}, n=2).index
    for copy in (index, NgramIndex.from_bytes(index.to_bytes())):
        copy.find(tokens)
    for values in (pa.array([1.0, None]), pa.array([1, None], pa.int32())):
        column, bound = pa.chunked_array([values]), np.ones(1)
        reasons, labels = np.full(len(column), KEPT, np.int8), np.zeros(len(column), np.uint32)
        mark_outside(reasons, 0, column, labels, ruled=bound > 0, low=bound, high=bound)
    with suppress(ValueError):
        cluster(keys, signatures, np.arange(3, dtype=np.uint64))
