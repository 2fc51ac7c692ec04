"""The language configs of a run, copied into its work folder so that it explains itself."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from curate.config.builtin import builtin_folder
from curate.config.job import BUILTIN
from curate.config.language import Aspect, LanguageConfigs
from curate.io.store import Store


class RunConfigs:
    """Which configs each aspect of a run uses.

    ``stopwords`` may come from an earlier step than ``thresholds`` when the job tunes its own.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.loaded: dict[Aspect, LanguageConfigs] = {}
        self._folders: dict[Aspect, Path] = {}
        self.use(folder, ("lid", "stopwords", "thresholds"))

    def use(self, source: Path, aspects: tuple[Aspect, ...]) -> None:
        """Take the configs of a folder for some aspects from now on."""
        folder = self._copied(source)
        loaded = LanguageConfigs.load(folder)
        for aspect in aspects:
            self.loaded[aspect] = loaded
            self._folders[aspect] = folder

    def folder(self, aspect: Aspect) -> Path:
        """Where the workers of a step find them; inside the work folder."""
        return self._folders[aspect]

    def fingerprint(self, aspect: Aspect) -> str:
        """Changes with anything of that kind, for any label."""
        return self.loaded[aspect].fingerprint(aspect)

    def _copied(self, source: Path) -> Path:
        """A copy named by its content, made file by file; finished copies are never changed.

        Raises:
            ConfigError: the folder is no folder of language configs, or a file is wrong.
        """
        LanguageConfigs.load(source)  # so that an error names the user's file, not the copy
        texts = {
            p.relative_to(source).as_posix(): p.read_bytes()
            for p in sorted([*source.glob("*.yaml"), *source.glob("_script/*.yaml")])
        }
        digest = hashlib.sha256()
        for name, text in texts.items():
            digest.update(f"{name} {len(text)} ".encode() + text)
        folder = f"_run/language_configs-{digest.hexdigest()[:16]}"
        for name, text in texts.items():
            if not self.store.exists(f"{folder}/{name}"):
                self.store.create(f"{folder}/{name}", text)
        return self.store.path(folder)


def config_folder(name: str) -> Path:
    """The folder that a job's ``language_configs`` means."""
    return builtin_folder("language_configs") if name == BUILTIN else Path(name)


def remove_tree(path: Path | None) -> None:
    """Delete a folder that has been moved out of sight."""
    if path is not None:
        shutil.rmtree(path, ignore_errors=True)
