"""Folders of a work folder that are named by their content, compared with their name when read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from curate.config.language import LanguageConfigs
from curate.config.wordlists import Wordlist, load_wordlists, wordlists_fingerprint
from curate.errors import ConfigError, StoreError
from curate.io import layout
from curate.io.object_path import local_folder
from curate.io.store import Store

CONFIGS = "language_configs-"
WORDLISTS = "wordlists-"


def texts_of(folder: Path) -> dict[str, bytes]:
    """The files of a folder of language configs by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted([*folder.glob("*.yaml"), *folder.glob("_script/*.yaml")])
    }


def digest_of(texts: Mapping[str, bytes]) -> str:
    """Sixteen hex digits by which a copy of these files is known."""
    digest = hashlib.sha256()
    for name, text in texts.items():
        digest.update(f"{name} {len(text)} ".encode() + text)
    return digest.hexdigest()[:16]


def copy_configs(store: Store, texts: Mapping[str, bytes]) -> Path:
    """Put language configs into the work folder under their digest, or mend the copy that is there.

    Raises:
        StoreError: the folder holds a file that is none of them.
    """
    folder = f"{layout.COPIES}/{CONFIGS}{digest_of(texts)}"
    _copy(store, folder, texts)
    return store.path(folder)


def copy_wordlists(store: Store, lists: Mapping[str, bytes], mark: str) -> Path:
    """Copy wordlists, whose mark is :func:`wordlists_fingerprint`."""
    folder = f"{layout.COPIES}/{WORDLISTS}{mark}"
    _copy(store, folder, lists)
    return store.path(folder)


def _copy(store: Store, folder: str, texts: Mapping[str, bytes]) -> None:
    for name, text in texts.items():
        stored = store.get(f"{folder}/{name}")
        if stored is None:
            store.create(f"{folder}/{name}", text)
        elif stored != text:  # damaged since: what it was is at hand
            store.put(f"{folder}/{name}", text)
    inner = {name.partition("/")[0] for name in texts}
    for extra in sorted(set(store.names(folder)) - inner):
        raise StoreError(
            str(store.path(f"{folder}/{extra}")),
            wanted=f"nothing but the {len(texts)} files that the folder is named after",
            found="another file",
            todo="move it elsewhere",
        )


def load_copy(folder: str | Path) -> LanguageConfigs:
    """The configs of a copy, once its files have been compared with its name.

    Raises:
        StoreError: they are others.
    """
    here = local_folder(folder)
    name = str(folder).rstrip("/").rpartition("/")[2]
    if name.startswith(CONFIGS) and digest_of(texts_of(here)) != name.removeprefix(CONFIGS):
        raise _damaged(folder)
    return LanguageConfigs.load(here)


def load_lists(folder: str | Path) -> dict[str, Wordlist]:
    """The wordlists of a copy, compared with its name."""
    name = str(folder).rstrip("/").rpartition("/")[2]
    try:
        wordlists = load_wordlists(local_folder(folder))
    except ConfigError as error:
        raise _damaged(folder) from error
    if name.startswith(WORDLISTS) and wordlists_fingerprint(
        wordlists.values()
    ) != name.removeprefix(WORDLISTS):
        raise _damaged(folder)
    return wordlists


def _damaged(folder: str | Path) -> StoreError:
    return StoreError(
        str(folder),
        wanted="the files that the folder is named after",
        found="a file is missing, damaged or edited, or another one is there",
        todo="delete the folder and run the same job again: it is made from what the job names",
    )
