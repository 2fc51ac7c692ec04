"""Language identifiers side by side: quality by source and length, calibration, speed, memory.

Run ``python -m tests.benchmarks.lid [--sets DIR] [--quick] [--out results.json] [--systems A,B]``;
what DIR holds is said in :mod:`tests.benchmarks.lid_sets`. ``--fit DIR`` fits the trees that rank
and the confidence curves on the sets that are for it, and writes them into DIR instead. It needs
``pip install -e '.[train]'``.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from curate.labels import script_of
from curate.lid.embedded import EmbeddedIdentifier
from curate.lid.voices.confidence import expected_calibration_error
from tests.benchmarks.lid_sets import (
    FIT_WEIGHTS,
    SNIPPETS,
    Labelled,
    TextSet,
    comparable,
    load_sets,
    same_script,
    source_of,
)
from tests.benchmarks.lid_systems import SYSTEMS, load_system

_NOT_AS_A_CRAWL = "declarations"  # 450 languages equally often, a third of them known to nobody
_SPEED_TEXTS = 600
_BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)
_MIN_PER_SCRIPT = 100


def main(arguments: Sequence[str]) -> int:
    """Run, print and write; the exit code is 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.lid")
    parser.add_argument("--sets", type=Path, default=Path())
    parser.add_argument("--out", type=Path)
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--fit", type=Path)
    given = parser.parse_args(arguments)
    n = (10, 3) if given.quick else (100, 20)
    sets = load_sets(given.sets, per_label=n[0], pages_per_label=n[1])
    if given.fit:
        from tests.benchmarks.lid_fit import write_fitted  # LightGBM is for fitting only

        write_fitted(sets, given.fit)
        return 0
    results: dict[str, Any] = {"systems": {}, "calibration": calibration(sets)}
    context = multiprocessing.get_context("spawn")
    for name in given.systems.split(","):
        # One process each: their memory is their own, and one that crashes takes only itself.
        with context.Pool(1) as pool:
            found = pool.apply(measure, (name, sets))
        if found is not None:
            results["systems"][name] = found
            _print_system(name, found)
    _print_calibration(results["calibration"])
    if given.out:
        given.out.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0


def measure(name: str, sets: Sequence[TextSet]) -> dict[str, Any] | None:
    """Scores of one system on all sets, its speed and its memory; None if it is not installed."""
    before = _resident_mib()
    system = load_system(name)
    if system is None:
        return None
    answers = {one.name: system.identify([text for _, text in one.texts]) for one in sets}
    memory = _resident_mib() - before
    said = frozenset(label[:3] for found in answers.values() for label in found)
    claimed = frozenset(comparable(code) for code in system.languages or said)
    pages = [text for one in sets for _, text in one.texts if len(text) >= 1_500]
    pages = [text[:2_000] for text in pages[:: max(1, len(pages) // _SPEED_TEXTS)]]
    start = time.process_time()
    system.identify(pages)
    rate = len(pages) / (time.process_time() - start)
    return {
        "languages": len(claimed),
        "documents_per_second": round(rate),
        "mib": round(memory),
        "sets": {one.name: score(one.texts, answers[one.name], claimed) for one in sets},
    }


def _resident_mib() -> float:
    """Memory of this process; the highest so far would be that of reading the sets."""
    statistics = Path("/proc/self/statm")
    if not statistics.exists():
        return 0.0
    return int(statistics.read_text().split()[1]) * resource.getpagesize() / 2**20


def score(
    texts: Sequence[Labelled], answers: Sequence[str], claimed: frozenset[str]
) -> dict[str, float]:
    """Quality on one set, languages as :func:`comparable`.

    Closed macro-F1 is over texts in languages that the system claims to know; open macro-F1 over
    all texts: those in other languages are its false positives. Recall is over all languages.
    """
    pairs = [(comparable(t.label), comparable(a)) for t, a in zip(texts, answers, strict=True)]
    recalls = _recalls(pairs)
    return {
        "accuracy": _mean([gold == found for gold, found in pairs]),
        "closed_f1": _macro_f1([pair for pair in pairs if pair[0] in claimed], claimed),
        "open_f1": _macro_f1(pairs, claimed),
        "recall": _mean(recalls.values()),
        "languages": len(recalls),
        "languages_at_90": sum(recall >= 0.9 for recall in recalls.values()),
    }


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return round(sum(found) / len(found), 4) if found else 0.0


def _recalls(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    right: dict[str, list[bool]] = defaultdict(list)
    for gold, found in pairs:
        right[gold].append(gold == found)
    return {gold: sum(own) / len(own) for gold, own in right.items()}


def _macro_f1(pairs: Sequence[tuple[str, str]], claimed: frozenset[str]) -> float:
    classes = {gold for gold, _ in pairs} & claimed
    scores = []
    for one in classes:
        hits = sum(gold == found == one for gold, found in pairs)
        wrong = sum((gold == one) != (found == one) for gold, found in pairs)
        scores.append(2 * hits / (2 * hits + wrong) if hits else 0.0)
    return _mean(scores)


def calibration(sets: Sequence[TextSet]) -> dict[str, Any]:
    """Is the share of right answers what their confidence says? By set and by script of the answer.

    Scripts are of sentences and pages of the sets that nothing was fitted or chosen on, but for the
    declarations in 450 languages.
    """
    identifier = EmbeddedIdentifier()
    by_set: dict[str, Any] = {}
    by_script: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for one in sets:
        rows = []
        is_counted = source_of(one) not in {*FIT_WEIGHTS, "sib-tuned", _NOT_AS_A_CRAWL}
        is_counted &= not one.name.endswith(SNIPPETS)
        for (gold, _), answer in zip(
            one.texts, identifier.identify([t for _, t in one.texts]), strict=True
        ):
            is_right = comparable(answer.label) == comparable(gold) and same_script(
                answer.label, gold
            )
            rows.append((answer.confidence or 0.0, is_right))
            if is_counted:
                by_script[script_of(answer.label)].append(rows[-1])
        by_set[one.name] = _reliability(rows)
    scripts = {
        name: _reliability(rows)
        for name, rows in sorted(by_script.items())
        if len(rows) >= _MIN_PER_SCRIPT
    }
    everything = [row for rows in by_script.values() for row in rows]
    return {"sets": by_set, "scripts": scripts, "held out": {"all": _reliability(everything)}}


def _reliability(rows: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    confidences = np.array([confidence for confidence, _ in rows])
    is_right = np.array([right for _, right in rows], np.bool_)
    bins = []
    for low, high in pairwise(_BINS):
        inside = (confidences >= low) & (confidences < high)
        if inside.any():
            share = float(is_right[inside].mean())
            mean = float(confidences[inside].mean())
            bins.append([low, int(inside.sum()), round(mean, 3), round(share, 3)])
    return {
        "n": len(rows),
        "ece": round(expected_calibration_error(confidences, is_right), 4),
        "confidence": round(float(confidences.mean()), 4),
        "accuracy": round(float(is_right.mean()), 4),
        "bins": bins,  # from, answers, mean confidence, share right
    }


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _print_system(name: str, found: dict[str, Any]) -> None:
    _say(
        f"{name}: {found['languages']} languages, {found['documents_per_second']} documents/s of"
        f" 2,000 code points, {found['mib']} MiB"
    )
    for one, s in found["sets"].items():
        _say(
            f"  {one:22} accuracy {s['accuracy']:.3f}  closed F1 {s['closed_f1']:.3f}  open F1"
            f" {s['open_f1']:.3f}  recall {s['recall']:.3f}  >= 90 %: {s['languages_at_90']} of"
            f" {s['languages']}"
        )


def _print_calibration(found: dict[str, Any]) -> None:
    for rows in found.values():
        for name, r in rows.items():
            bins = "  ".join(f"{low:g}: {share:.2f} ({n})" for low, n, _, share in r["bins"])
            _say(
                f"{name:22} ECE {r['ece']:.3f}  {r['confidence']:.3f} / {r['accuracy']:.3f}  {bins}"
            )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
