"""Identify: give each document its language and script, and measure how sure one can be of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pyarrow as pa

from curate import schema
from curate.config.wordlists import Wordlist
from curate.lid.by_line.fast_lines import are_one
from curate.lid.by_line.line_languages import identify_lines, own_fraction
from curate.lid.identifier import Identifier
from curate.lid.wordlists import own_word_fraction
from curate.stages.stage import Stage, append

_URL, _TEXT = (c for c in schema.DOCUMENTS.columns if c.name in ("url", "text"))


def add_language(
    batch: pa.Table,
    *,
    identifier: Identifier,
    others: Sequence[Identifier] = (),
    segments: bool = False,
    wordlists: Mapping[str, Wordlist] | None = None,
) -> pa.Table:
    """Add the columns of :data:`curate.schema.LANGUAGE`.

    Args:
        batch: has ``text``, and ``url`` if there are wordlists.
        identifier: a loaded one.
        others: further ones; fill ``other_labels`` and ``identifiers_agree_fraction``.
        segments: fill ``seg_langs`` and ``own_label_char_fraction``.
        wordlists: label -> its list; fills ``own_word_fraction`` and ``url_names_language``.
    """
    texts = batch["text"].to_pylist()
    answers = identifier.identify(texts)
    labels = [a.label for a in answers]
    top = [[{"label": n, "confidence": c} for n, c in a.top_labels] for a in answers]
    columns = {
        "label": labels,
        "lid_confidence": [a.confidence for a in answers],
        "top_labels": top,
        **_others(others, texts, labels),
        **_segments(identifier, texts, labels, is_on=segments),
        **_own_words(batch, texts, labels, wordlists or {}),
    }
    return append(
        batch, {c.name: pa.array(columns[c.name], c.type) for c in schema.LANGUAGE.columns}
    )


def _others(
    others: Sequence[Identifier], texts: list[str], labels: list[str]
) -> dict[str, list[object]]:
    """The answers of other identifiers, and how many of them agree."""
    if not others:
        nothing: list[object] = [None] * len(texts)
        return {"other_labels": nothing, "identifiers_agree_fraction": nothing}
    answers = [(one.name, one.identify(texts)) for one in others]
    rows: list[object] = []
    fractions: list[object] = []
    for i, label in enumerate(labels):
        own = [(name, labels_of[i]) for name, labels_of in answers]
        rows.append([{"model": n, "label": a.label, "confidence": a.confidence} for n, a in own])
        fractions.append(sum(are_one(a.label, label) for _, a in own) / len(own))
    return {"other_labels": rows, "identifiers_agree_fraction": fractions}


def _segments(
    identifier: Identifier, texts: list[str], labels: list[str], *, is_on: bool
) -> dict[str, list[object]]:
    if not is_on:
        nothing: list[object] = [None] * len(texts)
        return {"seg_langs": nothing, "own_label_char_fraction": nothing}
    lines = identify_lines(identifier, texts)
    return {
        "seg_langs": [*lines],
        "own_label_char_fraction": [
            own_fraction(text, own, label)
            for text, own, label in zip(texts, lines, labels, strict=True)
        ],
    }


def _own_words(
    batch: pa.Table, texts: list[str], labels: list[str], wordlists: Mapping[str, Wordlist]
) -> dict[str, list[object]]:
    urls = batch["url"].to_pylist() if wordlists else [None] * len(texts)
    fractions: list[object] = []
    named: list[object] = []
    for text, url, label in zip(texts, urls, labels, strict=True):
        own = wordlists.get(label)
        fractions.append(None if own is None else own_word_fraction(text, own.words))
        named.append(None if own is None else bool(url) and own.address.name_language(url))
    return {"own_word_fraction": fractions, "url_names_language": named}


def identify_stage(
    identifier: Identifier,
    *,
    others: Sequence[Identifier] = (),
    segments: bool = False,
    wordlists: Mapping[str, Wordlist] | None = None,
) -> Stage:
    """The stage, bound to loaded identifiers, and to wordlists if there are any."""
    return Stage(
        "identify",
        partial(
            add_language,
            identifier=identifier,
            others=others,
            segments=segments,
            wordlists=wordlists,
        ),
        reads=(_TEXT, _URL) if wordlists else (_TEXT,),
        writes=schema.LANGUAGE.columns,
    )
