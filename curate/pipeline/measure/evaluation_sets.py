"""The evaluation sets of a job, indexed once for all workers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from curate.config.models import DecontaminateConfig
from curate.contamination import CONTAMINATION_VERSION, build
from curate.errors import InputError
from curate.io.remote.read import open_source
from curate.io.store import Store
from curate.io.texts.evaluation import Contents, field_names, read_texts
from curate.pipeline.made_once import keep_made
from curate.work.inputs import find_files

Json = Any
_BLOCK_BYTES = 1 << 22


def sets_of(settings: DecontaminateConfig) -> dict[str, Json]:
    """The fields that decide the result: settings and content of files, wherever they lie.

    Raises:
        InputError: a pattern matches no file, or a file cannot be read.
    """
    return {
        "code": CONTAMINATION_VERSION,
        "sets": {name: _digest(paths) for name, paths in _files(settings).items()},
        "fields": list(settings.fields),
        "ngram_words": settings.ngram_words,
        "min_words": settings.min_words,
    }


def _files(settings: DecontaminateConfig) -> dict[str, list[str]]:
    return {
        name: find_files(patterns, setting=f"decontaminate.sets.{name}")
        for name, patterns in settings.files().items()
    }


def _digest(paths: list[str]) -> str:
    """Sixteen hex digits of the content of files, in the order of their content."""
    digests = []
    for path in paths:
        seen = hashlib.sha256()
        with open_source(path) as source:
            at = 0
            while block := source.read(at, _BLOCK_BYTES):
                at += len(block)
                seen.update(block)
        digests.append(seen.hexdigest())
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()[:16]


def compile_sets(
    store: Store, settings: DecontaminateConfig, fields: Json, say: Callable[[str], None]
) -> str:
    """The key of the index in the work folder; it is named by its content and made once.

    Args:
        store: the work folder.
        settings: the section of the job.
        fields: of :func:`sets_of`.
        say: is told how much of each set is looked for.
    """
    digest = hashlib.sha256(repr(sorted(fields.items())).encode()).hexdigest()[:16]
    key = f"_run/contamination-{digest}"

    def make() -> bytes:
        files = _files(settings)
        contents = {name: Contents() for name in files}
        texts = {name: _texts(paths, settings, contents[name]) for name, paths in files.items()}
        built = build(texts, n=settings.ngram_words, min_words=settings.min_words)
        for name, n in built.n_items.items():
            short = built.n_short[name]
            why = f", {short:,} of them too short to look for" if short else ""
            items, words = contents[name].n_items, built.n_words[name]
            say(f"evaluation set {name}: {items:,} items, {words:,} words in {n:,} texts{why}")
        return built.index.to_bytes()

    keep_made(store, key, make)
    return key


def check_sets(settings: DecontaminateConfig) -> None:
    """Read every set to its end.

    Raises:
        InputError: a pattern matches no file, a file cannot be read, or no set has a field that is
            asked for. Sets have fields of different names, so it is enough if one has it.
    """
    contents = Contents()
    for paths in _files(settings).values():
        for _ in _texts(paths, settings, contents):
            pass
    missing = [name for name in field_names(settings.fields) if name not in contents.fields]
    if missing and contents.has_fields:
        raise InputError(
            "decontaminate.fields",
            wanted="names of fields that some item of some set has",
            found=f"no item with {', '.join(missing)}",
            todo="correct or remove them",
        )


def _texts(paths: list[str], settings: DecontaminateConfig, contents: Contents) -> Iterator[str]:
    return chain.from_iterable(read_texts(path, settings.fields, contents) for path in paths)
