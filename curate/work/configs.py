"""The language configs of a run, copied into its work folder so that it explains itself."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from curate.config.builtin import builtin_folder
from curate.config.job import BUILTIN, JobConfig
from curate.config.language import Aspect, LanguageConfigs
from curate.config.wordlists import SUFFIX, load_wordlists, wordlists_fingerprint
from curate.errors import ConfigError, StoreError
from curate.io import layout
from curate.io.folders import readable
from curate.io.store import Store
from curate.work import copies
from curate.work.plan import load_plan


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
        loaded = copies.load_copy(folder)
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
        """A copy named by its content, made file by file.

        Raises:
            ConfigError: the folder is no folder of language configs, or a file is wrong.
        """
        LanguageConfigs.load(source)  # so that an error names the user's file, not the copy
        return copies.copy_configs(self.store, copies.texts_of(source))


@dataclass(frozen=True, slots=True)
class RunWordlists:
    """The wordlists of a run: their copy in its work folder, and what they decide by."""

    folder: Path
    fingerprint: str


def copy_wordlists(store: Store, source: str | None) -> RunWordlists | None:
    """Copy a folder of wordlists into the work folder, where the workers of any machine find it.

    Raises:
        ConfigError: it is no such folder, or a list is wrong.
    """
    if source is None:
        return None
    lists = load_wordlists(Path(source))
    mark = wordlists_fingerprint(lists.values())
    texts = {f"{label}{SUFFIX}": wordlist.to_text().encode() for label, wordlist in lists.items()}
    return RunWordlists(copies.copy_wordlists(store, texts, mark), mark)


def config_folder(name: str) -> Path:
    """The folder that a job's ``language_configs`` means."""
    return builtin_folder("language_configs") if name == BUILTIN else Path(name)


def configs_in_use(store: Store, job: JobConfig) -> LanguageConfigs:
    """The configs that the verdicts of a work folder rest on.

    They are those that the job names, unless these have been edited since; then the copy that the
    run made of them. Before there is a verdict, those that the job names.

    Raises:
        ConfigError: the folder that the job names is no folder of language configs, and no copy of
            what it was is left.
    """
    plan = load_plan(store, "select")
    named = store.path(layout.TUNED) if job.tune is not None else None
    if named is None or not named.is_dir():
        named = config_folder(job.language_configs)
    if plan is None:
        return _load(named)
    digest = plan.fields["thresholds"]
    with contextlib.suppress(ConfigError):
        configs = _load(named)
        if configs.fingerprint("thresholds") == digest:
            return configs
    return _copied(store, digest) or _load(named)


def _copied(store: Store, digest: str) -> LanguageConfigs | None:
    """The copy of that fingerprint.

    Raises:
        StoreError: there is none, and a damaged one that may have been it.
    """
    damaged = None
    for name in store.names(layout.COPIES):
        if not name.startswith(copies.CONFIGS):
            continue
        try:
            configs = copies.load_copy(store.path(f"{layout.COPIES}/{name}"))
        except (StoreError, ConfigError) as error:
            damaged = error
            continue
        if configs.fingerprint("thresholds") == digest:
            return configs
    if damaged is not None:
        raise damaged
    return None


def _load(folder: Path) -> LanguageConfigs:
    """As it is now: a folder that tuning writes may have another content at each run."""
    with readable(folder) as here:
        return LanguageConfigs.load(here)
