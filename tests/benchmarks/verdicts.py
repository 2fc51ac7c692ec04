"""Whether a document is kept: curate beside datatrove, with the configs that FineWeb2 published.

    python -m tests.benchmarks.verdicts CONFIGS [--documents documents.parquet] [--out out.json]

CONFIGS is the published folder or an archive of it; it is read as ``curate config import-fineweb2``
reads it. Documents are those of :mod:`tests.benchmarks.corpus`, by default the sample's. LID
thresholds are left aside: both sides are told the language. Both measure with their own words.
"""

from __future__ import annotations

import argparse
import json
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import yaml

from curate.config.language import LID, LanguageConfig, LanguageConfigs
from curate.config.load import load_yaml
from curate.config.of_fineweb2.form import common_config, parse
from curate.config.of_fineweb2.take_in import import_config
from curate.metrics.measure import measure
from curate.stages.select import mark_drop_reason
from tests.benchmarks import datatrove_side as theirs
from tests.benchmarks.corpus import Document, build, read_documents
from tests.benchmarks.tables import table, versions

DICTIONARY_SCRIPTS = frozenset("Hani Jpan Thai Laoo Khmr Mymr".split())  # noqa: SIM905 - a list of codes
"""Scripts whose words come from a dictionary; both sides have one of their own."""


def filters_of(config: Mapping[str, Any], label: str) -> list[theirs.Filter]:
    """The filters of FineWeb2's pipeline, in its order, with the numbers of a published config.

    After huggingface/fineweb-2, fineweb-2-pipeline.py: what it does not set keeps its default.
    """
    return [
        theirs.repetition().GopherRepetitionFilter(
            language=label,
            dup_para_frac=0,
            dup_line_char_frac=0,
            dup_para_char_frac=0,
            dup_line_frac=config["dup_line_frac"],
            top_n_grams=config["top_n_grams"],
            dup_n_grams=config["dup_n_grams"],
        ),
        theirs.fineweb().FineWebQualityFilter(
            language=label,
            short_line_thr=999,
            char_duplicates_ratio=0.1,
            line_punct_thr=config["line_punct_thr"],
            new_line_ratio=config["new_line_ratio"],
        ),
        theirs.gopher().GopherQualityFilter(
            language=label,
            max_avg_word_length=config["max_avg_word_length"],
            min_avg_word_length=config["min_avg_word_length"],
            stop_words=config["stopwords"],
            max_non_alpha_words_ratio=config["max_non_alpha_words_ratio"],
            min_stop_words=2,
        ),
    ]


def their_reason(filters: Sequence[theirs.Filter], text: str) -> str | None:
    """The reason of the first filter that drops a text; None if all keep it.

    A text without a word makes datatrove divide by zero; its executor then loses the file.
    """
    for filter_ in filters:
        try:
            reason = theirs.drops(filter_, text)
        except ZeroDivisionError:
            return "ZeroDivisionError"
        if reason is not None:
            return reason
    return None


def our_reasons(texts: Sequence[str], config: LanguageConfig) -> list[str | None]:
    """The metric whose threshold a text breaks first, by the product's own selection."""
    label = config.label
    configs = LanguageConfigs({"_default": common_config(), label: config})
    stopwords = {label: frozenset(config.stopwords)}
    batch = measure(list(texts), [label] * len(texts), stopwords)
    batch = batch.append_column("label", pa.array([label] * len(texts), pa.string()))
    batch = batch.append_column(LID, pa.array([1.0] * len(texts), pa.float64()))
    reasons: list[str | None] = mark_drop_reason(batch, configs=configs)["drop_reason"].to_pylist()
    return reasons


class Agreement(NamedTuple):
    """Verdicts of both sides on the documents of a label.

    Attributes:
        label: what they are.
        documents: how many.
        both_keep: kept by both sides.
        only_ours: kept by curate alone.
        only_theirs: kept by datatrove alone.
        why: why the other side dropped what one kept, with counts.
    """

    label: str
    documents: int
    both_keep: int
    only_ours: int
    only_theirs: int
    why: Mapping[str, int]

    @property
    def agreed(self) -> float:
        """Share of documents with the same verdict."""
        return 1 - (self.only_ours + self.only_theirs) / self.documents


def compare(label: str, texts: Sequence[str], path: Path) -> Agreement:
    """Both verdicts on the texts of one label, with the published config at ``path``."""
    data, positions = load_yaml(path)
    published = parse(data, positions, str(path))
    config = import_config(
        label, published, source=path.name, where=str(path), positions=positions
    ).config
    ours = our_reasons(texts, config)
    filters = filters_of(yaml.safe_load(path.read_text(encoding="utf-8")), label)
    other = [their_reason(filters, text) for text in texts]
    why: Counter[str] = Counter()
    for mine, his in zip(ours, other, strict=True):
        if mine is None and his is not None:
            why[f"datatrove: {his}"] += 1
        elif mine is not None and his is None:
            why[f"curate: {mine}"] += 1
    pairs = Counter((m is None, h is None) for m, h in zip(ours, other, strict=True))
    return Agreement(
        label,
        len(texts),
        pairs[True, True],
        pairs[True, False],
        pairs[False, True],
        dict(why.most_common()),
    )


def compare_all(documents: Sequence[Document], folder: Path) -> list[Agreement]:
    """One row for each label that has documents, a published config and a tokeniser."""
    texts: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        texts[document.label].append(document.text)
    found = []
    for label in sorted(texts):
        path = folder / f"{label}.yml"
        if path.exists() and theirs.can_tokenize(label):
            sys.stderr.write(f"{label}: {len(texts[label])} documents\n")
            found.append(compare(label, texts[label], path))
    return found


def is_spaced(label: str) -> bool:
    """Whether words of a label's script stand between spaces."""
    return label[4:] not in DICTIONARY_SCRIPTS


def total(rows: Sequence[Agreement]) -> tuple[int, float]:
    """Documents, and the share of them with the same verdict."""
    n = sum(row.documents for row in rows)
    differing = sum(row.only_ours + row.only_theirs for row in rows)
    return n, 1 - differing / n if n else float("nan")


def report(rows: Sequence[Agreement]) -> str:
    """The tables: totals, then labels, then reasons."""
    kinds = {
        "spaced scripts": [row for row in rows if is_spaced(row.label)],
        "dictionary scripts": [row for row in rows if not is_spaced(row.label)],
    }
    totals = [
        [name, str(len(some)), str(total(some)[0]), f"{total(some)[1]:.1%}"]
        for name, some in kinds.items()
    ]
    labels = [
        [
            row.label,
            str(row.documents),
            f"{row.agreed:.1%}",
            *map(str, (row.both_keep, row.only_ours, row.only_theirs)),
            ", ".join(f"{reason} {n}" for reason, n in row.why.items()),
        ]
        for row in sorted(rows, key=lambda row: row.agreed)
    ]
    reasons: Counter[str] = Counter()
    for row in kinds["spaced scripts"]:
        reasons.update(row.why)
    head = ["label", "documents", "same", "both keep", "curate alone", "datatrove alone", "why"]
    return "\n".join(
        [
            table(["", "labels", "documents", "same verdict"], totals),
            table(head, labels),
            table(
                ["dropped by the other, in spaced scripts", "documents"],
                [[reason, str(n)] for reason, n in reasons.most_common()],
            ),
        ]
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.verdicts")
    parser.add_argument("configs", type=Path)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(arguments)
    documents = read_documents(given.documents) if given.documents else build([], per_label=60)
    with tempfile.TemporaryDirectory() as unpacked:
        folder = given.configs
        if folder.is_file():
            with tarfile.open(folder) as archive:
                archive.extractall(unpacked, filter="data")
            folder = next(Path(unpacked).rglob("*.yml")).parent
        rows = compare_all(documents, folder)
    sys.stdout.write(f"# Verdicts\n\n{versions()}\n\n{report(rows)}")
    if given.out:
        found = [{**row._asdict(), "agreed": row.agreed} for row in rows]
        given.out.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
