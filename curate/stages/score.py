"""Score: WDS of each document, and the labels of its lines that this rests on. Judges nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial

import pyarrow as pa

from curate import schema
from curate.lid.by_line.fast_lines import label_lines
from curate.lid.families import branches_of
from curate.lid.identifier import Identifier
from curate.scores.figures import Curve
from curate.scores.profiles import Profiles
from curate.scores.registry import WDS_METRICS, names_in
from curate.scores.wds import score
from curate.stages.stage import Stage, append

SEG_LANGS = schema.SCORES.columns[0]


def profiles_of(version: str) -> Profiles:
    """The profile of each language; labels without figures take those of their relatives."""
    return Profiles(version, branches_of)


def add_scores(
    batch: pa.Table,
    *,
    identifier: Identifier,
    profiles: Profiles,
    version: str,
    curves: Mapping[str, Curve] | None = None,
) -> pa.Table:
    """Add ``seg_langs`` and the columns of WDS; null for a document without text.

    Args:
        batch: has ``text`` and ``label``.
        identifier: is asked about lines in languages without a list.
        profiles: of the version.
        version: ``1.2`` or ``1.3``.
        curves: script -> how well its texts compress, in place of the published ones.
    """
    texts = batch["text"].to_pylist()
    given = [text or "" for text in texts]
    labels = batch["label"].to_pylist()
    lines = label_lines(identifier, given, labels)
    marks = score(given, labels, lines, profiles, version=version, curves=curves)
    absent = pa.array([text is None for text in texts])
    columns = {"seg_langs": pa.array(lines, SEG_LANGS.type)}
    columns |= {name: pa.array(marks[name], from_pandas=True) for name in names_in(version)}
    if batch["text"].null_count:
        for name, values in columns.items():
            kept = [
                None if gone else x
                for gone, x in zip(absent.to_pylist(), values.to_pylist(), strict=True)
            ]
            columns[name] = pa.array(kept, values.type)
    return append(batch, columns)


def sources(labels: pa.ChunkedArray, profiles: Profiles) -> Counter[str]:
    """How many documents were measured by other figures than their language's, and by which."""
    counts: Counter[str] = Counter()
    for label, n in Counter(labels.to_pylist()).items():
        source = profiles.of(label).source
        if source != "own":
            counts[f"WDS by the figures of {source}"] += n
    return counts


def score_stage(identifier: Identifier, *, version: str = "1.2") -> Stage:
    """The stage, bound to a loaded identifier."""
    return Stage(
        "score",
        partial(add_scores, identifier=identifier, profiles=profiles_of(version), version=version),
        reads=(schema.DOCUMENTS.columns[-1], schema.LANGUAGE.columns[0]),
        writes=(SEG_LANGS, *(WDS_METRICS[name].column for name in names_in(version))),
    )
