"""Kernels are compiled once per machine, before the first shard needs them.

Numba keeps compiled kernels beside the sources, in ``$NUMBA_CACHE_DIR`` or in the user's cache,
whichever it may write. Without this module every worker of a new machine would compile all of them
at once, each for itself. They are compiled in groups: whoever needs some takes a group that nobody
is at, so that several processes of a machine share the work.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from curate.jit_sources import sources_digest

PAGES: Final = "pages"
"""The group of kernels that read pages."""

TEXTS: Final = "texts"
"""The group of kernels that split texts, which all groups but that of pages need."""

_PAGES_MODULE: Final = "curate.html.extract"
"""It imports all kernels of pages; this module imports all others too."""

_done: set[str] = set()


def compile_kernels(say: Callable[[str], None] = lambda text: None) -> bool:
    """See that all kernels are compiled; at once if they are.

    Of several processes each compiles what no other is at, and waits for the rest.

    Args:
        say: is told when it begins to compile, and how far it is.

    Returns:
        True if they were not compiled when it was called.
    """
    return compile_groups(tuple(_GROUPS), say)


def compile_page_kernels(say: Callable[[str], None] = lambda text: None) -> bool:
    """Compile the kernels that the extractor ``blocks`` needs.

    Else each sandbox of a new machine would compile them while it starts, and all at once.
    """
    return compile_groups((PAGES,), say)


def missing_groups() -> list[str]:
    """The names of the groups that are not compiled for this machine; none if nothing is kept."""
    try:
        _marks().mkdir(parents=True, exist_ok=True)
        return [name for name in _GROUPS if not _mark(name).exists()]
    except OSError:
        return []


def compile_groups(names: Sequence[str], say: Callable[[str], None] = lambda text: None) -> bool:
    """See that some groups are compiled; see :func:`compile_kernels`."""
    names = [name for name in names if name not in _done]
    _done.update(names)
    left = [name for name in names if not _mark(name).exists()]
    if not left:
        return False
    n = len(left)
    try:
        _marks().mkdir(parents=True, exist_ok=True)
        say(f"compiling kernels, once on each machine: {n} group{'s' * (n > 1)}, up to a minute")
        while left:
            left.remove(_one_of(left))
            if left:
                say(f"compiling kernels: {n - len(left)} of {n} groups")
    except OSError:
        # No folder to keep them in: numba compiles for this process alone.
        say("compiling kernels: up to a minute in each process, because nothing can be kept")
        for name in left:
            _GROUPS[name]()
    return True


def _one_of(names: Sequence[str]) -> str:
    """The name of a group that is compiled now: here, or by another process that was at it."""
    for name in names:
        with _locked(name, waits=False) as is_ours:
            if is_ours:
                return _compile(name)
    with _locked(names[0], waits=True):
        return _compile(names[0])


def _compile(name: str) -> str:
    if not _mark(name).exists():
        if name not in (PAGES, TEXTS):
            # Else several processes, each at a group of its own, would all compile these.
            compile_groups((TEXTS,))
        _GROUPS[name]()
        _mark(name).touch()
    return name


@contextmanager
def _locked(name: str, *, waits: bool) -> Iterator[bool]:
    """Whether the lock of a group is ours within; the kernel frees that of a process that dies."""
    with _mark(name).with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


@cache
def _mark(name: str) -> Path:
    """A file that exists if the kernels of a group are compiled for this machine."""
    seen = hashlib.sha256()
    for part in (version("numba"), version("llvmlite"), platform.python_version(), _cpu(), name):
        seen.update(part.encode() + b"\0")
    seen.update(sources_digest(_PAGES_MODULE if name == PAGES else __name__).encode())
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
    """The processor that numba compiles for: this one, or what its variables name, as in images."""
    chosen = os.environ.get("NUMBA_CPU_NAME")
    if chosen:
        return f"{chosen} {os.environ.get('NUMBA_CPU_FEATURES')}"
    from llvmlite.binding import get_host_cpu_name

    name: str = get_host_cpu_name()
    return name


def _call_page_kernels() -> None:
    """Extract a page; imported here, because whoever reads no page needs none of it."""
    from curate.html.extract import Wishes, extract
    from curate.html.extractors import BLOCKS
    from curate.html.markup.read_page import read_page

    # Several blocks, and one: one alone asks another kernel of the trees.
    paragraph = "<p>" + "A sentence of a page, long enough to be kept as text. " * 9
    page = f"<html lang=en><title>t</title><body class=a>{paragraph * 3}"
    for html in (page, paragraph):
        extract(html, extractor=BLOCKS, wishes=Wishes(with_xml=True))
    read_page("<p class=a>a&amp;b")


def _texts() -> Any:  # noqa: ANN401 - Arrow's
    import pyarrow as pa

    texts = ["Ⅰ a b. कि ที่ 世界 1 Ÿ\u0301 a b.\n\nlorem [1]", None]
    return pa.table({"text": texts, "label": ["eng_Latn", None]})


def _call_texts() -> None:
    """Split a text, and fold a word."""
    from curate.text.split import split_texts
    from curate.text.words import fold_words

    split_texts(_texts()["text"])
    fold_words(["a"])


def _call_metrics() -> None:
    """Measure texts; with arrays of the types that the stages give, as in the others."""
    import numpy as np
    import pyarrow as pa

    from curate.metrics.bounds import KEPT, mark_outside
    from curate.stages.annotate import add_metrics
    from curate.text.split import split_texts

    batch = _texts()
    tokens = split_texts(batch["text"])
    add_metrics(batch, stopwords={"eng_Latn": frozenset({"a"})}, tokens=tokens)
    for values in (pa.array([1.0, None]), pa.array([1, None], pa.int32())):
        column, bound = pa.chunked_array([values]), np.ones(1)
        reasons, labels = np.full(len(column), KEPT, np.int8), np.zeros(len(column), np.uint32)
        mark_outside(reasons, 0, column, labels, ruled=bound > 0, low=bound, high=bound)


def _call_duplicates() -> None:
    """Sign texts, cluster them, and look for what evaluation sets have."""
    import numpy as np

    from curate.contamination import NgramIndex, build
    from curate.dedup.components import cluster
    from curate.dedup.minhash import MinHashParams
    from curate.stages.sign import add_bands
    from curate.text.split import split_texts

    batch = _texts()
    tokens = split_texts(batch["text"])
    signed = add_bands(
        batch.slice(0, 1), params=MinHashParams(), tokens=split_texts(batch["text"].slice(0, 1))
    )
    keys = np.array(signed["band_keys"].to_pylist() * 3, np.uint64)
    signatures = np.frombuffer(bytearray(signed["signature"][0].as_py() * 3), np.uint8)
    signatures = signatures.reshape(3, -1)
    signatures[1, :5] += 1
    signatures[2, :90] += 1
    index = build({"a": ["a b c"]}, n=2).index
    for copy in (index, NgramIndex.from_bytes(index.to_bytes())):
        copy.find(tokens)
    with suppress(ValueError):
        cluster(keys, signatures, np.arange(3, dtype=np.uint64))


def _call_languages() -> None:
    """Identify and score a text."""
    from curate.lid import load_identifier
    from curate.stages.score import add_scores, profiles_of

    identifier = load_identifier()
    identifier.identify(["Ⅰ a b"])
    batch = _texts().slice(0, 1)
    add_scores(batch, identifier=identifier, profiles=profiles_of("1.2"), version="1.2")


def _call_personal_data() -> None:
    """Find personal data."""
    from curate.pii import find
    from curate.text.split import split_texts

    find(split_texts(_texts()["text"]).texts)
    find(["tel. 030 1234567, a@b.org"])


_GROUPS: Final[dict[str, Callable[[], None]]] = {
    PAGES: _call_page_kernels,
    TEXTS: _call_texts,
    "languages": _call_languages,
    "metrics": _call_metrics,
    "duplicates": _call_duplicates,
    "personal-data": _call_personal_data,
}
"""Name -> what calls every kernel of the group once; it imports what it needs."""
