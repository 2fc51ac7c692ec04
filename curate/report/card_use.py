"""The sections of the card for whoever uses a corpus: how to load and cite it, its limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from curate.report.publisher import MISSING, Publisher


def loading(label: str, *, has_weights: bool) -> Iterator[str]:
    """How to load it, and what weights are for."""
    yield "## How to load it\n"
    yield "```python"
    yield "from datasets import load_dataset\n"
    yield 'corpus = "PATH"  # of this folder, or its name on the Hub'
    yield "everything = load_dataset(corpus)  # all labels, and nothing that was removed"
    yield f'one = load_dataset(corpus, "{label}", split="train", streaming=True)'
    if has_weights:
        yield "\n\ndef repeated(rows):"
        yield '    """Each document as often as its weight says."""'
        yield "    for row in rows:"
        yield '        for _ in range(row["weight"]):'
        yield '            yield row["text"]\n\n'
        yield "texts = repeated(one)"
    yield "```"


def limits(*, has_signs: bool) -> tuple[str, ...]:
    """Known limits, in sentences."""
    return (
        "The language of a text is what an identifier says; short texts, close languages and "
        "mixed pages are taken for another language at times.",
        "Near-duplicates are looked for within a language; copies in another label remain.",
        "Thresholds judge form, not truth: what is well written and wrong is here.",
        "Personal data is found by rules: some is missed, and names are not looked for.",
        "Only what the crawl reached is here, which is no even sample of the web or of speakers.",
        "Signs of pages and sites on training are those of the pages and files that were given to "
        "the run; what a site said at other times or in other words is not known."
        if has_signs
        else "Signs by which sites reserve the training of models were not looked up in their "
        "files (no section `rights` in the job).",
    )


def use(
    publisher: Publisher, license: str | None, title: str, limits: Iterable[str]
) -> Iterator[str]:
    """Licence, limits, citation and removal."""
    yield "\n## Licence\n"
    if license is None:
        yield f"Of the collection: {MISSING} (`emit.license`). The texts are their authors'."
    else:
        yield f"Of the collection: `{license}`. The texts are their authors' all the same."
    yield "\n## Known limits\n"
    yield from (f"- {sentence}" for sentence in limits)
    yield "\n## How to cite\n"
    if citation := publisher.citation(title):
        yield f"```bibtex\n{citation}\n```\n\n`CITATION.cff` says the same."
    else:
        yield f"Who made it: {MISSING} (`emit.card.creators`)."
    yield "\n## How to ask for removal\n"
    if not publisher.contact:
        yield f"Contact: {MISSING} (`emit.card.contact`).\n"
    yield publisher.removal_sentence()
