"""The `config.json` of a model that Hugging Face's tools exported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from curate.classify.classifier import ModelSpec
from curate.errors import ModelError

_COUNTED_FROM_PADDING = ("roberta", "camembert", "longformer", "mpnet", "luke", "ibert", "data2vec")
"""Families, by a part of their name, whose positions begin behind the number of padding."""


def read_config(folder: Path) -> dict[str, Any]:
    """``config.json`` of a folder; empty if there is none.

    Raises:
        ModelError: it is no JSON object.
    """
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _error(path, str(error)) from error
    if not isinstance(config, dict):
        raise _error(path, type(config).__name__)
    return config


def positions_in(config: Mapping[str, Any]) -> int | None:
    """How many tokens a model has positions for, as ``config.json`` says; None for any number."""
    n_positions = config.get("max_position_embeddings", config.get("n_positions"))
    is_relative = config.get("relative_attention") or "relative_attention_num_buckets" in config
    if not isinstance(n_positions, int) or n_positions <= 0 or is_relative:
        return None
    family = str(config.get("model_type", ""))
    pad = config.get("pad_token_id")
    is_behind = isinstance(pad, int) and any(name in family for name in _COUNTED_FROM_PADDING)
    return n_positions - pad - 1 if is_behind and isinstance(pad, int) else n_positions


def check_positions(spec: ModelSpec, config: Mapping[str, Any]) -> None:
    """Return if a model has a position for each of the ``max_tokens`` that it is to read.

    Raises:
        ModelError: it has fewer.
    """
    n = positions_in(config)
    if n is not None and n < spec.max_tokens:
        raise ModelError(
            spec.model,
            wanted=f"positions for {spec.max_tokens} tokens, the classifier's `max_tokens`",
            found=f"{n}, as its config.json says",
            todo=f"set `max_tokens` of this classifier to {n} or less",
        )


def _error(path: Path, found: str) -> ModelError:
    return ModelError(
        str(path),
        wanted="a JSON object, as Hugging Face writes it",
        found=found,
        todo="fetch the model again",
    )
