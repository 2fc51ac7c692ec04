"""Train the extractor's model: ``python -m jobs.train_extractor --gold DIR``.

Reads pages with their true text, makes more of known text, fits the model in folds of sites, tells
what the folds are worth, and writes ``curate/data/extraction/``. The same pages give the same
bytes. Needs ``pip install -e '.[train]'``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from curate.html.blocks.model import Model
from jobs.extractor_data import N_FOLDS, NOT_FOR_TRAINING, Example, read_examples, read_lines
from jobs.extractor_fit import BLOCK_SETTINGS, N_BLOCK_TREES, Folds, fit
from jobs.extractor_labelled import read_labelled
from jobs.extractor_labels import LABELS_VERSION
from jobs.extractor_pages import PAGES_VERSION, make_pages
from jobs.extractor_tables import show_doubt, show_folds, show_left_out
from jobs.extractor_trees import PAGE_SETTINGS

ROOT: Final = Path(__file__).parents[1]
LICENCES: Final = {
    "wcxb": "CC-BY-4.0, WCXB 1.0, development part",
    "zh": "MIT, Chinese-Web-Content-Extraction-Dataset",
    "crawl": "labels of the project's own; the pages are not shipped",
    "labelled": "labels of the project's own; pages of formasaurus 0.10.0 (MIT), not shipped",
    "made": "made by jobs/extractor_pages.py of the Universal Declaration of Human Rights",
}
FILES: Final = ("pages.jsonl.zst", "crawl.jsonl.zst")


def tell(line: str) -> None:
    """One line to the terminal."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def write_model(model: Model, path: Path) -> None:
    """The arrays of a model; the same arrays give the same bytes."""
    arrays = model.arrays()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(file, **{name: arrays[name] for name in sorted(arrays)})  # type: ignore[arg-type]


def facts_of(examples: Sequence[Example], model: Path) -> dict[str, object]:
    """What stands beside the model: where it comes from."""
    sources = Counter(e.source for e in examples if e.is_for_training)
    return {
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "versions": {"labels": LABELS_VERSION, "pages": PAGES_VERSION},
        "folds": "five, by CRC-32 of the site",
        "learnt from": {
            name: {"pages": sources[name], "licence": LICENCES[name]} for name in sorted(sources)
        },
        "thresholds looked at, not learnt from": sorted(NOT_FOR_TRAINING),
        "settings": {"blocks": BLOCK_SETTINGS, "trees": N_BLOCK_TREES, "pages": PAGE_SETTINGS},
    }


def read_all(options: argparse.Namespace) -> list[Example]:
    """The pages of gold, those of the archive that the project has labelled, and those it makes."""
    examples = read_examples([options.gold / name for name in FILES])
    if options.labelled:
        examples += read_labelled(options.labelled)
    texts = options.texts or options.gold.parent / "udhr_paragraphs.json.gz"
    return examples + make_pages(texts)


def tell_doubt(options: argparse.Namespace, examples: Sequence[Example], folds: Folds) -> None:
    """The table of a second opinion."""
    from curate.html.by_trafilatura import quick_text

    rows = (row for name in FILES for row in read_lines(options.gold / name))
    html = {row["id"]: row["html"] for row in rows}
    pages = [(e, html[e.id]) for e in examples if e.has_text and e.id in html]
    show_doubt(pages, folds, quick_text, tell)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, tell, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--gold", type=Path, default=ROOT / ".." / "shared" / "data" / "gold")
    parser.add_argument("--labelled", type=Path, help="archive of the pages that are labelled")
    parser.add_argument("--texts", type=Path, help="paragraphs to make pages of")
    parser.add_argument("--out", type=Path, default=ROOT / "curate" / "data" / "extraction")
    parser.add_argument("--without", nargs="*", default=[], help="sources or languages left out")
    parser.add_argument(
        "--leave-out", nargs="*", metavar="NAME",
        help="tell what these sources or languages are worth; all without a name",
    )  # fmt: skip
    parser.add_argument("--doubt", action="store_true", help="tell what a second opinion is worth")
    parser.add_argument("--dry", action="store_true", help="tell, and write nothing")
    options = parser.parse_args(arguments)
    start = time.process_time()
    examples = read_all(options)
    tell(f"{len(examples)} pages, {time.process_time() - start:.0f} CPU s")
    out = {e.id for e in examples if {e.source, e.language} & set(options.without)}
    folds = fit([e for e in examples if e.id not in out], tell)
    show_folds(examples, folds, tell)
    if options.leave_out is not None:
        show_left_out(examples, folds, options.leave_out, tell)
    if options.doubt:
        tell_doubt(options, examples, folds)
    if out:
        tell(f"without {', '.join(options.without)}:")
        one = Folds((folds.final,) * N_FOLDS, folds.final)
        show_folds([e for e in examples if e.id in out], one, tell)
    elif not options.dry:
        if not options.labelled:
            raise SystemExit("a model that is written is learnt of all pages: give --labelled too")
        write_model(folds.final, options.out / "blocks.npz")
        facts = facts_of(examples, options.out / "blocks.npz")
        (options.out / "blocks.json").write_text(json.dumps(facts, indent=1) + "\n")
    tell(f"{time.process_time() - start:.0f} CPU s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
