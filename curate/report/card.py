"""The dataset card: README.md of a corpus, with the front matter that the Hub reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from curate.columns import Column
from curate.config.measured import column_of
from curate.pii import DEFAULT_KINDS
from curate.report.card_front import front_matter, splits_in
from curate.report.card_use import limits, loading, use
from curate.report.data import ReportData
from curate.report.publisher import Publisher
from curate.rights.removal import KINDS, Kind
from curate.schema import CORPUS, CORPUS_FILTER_REASON, CORPUS_PLACE, CORPUS_WEIGHT, PII
from curate.visible import visible, visible_line


@dataclass(frozen=True, slots=True)
class CardForm:
    """A view's own words on its card.

    Attributes:
        place: of the label in the path of a file, from 0.
        files: names of the files of a label's folder, which are one split; None where folders of
            splits lie in it.
        fields: paragraphs about the fields; empty for a table of the columns.
        spans: name of the field with the places of personal data.
    """

    place: int = 1
    files: str | None = None
    fields: tuple[str, ...] = ()
    spans: str = "pii_spans"


@dataclass(frozen=True, slots=True)
class Published:
    """How the corpus was published; the card says so.

    Attributes:
        license: of the collection, as the Hub names it; None if nothing is to be said.
        format: ``parquet`` or ``jsonl.zst``.
        pii: ``mask``, ``keep`` or ``spans``.
        scores: columns of scores, if the job made any.
        form: of the view.
        pii_kinds: of personal data, those that were looked for.
        removed: ``selection``, ``all`` or ``none``: which removed documents are published.
        kept: columns of the input.
        places: rows say where their records are.
        publisher: what the job says of whoever publishes.
        schemas: ``published`` and ``removed`` -> the fields of a row, if they are known.
        own: column -> what it is, of metrics of the user's own.
    """

    license: str | None = None
    format: str = "parquet"
    pii: str = "mask"
    scores: tuple[str, ...] = ()
    form: CardForm = CardForm()
    pii_kinds: tuple[str, ...] = DEFAULT_KINDS
    removed: str = "selection"
    kept: tuple[str, ...] = ()
    places: bool = True
    publisher: Publisher = field(default_factory=Publisher)
    schemas: Mapping[str, pa.Schema] = field(default_factory=dict)
    own: Mapping[str, Column] = field(default_factory=dict)

    @property
    def limits(self) -> tuple[str, ...]:
        """Known limits, in sentences."""
        return limits(has_signs="train_ai" in self.scores)

    @property
    def has_weights(self) -> bool:
        """Whether rows say how often to repeat them."""
        schema = self.schemas.get("published")
        return schema is not None and CORPUS_WEIGHT.name in schema.names

    def folder(self, path: str) -> str:
        """The label that a path belongs to, ``_removed`` behind it for removed documents."""
        return path.split("/")[self.form.place]


_PII = {
    "mask": "{} were replaced by examples that belong to nobody, one and the same for one value.",
    "keep": "E-mail addresses, IP addresses and phone numbers stand as the pages have them.",
    "spans": "{} stand as the pages have them; `pii_spans` says where.",
}
_KIND_NAMES = {
    "email": "e-mail addresses",
    "ip_address": "public IP addresses",
    "phone_number": "phone numbers",
    "iban": "account numbers (IBAN)",
    "card_number": "card numbers",
}


def render_card(data: ReportData, published: Published | None = None) -> str:
    """The card as Markdown. The same data give the same text: no dates and no paths."""
    how = published or Published()
    parts = (
        _front_matter(data, how),
        _head(data),
        *_loading(data, how),
        "## Languages\n",
        *_table(data, how),
        *_mixture(data),
        "\n## Fields\n" if how.form.fields else "\n## Columns\n",
        *(how.form.fields or _columns(how)),
        "\n## Personal data\n",
        personal_data(how),
        _how(data, how),
        *use(how.publisher, how.license, data.job, how.limits),
    )
    return visible("\n".join(parts) + "\n")


def _loading(data: ReportData, how: Published) -> Iterable[str]:
    labels = sorted(y.label for y in data.yields if y.kept)
    return [*loading(labels[0], has_weights=how.has_weights), ""] if labels else []


def personal_data(how: Published) -> str:
    """A sentence on what was done with personal data."""
    *names, last = [name for kind, name in _KIND_NAMES.items() if kind in how.pii_kinds]
    listed = f"{', '.join(names)} and {last}" if names else last
    sentence = _PII[how.pii].format(listed[:1].upper() + listed[1:])
    return sentence.replace("`pii_spans`", f"`{how.form.spans}`")


def _front_matter(data: ReportData, how: Published) -> str:
    published = sorted({how.folder(path) for path, _, _ in data.files})
    patterns = {name: list(_patterns(data, how, name)) for name in published}
    rows = sum(rows for _, rows, _ in data.files)
    return front_matter(data.job, how.license, patterns, how.schemas, rows)


def _patterns(data: ReportData, how: Published, name: str) -> Iterable[tuple[str, str]]:
    """Each split of a folder, and the files that are in it."""
    if how.form.files is not None:
        return [("train", f"{name}/{how.form.files}")]
    subsets = {path.split("/")[2] for path, _, _ in data.files if how.folder(path) == name}
    return splits_in(f"data/{name}", subsets, how.format)


def _head(data: ReportData) -> str:
    documents = sum(y.kept for y in data.yields)
    chars = sum(y.n_chars for y in data.yields)
    labels = sum(1 for y in data.yields if y.kept)
    return (
        f"# {visible_line(data.job)}\n\n"
        f"{documents:,} documents with {chars:,} characters in {labels} languages and scripts, "
        f"made with curate {data.version}.\n"
    )


def _table(data: ReportData, how: Published) -> Iterable[str]:
    files: dict[str, list[int]] = {}
    for path, _, size in data.files:
        files.setdefault(how.folder(path), []).append(size)
    yield (
        "| label | documents found | identified | after dedup | kept | repeated | test "
        "| characters kept | files | MB |"
    )
    yield "|---|" + "--:|" * 9
    for y in data.yields:
        sizes = files.get(y.label, [])
        numbers = (
            y.documents,
            y.identified,
            y.deduplicated,
            y.kept,
            y.n_repeated,
            y.n_test,
            y.n_chars,
            len(sizes),
        )
        cells = [*(f"{n:,}" for n in numbers), f"{sum(sizes) / 1e6:,.1f}"]
        yield f"| {y.label} | " + " | ".join(cells) + " |"


def _mixture(data: ReportData) -> Iterable[str]:
    if not data.mixture:
        return
    unit = data.mixture_unit
    before, after = (sum(getattr(x, k) for x in data.mixture) or 1 for k in ("before", "after"))
    yield "\n## Mixture\n"
    yield f"| label | documents | {unit} before | after | share before | after | reached |"
    yield "|---|" + "--:|" * 6
    for x in data.mixture:
        reached = f"{min(1.0, x.reachable / x.wanted):.0%}" if x.wanted else ""
        yield (
            f"| {x.label} | {x.documents:,} | {x.before:,.0f} | {x.after:,.0f} "
            f"| {x.before / before:.2%} | {x.after / after:.2%} | {reached} |"
        )


def _columns(how: Published) -> Iterable[str]:
    yield "| column | unit | what it is |"
    yield "|---|---|---|"
    spans = PII.columns if how.pii == "spans" else ()
    scores = (how.own.get(name) or column_of(name) for name in how.scores)
    ours = (CORPUS_WEIGHT, CORPUS_FILTER_REASON, *scores)
    places = CORPUS_PLACE if how.places else ()
    for column in (*CORPUS.columns, *places, *spans, *ours):
        yield f"| `{column.name}` | {column.unit} | {column.doc} |"
    for name in how.kept:
        cell = visible_line(name).replace("|", "\\|")
        yield f"| `{cell}` | as the input has it | A column of the input, kept as it came. |"


def _how(data: ReportData, how: Published) -> str:
    lines = ["\n## How it was made\n", "| step | in | out | left out | quarantined |"]
    lines.append("|---|--:|--:|--:|--:|")
    for s in data.stages:
        dropped, aside = sum(s.dropped.values()), sum(s.quarantined.values())
        lines.append(f"| {s.step} | {s.rows_in:,} | {s.rows_out:,} | {dropped:,} | {aside:,} |")
    lines.append("\n`emit` and `report` come last: they write and count what these decided.")
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
    if how.removed == "all" and how.form.files is None:
        lines.append(_all_removed())
    return "\n".join(lines)


def _all_removed() -> str:
    """A paragraph on the removed documents that nobody may train on."""
    held_back = (Kind.RIGHT, Kind.EVALUATION)
    reasons = ", ".join(f"`{reason}`" for reason, kind in KINDS.items() if kind in held_back)
    return (
        "\nThe folders `*_removed` have every removed document but those that were taken down: "
        "those too that a list of addresses, robots.txt, an opt-out of their owner, their licence "
        f"or an evaluation set removed ({reasons}). They are not meant to be trained on."
    )
