"""Packages of Debian, PyPI and npm: fetched by their ordinary clients, read without unpacking.

A package is looked for in the folder first, so a second run fetches nothing. The lock names the
version and the SHA-256 of each; where a mirror has only another version that one is taken, and the
caller is told.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Package:
    """A file that was fetched: what it is called, and what is in it."""

    name: str
    version: str
    sha256: str
    path: Path

    def members(self, wanted: re.Pattern[str]) -> Iterator[tuple[re.Match[str], bytes]]:
        """The members whose path matches, with their bytes, in the order of the package."""
        if self.path.suffix == ".deb":
            yield from _of_deb(self.path, wanted)
            return
        if self.path.suffix == ".tgz":
            with tarfile.open(self.path) as archive:
                yield from _of_tar(archive, wanted)
            return
        with zipfile.ZipFile(self.path) as wheel:
            for name in wheel.namelist():
                if found := wanted.search(name):
                    yield found, wheel.read(name)


def _of_deb(path: Path, wanted: re.Pattern[str]) -> Iterator[tuple[re.Match[str], bytes]]:
    command = ["dpkg-deb", "--fsys-tarfile", str(path)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as unpacking,
        tarfile.open(fileobj=unpacking.stdout, mode="r|") as archive,
    ):
        yield from _of_tar(archive, wanted)


def _of_tar(
    archive: tarfile.TarFile, wanted: re.Pattern[str]
) -> Iterator[tuple[re.Match[str], bytes]]:
    for member in archive:
        found = wanted.search(member.name) if member.isfile() else None
        if found and (file := archive.extractfile(member)):
            yield found, file.read()


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches into a folder of its own; neither the system's lists nor its settings are changed.

    Attributes:
        folder: where packages and package lists are kept from run to run.
        lock: package -> version and SHA-256, as the last reviewed run found them.
    """

    folder: Path
    lock: Mapping[str, Mapping[str, str]]

    def update(self) -> None:
        """The package lists."""
        for part in ("lists/partial", "cache/archives/partial", "debian", "pypi", "npm"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self._apt("update")

    def debian(self, name: str) -> Package | None:
        """A Debian package, or None where it cannot be had."""
        folder = self.folder / "debian"
        pinned = self.lock.get(name, {}).get("version")
        found = self._kept(folder, name, pinned)
        if found is None and pinned:
            self._apt("download", f"{name}={pinned}", where=folder)
            found = self._kept(folder, name, pinned)
        if found is None:
            self._apt("download", name, where=folder)
            found = self._kept(folder, name, None)
        return found and _package(name, unquote(found.stem.split("_")[1]), found)

    def pypi(self, name: str) -> Package | None:
        """A wheel, or None where it cannot be had."""
        folder = self.folder / "pypi"
        pinned = self.lock.get(name, {}).get("version")
        exact = f"{name}=={pinned}" if pinned else name
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        if not list(folder.glob(f"{name}-*.whl")):
            subprocess.run([*command, "--dest", str(folder), exact], check=False)
        found = sorted(folder.glob(f"{name}-*.whl"))
        return _package(name, found[-1].name.split("-")[1], found[-1]) if found else None

    def npm(self, name: str) -> Package | None:
        """A package of npm, or None where it cannot be had."""
        folder = self.folder / "npm"
        pinned = self.lock.get(name, {}).get("version")
        if not list(folder.glob(f"{name}-*.tgz")):
            command = ["npm", "pack", "--silent", f"{name}@{pinned}" if pinned else name]
            subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL)
        found = sorted(folder.glob(f"{name}-*.tgz"))
        version = found[-1].stem.rpartition("-")[2] if found else ""
        return _package(name, version, found[-1]) if found else None

    def _kept(self, folder: Path, name: str, version: str | None) -> Path | None:
        found = [p for p in sorted(folder.glob(f"{name}_*.deb"))]
        if version is not None:
            found = [p for p in found if unquote(p.stem.split("_")[1]) == version]
        return found[-1] if found else None

    def _apt(self, *arguments: str, where: Path | None = None) -> None:
        options = [
            f"-o=Dir::State::lists={self.folder / 'lists'}",
            f"-o=Dir::Cache={self.folder / 'cache'}",
            "-o=Debug::NoLocking=1",
        ]
        command = ["apt-get", "-qq", *options, *arguments]
        subprocess.run(command, cwd=where, check=False, stderr=subprocess.DEVNULL)


def _package(name: str, version: str, path: Path) -> Package:
    return Package(name, version, hashlib.sha256(path.read_bytes()).hexdigest(), path)
