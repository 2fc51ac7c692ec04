"""The `config.json` of a model that Hugging Face's tools exported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from curate.errors import ModelError


def read_config(folder: Path) -> dict[str, Any]:
    """``config.json`` of a folder; empty if there is none.

    Raises:
        ModelError: it is no JSON object.
    """
    path = folder / "config.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _error(path, str(error)) from error
    if not isinstance(found, dict):
        raise _error(path, type(found).__name__)
    return found


def _error(path: Path, found: str) -> ModelError:
    return ModelError(
        str(path),
        wanted="a JSON object, as Hugging Face writes it",
        found=found,
        todo="fetch the model again",
    )
