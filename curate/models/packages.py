"""Packages that not every installation has."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from curate.errors import ModelError


def load_package(name: str, *, extra: str, where: str) -> Any:  # noqa: ANN401 - a module
    """Import a package that an extra of curate installs.

    Args:
        name: of the module.
        extra: of curate that installs it.
        where: what needs it, for the error.

    Raises:
        ModelError: it is not installed, or cannot be loaded here.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise ModelError(
            where,
            wanted=f"the package {name!r}, which an installation has only if asked for",
            found=str(error),
            todo=f"pip install 'curate-corpus[{extra}]', on every node that runs tasks",
        ) from error
