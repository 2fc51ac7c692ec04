"""Functions on texts. Each calls the stage that a run calls, so the values are those of a run.

Texts are taken to be in the form in which a run stores them: :func:`curate.api.pages.repair` gives
it to those that come from elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from curate.api.given import column_of_texts, labels_for, one_of, one_text, some_of
from curate.config.job import BUILTIN
from curate.config.language import LanguageConfigs
from curate.dedup.bands import estimate_similarity
from curate.dedup.minhash import DEFAULT_PARAMS, MinHashParams
from curate.errors import InputError
from curate.lid import EMBEDDED, Identification, Identifier, load_identifier
from curate.metrics import METRICS
from curate.pii import DEFAULT_KINDS, KINDS, Span, find
from curate.pii import mask as mask_spans
from curate.schema import BANDS
from curate.scores.registry import VERSIONS, names_in
from curate.stages.annotate import add_metrics
from curate.stages.score import add_scores, profiles_of
from curate.stages.sign import add_bands
from curate.text.split import split_texts
from curate.work.configs import config_folder

Texts: TypeAlias = Sequence[str] | Iterable[str] | pa.Array | pa.ChunkedArray
Labels: TypeAlias = str | Sequence[str] | Iterable[str] | pa.Array | pa.ChunkedArray


def identify(texts: Texts, *, model: str = EMBEDDED) -> list[Identification]:
    """The language of each text.

    Args:
        texts: strings, or an Arrow column of them.
        model: ``embedded``, or the path of a fastText or MillID model.

    Raises:
        InputError: the texts are none.
        ModelError: there is no such model.
    """
    column = column_of_texts(texts, where="identify: texts")
    return _identifier(model).identify(column.to_pylist())


def measure(texts: Texts, labels: Labels, *, configs: str | Path = BUILTIN) -> pa.Table:
    """Every metric of every text: a row for each, a column for each metric.

    Args:
        texts: strings, or an Arrow column of them.
        labels: the label of each, such as ``fra_Latn``, or one for all; it says which stop words
            are counted, and nothing else.
        configs: folder of the language configs that have the stop words.

    Raises:
        InputError: the texts are none, or there are not as many labels.
        ConfigError: one is no label, or there are no such configs.
    """
    batch = _labelled(texts, labels, "measure")
    known = _configs(str(configs))
    stopwords = {x: frozenset(known.for_label(x).stopwords) for x in set(_labels(batch))}
    return add_metrics(batch, stopwords=stopwords).select(list(METRICS))


def minhash(texts: Texts, *, params: MinHashParams = DEFAULT_PARAMS) -> pa.Table:
    """Band keys and signature of each text, null where it has no words.

    Two texts that share a band key at the same place are a candidate pair;
    :func:`similarity` of their signatures says whether they are duplicates.

    Args:
        texts: strings, or an Arrow column of them.
        params: shingle length, bands and rows; by default those of a job.

    Raises:
        InputError: the texts are none.
    """
    batch = pa.table({"text": column_of_texts(texts, where="minhash: texts")})
    return add_bands(batch, params=params).select(BANDS.names())


def similarity(
    a: str | bytes, b: str | bytes, *, params: MinHashParams = DEFAULT_PARAMS
) -> float | None:
    """How much of their five-word shingles two texts share, 0 to 1, estimated from signatures.

    Args:
        a: a text, or a signature of :func:`minhash`.
        b: likewise.
        params: of texts, those of their signatures.

    Returns:
        The estimate by which clusters are verified; None if a text has no words.

    Raises:
        InputError: one is neither, or the signatures have different lengths.
    """
    left, right = (_signature(x, params, name) for x, name in ((a, "a"), (b, "b")))
    if left is None or right is None:
        return None
    if len(left) != len(right):
        raise InputError(
            "similarity: b",
            wanted=f"a signature of {len(left)} bytes, as `a` has",
            found=f"{len(right)} bytes",
            todo="sign both texts with the same parameters",
        )
    return float(estimate_similarity(np.frombuffer(left, np.uint8), np.frombuffer(right, np.uint8)))


def find_pii(texts: Texts, *, kinds: Collection[str] = DEFAULT_KINDS) -> list[list[Span]]:
    """The personal data in each text: spans in code points, with their kind.

    Args:
        texts: strings, or an Arrow column of them.
        kinds: ``email``, ``ip_address``, ``phone_number``, and if asked for ``iban`` and
            ``card_number``.

    Raises:
        InputError: the texts are none, or there is no such kind.
    """
    column = column_of_texts(texts, where="find_pii: texts")
    return find(column, some_of(kinds, KINDS, where="find_pii: kinds"))


def mask(text: str, *, kinds: Collection[str] = DEFAULT_KINDS) -> str:
    """A text with an example in the place of each piece of personal data, as it is published.

    Args:
        text: the text.
        kinds: as in :func:`find_pii`.

    Raises:
        InputError: it is no text, or there is no such kind.
    """
    (spans,) = find_pii([one_text(text, where="mask: text")], kinds=kinds)
    return mask_spans(text, spans)[0]


def split(text: str) -> list[str]:
    """The words of a text, in any script, as metrics and shingles count them.

    Raises:
        InputError: it is no text.
    """
    return split_texts(column_of_texts([text], where="split: text")).of(0).words()


def score(
    texts: Texts, labels: Labels, *, version: str = VERSIONS[0], model: str = EMBEDDED
) -> pa.Table:
    """The web document score of each text, its parts, and the label of each of its lines.

    Args:
        texts: strings, or an Arrow column of them.
        labels: the label of each, or one for all.
        version: ``1.2`` gives marks from 0 to 10, ``1.3`` from 0 to 1.
        model: the identifier of lines, as in :func:`identify`.

    Raises:
        InputError: the texts are none, there are not as many labels, or no such version.
        ConfigError: one is no label.
        ModelError: there is no such model.
    """
    batch = _labelled(texts, labels, "score")
    one_of(version, VERSIONS, where="score: version")
    scored = add_scores(
        batch, identifier=_identifier(model), profiles=_profiles(version), version=version
    )
    return scored.select(["seg_langs", *names_in(version)])


def _labelled(texts: Texts, labels: Labels, name: str) -> pa.Table:
    column = column_of_texts(texts, where=f"{name}: texts")
    listed = labels_for(labels, len(column), where=f"{name}: labels")
    return pa.table({"text": column, "label": pa.array(listed, pa.string())})


def _labels(batch: pa.Table) -> list[str]:
    labels: list[str] = batch["label"].to_pylist()
    return labels


def _signature(given: object, params: MinHashParams, name: str) -> bytes | None:
    if isinstance(given, bytes):
        return given
    batch = pa.table({"text": [one_text(given, where=f"similarity: {name}")]})
    signature: bytes | None = add_bands(batch, params=params)["signature"][0].as_py()
    return signature


_profiles = lru_cache(maxsize=2)(profiles_of)
_loaded = lru_cache(maxsize=4)(load_identifier)


def _identifier(model: str) -> Identifier:
    return _loaded(one_text(model, where="model"))


@lru_cache(maxsize=4)
def _configs(folder: str) -> LanguageConfigs:
    return LanguageConfigs.load(config_folder(folder).expanduser())
