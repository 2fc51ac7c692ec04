"""Make ``language_configs/`` again: fetch openly licensed text, tune on it, write the files.

    python jobs/language_configs.py --cache CACHE collect     # packages -> CACHE/documents/<label>/
    python jobs/language_configs.py --cache CACHE tune        # these -> language_configs/

Needs a Debian system (``apt-get``, ``dpkg-deb``) and pip. Packages stay in the cache; their
versions and checksums are in ``language_sources.lock.json``, written by ``collect --update-lock``.
What could not be had is printed, and the command goes on without it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from language_packages import Fetcher
from language_references import Source, fetch, write_manifest, write_references
from language_tuning import tune

HERE = Path(__file__).parent
SOURCES = HERE / "language_sources.yml"
CONFIGS = HERE.parent / "language_configs"
LOCK = HERE / "language_sources.lock.json"


def collect(cache: Path, *, workers: int, update_lock: bool) -> None:
    """Fetch the packages and write the references and ``CACHE/manifest.json``."""
    listed: Mapping[str, Any] = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
    lock = json.loads(LOCK.read_text(encoding="utf-8")) if LOCK.is_file() else {}
    sources, missing = fetch(listed["sources"], Fetcher(cache, {} if update_lock else lock))
    _report_packages(sources, missing, lock)
    if update_lock:
        LOCK.write_text(_lock_of(sources), encoding="utf-8")
    rows = write_references(
        sources,
        {"labels": listed["labels"], **_more_maps(listed)},
        cache,
        most_documents=listed["most_documents"],
        least_words=listed["least_words"],
        workers=workers,
    )
    write_manifest(cache / "manifest.json", sources, rows)
    for row in rows:
        _say("{label}  {source}  {documents} documents, {words} words, of {read}".format(**row))


def _more_maps(listed: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Locales of messages, some of which no manual has, and names of declarations -> labels."""
    of_messages = {**listed["labels"], **listed["labels_of_messages"]}
    declared = {label[:3]: label for label in listed["names"]}
    return {
        "labels_of_messages": of_messages,
        "labels_of_declarations": {**declared, **listed["labels_of_declarations"]},
    }


def _report_packages(
    sources: Sequence[Source], missing: Sequence[str], lock: Mapping[str, Mapping[str, str]]
) -> None:
    for name in missing:
        _say(f"could not be had: {name}")
    for package in (p for source in sources for p in source.packages):
        locked = lock.get(package.name, {})
        if locked and locked["sha256"] != package.sha256:
            _say(f"{package.name}: {package.version}, not the {locked['version']} of the lock")


def _lock_of(sources: Sequence[Source]) -> str:
    packages = {
        package.name: {"version": package.version, "sha256": package.sha256}
        for source in sources
        for package in source.packages
    }
    lines = (f" {json.dumps(name)}: {json.dumps(packages[name])}" for name in sorted(packages))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python jobs/language_configs.py")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    commands = parser.add_subparsers(dest="command", required=True)
    collecting = commands.add_parser("collect")
    collecting.add_argument("--update-lock", action="store_true")
    tuning = commands.add_parser("tune")
    tuning.add_argument("--out", type=Path, default=CONFIGS)
    given = parser.parse_args(arguments)
    cache = given.cache.resolve()
    if given.command == "collect":
        collect(cache, workers=given.workers, update_lock=given.update_lock)
    else:
        names = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))["names"]
        labels = tune(cache, given.out.resolve(), names, workers=given.workers)
        _say(f"{len(labels)} files written to {given.out}")


if __name__ == "__main__":
    main()
