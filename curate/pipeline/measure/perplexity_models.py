"""The models of a job's perplexity section, and the cutoffs of its buckets."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from curate.config.models import PerplexityConfig
from curate.io.store import Store
from curate.models import sampled_digest_of
from curate.perplexity import PERPLEXITY_VERSION, ModelFiles, find_models
from curate.perplexity.buckets import QUANTILES
from curate.pipeline.measure.perplexity import SUMMARIES
from curate.tune.stored import merge_tables
from curate.work.exchange import read_all

Json = Any

CUTOFFS = "perplexity/_cutoffs.json"
"""The cutoffs that were tuned. They stay as they are when later snapshots join, since documents
that were published would get another bucket; labels that are new then get theirs then."""


def models_of(settings: PerplexityConfig) -> dict[str, ModelFiles]:
    """Label -> its files.

    Raises:
        ModelError: a file is missing, or a pattern matches none.
    """
    models = find_models(settings.models, setting="perplexity.models")
    pieces = {}
    if settings.sentencepiece is not None:
        pieces = find_models(settings.sentencepiece, setting="perplexity.sentencepiece")
    return {
        label: ModelFiles(
            model, pieces.get(label), settings.form, settings.tokens, settings.join_lines
        )
        for label, model in models.items()
    }


def with_digests(models: dict[str, ModelFiles]) -> dict[str, ModelFiles]:
    """The models with the digest of each one's files; of large ones of a sample."""
    return {label: replace(files, digest=_digest(files)) for label, files in models.items()}


def _digest(files: ModelFiles) -> str:
    paths = [files.model, *([files.sentencepiece] if files.sentencepiece is not None else [])]
    return " ".join(sampled_digest_of(Path(path))[:16] for path in paths)


def model_fields(models: dict[str, ModelFiles]) -> dict[str, Json]:
    """The fields that decide the result, wherever files lie."""
    by_label = {label: asdict(replace(files, model="")) for label, files in models.items()}
    for fields in by_label.values():
        fields["sentencepiece"] = fields["sentencepiece"] is not None
    return {"code": PERPLEXITY_VERSION, "models": by_label}


def cutoffs_of(store: Store, settings: PerplexityConfig) -> dict[str, list[float]]:
    """Label -> cutoffs: the job's, those that were tuned before, else the label's own thirds."""
    before = store.get(CUTOFFS)
    tuned: dict[str, list[float]] = {} if before is None else json.loads(before)
    merged = merge_tables(
        read_all(store, "perplexity.measure", SUMMARIES), where="step perplexity.measure"
    )
    for label, sketches in merged.items():
        sketch = sketches.get("perplexity")
        if sketch is not None and sketch.n:
            tuned.setdefault(label, [sketch.quantile(share) for share in QUANTILES])
    data = json.dumps(tuned, sort_keys=True, indent=1).encode()
    if data != before:
        store.put(CUTOFFS, data)
    return tuned | {label: list(pair) for label, pair in settings.cutoffs.items()}
