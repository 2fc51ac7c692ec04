"""The dataset card: README.md of a corpus, with the front matter that the Hub reads."""

from __future__ import annotations

from collections.abc import Iterable

from curate.labels import language_of
from curate.report.model import LabelYield, ReportData
from curate.schema import CORPUS, CORPUS_FILTER_REASON, CORPUS_WEIGHT, Column


def render_card(data: ReportData) -> str:
    """The card as Markdown. The same data give the same text: no dates and no paths."""
    parts = (
        _front_matter(data),
        _head(data),
        "## Languages\n",
        *_table(data.yields),
        "\n## Columns\n",
        *_columns(),
        _how(data),
    )
    return "\n".join(parts) + "\n"


def _front_matter(data: ReportData) -> str:
    published = sorted({path.split("/")[1] for path, _, _ in data.files})
    codes = sorted({language_of(name) for name in published if not name.endswith("_removed")})
    lines = ["---", f"pretty_name: {_quoted(data.job)}"]
    if codes:
        lines += ["language:", *(f"- {code}" for code in codes)]
    lines += ["task_categories:", "- text-generation", "tags:", "- curate"]
    if published:
        lines.append("configs:")
    subsets = {(path.split("/")[1], path.split("/")[2]) for path, _, _ in data.files}
    for name in published:
        lines += [f"- config_name: {name}", "  data_files:"]
        for split in ("train", "test"):
            if (name, split) in subsets:
                lines += [f"  - split: {split}", f"    path: data/{name}/{split}/*.parquet"]
    return "\n".join([*lines, "---", ""])


def _quoted(text: str) -> str:
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


def _head(data: ReportData) -> str:
    documents = sum(y.kept for y in data.yields)
    chars = sum(y.n_chars for y in data.yields)
    labels = sum(1 for y in data.yields if y.kept)
    return (
        f"# {data.job}\n\n"
        f"{documents:,} documents with {chars:,} characters in {labels} languages and scripts, "
        f"made with curate {data.version}.\n"
    )


def _table(yields: Iterable[LabelYield]) -> Iterable[str]:
    yield (
        "| label | documents found | identified | after dedup | kept | repeated | test "
        "| characters kept |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for y in yields:
        numbers = (
            y.documents,
            y.identified,
            y.deduplicated,
            y.kept,
            y.n_repeated,
            y.n_test,
            y.n_chars,
        )
        yield f"| {y.label} | " + " | ".join(f"{n:,}" for n in numbers) + " |"


def _columns() -> Iterable[str]:
    yield "| column | unit | what it is |"
    yield "|---|---|---|"
    extra: tuple[Column, ...] = (CORPUS_WEIGHT, CORPUS_FILTER_REASON)
    for column in (*CORPUS.columns, *extra):
        yield f"| `{column.name}` | {column.unit} | {column.doc} |"


def _how(data: ReportData) -> str:
    lines = ["\n## How it was made\n", "| step | in | out | left out | quarantined |"]
    lines.append("|---|--:|--:|--:|--:|")
    for s in data.stages:
        dropped, aside = sum(s.dropped.values()), sum(s.quarantined.values())
        lines.append(f"| {s.step} | {s.rows_in:,} | {s.rows_out:,} | {dropped:,} | {aside:,} |")
    reasons: dict[str, int] = {}
    for y in data.yields:
        for reason, n in y.outcomes.items():
            reasons[reason] = reasons.get(reason, 0) + n
    lines += ["\n## What was removed\n", "| reason | documents |", "|---|--:|"]
    for reason, n in sorted(reasons.items(), key=lambda x: (-x[1], x[0])):
        if reason:
            lines.append(f"| `{reason}` | {n:,} |")
    lines.append(
        "\nA reason is the first threshold that a document breaks, `duplicate` for members of a "
        "near-duplicate cluster that another stands for, or `lid_confidence` for text whose "
        "language is not sure. The text is that of public web pages and belongs to its authors."
    )
    return "\n".join(lines)
