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

from curate.html.blocks.decide import decide
from curate.html.blocks.model import Model
from jobs.extractor_data import NOT_FOR_TRAINING, Example, read_examples
from jobs.extractor_fit import BLOCK_SETTINGS, N_BLOCK_TREES, PAGE_SETTINGS, Folds, fit
from jobs.extractor_labels import LABELS_VERSION
from jobs.extractor_pages import PAGES_VERSION, make_pages
from jobs.extractor_score import Scorer, f1

ROOT: Final = Path(__file__).parents[1]
LICENCES: Final = {
    "wcxb": "CC-BY-4.0, WCXB 1.0, development part",
    "zh": "MIT, Chinese-Web-Content-Extraction-Dataset",
    "crawl": "labels of the project's own; the pages are not shipped",
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


def show_folds(examples: Sequence[Example], folds: Folds) -> None:
    """F1 of pages by models that have not seen their sites."""
    groups: dict[str, list[tuple[float, float]]] = {}
    empty: dict[bool, list[bool]] = {True: [], False: []}
    for example in examples:
        decision = decide(example.page, model=folds.models[example.fold])
        found = Scorer(example.page, example.gold, example.neutral)(decision.keep)
        if not example.is_made:
            empty[example.has_text].append(decision.is_empty)
        if example.has_text and example.is_made:
            groups.setdefault(f"made/{example.language}", []).append(found)
        if example.has_text:
            groups.setdefault(example.source, []).append(found)
            groups.setdefault(f"{example.source}/{example.kind}", []).append(found)
    for name in sorted(groups):
        value, precision, recall = f1(groups[name])
        tell(f"{name:28}{len(groups[name]):>5}  {value:.4f} ({precision:.3f}/{recall:.3f})")
    for has_text, told in empty.items():
        if told:
            which = "with" if has_text else "without"
            tell(f"nothing from {np.mean(told):.1%} of {len(told)} pages {which} a main text")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, tell, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--gold", type=Path, default=ROOT / ".." / "shared" / "data" / "gold")
    parser.add_argument("--texts", type=Path, help="paragraphs to make pages of")
    parser.add_argument("--out", type=Path, default=ROOT / "curate" / "data" / "extraction")
    parser.add_argument("--without", nargs="*", default=[], help="sources or languages left out")
    parser.add_argument("--dry", action="store_true", help="tell, and write nothing")
    options = parser.parse_args(arguments)
    start = time.process_time()
    examples = read_examples([options.gold / name for name in FILES])
    texts = options.texts or options.gold.parent / "udhr_paragraphs.json.gz"
    examples += make_pages(texts)
    tell(f"{len(examples)} pages, {time.process_time() - start:.0f} CPU s")
    out = {e.id for e in examples if {e.source, e.language} & set(options.without)}
    folds = fit([e for e in examples if e.id not in out], tell)
    show_folds(examples, folds)
    if out:
        tell(f"without {', '.join(options.without)}:")
        show_folds([e for e in examples if e.id in out], Folds((folds.final,) * 5, folds.final))
    elif not options.dry:
        write_model(folds.final, options.out / "blocks.npz")
        facts = facts_of(examples, options.out / "blocks.npz")
        (options.out / "blocks.json").write_text(json.dumps(facts, indent=1) + "\n")
    tell(f"{time.process_time() - start:.0f} CPU s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
