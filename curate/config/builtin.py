"""Where the files that come with curate are: in the wheel, or beside the package in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal

from curate.errors import ConfigError

Folder = Literal["language_configs", "jobs"]


def builtin_folder(name: Folder) -> Path:
    """The folder of the language configs or of the jobs that come with curate.

    Raises:
        ConfigError: the installation lacks it.
    """
    package = Path(str(files("curate")))
    # A checkout comes first: an editable install has both names only if a wheel left one behind.
    places = (package.parent / name, package / "data" / name)
    for place in places:
        if _is_ours(place, package):
            return place
    raise ConfigError(
        f"the installation of curate in {package}",
        wanted=f"the folder {name}",
        found=f"none at {places[0]} nor at {places[1]}",
        todo="install curate again: pip install --force-reinstall curate-corpus",
    )


def job_file(name: str) -> Path:
    """The job file of that path; else the shipped one of that name, such as ``jobs/demo.yaml``."""
    path = Path(name).expanduser()
    shipped = builtin_folder("jobs") / path.name
    if not path.exists() and path.parent.name in ("", "jobs") and shipped.is_file():
        return shipped
    return path


def _is_ours(place: Path, package: Path) -> bool:
    """A folder beside an installed package is somebody else's; beside a checkout it is ours."""
    if place.parent == package.parent and not (package.parent / "pyproject.toml").is_file():
        return False
    return place.is_dir()


def builtin_or_repository() -> str:
    """Where an error sends who looks for the language configs that come with curate."""
    try:
        return str(builtin_folder("language_configs"))
    except ConfigError:
        return "language_configs/ of curate's repository"
