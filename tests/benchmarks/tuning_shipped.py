"""Tables of the shipped language configs, from the files themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.config.language import LanguageConfig, LanguageConfigs
from curate.tune.methods import ENGLISH_LABEL

SHOWN = (
    ("terminal_punct_line_fraction", "min"),
    ("newlines_per_word", "max"),
    ("mean_word_chars", "min"),
    ("mean_word_chars", "max"),
    ("alpha_word_fraction", "min"),
    ("top_2gram_char_fraction", "max"),
    ("dup_5gram_char_fraction", "max"),
)
"""Bounds that have a column."""

HEAD = (
    "label",
    "tuned on",
    "collected",
    "used",
    "weight",
    "line ends",
    "newlines",
    "word min",
    "max",
    "letters",
    "top 2",
    "dup 5",
    "stop words",
)
_COLLECTED = re.compile(r"([\d,]+) texts collected, ([\d,]+) used")


def rows(configs: LanguageConfigs) -> Iterator[list[str]]:
    """A row for each label with a tuned file; what a file does not say itself is ``-``."""
    for label in configs.labels:
        if label != ENGLISH_LABEL:
            yield _row(configs.files[label])


def _row(config: LanguageConfig) -> list[str]:
    said = config.provenance
    on_documents = said.reference.startswith("technical documentation")
    counts = next((c for note in said.notes if (c := _COLLECTED.match(note))), None)
    collected = counts[1] if counts else f"{said.documents:,}"
    used = f"{said.documents:,}" if on_documents else "0"
    if not on_documents and not counts:
        collected = "0"
    return [
        config.label,
        "manuals" if on_documents else _kind(said.reference),
        collected,
        used,
        f"{said.weight:.2f}" if said.weight is not None else "-",
        *(_shown(config, metric, side) for metric, side in SHOWN),
        str(len(config.stopwords)),
    ]


def _kind(reference: str) -> str:
    return "messages" if reference.startswith("messages") else "sentences"


def _shown(config: LanguageConfig, metric: str, side: str) -> str:
    found = config.threshold(metric)
    bound = None if found is None else getattr(found, side)
    return "-" if bound is None else f"{bound:g}"


CHANGED_HEAD = ("label", "bounds", "stop words that went", "that came")


def changed(before: LanguageConfigs, after: LanguageConfigs) -> Iterator[list[str]]:
    """A row for each label of both folders whose thresholds or stop words differ."""
    for label in after.labels:
        if label not in before.files:
            continue
        old, new = before.files[label], after.files[label]
        bounds = [
            f"{metric} {side} {_shown(old, metric, side)} → {_shown(new, metric, side)}"
            for metric, side in SHOWN
            if _shown(old, metric, side) != _shown(new, metric, side)
        ]
        gone = [word for word in old.stopwords if word not in new.stopwords]
        came = [word for word in new.stopwords if word not in old.stopwords]
        if bounds or gone or came:
            yield [label, "; ".join(bounds) or "-", " ".join(gone) or "-", " ".join(came) or "-"]
