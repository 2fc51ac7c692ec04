"""The public summary of training content after the template of the European Commission.

The order and the questions are those of the template for Article 53(1)(d) of Regulation (EU)
2024/1689: first published on 24 July 2025, C(2025) 8311 of 5 December 2025. Section 2.3 asks for
the top 10 % of domain names by the size of what was scraped; small and medium-sized enterprises
may give the top 5 %, or 1,000 if that is fewer. A summary is of a model; this one is of a corpus,
for whoever trains on it to copy from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from curate.labels import language_of
from curate.report.card import Published, personal_data
from curate.report.data import LabelYield
from curate.report.publisher import Publisher
from curate.visible import visible, visible_line

GAP: Final = "**to be filled in by the publisher**"
"""In place of what no run can know."""

RIGHTS, CONTENT = "rights", "content"
"""The subject of a measure: reservations of rights (3.1), or illegal and unwanted content (3.2)."""

SHOWN_DOMAINS: Final = 20
_SHARE, _SME_SHARE, _SME_MOST = 0.10, 0.05, 1000
_NEVER = "the run does not say"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A crawl, or another input, that documents came from.

    Attributes:
        name: of the snapshot; empty if the input does not say.
        documents: published ones.
        n_chars: their code points.
        first: date of the first record, ISO 8601; empty if none is dated.
        last: of the last.
    """

    name: str
    documents: int
    n_chars: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class DomainSize:
    """A registered domain name, or a host that has none, and its published documents.

    Attributes:
        domain: its name.
        documents: published ones.
        n_chars: code points of their texts.
        n_bytes: of their pages, as they were fetched; 0 where the input was text already.
    """

    domain: str
    documents: int
    n_chars: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that a job does, and the removal reason of what it removes."""

    words: str
    reason: str
    about: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The content of a summary.

    Attributes:
        title: of the corpus.
        publisher: facts that only the publisher knows, as far as the job gives them.
        license: of the collection.
        documents: published ones, as in the manifest.
        snapshots: by name.
        yields: one for each label that has published documents, most documents first.
        removed: removal reason -> documents, most first.
        left_out: step -> reason -> records that became no document.
        domains: largest first.
        without_domain: published documents that have no address.
        measures: what the job does about rights and content.
        taken_down: entries on the lists of take-downs.
        pii: ``mask``, ``spans`` or ``keep``.
        pii_kinds: of personal data, those that were looked for.
    """

    title: str
    publisher: Publisher
    license: str | None
    documents: int
    snapshots: tuple[Snapshot, ...]
    yields: tuple[LabelYield, ...]
    removed: Mapping[str, int]
    left_out: Mapping[str, Mapping[str, int]]
    domains: tuple[DomainSize, ...]
    without_domain: int
    measures: tuple[Measure, ...]
    taken_down: int
    pii: str
    pii_kinds: tuple[str, ...]

    def top_domains(self, *, is_sme: bool) -> tuple[DomainSize, ...]:
        """The domains that section 2.3 asks for, largest first."""
        n = math.ceil(len(self.domains) * (_SME_SHARE if is_sme else _SHARE))
        return self.domains[: min(n, _SME_MOST) if is_sme else n]

    @property
    def n_chars(self) -> int:
        """Code points of all published documents."""
        return sum(one.n_chars for one in self.yields)

    @property
    def n_words(self) -> int:
        """Words of all published documents."""
        return sum(one.n_words for one in self.yields)


def as_json(whole: Summary, *, is_sme: bool) -> dict[str, Any]:
    """The numbers and names for other programs; null is what only the publisher knows."""
    who = whole.publisher
    return {
        "template": "Article 53(1)(d) of Regulation (EU) 2024/1689",
        "general": {
            "corpus": whole.title,
            "provider": list(who.creators) or None,
            "contact": who.contact or None,
            "address": who.url or None,
            "version": who.version,
            "date": who.date or None,
            "license": whole.license,
            "model": None,
            "modalities": {
                "text": {
                    "documents": whole.documents,
                    "words": whole.n_words,
                    "characters": whole.n_chars,
                    "tokens": None,
                }
            },
            "languages": [
                {
                    "label": one.label,
                    "language": language_of(one.label),
                    "documents": one.kept,
                    "words": one.n_words,
                    "characters": one.n_chars,
                }
                for one in whole.yields
            ],
        },
        "sources": {
            "crawled": {
                "snapshots": [asdict(one) for one in whole.snapshots],
                "domains": len(whole.domains),
                "documents_without_address": whole.without_domain,
                "share": "top 5 %, at most 1,000" if is_sme else "top 10 %",
                "largest_domains": [asdict(one) for one in whole.top_domains(is_sme=is_sme)],
            },
            "public_datasets": None,
            "licensed_datasets": None,
            "user_data": None,
            "synthetic": None,
        },
        "processing": {
            "rights": _measures(whole, RIGHTS),
            "content": _measures(whole, CONTENT),
            "taken_down": whole.taken_down,
            "removed": dict(whole.removed),
            "left_out": {step: dict(reasons) for step, reasons in whole.left_out.items()},
            "personal_data": {"how": whole.pii, "kinds": list(whole.pii_kinds)},
        },
    }


def _measures(whole: Summary, about: str) -> list[dict[str, Any]]:
    return [
        {"measure": x.words, "reason": x.reason, "documents": whole.removed.get(x.reason, 0)}
        for x in whole.measures
        if x.about == about
    ]


def as_markdown(whole: Summary, *, is_sme: bool, most_domains: int | None = None) -> str:
    """The summary for people.

    Args:
        whole: what it says.
        is_sme: whether the publisher is a small or medium-sized enterprise.
        most_domains: to list; None for all that the template asks for.
    """
    lines = [
        f"# Summary of training content: {_cell(whole.title)}",
        "",
        "After the template for Article 53(1)(d) of Regulation (EU) 2024/1689. The numbers are "
        "those of the published corpus. What a run cannot know is marked: " + GAP + ".",
        *_general(whole),
        *_sources(whole, is_sme=is_sme, most_domains=most_domains),
        *_processing(whole),
    ]
    return visible("\n".join(lines) + "\n")


def _general(whole: Summary) -> Iterator[str]:
    who = whole.publisher
    yield from ("", "## 1 General information", "", "### 1.1 Provider", "")
    yield f"- Provider: {', '.join(map(_cell, who.creators)) or GAP}"
    yield f"- Contact: {_cell(who.contact) or GAP}"
    yield from (
        "",
        "### 1.2 Model",
        "",
        f"- Models, and when they were placed on the market: {GAP}",
    )
    yield f"- Corpus: {_cell(whole.title)}, version {_cell(who.version)}, {who.date or GAP}"
    yield f"- Address: {_cell(who.url) or GAP}"
    yield f"- Licence of the collection: {_cell(whole.license or '') or GAP}"
    yield from ("", "### 1.3 Modalities, size and languages", "")
    yield f"- Modality: text; {whole.documents:,} documents"
    yield f"- Size: {whole.n_words:,} words, {whole.n_chars:,} characters"
    yield f"- Size in tokens, which depends on the tokenizer: {GAP}"
    last = max((one.last for one in whole.snapshots), default="")
    yield f"- Latest date of collection: {last or GAP}"
    yield f"- Types of content: text of public web pages; more: {GAP}"
    yield from ("", "| language | documents | words | characters |", "|---|--:|--:|--:|")
    for one in whole.yields:
        yield f"| {one.label} | {one.kept:,} | {one.n_words:,} | {one.n_chars:,} |"


def _sources(whole: Summary, *, is_sme: bool, most_domains: int | None) -> Iterator[str]:
    yield from ("", "## 2 List of data sources", "")
    for number, name in (("2.1", "Publicly available datasets"), ("2.2", "Datasets of others")):
        yield f"- {number} {name}: {GAP}"
    yield from ("", "### 2.3 Data crawled and scraped from online sources", "")
    yield "| crawl | documents | characters | first record | last record |"
    yield "|---|--:|--:|---|---|"
    for one in whole.snapshots:
        dates = f"{one.first or _NEVER} | {one.last or _NEVER}"
        yield f"| {_cell(one.name) or _NEVER} | {one.documents:,} | {one.n_chars:,} | {dates} |"
    yield from ("", f"- Crawler, its operator and its behaviour: {GAP}", "")
    top = whole.top_domains(is_sme=is_sme)
    share = "top 5 %, at most 1,000, as for small enterprises" if is_sme else "top 10 %"
    yield (
        f"{whole.documents - whole.without_domain:,} documents are of {len(whole.domains):,} "
        f"domain names, {whole.without_domain:,} have no address. The largest by bytes of "
        f"their pages, where the input has pages, else by characters ({share}):"
    )
    yield from ("", "| domain | documents | characters | bytes |", "|---|--:|--:|--:|")
    listed = top if most_domains is None else top[:most_domains]
    for domain in listed:
        sizes = f"{domain.documents:,} | {domain.n_chars:,} | {domain.n_bytes:,}"
        yield f"| {_cell(domain.domain)} | {sizes} |"
    if len(listed) < len(top):
        yield from ("", f"and {len(top) - len(listed):,} more: `--out FILE` writes all of them.")
    yield ""
    for number, name in (("2.4", "User data"), ("2.5", "Synthetic data"), ("2.6", "Other sources")):
        yield f"- {number} {name}: {GAP}"


def _processing(whole: Summary) -> Iterator[str]:
    yield from ("", "## 3 Data processing", "", "### 3.1 Reservations of rights", "")
    yield from _measure_lines(whole, RIGHTS, "The job drops nothing for a reservation of rights.")
    yield f"- Entries on lists of what was taken down on request: {whole.taken_down:,}"
    yield f"- Signature of the code of practice, and more measures: {GAP}"
    yield from ("", "### 3.2 Illegal and unwanted content", "")
    yield from _measure_lines(whole, CONTENT, "The job drops nothing by lists of addresses.")
    yield f"- More measures: {GAP}"
    yield from ("", "### 3.3 Other processing", "")
    yield f"- Personal data: {personal_data(Published(pii=whole.pii, pii_kinds=whole.pii_kinds))}"
    yield from ("", "| removed for | documents |", "|---|--:|")
    for reason, n in whole.removed.items():
        yield f"| `{_cell(reason)}` | {n:,} |"
    for step, reasons in whole.left_out.items():
        for reason, n in reasons.items():
            yield f"| `{_cell(reason)}`, in `{step}` | {n:,} |"


def _measure_lines(whole: Summary, about: str, nothing: str) -> Sequence[str]:
    lines = [
        f"- {_cell(x['measure'])}; documents: {x['documents']:,} (`{x['reason']}`)"
        for x in _measures(whole, about)
    ]
    return lines or [f"- {nothing}"]


def _cell(text: str) -> str:
    """Text of others as one cell of a table."""
    return visible_line(text).replace("|", "\\|")
